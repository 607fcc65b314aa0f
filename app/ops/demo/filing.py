"""What the demonstration's businesses have filled in so far: one far along, one begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.base.days import local_day
from app.cases import queries
from app.cases.queries import Part
from app.cases.rules.saving import fingerprint
from app.cases.rules.shown import Asked, Value
from app.cases.rules.writing import written
from app.cases.service import answering, parting, sending
from app.cases.service.answering import Page
from app.cases.service.common import Place
from app.cases.service.sending import Wanted
from app.ops.demo import papers, people
from app.ops.demo.cases import FIRST, OPEN
from app.ops.demo.stage import Stage
from app.parties.models import Account, RegistryEntry
from app.programs.schema.cases import CaseType, section_actions
from app.programs.schema.questions import Question

_SENTENCES: Final = {
    "fr": (
        "Notre procédure interne le prévoit; elle est revue chaque automne avec les équipes.",
        "Deux personnes s’en chargent à tour de rôle, et le registre est signé chaque jour.",
        "Le superviseur du quai vérifie chaque envoi avant son départ et note ce qu’il constate.",
    ),
    "en": (
        "Our internal procedure covers it; the teams review it every fall.",
        "Two people take turns at it, and the register is signed every day.",
        "The dock supervisor checks each shipment before it leaves and notes what was found.",
    ),
}
_SHORT: Final = {"fr": ("Quai 4", "Marc Gendron", "PS-12"), "en": ("Dock 4", "Ann Reid", "SP-12")}
DIVISIONS: Final = ("Beauharnois", "Salaberry-de-Valleyfield")
_LATEST: Final = 9
_NUMBERS: Final = ("4", "12", "36", "3")


@dataclass
class Writer:
    """Who answers, and for which business: what an answer is made of."""

    stage: Stage
    account: Account
    person: people.Someone
    entry: RegistryEntry
    turn: int = 0

    def answer(self, question: Question) -> Value | None:
        """An answer that somebody of this business could give."""
        self.turn += 1
        makers: Mapping[str, Callable[[Question], Value | None]] = {
            "short_text": self._name,
            "long_text": lambda _q: self._of(_SENTENCES[self.person.language]),
            "number": self._number,
            "money": lambda q: {"amount": "1250000.00", "currency": q.currencies[0]},
            "date": self._day,
            "yes_no": lambda _q: "yes",
            "one_of": lambda q: self._choices(q)[0],
            "several_of": lambda q: sorted(self._choices(q)[:2]),
            "country": lambda _q: self.entry.base,
            "address": lambda _q: self.entry.address,
            "person": lambda _q: self._person(),
            "table": lambda q: [self._row(q)],
        }
        return makers[question.type](question)

    def _name(self, question: Question) -> str:
        name = self.entry.legal_name
        longest = question.longest or len(name)
        # What is too short for a name is a number of something: a program account has 15 letters.
        return name if len(name) <= longest else f"{self.entry.bn or self.turn}RM0001"[-longest:]

    def _of(self, words: tuple[str, ...]) -> str:
        return words[self.turn % len(words)]

    def _number(self, question: Question) -> str:
        number = self._of(_NUMBERS)
        for bound in (question.least, question.most):
            if bound is not None and (int(number) < bound) == (bound is question.least):
                number = str(int(bound))
        return number

    def _day(self, question: Question) -> str:
        day = local_day(self.stage.today, self.stage.definition.zone)
        back = -30 if question.when == "future" else 40 + self.turn % 200
        return (day - timedelta(days=back)).isoformat()

    def _choices(self, question: Question) -> list[str]:
        if question.choices_from == "lines":
            return self.stage.lines(self.entry)
        if question.choices_from == "bases":
            return [self.stage.base(self.entry)]
        return list(question.choices or {})

    def _person(self) -> Value:
        who = self.person
        return {
            "given_name": who.given,
            "family_name": who.family,
            "title": "",
            "telephone": "",
            "email": who.email,
        }

    def _row(self, question: Question) -> dict[str, str]:
        columns = (question.columns or {}).values()
        cells = {column.code: self.answer(column) for column in columns}
        named = self._of(_SHORT[self.person.language])
        cells |= {one.code: named for one in columns if one.type == "short_text"}
        return {code: cell for code, cell in cells.items() if isinstance(cell, str)}


def fill_in(stage: Stage) -> None:
    """Fill in the first business's case up to the middle of its divisions, and begin another."""
    for kind in stage.definition.cases.values():
        if kind.opened == "with_account":
            _fill(stage, kind, FIRST.business, people.ROLE_HOLDERS[0], far=True)
            _fill(stage, kind, OPEN[1].business, somebody(OPEN[1].owner), far=False)


def somebody(sign_in_name: str) -> people.Someone:
    """Who signs in under this name."""
    return next(one for one in people.everybody() if one.sign_in_name == sign_in_name)


def _fill(
    stage: Stage, kind: CaseType, business: str, person: people.Someone, *, far: bool
) -> None:
    entry = stage.entries[business]
    account = stage.account(business)
    writer = Writer(stage, account, person, entry)
    with stage.acting(person.sign_in_name) as actor:
        for section in kind.sections.values():
            place = Place(kind.code, section.code)
            if section.repeated is None or section.repeated.by == "lines":
                continue
            for name in DIVISIONS if far else ():
                parting.add_named(actor, account.id, place, name)
        for place in list(_places(stage, writer, actor, kind, far=far)):
            for number in range(99 if place.key == "" or not far else _LATEST):
                if not _next_topic(stage, writer, actor, place, number):
                    break


def _places(
    stage: Stage, writer: Writer, actor: int, kind: CaseType, *, far: bool
) -> Iterator[Place]:
    """The parts to fill in: of each section the first one, or of the first section only."""
    for code, parts in _folder(stage, writer, actor, kind).items():
        if parts:
            yield Place(kind.code, code, parts[0].key)
        if not far:
            return


def _folder(
    stage: Stage, writer: Writer, actor: int, kind: CaseType
) -> dict[str, tuple[Part, ...]]:
    granted = {"account.view", *section_actions(stage.definition.cases)}
    return dict(queries.folder(stage.db, actor, writer.account, kind.code, granted).parts)


def _next_topic(stage: Stage, writer: Writer, actor: int, place: Place, number: int) -> bool:
    """Answer the topic that comes at this number; False when there is none."""
    kind = stage.definition.cases[place.case_type]
    parts = _folder(stage, writer, actor, kind)[place.section]
    part = next(one for one in parts if one.key == place.key)
    if number >= len(part.asked):
        return False
    one: Asked = part.asked[number]
    _send(writer, actor, place, one, few=part.label is not None)
    shown = [q for q in one.questions if q.code not in part.known and q.type != "document"]
    done = set(part.known)
    while shown:
        done |= {q.code for q in shown}
        typed = {q.code: written(q, writer.answer(q), writer.person.language) for q in shown}
        saved = answering.save_topic(
            actor,
            writer.account.id,
            place,
            one.topic.code,
            Page(typed, dict.fromkeys(typed, fingerprint(None)), language=writer.person.language),
        )
        new = [one.topic.questions[code] for code in saved.new if code not in done]
        shown = [q for q in new if q.type != "document"]
    return True


def _send(writer: Writer, actor: int, place: Place, one: Asked, *, few: bool) -> None:
    """Send what a topic asks for: of a profile that is under way, every other document."""
    for question in one.questions:
        if question.type != "document" or not question.required:
            continue
        writer.turn += 1
        if few and writer.turn % 2:
            continue
        heading = question.text.say(writer.person.language)
        wanted = Wanted(place, one.topic.code, question.code)
        octets, ending = papers.page(heading, writer.entry.legal_name), "pdf"
        if question.most_files is not None and few:
            octets, ending = papers.picture(writer.turn), "jpg"
        sending.receive(
            actor,
            writer.account.id,
            wanted,
            papers.name_of(heading, ending),
            len(octets),
            [octets],
        )
