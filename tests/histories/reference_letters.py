"""The reference of the officer's side: letters, decisions, staff-made registrations, time."""

from __future__ import annotations

from tests.histories.reference import DAY, Row, State, day_of, days_later, need, nth
from tests.histories.reference_enrolment import (
    IN_THE_HOUSE,
    WAITING,
    add_letter,
    codes_of,
    end_code,
    end_registration,
    has_account,
    letters_of,
    new_registration,
    place,
    stop_letters,
)
from tests.histories.reference_staff import works


def registration_of(w: State, row: Row) -> Row:
    return w.registrations[row["registration"] - 1]


def _allowed(w: State, actor: str, action: str, letter: Row) -> None:
    row = registration_of(w, letter)
    own = action == "staff.letters.make" and row["person"] == actor
    if not works(w, actor, action, "here") or own:
        w.refuse(actor)


def make(w: State, actor: str, letter: Row) -> None:
    _allowed(w, actor, "staff.letters.make", letter)
    need(letter["state"] == "due", "conflict: letter_not_due")
    _make(w, actor, letter)


def _make(w: State, actor: str, letter: Row) -> None:
    row = registration_of(w, letter)
    need(row["state"] == "letter", "conflict: registration_moved_on")
    end_code(w, row, actor)
    letter.update(state="prepared", made=w.now, made_by=actor)
    w.codes.append(
        {
            "registration": place(w, row),
            "letter": nth(w.letters, letter),
            "state": "valid",
            "tries": 0,
            "made": w.now,
            "until": days_later(w.now, 45),
            "reminders": 0,
        }
    )
    w.write("letter.made", actor=actor)


def make_anew(w: State, actor: str, letter: Row) -> None:
    _allowed(w, actor, "staff.letters.make", letter)
    need(letter["state"] in {"prepared", "printed"}, "conflict: letter_confirmed")
    need(registration_of(w, letter)["state"] == "letter", "conflict: registration_moved_on")
    letter["state"] = "replaced"
    w.write("letter.replaced", actor=actor)
    row, n = registration_of(w, letter), nth(w.letters, letter)
    _make(w, actor, add_letter(w, row, actor, replaces=n))


def move(w: State, actor: str, letter: Row, to: str) -> None:
    """Printed, posted, delivered or returned, each from the one state before it."""
    _allowed(w, actor, "staff.letters.move", letter)
    before = {"printed": "prepared", "posted": "printed"}.get(to, "posted")
    need(letter["state"] == before, f"conflict: {letter['state']}_to_{to}")
    letter["state"] = to
    w.write(f"letter.{to}", actor=actor)
    if to in {"posted", "returned"}:
        w.tell(registration_of(w, letter)["person"], f"letter_{to}")


# ── decisions ───────────────────────────────────────────────────────────────────────────


def _decides(w: State, actor: str, row: Row) -> None:
    own = row["person"] == actor
    if not works(w, actor, "staff.registrations.decide", "here") or own:
        w.refuse(actor)
    need(row["state"] == "officer", "conflict: not_with_officer")


def approve(w: State, actor: str, row: Row) -> None:
    need(works(w, actor, "staff.registrations.read", "here"), "not found")
    _decides(w, actor, row)
    need(row["business"] not in {None, "Nowhere"}, "conflict: not_in_registry")
    need(not has_account(w, row["business"]), "conflict: already_active")
    row["state"] = "letter"
    w.write("registration.approved", actor=actor)
    stop_letters(w, row, "cancelled", actor)
    add_letter(w, row, actor)
    w.tell(row["person"], "registration_approved")


def refuse(w: State, actor: str, row: Row) -> None:
    need(works(w, actor, "staff.registrations.read", "here"), "not found")
    _decides(w, actor, row)
    end_registration(w, actor, row, "refused")
    w.tell(row["person"], "registration_refused")


def create(
    w: State, actor: str, business: str, named: str, *, right: bool, instead: Row | None = None
) -> None:
    """For an existing member; `instead` is the registration that this one takes the place of."""
    need(works(w, actor, "staff.registrations.read", "here"), "not found")
    if not works(w, actor, "staff.registrations.create", "here"):
        w.refuse(actor)
    need(right and w.live(named), "invalid: urn no_match")
    if named == actor:
        w.refuse(actor)
    need(not has_account(w, business), "conflict: already_active")
    twice = any(
        (one["person"], one["business"]) == (named, business) and one["state"] in WAITING
        for one in w.registrations
        if one is not instead
    )
    need(not twice, "conflict: already_waiting")
    if instead is not None:
        end_registration(w, actor, instead, "withdrawn")
    row = new_registration(w, named, kind="staff", state="letter", business=business, sent=w.now)
    w.write("registration.created", actor=actor)
    add_letter(w, row, actor)
    w.tell(named, "activation_offered")


def name_owner(w: State, actor: str, row: Row, named: str, *, right: bool) -> None:
    need(works(w, actor, "staff.registrations.read", "here"), "not found")
    need(row["kind"] == "staff", "conflict: not_made_by_staff")
    if not works(w, actor, "staff.registrations.create", "here"):
        w.refuse(actor)
    need(row["state"] in WAITING, f"conflict: {row['state']}_to_withdrawn")
    create(w, actor, row["business"], named, right=right, instead=row)


# ── time ────────────────────────────────────────────────────────────────────────────────


def lapse(w: State) -> None:
    """Unfinished answers after thirty days; a code that expired sixty days ago."""
    for row in w.registrations:
        if row["state"] == "draft" and days_later(row["made"], 30) < w.now:
            row["state"] = "lapsed"
            w.write("registration.lapsed")
        elif row["state"] == "letter" and _is_without_code(w, row):
            end_registration(w, None, row, "lapsed")
            w.tell(row["person"], "registration_lapsed")


def _is_without_code(w: State, row: Row) -> bool:
    ends = [code["until"] for code in codes_of(w, row)]
    owed = any(letter["state"] in IN_THE_HOUSE for letter in letters_of(w, row))
    return bool(ends) and not owed and days_later(max(ends), 60) < w.now


def remind(w: State) -> None:
    """Thirty and forty days after the code was made."""
    for code in w.codes:
        row = w.registrations[code["registration"] - 1]
        if (code["state"], row["state"]) != ("valid", "letter") or code["until"] <= w.now:
            continue
        days = (day_of(w.now) - day_of(code["made"])) // DAY
        due = sum(days >= after for after in (30, 40))
        if due > code["reminders"]:
            code["reminders"] = due
            w.tell(row["person"], "code_expires_soon")
