"""Histories of the officer's side: letters made, sent, returned; decisions; staff's own making."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from app.enrolment.service import letters as office
from app.enrolment.service import members, officers
from app.enrolment.service.paper import Paper
from tests.histories import reference_letters as letters
from tests.histories import reference_staff as agency
from tests.histories.enrolment import Enrolment
from tests.histories.history import EVERYBODY, rights
from tests.histories.reference import Row, State, nth
from tests.histories.stage import CLIENTS

PAPER = Paper("P-1", "checked by telephone")
BEGUN = [
    (person, business, far)
    for far in (3, 2, 1, 0)
    for business in ("North", "North", "South")
    for person in CLIENTS
]
BEFORE = {"printed": "prepared", "posted": "printed", "delivered": "posted", "returned": "posted"}


def mail_number(n: int) -> str:
    """A registered-mail number with its check digit, as the Universal Postal Union has it."""
    digits = f"{n:08}"
    weighed = sum(int(one) * by for one, by in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    check = {10: 0, 11: 5}.get(11 - weighed % 11, 11 - weighed % 11)
    return f"RN{digits}{check}CA"


class Officers(Enrolment):
    """Letters and decisions, by anybody."""

    def officer(self, data: st.DataObject, action: str) -> str:
        likely = [one for one in EVERYBODY if agency.works(self.w, one, action, "here")]
        return self.likely(data, likely, EVERYBODY)

    def pick_letter(self, data: st.DataObject, *states: str) -> Row:
        rows = self.w.letters
        return self.likely(data, [row for row in rows if row["state"] in states], rows)

    def about_letter(self, letter: Row) -> str:
        return (
            f"letter {nth(self.w.letters, letter)} ({letter['state']})"
            f" of registration {letter['registration']}"
        )

    @initialize(begun=st.lists(st.sampled_from(BEGUN), min_size=1, max_size=3))
    def some_have_registered(self, begun: list[tuple[str, str, int]]) -> None:
        """Each wait for a business, some with a letter that an officer has made, and posted."""
        for person, business, far in begun:
            before = len(self.w.letters)
            self._register(person, business)
            if far and len(self.w.letters) > before:
                letter = self.w.letters[-1]
                self._make("Olaf", letter, "makes", letters.make, office.make)
                if far > 1:
                    self._move("Olaf", letter, "printed")
                    self._move("Olaf", letter, "posted")
                if far > 2:
                    self.comes_with_the_letter(person, self.w.codes[-1])

    def comes_with_the_letter(self, person: str, code: Row) -> None:
        """Types what stands in it: for who knows of activation."""

    @precondition(lambda self: any(row["state"] == "due" for row in self.w.letters))
    @rule(data=st.data())
    def somebody_makes_a_letter(self, data: st.DataObject) -> None:
        letter = self.pick_letter(data, "due")
        self._make(
            self.officer(data, "staff.letters.make"), letter, "makes", letters.make, office.make
        )

    @precondition(lambda self: self.w.codes)
    @rule(data=st.data())
    def somebody_makes_a_letter_anew(self, data: st.DataObject) -> None:
        letter = self.pick_letter(data, "prepared", "printed")
        self._make(
            self.officer(data, "staff.letters.make"),
            letter,
            "makes anew",
            letters.make_anew,
            office.make_anew,
        )

    def _make(
        self,
        actor: str,
        letter: Row,
        verb: str,
        foreseen: Callable[[State, str, Row], None],
        deed: Callable[..., Any],
    ) -> None:
        outcome, _ = self.do(
            f"{actor} {verb} {self.about_letter(letter)}",
            lambda w: foreseen(w, actor, letter),
            lambda: deed(self.id(actor), [letter["id"]]),
            actor,
        )
        if outcome == "done":
            number, code = self.portal.paper[-1]
            self.w.codes[-1].update(client_number=number, typed=code)

    @precondition(lambda self: self.w.codes)
    @rule(data=st.data(), to=st.sampled_from(sorted(BEFORE)))
    def somebody_moves_a_letter(self, data: st.DataObject, to: str) -> None:
        letter = self.pick_letter(data, BEFORE[to])
        # A number that a letter has is refused before its state is looked at.
        if to != "posted" or letter["state"] not in {"posted", "delivered", "returned"}:
            self._move(self.officer(data, "staff.letters.move"), letter, to)

    def _move(self, actor: str, letter: Row, to: str) -> None:
        n = nth(self.w.letters, letter)
        deeds = {
            "printed": lambda who: office.confirm_printed(who, [letter["id"]]),
            "posted": lambda who: office.post(who, letter["id"], mail_number(n)),
            "delivered": lambda who: office.deliver(who, letter["id"]),
            "returned": lambda who: office.take_back(who, letter["id"]),
        }
        self.do(
            f"{actor} says that {self.about_letter(letter)} is {to}",
            lambda w: letters.move(w, actor, letter, to),
            lambda: deeds[to](self.id(actor)),
            actor,
        )

    @precondition(lambda self: any(row["state"] == "officer" for row in self.w.registrations))
    @rule(data=st.data(), approves=st.booleans())
    def somebody_decides(self, data: st.DataObject, approves: bool) -> None:
        row = self.pick_registration(data, "officer")
        actor = self.officer(data, "staff.registrations.decide")
        foreseen, deed = (
            (letters.approve, lambda: officers.approve(self.id(actor), row["id"], PAPER))
            if approves
            else (
                letters.refuse,
                lambda: officers.refuse(self.id(actor), row["id"], "Not a carrier", PAPER),
            )
        )
        self.do(
            f"{actor} {'approves' if approves else 'refuses'} {self.about_registration(row)}",
            lambda w: foreseen(w, actor, row),
            deed,
            actor,
        )

    @rule(
        data=st.data(),
        business=st.sampled_from(["North", "South", "Taken"]),
        named=st.sampled_from([*CLIENTS, *EVERYBODY]),
        right=rights,
        anew=st.booleans(),
    )
    def staff_register_a_member(
        self, data: st.DataObject, business: str, named: str, right: bool, anew: bool
    ) -> None:
        """For somebody; or, where they have done so before, for somebody else instead."""
        actor = self.officer(data, "staff.registrations.create")
        family = f"{named}son" if right else "Nemo"
        made = [row for row in self.w.registrations if row["kind"] == "staff"]
        if anew and made:
            row = self.likely(data, made, self.w.registrations)
            self._name_owner(actor, row, named, family)
            return
        self.do(
            f"{actor} registers {business} for {named} {family}",
            lambda w: letters.create(w, actor, business, named, right=right),
            lambda: members.create(
                self.id(actor),
                self.stage.program["here"],
                entry_id=self.stage.entry[business]["id"],
                urn=self.w.people[named]["urn"],
                family_name=family,
                paper=PAPER,
            ),
            actor,
        )

    def _name_owner(self, actor: str, row: Row, named: str, family: str) -> None:
        right = family != "Nemo"
        self.do(
            f"{actor} names {named} {family} instead in {self.about_registration(row)}",
            lambda w: letters.name_owner(w, actor, row, named, right=right),
            lambda: members.name_prospective_owner(
                self.id(actor), row["id"], self.w.people[named]["urn"], family, PAPER
            ),
            actor,
        )
