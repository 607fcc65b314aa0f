"""The reference of signing in: names and passwords, one-time codes, locks, sessions, terms.

A code lives ten minutes and takes five tries; ten failures in a row lock for fifteen minutes,
then thirty, to two hours; a hundred in all close the factor until staff help. A new code comes
thirty seconds after the last at the soonest, five an hour, ten a day.
"""

from __future__ import annotations

from datetime import timedelta

from tests.histories.reference import DAY, HOUR, MINUTE, No, Row, State, need, too_many

ANYWHERE = "unknown"
"""The network address of everybody here."""
HOURLY, DAILY = (5, HOUR), (10, DAY)
GAP = (1, timedelta(seconds=30))


# ── sessions ────────────────────────────────────────────────────────────────────────────


def why_over(w: State, row: Row) -> str | None:
    if row["reason"]:
        return str(row["reason"])
    if w.now - row["started"] >= 12 * HOUR:
        return "absolute"
    return "idle" if w.now - row["seen"] >= 15 * MINUTE else None


def living(w: State, row: Row) -> None:
    need(row in w.sessions and why_over(w, row) is None, "conflict: session_ended")


def look_at_a_page(w: State, row: Row) -> str | None:
    """Why the session is over; one that is not is noted as used, to the minute."""
    if row not in w.sessions:
        return "forgotten"
    over = why_over(w, row)
    if over is None and w.people[row["person"]]["state"] == "disabled":
        over = "disabled"
    if over is None and w.now - row["seen"] >= MINUTE:
        row["seen"] = w.now
    return over


def begin(w: State, person: str, purpose: str) -> Row:
    row: Row = {
        "person": person,
        "purpose": purpose,
        "stage": "credential",
        "started": w.now,
        "seen": w.now,
        "verified": None,
        "full": None,
        "ended": None,
        "reason": None,
    }
    w.sessions.append(row)
    issue(w, row, purpose)
    return row


def sign_out(w: State, row: Row) -> None:
    if row in w.sessions and row["ended"] is None:
        row.update(ended=w.now, reason="signed_out")
        w.write("session.signed_out", actor=row["person"])


# ── codes ───────────────────────────────────────────────────────────────────────────────


def spend_sending(w: State, person: str) -> None:
    """A code that is refused is not sent, and counts for nobody."""
    known = w.people[person]
    w.spend("resend", f"mailbox:{known['mailbox']}", HOURLY, DAILY, who=person)
    try:
        w.spend("resend", f"person:{known['id']}", GAP, HOURLY, DAILY, who=person)
    except No:
        w.give_back("resend", f"mailbox:{known['mailbox']}")
        raise


def issue(w: State, session: Row, purpose: str) -> None:
    for one in w.challenges:
        if one["session"] is session and not one["consumed"] and not one["replaced"]:
            one["replaced"] = w.now
    w.challenges.append(
        {
            "person": session["person"],
            "purpose": purpose,
            "session": session,
            "tries": 0,
            "made": w.now,
            "until": w.now + 10 * MINUTE,
            "consumed": None,
            "replaced": None,
        }
    )
    w.write("code.sent", actor=session["person"])


def shut(w: State, person: str) -> str | None:
    factor = w.factors[person]
    if factor["disabled"]:
        return "invalid: form factor_disabled"
    if factor["until"] and factor["until"] > w.now:
        return too_many(factor["until"])
    return None


def refuse(w: State, purpose: str, reason: str, person: str, about: object = None) -> None:
    w.refuse_once("sign_in.refused", f"{purpose} {reason} {about or person}", person)


def barred(w: State, purpose: str, person: str, barrier: str) -> No:
    reason = "factor_disabled" if "factor_disabled" in barrier else "locked"
    refuse(w, purpose, reason, person)
    return No(barrier)


def verify(w: State, session: Row, purpose: str, *, typed: Row | None) -> Row:
    """Count on the code and on the factor, then compare; `typed` is the challenge it is of."""
    usable = [
        one
        for one in w.challenges
        if one["session"] is session
        and one["purpose"] == purpose
        and one["tries"] < 5
        and not one["consumed"]
        and not one["replaced"]
        and one["until"] > w.now
    ]
    person = session["person"]
    if not usable:
        refuse(w, purpose, "code_expired", person, f"session {session['id']}")
        raise No("invalid: code code_expired")
    (challenge,) = usable
    challenge["tries"] += 1
    if (barrier := shut(w, person)) is not None:
        raise barred(w, purpose, person, barrier)
    factor = w.factors[person]
    factor["in_a_row"] += 1
    factor["in_all"] += 1
    if typed is challenge:
        return challenge
    _settle(w, person, factor)
    w.write("code.wrong", actor=person, outcome="failed")
    left = 5 - challenge["tries"]
    word = "code_mismatch" if left else "code_expired"
    raise No(f"invalid: code {word} ({left} left)")


def _settle(w: State, person: str, factor: Row) -> None:
    if factor["in_all"] >= 100:
        factor["disabled"] = w.now
        event, template = "factor.disabled", "factor_disabled"
    elif factor["in_a_row"] >= 10:
        length = min(15 * MINUTE * 2 ** factor["locks"], 2 * HOUR)
        factor.update(until=w.now + length, locks=factor["locks"] + 1, in_a_row=0)
        event, template = "person.locked", "account_locked"
    else:
        return
    w.write(event, actor=person)
    if w.live(person):
        w.tell(person, template)


def consume(w: State, challenge: Row) -> None:
    challenge["consumed"] = w.now
    factor = w.factors[challenge["person"]]
    factor.update(in_a_row=0, locks=0, until=None, in_all=factor["in_all"] - 1)


def forgive_sending(w: State, person: str) -> None:
    w.forgive("resend", f"person:{w.people[person]['id']}")
    w.forgive("resend", f"mailbox:{w.people[person]['mailbox']}")


# ── the deeds ───────────────────────────────────────────────────────────────────────────


def sign_in(w: State, name: str, *, right: bool) -> None:
    pair = f"{name}|{ANYWHERE}"
    person = next((p for p, row in w.people.items() if row["sign_in_name"] == name), None)
    w.spend("password", pair, (5, MINUTE), (50, 12 * HOUR), who=person)
    if person is None or not right:
        w.spend("password", ANYWHERE, (100, HOUR))
        w.write("password.wrong", actor=person, outcome="failed")
        raise No("invalid: form credential")
    w.forgive("password", pair)
    state = w.people[person]["state"]
    if state == "disabled":
        refuse(w, "sign_in", "disabled", person)
        raise No("invalid: form access_closed")
    if (barrier := shut(w, person)) is not None:
        raise barred(w, "sign_in", person, barrier)
    spend_sending(w, person)
    begin(w, person, "sign_up" if state == "unverified" else "sign_in")


def send_anew(w: State, session: Row) -> None:
    need(session in w.sessions, "conflict: session_ended")
    spend_sending(w, session["person"])
    living(w, session)
    need(session["stage"] == "credential", "conflict: code_verified")
    issue(w, session, session["purpose"])


def confirm(w: State, session: Row, *, typed: Row | None) -> None:
    need(session in w.sessions, "conflict: session_ended")
    challenge = verify(w, session, session["purpose"], typed=typed)
    person = session["person"]
    need(w.people[person]["state"] != "disabled", "conflict: session_ended")
    living(w, session)
    need(session["stage"] == "credential", "conflict: code_verified")
    consume(w, challenge)
    session.update(stage="code", verified=w.now)
    w.people[person]["state"] = "active"
    w.write("code.accepted", actor=person)
    forgive_sending(w, person)


def accept(w: State, session: Row, kind: str) -> None:
    living(w, session)
    person = w.people[session["person"]]
    first = "portal" if person.get("mfa") else "mfa"
    need(session["stage"] == "code" and kind == first, "conflict: terms_order")
    w.write("terms.accepted", actor=session["person"])
    if kind == "mfa":
        person["mfa"] = True
        if person["urn"] is None:
            person["urn"] = "issued"
            w.write("person.urn_issued", actor=session["person"])
            w.tell(session["person"], "urn_issued")
        return
    session.update(stage="full", full=w.now, seen=w.now)
    w.write("session.begun", actor=session["person"])


def begin_step_up(w: State, session: Row) -> None:
    if (barrier := shut(w, session["person"])) is not None:
        raise barred(w, "step_up", session["person"], barrier)
    spend_sending(w, session["person"])
    living(w, session)
    need(session["stage"] == "full", "conflict: session_ended")
    issue(w, session, "step_up")


def step_up(w: State, session: Row, *, typed: Row | None) -> None:
    challenge = verify(w, session, "step_up", typed=typed)
    living(w, session)
    consume(w, challenge)
    session["verified"] = w.now
    w.write("session.stepped_up", actor=session["person"])
    forgive_sending(w, session["person"])
