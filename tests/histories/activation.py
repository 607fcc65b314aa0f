"""Histories of activation: right, wrong, old and late codes; several who wait for one business."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from app.base.identifiers import new_activation_code, new_client_number
from app.enrolment.service import activation
from tests.histories import reference_activation as reference
from tests.histories import reference_enrolment as enrolment
from tests.histories.history import EVERYBODY, rights
from tests.histories.officers import Officers
from tests.histories.outcomes import outcome_of
from tests.histories.portal import acting
from tests.histories.reference import Row
from tests.histories.reference import outcome_of as foreseen_outcome_of
from tests.support.race import race

# Their check digits fit, or they would cost no try; that they are anybody's is as good as sure.
WRONG_CODE, WRONG_NUMBER = new_activation_code(), new_client_number()
NUMBERS = ("both right", "both right", "both right", "a wrong code", "a wrong client number")


class Activation(Officers):
    """Both numbers, then the terms."""

    def __init__(self) -> None:
        super().__init__()
        self.proofs: list[Row] = []

    def more_deadlines(self) -> list[datetime]:
        return [proof["at"] + timedelta(minutes=15) for proof in self.proofs]

    @precondition(lambda self: self.w.codes)
    @rule(data=st.data(), numbers=st.sampled_from(NUMBERS), attested=rights)
    def somebody_types_both_numbers(
        self, data: st.DataObject, numbers: str, attested: bool
    ) -> None:
        """Of any letter that was ever made, for any registration."""
        code = self._a_code(data)
        its = self.w.registrations[code["registration"] - 1]
        row = self.likely(data, [its], self.w.registrations)
        actor = self.likely(data, [row["person"]], EVERYBODY)
        self._prove(actor, row, code, numbers, attested=attested)

    @precondition(lambda self: self.w.codes)
    @rule(data=st.data(), wrong=st.integers(0, 6))
    def somebody_tries_until_it_opens(self, data: st.DataObject, wrong: int) -> None:
        """Wrong codes first, perhaps too many; then both numbers from the paper and the terms."""
        code = self._a_code(data)
        row = self.w.registrations[code["registration"] - 1]
        for _ in range(wrong):
            self._prove(row["person"], row, code, "a wrong code")
        self._prove(row["person"], row, code, "both right")
        if self.proofs and self.proofs[-1]["code"] is code:
            self._accept_terms(row["person"], self.proofs[-1])

    def comes_with_the_letter(self, person: str, code: Row) -> None:
        row = self.w.registrations[code["registration"] - 1]
        self._prove(person, row, code, "both right")

    def _a_code(self, data: st.DataObject) -> Row:
        codes = self.w.codes[::-1]
        return self.likely(data, [code for code in codes if code["state"] == "valid"], codes)

    def _prove(
        self, actor: str, row: Row, code: Row, numbers: str, *, attested: bool = True
    ) -> None:
        mine = enrolment.codes_of(self.w, row)
        right = numbers == "both right" and bool(mine) and mine[-1] is code
        typed = activation.Typed(*self._typed(numbers, code))
        outcome, token = self.do(
            f"{actor} types {numbers} of letter {code['letter']} for"
            f" {self.about_registration(row)}{'' if attested else ' without attesting'}",
            lambda w: reference.prove(w, actor, row, right=right, attested=attested),
            lambda: activation.prove(self.id(actor), row["id"], typed, attested=attested),
            actor,
        )
        if outcome == "done":
            proof = {"person": actor, "registration": row, "code": mine[-1], "at": self.w.now}
            self.proofs.append({**proof, "token": token})

    def _typed(self, numbers: str, code: Row) -> tuple[str, str]:
        if numbers == "a wrong code":
            return code["client_number"], WRONG_CODE
        if numbers == "a wrong client number":
            return WRONG_NUMBER, code["typed"]
        return code["client_number"], code["typed"]

    @precondition(lambda self: self.proofs)
    @rule(data=st.data())
    def somebody_accepts_the_terms(self, data: st.DataObject) -> None:
        proof = self.one(data, self.proofs[::-1])
        self._accept_terms(self.likely(data, [proof["person"]], EVERYBODY), proof)

    def _accept_terms(self, actor: str, proof: Row) -> None:
        about = self.about_registration(proof["registration"])
        self.do(
            f"{actor} accepts the terms with the proof of {about}",
            lambda w: reference.activate(w, actor, proof),
            lambda: activation.activate(self.id(actor), proof["token"], self.stage.terms),
            actor,
        )

    @precondition(lambda self: self.rivals())
    @rule(data=st.data())
    def two_accept_the_terms_at_once(self, data: st.DataObject) -> None:
        """For one business: either may be first, and the rest follows from who it was."""
        one, other = self.one(data, self.rivals())
        self.move_to(self.w.now + timedelta(seconds=1))
        results = race(*(lambda proof=proof: self._accept_at_once(proof) for proof in (one, other)))
        pairs = sorted(zip(results, (one, other), strict=True), key=lambda pair: pair[0] != "done")
        told = " and ".join(
            f"{proof['person']} with {self.about_registration(proof['registration'])}: {result}"
            for result, proof in pairs
        )
        self.story.append(f"{told} accept the terms at once")
        self.w.trail, self.w.notices = [], []
        for result, proof in pairs:
            self.w.actor = proof["person"]
            expected = self._foreseen(proof)
            self.equal(f"the outcome for {proof['person']}", result, expected)
        self.portal.steps += 1
        self.look()

    def rivals(self) -> list[tuple[Row, Row]]:
        return [
            (one, other)
            for one, other in combinations(self.proofs, 2)
            if one["registration"]["business"] == other["registration"]["business"]
        ]

    def _foreseen(self, proof: Row) -> str:
        actor = proof["person"]
        return foreseen_outcome_of(lambda: reference.activate(self.w, actor, proof))

    def _accept_at_once(self, proof: Row) -> Any:
        who = self.id(proof["person"])
        with acting(who):
            deed = activation.activate
            return outcome_of(lambda: deed(who, proof["token"], self.stage.terms))[0]

    @invariant()
    def no_code_opens_a_registration_that_does_not_wait(self) -> None:
        """In the reference, whose rows were just found to be the portal's."""
        for row in self.w.registrations:
            valid = [code for code in enrolment.codes_of(self.w, row) if code["state"] == "valid"]
            self.equal("codes that open", len(valid) <= (row["state"] == "letter"), True)
