"""Histories of signing in: names, passwords, codes, locks, terms, sessions, step-up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from app.base.db import session as db
from app.identity import codes, sessions
from app.identity import service as identity
from tests.histories import reference_signing as reference
from tests.histories.history import History, rights
from tests.histories.reference import HOUR, MINUTE, Row, State, nth
from tests.histories.stage import CLIENTS
from tests.support.people import PASSWORD

TYPED = ("the code", "the code", "the code", "a wrong code", "an earlier code")


class Signing(History):
    """Anybody with a browser, at any step of any session that there ever was."""

    def more_deadlines(self) -> list[datetime]:
        w = self.w
        ends = [one["until"] for one in w.challenges if not one["consumed"]]
        ends += [row["until"] for row in w.factors.values() if row["until"]]
        ends += [row["seen"] + 15 * MINUTE for row in w.sessions if row["reason"] is None]
        ends += [row["started"] + 12 * HOUR for row in w.sessions if row["reason"] is None]
        sent = [one["at"] for one in w.spent if one["kind"] == "resend"]
        return [*super().more_deadlines(), *ends, *(at + timedelta(seconds=30) for at in sent)]

    # ── what a browser holds ────────────────────────────────────────────────────────────

    def follow(self, row: Row, step: identity.Step) -> None:
        row["token"] = step.token

    def read_mail(self, row: Row) -> None:
        """The code of the session's newest challenge, as its mail would have it."""
        challenge = codes.current_of(db, row["id"])
        assert challenge is not None
        mine = [one for one in self.w.challenges if one["session"] is row]
        mine[-1]["code"] = codes.code_of(challenge)
        db.remove()

    def typed(self, row: Row, what: str) -> tuple[str, Row | None]:
        """Six digits, and the challenge whose code they are."""
        mine = [one for one in self.w.challenges if one["session"] is row]
        if not mine:
            return "123456", None
        if what == "an earlier code" and len(mine) > 1:
            return mine[-2]["code"], mine[-2]
        if what == "the code":
            return mine[-1]["code"], mine[-1]
        return f"{(int(mine[-1]['code']) + 1) % 1_000_000:06}", None

    def pick_session(self, data: st.DataObject, *stages: str) -> Row:
        w = self.w
        likely = [
            row
            for row in w.sessions
            if row["stage"] in stages and reference.why_over(w, row) is None
        ]
        return self.likely(data, likely[::-1], w.sessions[::-1])

    def about_session(self, row: Row) -> str:
        return f"session {nth(self.w.sessions, row)} of {row['person']} ({row['stage']})"

    # ── the steps ───────────────────────────────────────────────────────────────────────

    @initialize(begun=st.lists(st.sampled_from(CLIENTS), max_size=2, unique=True))
    def some_have_signed_in(self, begun: list[str]) -> None:
        for person in begun:
            self._sign_in(self.w.people[person]["sign_in_name"], right=True)
            row = self.w.sessions[-1]
            self._confirm(row, "the code")
            self._accept(row, "mfa")
            self._accept(row, "portal")

    @rule(data=st.data(), right=rights)
    def somebody_signs_in(self, data: st.DataObject, right: bool) -> None:
        names = [row["sign_in_name"] for row in self.w.people.values()]
        self._sign_in(data.draw(st.sampled_from([*names, "nobody"])), right=right)

    def _sign_in(self, name: str, *, right: bool) -> None:
        before = len(self.w.sessions)
        outcome, step = self.do(
            f"somebody signs in as {name} with {'the' if right else 'a wrong'} password",
            lambda w: reference.sign_in(w, name, right=right),
            lambda: identity.sign_in(name, PASSWORD if right else "Sherbrooke 1802 neige"),
        )
        if outcome == "done":
            self.equal("new sessions", len(self.w.sessions), before + 1)
            self.follow(self.w.sessions[-1], step)
            self.read_mail(self.w.sessions[-1])

    @precondition(lambda self: self.w.sessions)
    @rule(data=st.data())
    def somebody_asks_for_another_code(self, data: st.DataObject) -> None:
        self._send_anew(self.pick_session(data, "credential"))

    def _send_anew(self, row: Row) -> None:
        outcome, _ = self.do(
            f"{self.about_session(row)} asks for another code",
            lambda w: reference.send_anew(w, row),
            lambda: identity.send_new_code(row["id"]),
        )
        if outcome == "done":
            self.read_mail(row)

    @precondition(lambda self: self.w.sessions)
    @rule(data=st.data(), what=st.sampled_from(TYPED), times=st.sampled_from([1, 1, 1, 4, 6]))
    def somebody_types_a_code(self, data: st.DataObject, what: str, times: int) -> None:
        row = self.pick_session(data, "credential")
        for _ in range(times if what == "a wrong code" else 1):
            self._confirm(row, what)

    @precondition(lambda self: any(row["stage"] == "credential" for row in self.w.sessions))
    @rule(data=st.data(), codes_=st.integers(1, 4), last=st.sampled_from(TYPED))
    def somebody_guesses(self, data: st.DataObject, codes_: int, last: str) -> None:
        """Five wrong codes, another code half a minute later, and again; then perhaps the right."""
        row = self.pick_session(data, "credential")
        for _ in range(codes_):
            for _ in range(5):
                self._confirm(row, "a wrong code")
            self.move_to(self.w.now + timedelta(seconds=30))
            self._send_anew(row)
        self._confirm(row, last)

    def _confirm(self, row: Row, what: str) -> None:
        typed, of = self.typed(row, what)
        outcome, step = self.do(
            f"{self.about_session(row)} types {what}",
            lambda w: reference.confirm(w, row, typed=of),
            lambda: identity.confirm_code(row["id"], typed),
        )
        if outcome == "done":
            self.follow(row, step)

    @precondition(lambda self: any(row["stage"] == "code" for row in self.w.sessions))
    @rule(data=st.data(), kind=st.sampled_from(["mfa", "portal"]))
    def somebody_accepts_terms(self, data: st.DataObject, kind: str) -> None:
        self._accept(self.pick_session(data, "code"), kind)

    def _accept(self, row: Row, kind: str) -> None:
        version = identity.terms_of(kind).version
        outcome, step = self.do(
            f"{self.about_session(row)} accepts the {kind} terms",
            lambda w: reference.accept(w, row, kind),
            lambda: identity.accept_terms(row["id"], kind, version),
        )
        if outcome == "done":
            self.follow(row, step)

    @precondition(lambda self: any(row["stage"] == "full" for row in self.w.sessions))
    @rule(data=st.data(), what=st.sampled_from([None, None, *TYPED]))
    def somebody_steps_up(self, data: st.DataObject, what: str | None) -> None:
        """Asks for a fresh code, or types one."""
        row = self.pick_session(data, "full")
        if what is None:
            person = row["person"]
            outcome, _ = self.do(
                f"{self.about_session(row)} asks for a fresh code",
                lambda w: reference.begin_step_up(w, row),
                lambda: identity.begin_step_up(self.id(person), row["id"]),
            )
            if outcome == "done":
                self.read_mail(row)
                self._step_up(row, "the code")
            return
        self._step_up(row, what)

    def _step_up(self, row: Row, what: str) -> None:
        typed, of = self.typed(row, what)
        outcome, step = self.do(
            f"{self.about_session(row)} types {what}, to step up",
            lambda w: reference.step_up(w, row, typed=of),
            lambda: identity.confirm_step_up(row["id"], typed),
        )
        if outcome == "done":
            self.follow(row, step)

    @precondition(lambda self: self.w.sessions)
    @rule(data=st.data())
    def somebody_signs_out(self, data: st.DataObject) -> None:
        row = self.pick_session(data, "credential", "code", "full")
        self.do(
            f"{self.about_session(row)} signs out",
            lambda w: reference.sign_out(w, row),
            lambda: identity.sign_out(row["id"]),
        )

    @precondition(lambda self: self.w.sessions)
    @rule(data=st.data())
    def somebody_opens_a_page(self, data: st.DataObject) -> None:
        """A session lets somebody in, or says why not; whoever comes is noted."""
        row = self.one(data, self.w.sessions[::-1])
        told: list[Any] = []

        def foreseen(w: State) -> None:
            told.append(reference.look_at_a_page(w, row))

        def deed() -> None:
            seen = sessions.read(db, row["token"])
            over = "forgotten" if seen is None else seen.over
            db.rollback()
            if seen is not None and over is None:
                sessions.touch(seen)
            told.append(over)

        self.do(f"{self.about_session(row)} opens a page", foreseen, deed)
        self.equal("why the session is over", told[1], told[0])
