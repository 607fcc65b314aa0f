"""Histories of what staff do to a sign-in: they disable somebody, let them in again, unlock."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.identity import service as identity
from tests.histories import reference_staff as agency
from tests.histories.history import EVERYBODY, History

MEASURES = {
    "disables": (agency.disable, identity.disable_person, "staff.persons.disable"),
    "lets in again": (agency.enable, identity.enable_person, "staff.persons.disable"),
    "unlocks": (agency.unlock, identity.unlock_person, "staff.persons.unlock"),
}


class Measures(History):
    """Deeds on people, by anybody."""

    def official(self, data: st.DataObject, action: str, program: str = "here") -> str:
        likely = [one for one in EVERYBODY if agency.works(self.w, one, action, program)]
        return self.likely(data, likely, EVERYBODY)

    @rule(data=st.data(), measure=st.sampled_from(sorted(MEASURES)))
    def staff_take_a_measure(self, data: st.DataObject, measure: str) -> None:
        foreseen, deed, action = MEASURES[measure]
        actor = self.official(data, action)
        everybody = list(self.w.people)
        disabled = [one for one in everybody if self.w.people[one]["state"] == "disabled"]
        likely = disabled if measure == "lets in again" else everybody
        person = self.likely(data, likely, everybody)
        self.do(
            f"{actor} {measure} {person}",
            lambda w: foreseen(w, actor, person),
            lambda: deed(self.id(actor), self.id(person), "by telephone"),
            actor,
        )
