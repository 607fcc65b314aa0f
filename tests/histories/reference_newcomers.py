"""The reference of newcomers: signing up, and being forgotten when they do not finish."""

from __future__ import annotations

from tests.histories.reference import DAY, HOUR, MINUTE, Row, State, need
from tests.histories.reference_signing import ANYWHERE, DAILY, HOURLY, begin


def has_lapsed(w: State, person: str) -> bool:
    """Never verified, no code that could still be typed, and nobody at the page."""
    return (
        w.people[person]["state"] == "unverified"
        and not any(one["person"] == person and one["until"] > w.now for one in w.challenges)
        and not any(
            row["person"] == person and row["seen"] > w.now - 15 * MINUTE for row in w.sessions
        )
    )


def forget(w: State, person: str) -> None:
    w.challenges = [one for one in w.challenges if one["person"] != person]
    w.sessions = [row for row in w.sessions if row["person"] != person]
    del w.people[person], w.factors[person]


def sign_up(w: State, person: str, name: str, mailbox: str) -> None:
    """Whoever signs up under a name gets it, unless somebody holds it or is about to."""
    w.spend("sign_up", ANYWHERE, (50, 12 * HOUR))
    for other in [p for p, row in w.people.items() if row["sign_in_name"] == name]:
        need(has_lapsed(w, other), "invalid: sign_in_name name_taken")
        forget(w, other)
    w.spend("resend", f"mailbox:{mailbox}", HOURLY, DAILY)
    w.people[person] = {
        "state": "unverified",
        "urn": None,
        "mailbox": mailbox,
        "sign_in_name": name,
    }
    w.factors[person] = new_factor(person)
    begin(w, person, "sign_up")
    w.write("person.signed_up", actor=person)


def new_factor(person: str) -> Row:
    counts = {"in_a_row": 0, "in_all": 0, "locks": 0}
    return {"person": person, **counts, "until": None, "disabled": None}


def prune(w: State) -> None:
    """The worker's round: sign-ups, and ways through sign-in that led nowhere for a day."""
    for person in [one for one in w.people if has_lapsed(w, one)]:
        forget(w, person)
    stale = [row for row in w.sessions if row["stage"] != "full" and row["seen"] < w.now - DAY]
    gone = {id(row) for row in stale}
    w.challenges = [one for one in w.challenges if id(one["session"]) not in gone]
    w.sessions = [row for row in w.sessions if id(row) not in gone]
