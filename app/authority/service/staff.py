"""Putting people on a program's staff, and taking them off it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event
from app.audit.service import record
from app.audit.targets import describe
from app.authority.models import StaffAssignment
from app.authority.predicate import within
from app.authority.queries import authorise, find, visible
from app.authority.staff import STAFF_ROLES
from app.authority.staff_roles import follow_assignments
from app.authority.staff_rules import ADMINISTRATOR, assignable, leaves_none
from app.authority.step_up import require_step_up
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid, Refused
from app.base.identifiers import parse_urn
from app.base.text import same_name
from app.parties.models import Person
from app.programs.models import Program

Db = Session | scoped_session[Session]

WRITE = "staff.assignments.write"


@deed
def give_assignment(
    db: Session, actor: int, *, program_id: int, urn: str, family_name: str, kind: str
) -> int:
    """Put a person on the program's staff as ``kind``; return the assignment's number.

    Nobody puts themselves on the staff, nor gives a kind that their own kind does not give.
    The person is named by reference number and family name, as in every other place of the
    portal, and must be one whom the actor may know of. Raises Refused; StepUpNeeded; Invalid
    ``urn: unknown_person`` whichever half was wrong, ``urn: inactive``, ``kind: already``.
    """
    program = find(db, actor, "staff.assignments.read", Program, program_id)
    lock_staff(db, program.id)
    authorise(db, actor, WRITE, program)
    require_step_up(db)
    person = _named(db, actor, urn, family_name)
    if kind in kinds_held(db, person.id, program.id):
        raise Invalid({"kind": "already"})
    return _give(db, actor, program, person, kind).id


@deed
def end_assignment(db: Session, actor: int, assignment_id: int) -> None:
    """End a staff assignment now; who held it sees none of the program's rows any more.

    Nobody ends their own, nor a kind that their own kind does not give, and a program keeps
    an administrator who can sign in. Raises NotFound; Refused; StepUpNeeded; Conflict
    ``already_ended``, ``last_administrator``.
    """
    post = find(db, actor, "staff.assignments.read", StaffAssignment, assignment_id)
    lock_staff(db, post.program_id)
    db.refresh(post)
    authorise(db, actor, WRITE, post)
    require_step_up(db)
    _end(db, actor, post)


@deed
def set_assignments(
    db: Session, actor: int, person_id: int, wanted: Mapping[int, Collection[str]]
) -> None:
    """Make the person's kinds of staff exactly ``wanted`` (program → kinds), all or nothing.

    Only in the programs that are named, and only for somebody who is on the staff already.
    Each change is a deed of its own in the trail, under the same rules. Raises as they do.
    """
    person = find(db, actor, "staff.assignments.read", Person, person_id)
    require_step_up(db)
    for program_id in sorted(wanted):
        program = find(db, actor, "staff.assignments.read", Program, program_id)
        lock_staff(db, program.id)
        authorise(db, actor, WRITE, program)
        running = db.scalars(_running(person.id, program.id)).all()
        for post in running:
            if post.staff_role not in wanted[program_id]:
                _end(db, actor, post)
        held = {post.staff_role for post in running}
        for kind in sorted(set(wanted[program_id]) - held):
            _give(db, actor, program, person, kind)


@deed
def appoint_first(db: Session, *, program_id: int, person_id: int) -> int:
    """Give a program its first administrator, at the keyboard of the machine itself.

    The operator's only deed on people: no page leads here. Raises Conflict
    ``has_administrator`` when somebody could do it in the portal, ``inactive`` when the person
    cannot sign in.
    """
    lock_staff(db, program_id)
    if administrators(db, program_id):
        raise Conflict("has_administrator")
    if db.get_one(Person, person_id).state != "active":
        raise Conflict("inactive")
    return _begin(db, None, person_id, program_id, ADMINISTRATOR).id


def lock_staff(db: Session, program_id: int) -> None:
    """Make deeds on one program's staff wait for each other, until the deed ends.

    Two administrators who end each other's post at the same instant would otherwise leave
    none: each still sees the other.
    """
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("staff", program_id))))


def lock_administered(db: Session, person_id: int) -> list[int]:
    """Lock the staff of every program that the person administers; return those programs.

    For whoever keeps somebody from signing in. Before the person's own row, as everywhere: two
    deeds in opposite orders would wait for each other.
    """
    administered = select(StaffAssignment.program_id).where(
        StaffAssignment.person_id == person_id,
        StaffAssignment.staff_role == ADMINISTRATOR,
        within(StaffAssignment.starts_at, StaffAssignment.ends_at),
    )
    programs = sorted(set(db.scalars(administered)))
    for program_id in programs:
        lock_staff(db, program_id)
    return programs


def keep_administrators(db: Session, programs: Collection[int], person_id: int) -> None:
    """Raise Conflict ``last_administrator`` when one of the programs has no other than them."""
    for program_id in programs:
        if leaves_none(ADMINISTRATOR, administrators(db, program_id) - {person_id}):
            raise Conflict("last_administrator")


def kinds_held(db: Db, person_id: int, program_id: int) -> frozenset[str]:
    """The kinds of staff that the person is in the program now."""
    held = _running(person_id, program_id).with_only_columns(StaffAssignment.staff_role)
    return frozenset(db.scalars(held))


def administrators(db: Session, program_id: int, *, but: int | None = None) -> frozenset[int]:
    """The people who administer the program's staff now and can sign in.

    ``but`` leaves one assignment out of the count.
    """
    posts = select(StaffAssignment.person_id).where(
        StaffAssignment.program_id == program_id,
        StaffAssignment.staff_role == ADMINISTRATOR,
        within(StaffAssignment.starts_at, StaffAssignment.ends_at),
        exists().where(Person.id == StaffAssignment.person_id, Person.state == "active"),
    )
    if but is not None:
        posts = posts.where(StaffAssignment.id != but)
    return frozenset(db.scalars(posts))


def _named(db: Session, actor: int, urn: str, family_name: str) -> Person:
    """The person whom both data name; one answer whichever is wrong, so that it tells nothing."""
    number = parse_urn(urn)
    person = db.scalars(visible(actor, WRITE, Person).where(Person.urn == number)).one_or_none()
    if number is None or person is None or not same_name(person.family_name, family_name):
        raise Invalid({"urn": "unknown_person"})
    return person


def _refusal(actor: int, reason: str, target: Program | StaffAssignment) -> Refused:
    return Refused(WRITE, reason, person_id=actor, target=describe(target))


def _running(person_id: int, program_id: int) -> Select[StaffAssignment]:
    return select(StaffAssignment).where(
        StaffAssignment.person_id == person_id,
        StaffAssignment.program_id == program_id,
        within(StaffAssignment.starts_at, StaffAssignment.ends_at),
    )


def _give(db: Session, actor: int, program: Program, person: Person, kind: str) -> StaffAssignment:
    if person.id == actor:
        raise _refusal(actor, "own", program)
    if kind not in assignable(kinds_held(db, actor, program.id)):
        raise _refusal(actor, "ceiling", program)
    if person.state != "active":
        raise Invalid({"urn": "inactive"})
    return _begin(db, actor, person.id, program.id, kind)


def _end(db: Session, actor: int, post: StaffAssignment) -> None:
    if post.person_id == actor:
        raise _refusal(actor, "own", post)
    if post.staff_role not in assignable(kinds_held(db, actor, post.program_id)):
        raise _refusal(actor, "ceiling", post)
    if post.ends_at is not None:
        raise Conflict("already_ended")
    if leaves_none(post.staff_role, administrators(db, post.program_id, but=post.id)):
        raise Conflict("last_administrator")
    post.ends_at = now(db)
    db.flush()
    follow_assignments(db, post.person_id)
    record(
        db,
        Event.ASSIGNMENT_ENDED,
        actor=actor,
        target=post,
        changes={
            "person_id": post.person_id,
            "staff_role": post.staff_role,
            "ends_at": (None, post.ends_at),
        },
    )


def _begin(
    db: Session, actor: int | None, person_id: int, program_id: int, kind: str
) -> StaffAssignment:
    if kind not in STAFF_ROLES:
        raise ValueError(f"no kind of staff is called {kind}")
    post = StaffAssignment(
        person_id=person_id, program_id=program_id, staff_role=kind, made_by=actor
    )
    db.add(post)
    db.flush()
    follow_assignments(db, person_id)
    record(
        db,
        Event.ASSIGNMENT_GIVEN,
        actor=actor,
        target=post,
        changes={"person_id": person_id, "staff_role": kind, "starts_at": post.starts_at},
    )
    return post
