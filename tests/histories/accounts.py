"""Histories of users: added, accepted, activated, changed, suspended, removed, gone."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from app.authority.service import access, members
from app.authority.service.naming import ThreeData
from tests.histories import reference_accounts as accounts
from tests.histories import reference_users as users
from tests.histories.history import EVERYBODY, FRESH, History, rights
from tests.histories.reference import Row
from tests.histories.stage import CLIENTS

RANKS = ("account owner", "proxy owner", "full access user", "user administrator")
# Mostly a fresh one: a deed that only waits for a code leads no further.
fresh_codes = st.sampled_from(["a code proved now"] * 3 + sorted(FRESH))


class Users(History):
    """Deeds on memberships, by anybody, on any of them."""

    def named(self, person: str, *, right: bool) -> ThreeData:
        """The three data by which somebody is named; with a wrong family name, of nobody."""
        known = self.w.people[person]
        family = f"{person}son" if right else "Nemo"
        return ThreeData(known["urn"], family, known["mailbox"])

    def doer(self, data: st.DataObject, action: str, account: Row) -> str:
        likely = [one for one in EVERYBODY if accounts.may(self.w, one, action, account)]
        return self.likely(data, likely, EVERYBODY)

    def pick(self, data: st.DataObject, *statuses: str) -> Row:
        """A membership, mostly of such a status."""
        rows = self.w.memberships
        likely = [row for row in rows if row["status"] in statuses]
        return self.likely(data, likely, rows)

    def managed(self, data: st.DataObject, *statuses: str) -> tuple[str, Row]:
        """Somebody and a membership, mostly one that they manage, of such a status."""
        rows = self.w.memberships
        likely = [
            (one, row)
            for row in rows
            if row["status"] in statuses
            for one in EVERYBODY
            if users.manages(self.w, one, row)
        ]
        return self.likely(data, likely, [(one, row) for row in rows for one in EVERYBODY])

    def about(self, row: Row) -> str:
        return f"{row['person']} ({RANKS[row['role']]}, {row['status']}, account {row['account']})"

    @initialize(number=st.integers(0, 3), data=st.data())
    def the_owners_have_added_users(self, number: int, data: st.DataObject) -> None:
        for _ in range(number):
            self.somebody_adds_a_user(data, right=True, code="a code proved now")

    @rule(data=st.data(), right=rights, code=fresh_codes)
    def somebody_adds_a_user(self, data: st.DataObject, right: bool, code: str) -> None:
        account = self.one(data, self.w.accounts)
        role = data.draw(st.sampled_from([1, 2, 3, 0]))
        able = [one for one in EVERYBODY if accounts.names(self.w, one, role, account)]
        actor = self.likely(data, able, EVERYBODY)
        out = [one for one in CLIENTS if accounts.live_row(self.w, one, account) is None]
        named = self.likely(data, out, EVERYBODY)
        fresh = is_fresh(code)
        wrong = "" if right else ", by another family name,"
        self.do(
            f"{actor} with {code} adds {named}{wrong} as {RANKS[role]} to account {account['n']}",
            lambda w: users.add(w, actor, account, named, role, right=right, fresh=fresh),
            lambda: members.add_user(
                self.id(actor), account["id"], self.named(named, right=right), self.code(role)
            ),
            actor,
            FRESH[code],
        )

    def code(self, role: int | None) -> str | None:
        return None if role is None else self.stage.role[role]

    def answerer(self, data: st.DataObject, row: Row) -> str:
        return self.likely(data, [row["person"]], EVERYBODY)

    @precondition(lambda self: any(row["until"] for row in self.w.memberships))
    @rule(data=st.data(), accepts=st.sampled_from([True, True, False]))
    def somebody_answers_an_offer(self, data: st.DataObject, accepts: bool) -> None:
        row = self.pick(data, "offered")
        actor = self.answerer(data, row)
        verb, foreseen, deed = (
            ("accepts", users.accept, members.accept_offer)
            if accepts
            else ("declines", users.decline, members.decline_offer)
        )
        self.do(
            f"{actor} {verb} the role of {self.about(row)}",
            lambda w: foreseen(w, actor, row),
            lambda: deed(self.id(actor), row["id"]),
            actor,
        )

    @precondition(lambda self: any(row["until"] for row in self.w.memberships))
    @rule(data=st.data(), code=fresh_codes)
    def somebody_activates_a_user(self, data: st.DataObject, code: str) -> None:
        row = self.pick(data, "waiting")
        actor = self.doer(data, "users.activate", accounts.account_of(self.w, row))
        fresh = is_fresh(code)
        self.do(
            f"{actor} with {code} activates {self.about(row)}",
            lambda w: users.activate(w, actor, row, fresh=fresh),
            lambda: members.activate(self.id(actor), row["id"]),
            actor,
            FRESH[code],
        )

    @rule(data=st.data(), role=st.sampled_from([1, 2, 3, 0]), code=fresh_codes)
    def somebody_changes_a_role(self, data: st.DataObject, role: int, code: str) -> None:
        actor, row = self.managed(data, "active", "suspended")
        self.do(
            f"{actor} with {code} makes {self.about(row)} {RANKS[role]}",
            lambda w: users.change_role(w, actor, row, role, fresh=is_fresh(code)),
            lambda: access.change_role(self.id(actor), row["id"], self.code(role)),
            actor,
            FRESH[code],
        )

    @rule(data=st.data())
    def somebody_suspends_a_user(self, data: st.DataObject) -> None:
        actor, row = self.managed(data, "active")
        self.do(
            f"{actor} suspends {self.about(row)}",
            lambda w: users.suspend(w, actor, row),
            lambda: access.suspend(self.id(actor), row["id"]),
            actor,
        )

    @precondition(lambda self: any(row["status"] == "suspended" for row in self.w.memberships))
    @rule(data=st.data(), code=fresh_codes)
    def somebody_restores_a_user(self, data: st.DataObject, code: str) -> None:
        actor, row = self.managed(data, "suspended")
        self.do(
            f"{actor} with {code} restores {self.about(row)}",
            lambda w: users.reactivate(w, actor, row, fresh=is_fresh(code)),
            lambda: access.reactivate(self.id(actor), row["id"]),
            actor,
            FRESH[code],
        )

    @rule(data=st.data())
    def somebody_removes_a_user(self, data: st.DataObject) -> None:
        actor, row = self.managed(data, "offered", "waiting", "active", "suspended")
        self.do(
            f"{actor} removes {self.about(row)}",
            lambda w: users.remove(w, actor, row),
            lambda: access.remove(self.id(actor), row["id"]),
            actor,
        )

    @rule(data=st.data())
    def somebody_leaves(self, data: st.DataObject) -> None:
        able = [row for row in self.w.memberships if row["status"] != "ended" and row["role"]]
        row = self.likely(data, able, self.w.memberships)
        actor = self.answerer(data, row)
        self.do(
            f"{actor} gives up the access of {self.about(row)}",
            lambda w: users.leave(w, actor, row),
            lambda: access.leave(self.id(actor), row["id"]),
            actor,
        )


def is_fresh(code: str) -> bool:
    """Whether a code proved so long ago still opens what asks for a fresh one: 20 minutes."""
    return code in {"a code proved now", "a code proved twenty minutes ago"}
