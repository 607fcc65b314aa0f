"""Histories of registrations: begun, answered, sent, withdrawn; the letter asked for anew."""

from __future__ import annotations

import json

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import text

from app.enrolment.jobs import lapse, remind
from app.enrolment.service import registering, requests, sending
from tests.histories import reference_enrolment as enrolment
from tests.histories import reference_letters as letters
from tests.histories.history import EVERYBODY, History
from tests.histories.reference import Row, day_of, nth
from tests.histories.stage import CLIENTS

WHICH = ("North", "North", "South", "Taken", "Nowhere")
_FILL = text(
    "UPDATE registration SET answers = CAST(:answers AS jsonb), base = :base, lines = :lines,"
    " bn = :bn, legal_name = :name, address = CAST(:address AS jsonb) WHERE id = :id"
)


class Enrolment(History):
    """The person's side of a registration."""

    def pick_registration(self, data: st.DataObject, *states: str) -> Row:
        rows = self.w.registrations
        return self.likely(data, [row for row in rows if row["state"] in states], rows)

    def about_registration(self, row: Row) -> str:
        n = nth(self.w.registrations, row)
        return f"registration {n} of {row['person']} for {row['business']} ({row['state']})"

    @rule(
        person=st.sampled_from([*CLIENTS, *CLIENTS, *EVERYBODY]),
        business=st.sampled_from(WHICH),
        kind=st.sampled_from(["ok", "ok", "ok", "refer"]),
        address=st.sampled_from([True, True, True, False]),
        sends=st.sampled_from([True, True, True, False]),
    )
    def somebody_registers_a_business(
        self, person: str, business: str, kind: str, address: bool, sends: bool
    ) -> None:
        self._register(person, business, kind, address=address, sends=sends)

    def _register(
        self,
        person: str,
        business: str,
        kind: str = "ok",
        *,
        address: bool = True,
        sends: bool = True,
    ) -> None:
        outcome, number = self.do(
            f"{person} begins a registration",
            lambda w: enrolment.begin(w, person),
            lambda: registering.begin(self.id(person), self.stage.program["here"]),
            person,
        )
        if outcome != "done":
            return
        row = next(one for one in self.w.registrations if one["id"] == number)
        self._fill(row, business, kind, address=address)
        if sends:
            self._send(person, row)

    def _fill(self, row: Row, business: str, kind: str, *, address: bool) -> None:
        """Straight into the table: that the questions keep what is answered is proved elsewhere."""
        day = day_of(self.w.now)
        row.update(business=business, answers=kind, address=address, moved=day)
        entry, given = self.stage.entry[business], self.stage.answers[kind]
        known = entry["address"] or self.stage.entry["North"]["address"]
        typed = known if address else {**known, "street": "1 Elsewhere Road"}
        filled = {
            **given,
            "answers": json.dumps({**given["answers"], self.stage.asked: day.isoformat()}),
            "address": json.dumps(typed),
            "bn": entry["bn"],
            "name": entry["name"],
            "id": row["id"],
        }
        self.portal.owner().execute(_FILL, filled)
        how = "the right address" if address else "another address"
        self.story.append(f"{self.about_registration(row)} is answered: {kind}, {how}")

    def _send(self, actor: str, row: Row) -> None:
        self.do(
            f"{actor} sends {self.about_registration(row)}",
            lambda w: enrolment.send(w, actor, row),
            lambda: sending.send(self.id(actor), row["id"]),
            actor,
        )

    @precondition(lambda self: self.w.registrations)
    @rule(data=st.data(), sends=st.booleans())
    def somebody_sends_or_withdraws(self, data: st.DataObject, sends: bool) -> None:
        row = self.pick_registration(data, "draft", *(() if sends else enrolment.WAITING))
        actor = self.likely(data, [row["person"]], EVERYBODY)
        if sends:
            self._send(actor, row)
            return
        self.do(
            f"{actor} withdraws {self.about_registration(row)}",
            lambda w: enrolment.withdraw(w, actor, row),
            lambda: registering.withdraw(self.id(actor), row["id"]),
            actor,
        )

    @precondition(lambda self: self.w.codes)
    @rule(data=st.data())
    def somebody_asks_for_a_new_letter(self, data: st.DataObject) -> None:
        waiting = [row for row in self.w.registrations if enrolment.looks_waiting(row)]
        out = [
            row
            for row in waiting
            if not any(
                letter["state"] in enrolment.IN_THE_HOUSE
                for letter in enrolment.letters_of(self.w, row)
            )
        ]
        row = self.likely(data, out or waiting, self.w.registrations)
        actor = self.likely(data, [row["person"]], EVERYBODY)
        self.do(
            f"{actor} asks for a new letter for {self.about_registration(row)}",
            lambda w: enrolment.ask_anew(w, actor, row),
            lambda: requests.request_new_code(self.id(actor), row["id"]),
            actor,
        )

    @precondition(lambda self: self.w.registrations)
    @rule(job=st.sampled_from(["reminds", "lets lapse"]))
    def the_worker_looks_at_registrations(self, job: str) -> None:
        foreseen, deed = {
            "reminds": (letters.remind, remind),
            "lets lapse": (letters.lapse, lapse),
        }[job]
        self.do(f"the worker {job}", foreseen, deed)
