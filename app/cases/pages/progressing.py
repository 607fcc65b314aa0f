"""The dashboard’s words on where a case is: submitted, returned, decided, changed since."""

from __future__ import annotations

from collections.abc import Collection

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.authority.cards import Db, Note, Other, Turn
from app.authority.pages.users import whom_to_ask, why_not
from app.cases.models import Submission
from app.cases.pages.situation import left_to_submit, situation, standing_of, turn_words
from app.cases.queries import Folder
from app.cases.queries_submitted import latest_case, latest_of
from app.cases.service.filed import nobody_waits
from app.parties.models import Account
from app.programs.schema.cases import Move
from app.programs.wording import said
from app.web.formats import format_day


class Progressing:
    """A case on its way, for one reader of the dashboard."""

    def __init__(
        self, db: Db, person_id: int, account: Account, allowed: Collection[str], found: Folder
    ) -> None:
        self.db, self.person_id, self.account = db, person_id, account
        self.allowed, self.found = allowed, found
        self.at = situation(db, person_id, found)
        self.changes = self._changes()
        self.goes_on = self.at.turn == "client" or (self.at.turn == "nobody" and self.changes > 0)
        """Whether the client has something to do: fill in, or submit."""
        self.complete = self.goes_on and self._is_complete()

    @property
    def shape(self) -> str:
        """How the state is drawn, whatever it is called."""
        state = self.found.kind.states[self.at.state]
        if state.initial or state.final:
            return "draft" if state.initial else "ended"
        if self.at.turn == "agency":
            led = any(m.submits for m in self._moves_to(self.at.state))
            return "submitted" if led else "review"
        return "turn" if self.at.turn == "client" else "done"

    def turn(self) -> Turn | None:
        """Submitting, where all is filled in and the reader may."""
        move = self.at.submits
        if move is None or not self.complete or move.action not in self.allowed:
            return None
        label = said(move.label)
        text = _("Every section is filled in. Read what will be submitted, then confirm.")
        if self.at.reason is not None:
            text = _("It was returned. Change what the reason asks for, then submit again.")
        return Turn(label, str(text), label, self._url(move))

    def others(self) -> list[Other]:
        """Submitting, where all is filled in and somebody else must."""
        move = self.at.submits
        if move is None or not self.complete or move.action in self.allowed:
            return []
        rule = url_for("authority.rule", account_id=self.account.id, action=move.action)
        why = " ".join((_("Every section is filled in."), why_not(move.action)))
        return [Other(said(move.label), why, whom_to_ask(move.action), rule)]

    def steps(self) -> list[tuple[str, str]]:
        """The application, and its review."""
        filed = {"client": "now", "agency": "done", "nobody": "done"}[self.at.turn]
        review = {"client": "todo", "agency": "now", "nobody": "done"}[self.at.turn]
        return [(said(self.found.kind.label), filed), (str(_("Review by the Agency")), review)]

    def notes(self) -> list[Note]:
        """What was submitted and what came of it."""
        if self.found.case is None:
            return self._closed_before()
        latest = self.at.latest
        if latest is None:
            return []
        if self.at.reason is not None:
            state = said(self.found.kind.states[self.at.state].label)
            return [Note("error", state, self.at.reason.splitlines(), self._links(latest))]
        return [Note("info", self._title(latest), self._texts(), self._links(latest))]

    # ── below ───────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _title(latest: Submission) -> str:
        return str(
            _(
                "Submitted on %(date)s under number %(number)s",
                date=format_day(latest.submitted_at),
                number=latest.number,
            )
        )

    def _texts(self) -> list[str]:
        told = [turn_words(self.at)]
        if self.at.due is not None:
            day = format_day(self.at.due)
            told.append(str(_("The Agency’s service standard: a decision by %(date)s.", date=day)))
        if self.changes:
            told.append(
                ngettext(
                    "%(num)s change is not submitted yet.",
                    "%(num)s changes are not submitted yet.",
                    self.changes,
                )
            )
        return told

    def _links(self, latest: Submission) -> list[tuple[str, str]]:
        there = url_for("cases.submission", account_id=self.account.id, number=latest.number)
        all_of_them = url_for("cases.submissions", account_id=self.account.id)
        return [
            (str(_("See the submission")), there),
            (str(_("All submissions")), all_of_them),
            *(
                (said(move.label), self._url(move))
                for move in self.at.others
                if move.action in self.allowed
            ),
        ]

    def _closed_before(self) -> list[Note]:
        """The case before this one, which is over."""
        case = latest_case(self.db, self.person_id, self.account, self.found.kind.code)
        latest = latest_of(self.db, self.person_id, case) if case is not None else None
        if case is None or latest is None:
            return []
        told = _("The one before: %(state)s", state=str(case.where))
        all_of_them = url_for("cases.submissions", account_id=self.account.id)
        day = format_day(case.closed_at or latest.submitted_at)
        return [Note("info", str(told), [day], [(str(_("All submissions")), all_of_them)])]

    def _changes(self) -> int:
        """How many differences a submission would bring, once something was decided."""
        if self.at.turn != "nobody" or self.at.submits is None or self.at.latest is None:
            return 0
        draft = standing_of(self.db, self.account, self.found).snapshot()
        return len(left_to_submit(self.found, self.at, draft, self.allowed))

    def _is_complete(self) -> bool:
        sections = self.found.kind.sections.values()
        asked = {section.code for section in sections if section.kind == "questions"}
        if asked - self.found.parts.keys():
            return standing_of(self.db, self.account, self.found).is_complete()
        filled = all(
            there and all(part.progress.is_complete for part in there)
            for there in self.found.parts.values()
        )
        if not filled or len(asked) == len(self.found.kind.sections):
            return filled
        return nobody_waits(self.db, self.account)

    def _moves_to(self, state: str) -> list[Move]:
        return [move for move in self.found.kind.moves.values() if move.goes_to == state]

    def _url(self, move: Move) -> str:
        return url_for(
            "cases.move",
            account_id=self.account.id,
            case_type=self.found.kind.code,
            move=move.code,
        )
