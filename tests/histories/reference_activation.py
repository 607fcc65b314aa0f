"""The reference of activation: both numbers from the letter, and who is first."""

from __future__ import annotations

from tests.histories.reference import DAY, HOUR, No, Row, State, day_of, end_of, need
from tests.histories.reference_enrolment import (
    codes_of,
    end_code,
    has_account,
    looks_waiting,
    stop_letters,
)


def prove(w: State, actor: str, row: Row, *, right: bool, attested: bool) -> None:
    """Count, then compare. `right` says that both numbers are those of the newest letter."""
    need(row["person"] == actor and w.live(actor), "not found")
    need(looks_waiting(row), "conflict: not_waiting")
    need(attested, "invalid: attested empty")
    codes = codes_of(w, row)
    need(codes, "invalid: form no_match")
    code = codes[-1]
    need(w.now <= code["until"], "invalid: form expired")
    since = end_of(day_of(w.now) - 60 * DAY)
    spent = sum(
        one["tries"]
        for one in w.codes
        if w.registrations[one["registration"] - 1]["business"] == row["business"]
        and one["made"] > since
    )
    if code["tries"] >= 5 or spent >= 25:
        if w.now - w.told.get(("activation", str(code["id"])), w.now - HOUR) >= HOUR:
            w.told["activation", str(code["id"])] = w.now
            w.write("activation.locked", actor=actor, outcome="failed")
        raise No("invalid: form locked")
    code["tries"] += 1
    if right and code["state"] == "valid":
        return
    last = code["tries"] >= 5
    if last and code["state"] == "valid":
        code["state"] = "locked"
    w.write(f"activation.{'locked' if last else 'wrong'}", actor=actor, outcome="failed")
    raise No("invalid: form no_match")


def activate(w: State, actor: str, proof: Row) -> None:
    """The first to come here holds the account; whoever else waits for it goes to an officer."""
    row, code = proof["registration"], proof["code"]
    need(actor == proof["person"], "conflict: proof_ended")
    need(w.live(actor), "not found")
    need((w.now - proof["at"]).total_seconds() <= 15 * 60, "conflict: proof_ended")
    usable = code["state"] == "valid" and w.now <= code["until"]
    taken = has_account(w, row["business"])
    need(row["state"] == "letter" and usable and not taken, "invalid: form no_match")
    code["state"] = "used"
    row.update(state="activated", activated=w.now)
    n = len(w.accounts) + 1
    account = {"n": n, "program": "here", "business": row["business"], "state": "authorised"}
    w.accounts.append(account)
    w.memberships.append(
        {
            "person": actor,
            "account": n,
            "role": 0,
            "status": "active",
            "by": actor,
            "until": None,
            "accepted": w.now,
            "activated_by": actor,
            "starts": w.now,
            "ended": None,
            "reason": None,
        }
    )
    w.write("account.activated", actor=actor)
    w.write("case.opened", actor=actor)  # the one kind of case that comes with an account
    w.tell(actor, "account_activated")
    for other in w.registrations:
        if (other["business"], other["state"]) == (row["business"], "letter"):
            other.update(state="officer", reason="already_active")
            w.write("registration.held", actor=actor)
            stop_letters(w, other, "withheld", actor)
            end_code(w, other, actor)
