"""Programs, people, staff."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.authority.models import StaffAssignment
from app.authority.staff_roles import follow_assignments
from app.base import identifiers
from app.base.db import User
from app.base.text import fold_email
from app.identity.models import Credential, Factor
from app.identity.passwords import hashed
from app.parties.models import Party, Person
from app.programs.actions import Action
from app.programs.models import (
    Program,
    ProgramAction,
    ProgramRole,
    RoleAction,
    RoleGrant,
    Standing,
)
from tests.support.rows import Rows

PASSWORD = "Trois-Rivières 1634 brume"
"""The password of everybody in the world who was not given another."""

_GIVEN = ("Ann", "Émile", "Zoé", "Jean-Luc", "Noor", "Siobhán", "Maëlle", "Owen")
_FAMILY = ("Roy", "O’Neill", "Tremblay", "Côté", "Singh", "Lavoie", "Ng", "St-Pierre")


class People(Rows):
    """Who signs in, and for which program the staff among them work."""

    # ── programs ────────────────────────────────────────────────────────────────────────

    def program(self) -> Program:
        """The program in which accounts change hands; the first, when there are several."""
        return self._read(_first_program())

    def other_program(self, code: str = "elsewhere") -> Program:
        """A program of which the first one's people know nothing: same roles, other rows."""
        with self.as_owner() as owner:
            found = owner.scalar(select(Program).where(Program.code == code))
            if found is None:
                found = _copy_of_first_program(owner, code)
        return self._read(select(Program).where(Program.id == found.id))

    def roles(self, program: Program | None = None) -> list[ProgramRole]:
        """The program's roles, the highest first: owner, proxy, full access, administrator."""
        wanted = (
            select(ProgramRole)
            .where(ProgramRole.program_id == (program or self.program()).id, ~ProgramRole.retired)
            .order_by(ProgramRole.rank, ProgramRole.code)
        )
        with self._reading():
            return list(self.db.scalars(wanted))

    # ── people ──────────────────────────────────────────────────────────────────────────

    def person(
        self,
        given: str | None = None,
        family: str | None = None,
        *,
        sign_in_name: str | None = None,
        email: str | None = None,
        language: str = "en",
        state: str = "active",
        password: str | None = None,
        phone: str | None = None,
    ) -> Person:
        """Somebody who has signed up, with a URN, a password and the factor of e-mail codes.

        With `state="unverified"` there is no URN, as before the first code.
        """
        number = next(self._numbers)
        given = given or _GIVEN[number % len(_GIVEN)]
        family = family or _FAMILY[number // len(_GIVEN) % len(_FAMILY)]
        sign_in_name = sign_in_name or f"person{number}"
        email = email or f"person{number}@mail.example"
        urn = identifiers.new_urn() if state != "unverified" else None
        user = self._user(sign_in_name, given, family)
        party = Party(kind="person", name=f"{given} {family}")
        self.db.add_all([user, party])
        self.db.flush()
        person = Person(
            id=party.id,
            user_id=user.id,
            urn=urn,
            urn_issued_at=func.guichet_now() if urn else None,
            given_name=given,
            family_name=family,
            email=email,
            email_folded=fold_email(email),
            phone=phone,
            language=language,
            state=state,
        )
        self.db.add(person)
        self.db.flush()
        self.db.add(Credential(person_id=person.id, kind="password", secret=self._hashed(password)))
        self.db.add(Factor(person_id=person.id, kind="email_code"))
        return self._kept(person)

    def people(self, number: int) -> list[Person]:
        """So many different people."""
        return [self.person() for _ in range(number)]

    def sign_in_name(self, person: Person) -> str:
        """What the person types at sign-in."""
        name: str = self._read(select(User).where(User.id == person.user_id)).username
        return name

    def staff(
        self,
        kind: str = "program_officer",
        program: Program | None = None,
        *,
        person: Person | None = None,
        starts: datetime | None = None,
        ends: datetime | None = None,
    ) -> Person:
        """Somebody who works for the agency, in one program, as one kind of staff."""
        person = person or self.person(given="Agent", family=kind.replace("_", " ").title())
        post = StaffAssignment(
            person_id=person.id,
            program_id=(program or self.program()).id,
            staff_role=kind,
            ends_at=ends,
        )
        if starts is not None:
            post.starts_at = starts
        self.db.add(post)
        self.db.flush()
        follow_assignments(self.db, person.id)
        self._kept(post)
        return person

    def _user(self, sign_in_name: str, given: str, family: str) -> Any:
        return User(
            username=sign_in_name,
            first_name=given[:64],
            last_name=family[:64],
            email=f"{sign_in_name}@users.invalid",
            active=True,
        )

    def _hashed(self, password: str | None) -> str:
        return _hash_of(PASSWORD) if password is None else hashed(password)

    def _roles(self, program_id: int) -> list[ProgramRole]:
        wanted = select(ProgramRole).where(
            ProgramRole.program_id == program_id, ~ProgramRole.retired
        )
        return list(self.db.scalars(wanted.order_by(ProgramRole.rank, ProgramRole.code)))


@lru_cache(maxsize=1)
def _hash_of(password: str) -> str:
    """Hashed once a process: the hash is slow on purpose."""
    return hashed(password)


def _first_program() -> Select[tuple[Program]]:
    transfers = select(RoleAction.program_id).where(
        RoleAction.action_code == Action.OWNERSHIP_TRANSFER
    )
    return select(Program).where(Program.id.in_(transfers)).order_by(Program.id).limit(1)


def _copy_of_first_program(owner: Session, code: str) -> Program:
    first = owner.scalars(_first_program()).one()
    program = Program(code=code, name_en="Elsewhere", name_fr="Ailleurs", version=1)
    owner.add(program)
    owner.flush()
    for model in (ProgramRole, ProgramAction, Standing):
        for row in owner.scalars(select(model).where(model.program_id == first.id)).all():
            values = {c.name: getattr(row, c.name) for c in model.__table__.columns}
            owner.add(model(**(values | {"program_id": program.id})))
    owner.flush()
    for model in (RoleAction, RoleGrant):
        for row in owner.scalars(select(model).where(model.program_id == first.id)).all():
            values = {c.name: getattr(row, c.name) for c in model.__table__.columns}
            owner.add(model(**(values | {"program_id": program.id})))
    return program
