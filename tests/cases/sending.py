"""Sending documents as the answers of a case, whatever the definition calls its questions."""

from __future__ import annotations

from sqlalchemy import select

from app.cases.models import Document
from app.cases.rules.files import most_of
from app.cases.service import parting, removing, sending, uploading
from app.cases.service.common import Place
from app.cases.service.sending import File, Wanted
from tests.documents import files


def _has_a_text(topic):
    asked = (one for one in topic.questions.values() if not one.shown_when)
    return any(one.type in {"long_text", "short_text"} for one in asked)


class Sending:
    """A part with a question of documents that is always asked, and takes several."""

    def __init__(self, filing, person):
        self.filing, self.person = filing, person
        self.account, self.world = filing.account, filing.world
        section = filing.repeated("name")
        place = Place(filing.type, section.code)
        parting.add_named(person.id, self.account.id, place, "Saint-Rémi")
        self.part = self.folder().parts[section.code][0]
        self.section = section
        self.topic, self.question = next(
            (topic, one)
            for topic in section.topics.values()
            if not topic.shown_when and _has_a_text(topic)
            for one in topic.questions.values()
            if one.type == "document" and not one.shown_when and most_of(one) > 1
        )
        self.place = Place(filing.type, section.code, self.part.key)
        self.wanted = Wanted(self.place, self.topic.code, self.question.code)

    def send(self, octets=None, name="plan.pdf", person=None, wanted=None):
        """Send a file in one piece; its number."""
        return self.came(octets, name, person, wanted).document

    def came(self, octets=None, name="plan.pdf", person=None, wanted=None):
        """The same; what became of it."""
        octets = files.pdf() if octets is None else octets
        return sending.receive(
            (person or self.person).id,
            self.account.id,
            wanted or self.wanted,
            name,
            len(octets),
            [octets],
        )

    def begin(self, octets, name="plan.pdf", modified=7, person=None):
        """Begin to send a file in parts, or find where it broke off."""
        file = File(name, len(octets), modified)
        return uploading.go_on((person or self.person).id, self.account.id, self.wanted, file)

    def take(self, upload, offset, octets, person=None):
        """Send the next part of one."""
        return uploading.take(
            (person or self.person).id, self.account.id, self.wanted, upload, offset, octets
        )

    def remove(self, number, person=None):
        removing.remove((person or self.person).id, self.account.id, number)

    def bring_back(self, number, person=None):
        removing.bring_back((person or self.person).id, self.account.id, number)

    def row(self, number):
        """A document as it is by now."""
        found = self.world.db.scalars(select(Document).where(Document.id == number)).one()
        self.world.db.rollback()
        return found

    def folder(self):
        return self.filing.folder(self.person)

    def there(self):
        """The numbers of the documents that answer the question."""
        part = self.folder().parts[self.section.code][0]
        return [one.id for one in part.files.get(self.question.code, ())]
