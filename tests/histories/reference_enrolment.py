"""The reference of getting an account: registrations, letters, codes, and who is first.

A letter or a code names its registration by its place, from 1.
"""

from __future__ import annotations

from tests.histories.reference import (
    DAY,
    SECOND,
    No,
    Row,
    State,
    business_days_later,
    day_of,
    end_of,
    need,
    nth,
    too_many,
)
from tests.histories.reference_accounts import own

IN_THE_HOUSE = {"due", "withheld", "prepared", "printed"}
WAITING = {"officer", "letter"}


def place(w: State, row: Row) -> int:
    return nth(w.registrations, row)


def letters_of(w: State, row: Row) -> list[Row]:
    return [one for one in w.letters if one["registration"] == place(w, row)]


def codes_of(w: State, row: Row) -> list[Row]:
    return [one for one in w.codes if one["registration"] == place(w, row)]


def has_account(w: State, business: str) -> bool:
    return any(one["business"] == business for one in w.accounts)


def looks_waiting(row: Row) -> bool:
    """As its person sees it: one held because another was first looks like any other."""
    held = (row["state"], row["reason"]) == ("officer", "already_active")
    return held or row["state"] == "letter"


# ── what ends with a registration ───────────────────────────────────────────────────────


def end_code(w: State, row: Row, actor: str | None) -> None:
    for code in codes_of(w, row):
        if code["state"] == "valid":
            code["state"] = "replaced"
            w.write("activation_code.ended", actor=actor)


def stop_letters(w: State, row: Row, to: str, actor: str | None) -> None:
    for letter in letters_of(w, row):
        if letter["state"] in IN_THE_HOUSE - {to}:
            letter["state"] = to
            w.write("letter.stopped", actor=actor)


def add_letter(w: State, row: Row, actor: str, replaces: int = 0) -> Row:
    held = row["state"] == "officer"
    letter: Row = {
        "registration": place(w, row),
        "state": "withheld" if held else "due",
        "due": w.now,
        "made": None,
        "made_by": None,
        "replaces": replaces,
    }
    w.letters.append(letter)
    w.write("letter.requested", actor=actor)
    return letter


# ── the person's side ───────────────────────────────────────────────────────────────────


def new_registration(w: State, person: str, **more: object) -> Row:
    row: Row = {
        "program": "here",
        "person": person,
        "kind": "self",
        "state": "draft",
        "reason": None,
        "business": None,
        "made": w.now,
        "sent": None,
        "activated": None,
    }
    w.registrations.append(row | more)
    return w.registrations[-1]


def begin(w: State, actor: str) -> None:
    need(w.live(actor), "not found")
    if not any((row["person"], row["state"]) == (actor, "draft") for row in w.registrations):
        new_registration(w, actor)
        w.write("registration.started", actor=actor)


def send(w: State, actor: str, row: Row) -> None:
    own(w, actor, row)
    need(row["state"] in {"draft", "ineligible", "routed"}, "conflict: already_sent")
    need(row["state"] == "draft", "conflict: not_a_draft")
    need("answers" in row, "conflict: unfinished")
    if (day_of(w.now) - row["moved"]).days > 90:
        row["state"] = "ineligible"
        w.write("registration.ineligible", actor=actor)
        return
    twice = any(
        (one["person"], one["business"]) == (actor, row["business"]) and one["state"] in WAITING
        for one in w.registrations
    )
    need(not twice, "conflict: already_waiting")
    for reason, holds in (
        ("not_in_registry", row["business"] == "Nowhere"),
        ("address", not row["address"]),
        ("answers", row["answers"] == "refer"),
        ("already_active", has_account(w, row["business"])),
    ):
        if holds:
            row.update(state="officer", reason=reason)
            break
    else:
        row["state"] = "letter"
    row["sent"] = w.now
    w.write("registration.sent", actor=actor)
    if looks_waiting(row):
        add_letter(w, row, actor)
    w.tell(actor, f"registration_{'received' if looks_waiting(row) else 'with_officer'}")


def withdraw(w: State, actor: str, row: Row) -> None:
    own(w, actor, row)
    need(row["state"] in {"draft", *WAITING}, f"conflict: {row['state']}_to_withdrawn")
    end_registration(w, actor, row, "withdrawn")


def end_registration(w: State, actor: str | None, row: Row, state: str) -> None:
    row["state"] = state
    stop_letters(w, row, "cancelled", actor)
    end_code(w, row, actor)
    w.write(f"registration.{state}", actor=actor)


def ask_anew(w: State, actor: str, row: Row) -> None:
    """Two business days after the last was made, four in sixty days, one at a time."""
    own(w, actor, row)
    need(looks_waiting(row), "conflict: not_waiting")
    sent = letters_of(w, row)
    need(not any(one["state"] in IN_THE_HOUSE for one in sent), "conflict: letter_waiting")
    made = [one["made"] for one in sent if one["made"]]
    if made:
        opens = business_days_later(max(made), 2) + SECOND
        if w.now < opens:
            w.refuse_once("limit.reached", f"new letter {actor} {nth(w.registrations, row)}", actor)
            raise No(too_many(opens))
    wished = sorted(
        day_of(one["due"])
        for one in sent
        if not one["replaces"]
        and one["state"] != "cancelled"
        and day_of(one["due"]) > day_of(w.now) - 60 * DAY
    )
    if len(wished) >= 4:
        w.refuse_once("limit.reached", f"letters {actor} {nth(w.registrations, row)}", actor)
        raise No(too_many(end_of(wished[-4] + 59 * DAY) + SECOND))
    end_code(w, row, actor)
    add_letter(w, row, actor)
    w.tell(actor, "new_letter")
