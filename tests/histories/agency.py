"""Histories of the agency's people, and of what they do to a sign-in; delegations beside them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import text

from app.authority.service import staff
from tests.histories import reference_staff as agency
from tests.histories.accounts import fresh_codes, is_fresh
from tests.histories.history import EVERYBODY, FRESH, rights
from tests.histories.measures import Measures
from tests.histories.ownership import Ownership
from tests.histories.reference import DAY

KINDS = ("program_officer", "technical_support", "supervisor", "auditor", "administrator")
_GIVE = text(
    "INSERT INTO delegation (account_id, program_id, delegate_id, level, starts_at, ends_at)"
    " SELECT id, program_id, :to, :level, :starts, :ends FROM account WHERE id = :id"
    " RETURNING id"
)


class Agency(Measures, Ownership):
    """Staff assignments beginning and ending; people disabled, let in again, unlocked."""

    @rule(data=st.data(), kind=st.sampled_from(KINDS), right=rights, code=fresh_codes)
    def somebody_is_put_on_the_staff(
        self, data: st.DataObject, kind: str, right: bool, code: str
    ) -> None:
        program = data.draw(st.sampled_from(["here", "here", "elsewhere"]))
        actor = self.official(data, "staff.assignments.write", program)
        named = data.draw(st.sampled_from(EVERYBODY))
        family = f"{named}son" if right else "Nemo"
        self.do(
            f"{actor} with {code} makes {named} {family} {kind} {program}",
            lambda w: agency.appoint(
                w, actor, program, named, kind, right=right, fresh=is_fresh(code)
            ),
            lambda: staff.give_assignment(
                self.id(actor),
                program_id=self.stage.program[program],
                urn=self.w.people[named]["urn"],
                family_name=family,
                kind=kind,
            ),
            actor,
            FRESH[code],
        )

    @rule(data=st.data(), code=fresh_codes)
    def somebody_is_taken_off_the_staff(self, data: st.DataObject, code: str) -> None:
        running = [post for post in self.w.posts if post["ends"] is None]
        post = self.likely(data, running, self.w.posts)
        actor = self.official(data, "staff.assignments.write", post["program"])
        self.do(
            f"{actor} with {code} ends {post['person']} as {post['kind']} {post['program']}",
            lambda w: agency.dismiss(w, actor, post, fresh=is_fresh(code)),
            lambda: staff.end_assignment(self.id(actor), post["id"]),
            actor,
            FRESH[code],
        )

    # ── delegations: the kernel holds them, and no page makes them yet ──────────────────

    @rule(
        data=st.data(),
        level=st.sampled_from(["low", "high"]),
        acting=st.sampled_from(["low", "high"]),
        days=st.sampled_from([None, (0, 3), (2, 9), (-3, None)]),
    )
    def an_account_lets_somebody_act(
        self, data: st.DataObject, level: str, acting: str, days: tuple[int, int | None] | None
    ) -> None:
        """The business of another account, with one person put on it; or that person themself."""
        account = self.one(data, self.w.accounts)
        person = data.draw(st.sampled_from(EVERYBODY))
        others = [row for row in self.w.accounts if row["program"] == account["program"]]
        offices = [row for row in others if row["n"] != account["n"]]
        office = data.draw(st.sampled_from([None, *offices, *offices]))
        starts, ends = days or (None, None)
        act = {
            "account": account["n"],
            "office": None if office is None else office["n"],
            "agent": person if office is None else None,
            "level": level,
            "state": "active",
            "starts": None if starts is None else self.w.now + starts * DAY + timedelta(hours=1),
            "ends": None if ends is None else self.w.now + ends * DAY + timedelta(hours=2),
        }
        same = ("account", "office", "agent")
        if any(
            one["state"] == "active" and all(one[key] == act[key] for key in same)
            for one in self.w.delegations
        ):
            return  # there is one at a time
        to = "their own business" if office is None else f"account {office['n']}"
        self.story.append(
            f"account {account['n']} lets {person} act, {level}, as {acting} of {to},"
            f" from {act['starts']} to {act['ends']}"
        )
        party = self.id(person) if office is None else self._party_of(office)
        insert = partial(self.portal.owner().execute, _GIVE)
        values = {key: act[key] for key in ("level", "starts", "ends")}
        act["id"] = insert({**values, "to": party, "id": account["id"]}).scalar_one()
        self.w.delegations.append(act)
        if office is not None:
            self._put(act["id"], person, acting)

    def _party_of(self, account: dict[str, Any]) -> int:
        find = text("SELECT party_id FROM account WHERE id = :id")
        return int(self.portal.owner().execute(find, {"id": account["id"]}).scalar_one())

    def _put(self, act: int, person: str, level: str) -> None:
        self.w.assignments.append({"act": act, "person": person, "level": level})
        into = text(
            "INSERT INTO assignment (delegation_id, person_id, level)"
            " VALUES (:act, :person, :level)"
        )
        values = {"act": act, "person": self.id(person), "level": level}
        self.portal.owner().execute(into, values)

    @precondition(lambda self: any(act["state"] == "active" for act in self.w.delegations))
    @rule(data=st.data())
    def an_account_ends_what_it_let_do(self, data: st.DataObject) -> None:
        running = [act for act in self.w.delegations if act["state"] == "active"]
        act = self.one(data, running)
        self.story.append(f"delegation {self.w.delegations.index(act) + 1} is ended")
        act["state"] = "ended"
        end = text(
            "UPDATE delegation SET state = 'ended', ended_at = guichet_now(),"
            " end_reason = 'revoked' WHERE id = :id"
        )
        self.portal.owner().execute(end, {"id": act["id"]})

    @precondition(lambda self: self.w.accounts[1]["state"] == "authorised")
    @rule()
    def the_second_account_is_closed(self) -> None:
        """No page closes an account yet; the rule that nothing goes on in one stands already."""
        self.story.append("account 2 is closed")
        account = self.w.accounts[1]
        account["state"] = "closed"
        close = text(
            "UPDATE account SET state = 'closed', closed_at = guichet_now() WHERE id = :id"
        )
        self.portal.owner().execute(close, {"id": account["id"]})
