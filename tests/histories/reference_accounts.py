"""The reference of roles: who may do what in an account, and to whom.

Roles are by rank: 0 owner, 1 proxy owner, 2 full access, 3 user administrator.
"""

from __future__ import annotations

from tests.histories.reference import HOUR, No, Row, State

GIVES = {0: {1, 2, 3}, 1: {2, 3}, 2: {2, 3}, 3: set()}
NAMES = {**GIVES, 3: {2, 3}}
"""For which roles one may name somebody: what one gives, or only proposes."""
EVERY_ROLE = {0, 1, 2, 3}
MAY = {
    "account.view": EVERY_ROLE,
    "users.view": EVERY_ROLE,
    "users.modify": EVERY_ROLE,
    "users.add": EVERY_ROLE,
    "activity.view": {0, 1},
    "users.activate": {0},
    "ownership.transfer": {0},
}
LEVELS = {"low": {"account.view"}, "high": {"account.view", "users.view", "users.modify"}}
ADD = "add_a_user"


# ── who may ─────────────────────────────────────────────────────────────────────────────


def within(row: Row, w: State) -> bool:
    begun = row["starts"] is None or row["starts"] <= w.now
    return begun and (row["ends"] is None or w.now < row["ends"])


def roles(w: State, person: str, account: Row) -> set[int]:
    """The roles that are effective for the person in the account now."""
    return {
        row["role"]
        for row in w.memberships
        if (row["person"], row["account"]) == (person, account["n"])
        and row["status"] == "active"
        and account["state"] == "authorised"
        and w.live(person)
    }


def may(w: State, person: str, action: str, account: Row) -> bool:
    if roles(w, person, account) & MAY.get(action, set()):
        return True
    return (
        w.live(person)
        and account["state"] == "authorised"
        and any(
            act["account"] == account["n"]
            and act["state"] == "active"
            and action in LEVELS[act["level"]]
            and within(act, w)
            and (act["agent"] == person or _is_put_to_do(w, person, action, act))
            for act in w.delegations
        )
    )


def _is_put_to_do(w: State, person: str, action: str, act: Row) -> bool:
    """Employed by the business that acts, and put on it in a role that is granted the action."""
    office = next((row for row in w.accounts if row["n"] == act["office"]), None)
    return (
        office is not None
        and bool(roles(w, person, office))
        and any(
            (put["act"], put["person"]) == (act["id"], person) and action in LEVELS[put["level"]]
            for put in w.assignments
        )
    )


def gives(w: State, actor: str, role: int, account: Row) -> bool:
    return any(role in GIVES[held] for held in roles(w, actor, account))


def names(w: State, actor: str, role: int, account: Row) -> bool:
    return any(role in NAMES[held] for held in roles(w, actor, account))


def account_of(w: State, row: Row) -> Row:
    return next(one for one in w.accounts if one["n"] == row["account"])


def live_row(w: State, person: str, account: Row) -> Row | None:
    return next(
        (
            row
            for row in w.memberships
            if (row["person"], row["account"]) == (person, account["n"])
            and row["status"] != "ended"
        ),
        None,
    )


def owner(w: State, account: Row) -> Row:
    """The account's one owner; fails when there is none, or another beside them."""
    (row,) = [
        row
        for row in w.memberships
        if (row["account"], row["role"], row["status"]) == (account["n"], 0, "active")
    ]
    return row


def deciders(w: State, account: Row) -> list[str]:
    """Whom the portal tells of users who wait or leave."""
    row = owner(w, account)
    open_ = account["state"] == "authorised"
    return [row["person"]] if open_ and w.live(row["person"]) else []


# ── naming somebody ─────────────────────────────────────────────────────────────────────


def find_named(w: State, actor: str, account: Row, named: str, *, right: bool, event: str) -> None:
    """Count first, in three places; a name that fits gives the try back, whatever comes next."""
    target = w.people[named]["urn"]
    subjects = [f"person:{w.people[actor]['id']}", f"account:{account['id']}", f"target:{target}"]
    for place, subject in enumerate(subjects):
        try:
            w.spend(ADD, subject, (5, HOUR), who=actor)
        except No:
            for done in subjects[:place]:
                w.give_back(ADD, done)
            raise
    if not right or not w.live(named):
        w.write(event, actor=actor, outcome="failed")
        raise No("invalid: form no_match")
    for subject in subjects:
        w.give_back(ADD, subject)


def end(w: State, row: Row, reason: str) -> None:
    row.update(status="ended", ended=w.now, reason=reason)


def lapse(w: State, row: Row) -> None:
    end(w, row, "lapsed")
    w.write("membership.lapsed")
    w.tell(row["by"], "role_offer_lapsed")


def clear_late(w: State, person: str, account: Row) -> Row | None:
    """The person's live row; an offer that is late makes room."""
    row = live_row(w, person, account)
    if row is not None and row["status"] == "offered" and w.now > row["until"]:
        lapse(w, row)
        return None
    return row


def new_row(w: State, person: str, account: Row, role: int, **more: object) -> Row:
    row: Row = {
        "person": person,
        "account": account["n"],
        "role": role,
        "status": "active",
        "by": None,
        "until": None,
        "accepted": w.now,
        "activated_by": None,
        "starts": w.now,
        "ended": None,
        "reason": None,
    }
    w.memberships.append(row | more)
    return w.memberships[-1]


def own(w: State, actor: str, row: Row, key: str = "person") -> None:
    if row[key] != actor or not w.live(actor):
        w.refuse(actor)
