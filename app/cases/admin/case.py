"""What the page of a case shows, gathered: what was submitted, the clocks, the history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from flask_babel import gettext as _

from app.audit.events import Event
from app.audit.labels import EVENTS
from app.audit.models import Entry
from app.base.days import days_elapsed, local_day
from app.base.db import session
from app.cases import queries_staff as queries
from app.cases.admin import contents
from app.cases.admin.words import state_tag
from app.cases.models import CaseMove, ClientCase, Submission
from app.cases.queries import Folder
from app.cases.rules import at_once
from app.cases.rules.comparing import compare
from app.cases.rules.history import Step
from app.cases.rules.moves import shape_of
from app.cases.rules.snapshot import Snapshot, from_json
from app.cases.rules.waiting import Running, running
from app.cases.service.filed import Standing
from app.programs.published import published
from app.programs.schema.cases import CaseType
from app.programs.schema.definition import Definition
from app.programs.wording import said, say_days
from app.web.access import current_person
from app.web.admin import Tag
from app.web.staff.clock import moment
from app.web.staff.trail_names import Names


@dataclass(frozen=True, slots=True)
class Clock:
    """A service standard that runs for the case, in words."""

    label: str
    due: date
    left: str
    """How many days of its kind are left, or by how many it is late."""
    late: bool
    counted: str
    """From which day on, and how many days were promised."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history."""

    at: datetime
    kind: str
    text: str
    who: str
    reason: str | None = None
    entry: int | None = None
    """The number of the trail's entry that tells more."""


@dataclass
class Opened:
    """A case that an officer looks at, and all that its page says of it."""

    case: ClientCase
    folder: Folder
    steps: Sequence[CaseMove]
    submissions: Sequence[Submission]

    @property
    def program(self) -> Definition:
        """The definition that the case is under."""
        return self.folder.program

    @property
    def kind(self) -> CaseType:
        """What kind of case it is."""
        return self.folder.kind

    @property
    def tag(self) -> Tag:
        """Where it is."""
        return state_tag(self.case)

    @property
    def title(self) -> str:
        """What kind of case it is, in words."""
        return said(self.kind.label)

    @property
    def last(self) -> Submission | None:
        """What was submitted last."""
        return self.submissions[0] if self.submissions else None

    @property
    def made(self) -> list[Step]:
        """Its moves, as the rules take them."""
        return [Step(one.move, one.to_state, one.moved_at, one.reason) for one in self.steps]

    @cached_property
    def begun(self) -> list[contents.Begun]:
        """How far it is: all that is told before anything was submitted."""
        return contents.begun(self.kind, self.folder.parts)

    @cached_property
    def sections(self) -> list[contents.SectionShown]:
        """What was submitted last, with what the client changed since."""
        if self.last is None:
            return []
        kept = from_json(self.last.snapshot)
        under = published(session, self.case.program, kept.version)
        differences = compare(kept, self._now())
        counted = at_once.places(self.kind)
        documents = queries.documents_of(session, current_person().id, self.case)
        to_submit = at_once.to_submit(differences, counted)
        return contents.submitted(under, kept, to_submit, documents)

    @property
    def unreadable(self) -> list[str]:
        """The names of what was submitted last and that nobody may open."""
        return [file.name for file in self._files() if file.unreadable]

    def _files(self) -> Iterator[contents.FileShown]:
        for section in self.sections:
            for part in section.parts:
                for topic in part.topics:
                    for answer in topic.answers:
                        yield from answer.files

    @property
    def clocks(self) -> list[Clock]:
        """The service standards that run."""
        found = running(self.program, self.kind, self.case.state, self.made)
        return [_clock(self.program, one) for one in found]

    @cached_property
    def history(self) -> list[Happened]:
        """Its moves and what the trail tells besides, newest first."""
        parts = [p.row.id for there in self.folder.parts.values() for p in there if p.row]
        entries = queries.entries_of(session, current_person().id, self.case, parts)
        told = [*self._moves(), *_entries(entries)]
        return sorted(told, key=lambda one: one.at, reverse=True)

    def _now(self) -> Snapshot:
        filed = Standing(session, self.case.account, self.program, self.kind)
        filed.case, filed.parts = self.case, dict(self.folder.parts)
        return filed.snapshot()

    def _moves(self) -> Iterator[Happened]:
        for one in self.steps:
            under = published(session, self.case.program, one.definition_version)
            kind = under.cases[one.case_type]
            yield Happened(
                one.moved_at,
                shape_of(kind, one.to_state),
                _(
                    "%(move)s: %(state)s",
                    move=said(kind.moves[one.move].label),
                    state=said(kind.states[one.to_state].label),
                ),
                one.person.full_name,
                one.reason,
            )


def open_case(case: ClientCase) -> Opened:
    """Everything about a case that the reader found among those they see."""
    me = current_person().id
    return Opened(
        case,
        queries.folder_of_case(session, me, case),
        queries.moves_of(session, me, case),
        queries.submissions_of(session, me, case),
    )


def _clock(program: Definition, one: Running) -> Clock:
    standard = program.service_standards[one.clock]
    today, unit = local_day(moment(), program.zone), type(standard.within)
    late = days_elapsed(one.due, today, unit)
    left = days_elapsed(today, one.due, unit)
    counted = _(
        "%(days)s from %(date)s", days=say_days(standard.within), date=one.since.isoformat()
    )
    told = _("Due today")
    if late:
        told = _("%(days)s late", days=say_days(unit(late)))
    elif left:
        told = _("%(days)s left", days=say_days(unit(left)))
    return Clock(said(standard.label), one.due, str(told), bool(late), str(counted))


def _entries(entries: Sequence[Entry]) -> Iterator[Happened]:
    names = Names()
    names.learn(entries)
    for one in entries:
        label = EVENTS[Event(one.event)] if one.event in set(Event) else one.event
        actor = names.of("party", str(one.actor_id)) if one.actor_id else None
        kind = {"refused": "refused", "failed": "late"}.get(one.outcome, "ended")
        yield Happened(one.at, kind, str(label), actor or "", entry=one.seq)
