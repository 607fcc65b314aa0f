"""The reference of ownership: offered, accepted, declined, withdrawn, lapsed."""

from __future__ import annotations

from tests.histories.reference import No, Row, State, days_later, need
from tests.histories.reference_accounts import (
    account_of,
    clear_late,
    end,
    find_named,
    lapse,
    may,
    new_row,
    own,
    owner,
)


def offer(
    w: State, actor: str, account: Row, named: str, becomes: int | None, *, right: bool, fresh: bool
) -> None:
    if not may(w, actor, "ownership.transfer", account):
        w.refuse(actor)
    waiting = [
        row for row in w.transfers if (row["account"], row["state"]) == (account["n"], "offered")
    ]
    late = [row for row in waiting if w.now > row["until"]]
    need(waiting == late, "conflict: transfer_open")
    need(fresh, "a fresh code")
    find_named(w, actor, account, named, right=right, event="transfer.offer_failed")
    if named == actor:
        w.write("transfer.offer_failed", actor=actor, outcome="failed")
        raise No("invalid: form yourself")
    for row in late:
        lapse_transfer(w, row)
    w.transfers.append(
        {
            "account": account["n"],
            "giver": actor,
            "taker": named,
            "becomes": becomes,
            "state": "offered",
            "at": w.now,
            "until": days_later(w.now, 7),
            "answered": None,
            "attested": None,
        }
    )
    w.write("transfer.offered", actor=actor)
    w.tell(named, "transfer_offered")
    w.tell(actor, "transfer_begun")


def _answer(w: State, row: Row, state: str) -> None:
    row.update(state=state, answered=w.now)


def lapse_transfer(w: State, row: Row) -> None:
    _answer(w, row, "lapsed")
    w.write("transfer.lapsed")
    w.tell(row["giver"], "transfer_lapsed")


def withdraw(w: State, actor: str, row: Row) -> None:
    if not may(w, actor, "ownership.transfer", account_of(w, row)):
        w.refuse(actor)
    need(row["state"] == "offered", "conflict: moved_on")
    _answer(w, row, "withdrawn")
    w.write("transfer.withdrawn", actor=actor)
    w.tell(row["taker"], "transfer_withdrawn")


def decline(w: State, actor: str, row: Row) -> None:
    own(w, actor, row, "taker")
    need(row["state"] == "offered", "conflict: moved_on")
    _answer(w, row, "declined")
    w.write("transfer.declined", actor=actor)
    w.tell(row["giver"], "transfer_declined")


def accept(w: State, actor: str, row: Row, *, attested: bool, fresh: bool) -> None:
    account = account_of(w, row)
    own(w, actor, row, "taker")
    need(account["state"] == "authorised", "conflict: closed")
    need(row["state"] == "offered", "conflict: moved_on")
    need(w.now <= row["until"], "conflict: lapsed")
    need(attested, "invalid: attested required")
    need(fresh, "a fresh code")
    old, theirs = owner(w, account), clear_late(w, actor, account)
    giver = old["person"]
    end(w, old, "transferred")
    if theirs is not None:
        end(w, theirs, "became_owner")
    new_row(w, actor, account, 0, by=giver, activated_by=giver)
    if row["becomes"] is not None:
        new_row(w, giver, account, row["becomes"], by=giver, activated_by=giver)
    _answer(w, row, "accepted")
    row["attested"] = w.now
    w.write("transfer.accepted", actor=actor)
    w.tell(actor, "transfer_received")
    w.tell(giver, "transfer_accepted")


def tidy(w: State) -> None:
    """The worker's round: what nobody answered in time."""
    for row in w.memberships:
        if row["status"] == "offered" and w.now > row["until"]:
            lapse(w, row)
    for row in w.transfers:
        if row["state"] == "offered" and w.now > row["until"]:
            lapse_transfer(w, row)
