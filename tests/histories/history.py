"""A history: deeds one after another, each foreseen by the reference and compared with it.

A failing one is told as a numbered list of sentences, each with what became of the deed, and
ends in the first thing that differs. Hypothesis shortens it before it is shown.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.histories import reference, seen
from tests.histories.portal import WINDOW, Portal
from tests.histories.reference import DAY, HOUR, MINUTE, SECOND, Row, State
from tests.histories.reference_accounts import owner
from tests.histories.stage import CLIENTS, STAFF

T = TypeVar("T")
EVERYBODY = (*CLIENTS, *STAFF)
rights = st.sampled_from([True, True, True, True, False])
LAST_DAY = datetime(2028, 12, 1, tzinfo=reference.ZONE)
INSTANT = timedelta(microseconds=1)
LENGTHS = {
    "half a minute": timedelta(seconds=30),
    "ten minutes": 10 * MINUTE,
    "an hour": HOUR,
    "a day": DAY,
    "eight days": 8 * DAY,
    "forty-six days": 46 * DAY,
    "sixty-one days": 61 * DAY,
}
EDGES = {"just before": -INSTANT, "at": timedelta(), "just after": INSTANT, "soon after": SECOND}
FRESH = {
    "a code proved now": timedelta(),
    "a code proved twenty minutes ago": WINDOW,
    "a code proved a little earlier than that": WINDOW + INSTANT,
    "no code proved": None,
}


class History(RuleBasedStateMachine):
    """What all histories share: deeds, time, and the look at everything after each step."""

    portal: ClassVar[Portal]

    def __init__(self) -> None:
        super().__init__()
        self.w: State = self.portal.begin()
        stage = self.portal.stage
        self.stage = replace(stage, people=dict(stage.people))
        self.story: list[str] = []
        self._since = dict(self.portal.read(seen.ENDS)[0])

    def teardown(self) -> None:
        try:
            self.equal("breaks of the trail's chain", self.portal.breaks(), [])
        finally:
            self.portal.finish()

    # ── deeds ───────────────────────────────────────────────────────────────────────────

    def do(
        self,
        sentence: str,
        foreseen: Callable[[State], object],
        deed: Callable[[], object],
        actor: str | None = None,
        verified: timedelta | None = None,
    ) -> tuple[str, Any]:
        """Let a deed happen a second later, there and in the reference; compare everything."""
        w = self.w
        self.move_to(w.now + SECOND)
        w.actor, w.trail, w.notices = actor, [], []
        expected = reference.outcome_of(lambda: foreseen(w))
        self.story.append(f"{w.now:%Y-%m-%d %H:%M:%S.%f}  {sentence}")
        proved = None if verified is None else w.now - verified
        self.portal.steps += 1
        try:
            outcome, value = self.portal.do(w, actor, deed, proved)
        except Exception as error:  # noqa: BLE001 (whatever it is, the history is told)
            self.fail(f"the deed broke: {type(error).__name__}: {error}", error)
        self.story[-1] += f": {outcome}"
        deed_name = sys._getframe(1).f_code.co_name
        self.portal.outcomes[deed_name, outcome.split(" until ")[0]] += 1
        self.equal("the outcome", outcome, expected)
        self.look()
        return outcome, value

    def move_to(self, moment: datetime) -> None:
        self.w.now = moment
        self.portal.set_clock(moment)

    def look(self) -> None:
        """All that can be seen is what the reference says, and so is all that was said of it."""
        for name in seen.TABLES:
            held = getattr(self.w, name)
            expected = list(held.values()) if isinstance(held, dict) else held
            if name == "challenges":
                places = {id(row): n for n, row in enumerate(self.w.sessions, 1)}
                expected = [row | {"session": places[id(row["session"])]} for row in held]
            there = seen.rows_of(self.portal, self.stage, name)
            if (told := seen.difference(name, there, expected)) is not None:
                self.fail(told)
            if name == "people":
                self.stage.people.update({row["id"]: who for who, row in self.w.people.items()})
        told = [(row["person"], row["template"]) for row in self._new("notice")]
        self.equal("what people are told", sorted(told), sorted(self.w.notices))
        written = [(row["event"], row["outcome"], row["actor"]) for row in self._new("entry")]
        self.equal("the trail", sorted(map(str, written)), sorted(map(str, self.w.trail)))

    def _new(self, kind: str) -> list[Row]:
        rows = self.portal.read(seen.NEW[kind], since=self._since[kind])
        if rows:
            self._since[kind] = rows[-1]["id"]
        return [seen.said_in_names(self.stage, row) for row in rows]

    def equal(self, what: str, there: object, expected: object) -> None:
        if there != expected:
            self.fail(f"{what}: {there!r} there, {expected!r} in the reference")

    def fail(self, difference: str, cause: Exception | None = None) -> None:
        lines = "\n".join(f"  {n}. {line}" for n, line in enumerate(self.story, 1))
        raise AssertionError(f"the history\n{lines}\ndiffers: {difference}") from cause

    # ── choices ─────────────────────────────────────────────────────────────────────────

    def likely(self, data: st.DataObject, likely: Sequence[T], every: Sequence[T]) -> T:
        """Mostly one for whom it may work, sometimes any."""
        if likely and data.draw(st.sampled_from([True, True, True, False]), label="a likely one"):
            return self.one(data, likely)
        return self.one(data, every)

    def one(self, data: st.DataObject, rows: Sequence[T]) -> T:
        """Any of them, by its place: what is drawn stands in the story, in words."""
        return rows[data.draw(st.integers(0, len(rows) - 1), label="place")]

    def id(self, person: str) -> int:
        return int(self.w.people[person]["id"])

    # ── time ────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.w.now < LAST_DAY)
    @rule(length=st.sampled_from(sorted(LENGTHS, key=lambda name: LENGTHS[name])))
    def time_passes(self, length: str) -> None:
        self.story.append(f"{length} later")
        self.move_to(self.w.now + LENGTHS[length])

    @precondition(lambda self: self.w.now < LAST_DAY and self.deadlines())
    @rule(data=st.data(), side=st.sampled_from(sorted(EDGES)))
    def time_comes_to_an_edge(self, data: st.DataObject, side: str) -> None:
        """The next deed falls on a deadline itself, or an instant beside it."""
        edge = self.one(data, self.deadlines())
        self.story.append(f"{side} {edge:%Y-%m-%d %H:%M:%S}")
        self.move_to(edge + EDGES[side] - SECOND)

    def deadlines(self) -> list[datetime]:
        """Every instant ahead at which something changes by itself."""
        w = self.w
        ends = [row["until"] for row in w.memberships if row["status"] == "offered"]
        ends += [row["until"] for row in w.transfers if row["state"] == "offered"]
        ends += [act[key] for act in w.delegations for key in ("starts", "ends") if act[key]]
        ends += [one["at"] + HOUR for one in w.spent]
        ends += [code["until"] for code in w.codes if code["state"] == "valid"]
        ends += self.more_deadlines()
        return sorted({end for end in ends if end > w.now + 2 * SECOND})

    def more_deadlines(self) -> list[datetime]:
        return []

    # ── what always holds ───────────────────────────────────────────────────────────────

    @invariant()
    def every_account_has_exactly_one_owner(self) -> None:
        """In the reference, whose rows were just found to be the portal's."""
        for account in self.w.accounts:
            owner(self.w, account)
