"""An account, and what it takes to fill in its case, whatever the definition calls it."""

from __future__ import annotations

from sqlalchemy import select

from app.audit.models import Entry
from app.cases import queries
from app.cases.models import Answer
from app.cases.rules.saving import fingerprint
from app.cases.service import answering, parting
from app.cases.service.answering import Page
from app.cases.service.common import Place
from app.programs import library
from app.programs.rules.roles import actions_of
from app.programs.schema.cases import section_actions


class Filing:
    """A section that is not repeated, a topic of it and a text to fill in; and the others."""

    def __init__(self, world, account):
        self.world, self.account = world, account
        self.program = next(
            one for one in library.definitions() if one.code == account.program.code
        )
        self.type, self.kind = next(iter(self.program.cases.items()))
        self.section = next(
            one
            for one in self.kind.sections.values()
            if one.kind == "questions" and one.repeated is None
        )
        deed = f"{self.section.code}.edit"
        self.editors = [
            code for code in self.program.roles if deed in actions_of(self.program, code)
        ]
        self.place = Place(self.type, self.section.code)
        self.topic, self.text = self._short_text(self.section)

    def repeated(self, by):
        """The section that is repeated by lines, or by names."""
        return next(
            one
            for one in self.kind.sections.values()
            if one.repeated is not None and one.repeated.by == by
        )

    def named(self, person, label, **more):
        """Add a part under a name: its place, a topic that may not apply, a text of that topic."""
        section = self.repeated("name")
        place = Place(self.type, section.code)
        number = parting.add_named(person.id, self.account.id, place, label, **more)
        part = next(p for p in self.folder(person).parts[section.code] if p.row.id == number)
        topic, text = next(
            (topic.code, one.code)
            for topic in section.topics.values()
            if topic.may_not_apply and not topic.shown_when
            for one in topic.questions.values()
            if one.type in {"long_text", "short_text"} and not one.shown_when
        )
        return Place(self.type, section.code, part.key), topic, text

    def save(self, person, typed, shown=None, place=None, topic=None, **page):
        """Save a topic: each question's one field; the page showed nothing unless said."""
        was = {code: fingerprint(None) for code in typed} if shown is None else shown
        raw = {code: {"": [text]} for code, text in typed.items()}
        return answering.save_topic(
            person.id,
            self.account.id,
            place or self.place,
            topic or self.topic,
            Page(raw, was, **page),
        )

    def folder(self, person):
        """The case as this person sees it, were they granted everything."""
        granted = {"account.view", *section_actions(self.program.cases)}
        found = queries.folder(self.world.db, person.id, self.account, self.type, granted)
        self.world.db.rollback()
        return found

    def answer(self, question=None):
        """What is kept of a question."""
        found = self.world.db.scalar(
            select(Answer.value).where(Answer.question == (question or self.text))
        )
        self.world.db.rollback()
        return found

    def told(self, *events):
        """The entries of the trail with these events, oldest first."""
        wanted = select(Entry).where(Entry.event.in_(events)).order_by(Entry.seq)
        return list(self.world.db.scalars(wanted))

    @staticmethod
    def _short_text(section):
        return next(
            (topic.code, question.code)
            for topic in section.topics.values()
            for question in topic.questions.values()
            if question.type == "short_text" and not question.shown_when and not topic.shown_when
        )
