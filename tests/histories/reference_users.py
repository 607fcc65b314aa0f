"""The reference of users: added, accepted, activated, changed, suspended, removed, gone."""

from __future__ import annotations

from tests.histories.reference import Row, State, days_later, need
from tests.histories.reference_accounts import (
    account_of,
    clear_late,
    deciders,
    end,
    find_named,
    gives,
    live_row,
    may,
    names,
    new_row,
    own,
)


def add(
    w: State, actor: str, account: Row, named: str, role: int, *, right: bool, fresh: bool
) -> None:
    if not may(w, actor, "users.add", account) or not names(w, actor, role, account):
        w.refuse(actor)
    need(role != 1 or fresh, "a fresh code")
    find_named(w, actor, account, named, right=right, event="membership.add_failed")
    if (row := live_row(w, named, account)) is not None:
        late = row["status"] == "offered" and w.now > row["until"]
        if not late:
            w.write("membership.add_failed", actor=actor, outcome="failed")
        need(late, "invalid: form already_user")
    clear_late(w, named, account)
    until = days_later(w.now, 7)
    waits = {"status": "offered", "until": until, "accepted": None, "starts": None}
    new_row(w, named, account, role, by=actor, **waits)
    w.write("membership.offered", actor=actor)
    w.tell(named, "role_offered")


def accept(w: State, actor: str, row: Row) -> None:
    account = account_of(w, row)
    own(w, actor, row)
    need(row["status"] == "offered", "conflict: moved_on")
    need(account["state"] == "authorised", "conflict: closed")
    need(w.now <= row["until"], "conflict: lapsed")
    by, role = row["by"], row["role"]
    decided = gives(w, by, role, account) and may(w, by, "users.activate", account)
    row.update(status="active" if decided else "waiting", accepted=w.now)
    w.write("membership.accepted", actor=actor)
    if decided:
        row.update(starts=w.now, activated_by=by)
        w.tell(by, "role_accepted")
        return
    for person in deciders(w, account):
        w.tell(person, "role_waiting")


def decline(w: State, actor: str, row: Row) -> None:
    own(w, actor, row)
    need(row["status"] == "offered", "conflict: moved_on")
    end(w, row, "declined")
    w.write("membership.declined", actor=actor)
    w.tell(row["by"], "role_declined")


def manages(w: State, actor: str, row: Row) -> bool:
    return actor != row["person"] and gives(w, actor, row["role"], account_of(w, row))


def activate(w: State, actor: str, row: Row, *, fresh: bool) -> None:
    if not may(w, actor, "users.activate", account_of(w, row)) or not manages(w, actor, row):
        w.refuse(actor)
    need(row["status"] == "waiting", "conflict: moved_on")
    need(row["role"] != 1 or fresh, "a fresh code")
    row.update(status="active", starts=w.now, activated_by=actor)
    w.write("membership.activated", actor=actor)
    w.tell(row["person"], "role_activated")


def _may_manage(w: State, actor: str, row: Row) -> None:
    if not may(w, actor, "users.modify", account_of(w, row)) or not manages(w, actor, row):
        w.refuse(actor)


def change_role(w: State, actor: str, row: Row, role: int, *, fresh: bool) -> None:
    account = account_of(w, row)
    _may_manage(w, actor, row)
    if not gives(w, actor, role, account):
        w.refuse(actor)
    need(row["status"] in {"active", "suspended"}, "conflict: moved_on")
    need(role != row["role"], "invalid: role same")
    need(role != 1 or fresh, "a fresh code")
    status = row["status"]
    end(w, row, "role_changed")
    new_row(w, row["person"], account, role, status=status, by=actor, activated_by=actor)
    w.write("membership.changed", actor=actor)
    w.tell(row["person"], "role_changed")


def suspend(w: State, actor: str, row: Row) -> None:
    _may_manage(w, actor, row)
    need(row["status"] == "active", "conflict: moved_on")
    row["status"] = "suspended"
    w.write("membership.suspended", actor=actor)
    w.tell(row["person"], "role_suspended")


def reactivate(w: State, actor: str, row: Row, *, fresh: bool) -> None:
    _may_manage(w, actor, row)
    need(row["status"] == "suspended", "conflict: moved_on")
    need(row["role"] != 1 or fresh, "a fresh code")
    row["status"] = "active"
    w.write("membership.reactivated", actor=actor)
    w.tell(row["person"], "role_reactivated")


def remove(w: State, actor: str, row: Row) -> None:
    account, before = account_of(w, row), row["status"]
    proposed = row["by"] == actor != row["person"] and before in {"offered", "waiting"}
    takes_back = proposed and names(w, actor, row["role"], account)
    modifies = may(w, actor, "users.modify", account)
    if not modifies or not (manages(w, actor, row) or takes_back):
        w.refuse(actor)
    need(before != "ended", "conflict: moved_on")
    end(w, row, {"offered": "withdrawn", "waiting": "refused"}.get(before, "removed"))
    w.write("membership.ended", actor=actor)
    w.tell(row["person"], f"role_{row['reason']}")


def leave(w: State, actor: str, row: Row) -> None:
    own(w, actor, row)
    need(row["status"] != "ended", "conflict: moved_on")
    if row["role"] == 0:
        w.refuse(actor)
    end(w, row, "left")
    w.write("membership.ended", actor=actor)
    for person in deciders(w, account_of(w, row)):
        w.tell(person, "member_left")
