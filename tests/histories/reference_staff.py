"""The reference of the agency's own people: whom they know, and what they do to a sign-in."""

from __future__ import annotations

from tests.histories.reference import Row, State, need
from tests.histories.reference_accounts import account_of, within

_SEEN_BY_ALL = {"staff.persons.read", "staff.registrations.read", "staff.letters.read"}
_SEEN_BY_ALL |= {"staff.memberships.read", "staff.accounts.read", "staff.codes.read"}
_OFFICER = {"staff.registrations.decide", "staff.registrations.create", "staff.letters.make"}
_OFFICER |= {"staff.letters.move"}
_HELP = {"staff.persons.unlock", "staff.sessions.end"}
STAFF = {
    "program_officer": _SEEN_BY_ALL | _OFFICER,
    "technical_support": _SEEN_BY_ALL | _HELP,
    "supervisor": _SEEN_BY_ALL
    | _OFFICER
    | _HELP
    | {"staff.persons.disable", "staff.assignments.read"},
    "auditor": _SEEN_BY_ALL | {"staff.assignments.read"},
    "administrator": _SEEN_BY_ALL
    | _HELP
    | {"staff.persons.disable", "staff.assignments.read", "staff.assignments.write"},
}


def works(w: State, person: str, action: str, program: str) -> bool:
    return w.live(person) and any(
        (post["person"], post["program"]) == (person, program)
        and action in STAFF[post["kind"]]
        and within(post, w)
        for post in w.posts
    )


def programs_of(w: State, person: str) -> set[str]:
    """The programs that the person has ever had to do with."""
    held = {account_of(w, row)["program"] for row in w.memberships if row["person"] == person}
    posts = {post["program"] for post in w.posts if post["person"] == person}
    asked = {row["program"] for row in w.registrations if row["person"] == person}
    return held | posts | asked


def knows(w: State, actor: str, action: str, person: str) -> bool:
    """Staff know the people of their programs, and newcomers, who belong to none."""
    programs = programs_of(w, person) or {"here", "elsewhere"}
    return any(works(w, actor, action, program) for program in programs)


def administrators(w: State, program: str) -> set[str]:
    return {
        post["person"]
        for post in w.posts
        if (post["program"], post["kind"]) == (program, "administrator")
        and within(post, w)
        and w.live(post["person"])
    }


def appoint(
    w: State, actor: str, program: str, named: str, kind: str, *, right: bool, fresh: bool
) -> None:
    need(works(w, actor, "staff.assignments.read", program), "not found")
    if not works(w, actor, "staff.assignments.write", program):
        w.refuse(actor)
    need(fresh, "a fresh code")
    known = right and knows(w, actor, "staff.assignments.write", named)
    need(known, "invalid: urn unknown_person")
    mine = {
        post["kind"]
        for post in w.posts
        if (post["person"], post["program"]) == (named, program) and within(post, w)
    }
    need(kind not in mine, "invalid: kind already")
    if named == actor:
        w.refuse(actor)
    need(w.live(named), "invalid: urn inactive")
    w.posts.append(
        {"person": named, "program": program, "kind": kind, "starts": w.now, "ends": None}
    )
    w.write("assignment.given", actor=actor)


def dismiss(w: State, actor: str, post: Row, *, fresh: bool) -> None:
    program = post["program"]
    need(works(w, actor, "staff.assignments.read", program), "not found")
    if not works(w, actor, "staff.assignments.write", program):
        w.refuse(actor)
    need(fresh, "a fresh code")
    if post["person"] == actor:
        w.refuse(actor)
    need(post["ends"] is None, "conflict: already_ended")
    others = administrators(w, program) - {post["person"]}
    need(post["kind"] != "administrator" or others, "conflict: last_administrator")
    post["ends"] = w.now
    w.write("assignment.ended", actor=actor)


def disable(w: State, actor: str, person: str) -> None:
    _reach(w, actor, "staff.persons.disable", person)
    alone = any(
        administrators(w, program) <= {person}
        for program in {
            post["program"]
            for post in w.posts
            if (post["person"], post["kind"]) == (person, "administrator") and within(post, w)
        }
    )
    need(not alone, "conflict: last_administrator")
    need(w.people[person]["state"] == "active", "conflict: not_active")
    w.people[person]["state"] = "disabled"
    for row in w.sessions:
        if row["person"] == person and row["ended"] is None:
            row.update(ended=w.now, reason="disabled")
    w.tell(person, "access_disabled")
    w.write("person.disabled", actor=actor)


def enable(w: State, actor: str, person: str) -> None:
    _reach(w, actor, "staff.persons.disable", person)
    need(w.people[person]["state"] == "disabled", "conflict: not_disabled")
    w.people[person]["state"] = "active"
    w.tell(person, "access_enabled")
    w.write("person.enabled", actor=actor)


def unlock(w: State, actor: str, person: str) -> None:
    _reach(w, actor, "staff.persons.unlock", person)
    w.factors[person].update(in_a_row=0, in_all=0, locks=0, until=None, disabled=None)
    w.write("person.unlocked", actor=actor)


def _reach(w: State, actor: str, action: str, person: str) -> None:
    need(knows(w, actor, "staff.persons.read", person), "not found")
    if not knows(w, actor, action, person) or person == actor:
        w.refuse(actor)
