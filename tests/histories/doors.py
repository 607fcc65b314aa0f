"""Every door at once: may ≡ visible ≡ explain ≡ the reference, for people, actions and rows.

The roles' side is asked of the page of reference that the generated worlds of
`tests/authority` use, so that histories and worlds are held to the same words.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import product
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from app.authority.explain import GRANTED, explain
from app.authority.models import Membership, OwnershipTransfer, StaffAssignment
from app.authority.models_delegation import Delegation
from app.authority.queries import may, visible
from app.base.db import session
from app.enrolment.models import ActivationCode, Letter, Registration
from app.parties.models import Account, Person
from app.programs.models import Program
from tests.histories import reference_accounts as accounts
from tests.histories import reference_staff as agency
from tests.histories.as_page import PROGRAMS, as_page
from tests.histories.history import History
from tests.histories.reference import Row, State

Says = Callable[[str, str], bool]
"""Whether a person may do an action on one row."""
REGISTRANT = {"registration.read", "registration.answer", "registration.activate"}
CLIENT = tuple(accounts.MAY)
STAFF = (
    "staff.memberships.read",
    "staff.persons.disable",
    "staff.assignments.write",
    "staff.letters.make",
    "staff.invented",
)
OWN = ("self.read", "membership.answer", "transfer.answer", *sorted(REGISTRANT))
ACTIONS = (*CLIENT, *STAFF, *OWN)
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
EVERY = 100
"""At night, once in so many times everybody tries everything."""


class Known:
    """What the reference says of each row."""

    def __init__(self, w: State, program: dict[str, int]) -> None:
        self.w = w
        self.program = program
        self.world, self.people = as_page(w)

    def by_model(self) -> dict[type, list[tuple[int, Says]]]:
        """Every row of every model, by its key, with what the reference says of it."""
        w, world = self.w, self.world
        programs = [{"id": self.program[name]} for name in PROGRAMS]
        return {
            Program: self._all_of(programs, world.may_program),
            Account: self._all_of(w.accounts, world.may_account),
            Membership: self._all_of(w.memberships, world.may_membership),
            OwnershipTransfer: self._all_of(w.transfers, world.may_transfer),
            Delegation: self._all_of(w.delegations, world.may_delegation),
            StaffAssignment: self._all_of(w.posts, world.may_post),
            Person: [(row["id"], self._of_person(name)) for name, row in w.people.items()],
            Registration: self._registered(w.registrations, REGISTRANT),
            Letter: self._registered(w.letters, {"registration.read"}),
            ActivationCode: self._registered(w.codes, {"registration.read"}),
        }

    def _all_of(
        self, rows: list[Row], question: Callable[[int, str, int], bool]
    ) -> list[tuple[int, Says]]:
        return [(row["id"], self._placed(question, n)) for n, row in enumerate(rows)]

    def _placed(self, question: Callable[[int, str, int], bool], row: int) -> Says:
        return lambda person, action: question(self.people.index(person), action, row)

    def _registered(self, rows: list[Row], own: set[str]) -> list[tuple[int, Says]]:
        rows_ = self.w.registrations
        return [
            (
                row["id"],
                self._asked_for(
                    rows_[row["registration"] - 1] if "registration" in row else row, own
                ),
            )
            for row in rows
        ]

    def _asked_for(self, row: Row, own: set[str]) -> Says:
        def says(person: str, action: str) -> bool:
            mine = person == row["person"] and action in own and self.w.live(person)
            return mine or agency.works(self.w, person, action, row["program"])

        return says

    def _of_person(self, other: str) -> Says:
        def says(person: str, action: str) -> bool:
            if action.startswith("staff."):
                return agency.knows(self.w, person, action, other)
            return (person, action) == (other, "self.read") and self.w.live(person)

        return says


class Doors(History):
    """At intervals somebody tries every door."""

    @rule(data=st.data())
    def somebody_tries_the_doors(self, data: st.DataObject) -> None:
        """One person, one kind of row, every action; some nights every person and every kind.

        All of it asks ten thousand questions, and takes as long as twenty histories without.
        """
        known = Known(self.w, self.stage.program).by_model()
        people, models = list(self.w.people), list(known)
        # Of a short range the ends are drawn far too often; of the rest of a long one they are not.
        if not NIGHTLY or data.draw(st.integers(0, 2**32)) % EVERY != EVERY // 2:
            people = [data.draw(st.sampled_from(people))]
            models = [data.draw(st.sampled_from(models))]
        for person, model in product(people, models):
            self.story.append(f"{person} tries every {model.__name__}")
            self._lists(person, model, known[model])
            self._questions(person, model, known[model])
            self.story.pop()
        session.remove()

    def _lists(self, person: str, model: Any, known: list[tuple[int, Says]]) -> None:
        key = model.__table__.primary_key.columns[0]
        for action in ACTIONS:
            asked = visible(self.w.people[person]["id"], action, model).with_only_columns(key)
            found = set(session.scalars(asked)) & {number for number, _ in known}
            expected = {number for number, says in known if says(person, action)}
            self.equal(f"{model.__name__} that {person} sees for {action}", found, expected)

    def _questions(self, person: str, model: Any, known: list[tuple[int, Says]]) -> None:
        """Every row where lists are short; of a longer one, as many from its end."""
        who = self.w.people[person]["id"]
        numbers = [number for number, _ in known][-3:]
        key = model.__table__.primary_key.columns[0]
        targets = {
            getattr(row, key.name): row
            for row in session.scalars(select(model).where(key.in_(numbers))).unique()
        }
        for number, says in known:
            if number not in targets:
                continue
            for action in ACTIONS:
                expected = says(person, action)
                about = f"{model.__name__} {number} to {person} for {action}"
                self.equal(about, may(session, who, action, targets[number]), expected)
                links = explain(session, who, action, targets[number])
                told = any(link.why == GRANTED for link in links)
                self.equal(f"the explanation of {about}", told, expected)
