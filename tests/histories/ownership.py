"""Histories of ownership, and of the worker's round over what nobody answered."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.authority.jobs import lapse_offers
from app.authority.service import transfer
from tests.histories import reference_accounts as accounts
from tests.histories import reference_ownership as ownership
from tests.histories.accounts import Users, fresh_codes, is_fresh
from tests.histories.history import EVERYBODY, FRESH, rights
from tests.histories.reference import Row
from tests.histories.stage import CLIENTS


class Ownership(Users):
    """Transfers: offered, withdrawn, answered."""

    def pick_transfer(self, data: st.DataObject) -> Row:
        rows = self.w.transfers
        return self.likely(data, [row for row in rows if row["state"] == "offered"], rows)

    def about_transfer(self, row: Row) -> str:
        people = f"by {row['giver']} to {row['taker']}"
        return f"the transfer of account {row['account']} {people} ({row['state']})"

    @rule(data=st.data(), stays=st.booleans(), right=rights, code=fresh_codes)
    def somebody_offers_the_ownership(
        self, data: st.DataObject, stays: bool, right: bool, code: str
    ) -> None:
        account = self.one(data, self.w.accounts)
        actor = self.doer(data, "ownership.transfer", account)
        named = self.likely(data, CLIENTS, EVERYBODY)
        becomes = 1 if stays else None
        stays_as = "stays as proxy owner" if stays else "leaves"
        wrong = "" if right else ", by another family name"
        self.do(
            f"{actor} with {code} offers account {account['n']} to {named}{wrong}, and {stays_as}",
            lambda w: ownership.offer(
                w, actor, account, named, becomes, right=right, fresh=is_fresh(code)
            ),
            lambda: transfer.offer_transfer(
                self.id(actor), account["id"], self.named(named, right=right), self.code(becomes)
            ),
            actor,
            FRESH[code],
        )

    @precondition(lambda self: self.w.transfers)
    @rule(data=st.data())
    def somebody_withdraws_a_transfer(self, data: st.DataObject) -> None:
        row = self.pick_transfer(data)
        actor = self.doer(data, "ownership.transfer", accounts.account_of(self.w, row))
        self.do(
            f"{actor} withdraws {self.about_transfer(row)}",
            lambda w: ownership.withdraw(w, actor, row),
            lambda: transfer.withdraw_transfer(self.id(actor), row["id"]),
            actor,
        )

    @precondition(lambda self: self.w.transfers)
    @rule(data=st.data())
    def somebody_declines_a_transfer(self, data: st.DataObject) -> None:
        row = self.pick_transfer(data)
        actor = self.likely(data, [row["taker"]], EVERYBODY)
        self.do(
            f"{actor} declines {self.about_transfer(row)}",
            lambda w: ownership.decline(w, actor, row),
            lambda: transfer.decline_transfer(self.id(actor), row["id"]),
            actor,
        )

    @precondition(lambda self: self.w.transfers)
    @rule(data=st.data(), attested=rights, code=fresh_codes)
    def somebody_accepts_a_transfer(self, data: st.DataObject, attested: bool, code: str) -> None:
        row = self.pick_transfer(data)
        actor = self.likely(data, [row["taker"]], EVERYBODY)
        attesting = "" if attested else " without attesting"
        self.do(
            f"{actor} with {code} accepts{attesting} {self.about_transfer(row)}",
            lambda w: ownership.accept(w, actor, row, attested=attested, fresh=is_fresh(code)),
            lambda: transfer.accept_transfer(self.id(actor), row["id"], attested=attested),
            actor,
            FRESH[code],
        )

    @rule()
    def the_worker_closes_what_is_late(self) -> None:
        self.do("the worker closes late offers", ownership.tidy, lapse_offers)
