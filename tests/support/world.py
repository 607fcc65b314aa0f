"""People, businesses, accounts and staff, put straight into the tables.

Every function commits, so that pages, jobs and other connections see what it made. What it
returns belongs to the world's own session and keeps the values it had: ask `world.fresh(row)` for
today's. Numbers are drawn as the portal draws them, so they pass every check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker
from stdnum.ca import bn as business_number

from app.authority.models import (
    Assignment,
    Delegation,
    GroupMember,
    Membership,
    OwnershipTransfer,
    StaffAssignment,
)
from app.authority.staff_roles import follow_assignments
from app.base import identifiers
from app.base.db import User
from app.base.text import fold_email
from app.identity.models import Credential, Factor
from app.identity.passwords import hashed
from app.parties.models import (
    Account,
    Business,
    ClientNumber,
    Party,
    Person,
    RegistryEntry,
)
from app.programs.models import LevelAction, Program, ProgramAction, ProgramRole, Standing

PASSWORD = "Trois-Rivières 1634 brume"
"""The password of everybody in the world who was not given another."""

M = TypeVar("M")
_GIVEN = ("Ann", "Émile", "Zoé", "Jean-Luc", "Noor", "Siobhán", "Maëlle", "Owen")
_FAMILY = ("Roy", "O’Neill", "Tremblay", "Côté", "Singh", "Lavoie", "Ng", "St-Pierre")


class World:
    """The rows of one test."""

    def __init__(self, app_engine: Engine, owner_engine: Engine) -> None:
        self._sessions = sessionmaker(app_engine, expire_on_commit=False)
        self._owner_sessions = sessionmaker(owner_engine, expire_on_commit=False)
        self.db: Session = self._sessions()
        self._numbers = count(1)
        self._secret: str | None = None

    def close(self) -> None:
        self.db.close()

    def fresh(self, row: M) -> M:
        """The same row, read again."""
        with self._reading():
            self.db.refresh(row)
        return row

    def now(self) -> datetime:
        """The database's clock."""
        moment: datetime = self._read(select(func.guichet_now()))
        return moment

    # ── programs ────────────────────────────────────────────────────────────────────────

    def program(self) -> Program:
        """The program that the definitions give; the first, when they give several."""
        return self._read(select(Program).order_by(Program.id).limit(1))

    def other_program(self, code: str = "elsewhere") -> Program:
        """A program of which the first one's people know nothing: same roles, other rows."""
        with self._as_owner() as owner:
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

    # ── businesses and accounts ─────────────────────────────────────────────────────────

    def bn(self) -> str:
        """A business number with the right check digit, never the same twice."""
        while True:
            body = f"{70_000_000 + next(self._numbers):08d}"
            for last in "0123456789":
                if business_number.is_valid(body + last):
                    return body + last

    def registry_entry(
        self,
        name: str | None = None,
        *,
        program: Program | None = None,
        bn: str | None = None,
        carrier_code: str | None = None,
        language: str = "en",
        base: str = "CA",
        **columns: Any,
    ) -> RegistryEntry:
        """A business as the registry has it."""
        address = {
            "street": "12 Quay Street",
            "city": "Halifax",
            "region": "NS",
            "postal_code": "B3H 4R2",
            "country": "CA",
        }
        if base == "US":
            address |= {"city": "Buffalo", "region": "NY", "postal_code": "14202", "country": "US"}
        entry = RegistryEntry(
            program_id=(program or self.program()).id,
            legal_name=name or f"Northern Freight {next(self._numbers)} Ltd.",
            bn=bn or (None if carrier_code else self.bn()),
            carrier_code=carrier_code,
            base=base,
            language=language,
            origin="import",
            **(address | columns),
        )
        self.db.add(entry)
        return self._kept(entry)

    def business(
        self,
        name: str | None = None,
        *,
        bn: str | None = None,
        carrier_code: str | None = None,
        base: str = "CA",
        program: Program | None = None,
    ) -> Business:
        """A business known to the portal, with its client number in the program."""
        party = Party(kind="business", name=name or f"Northern Freight {next(self._numbers)} Ltd.")
        self.db.add(party)
        self.db.flush()
        business = Business(
            id=party.id,
            bn=bn or (None if carrier_code else self.bn()),
            carrier_code=carrier_code,
            base=base,
        )
        self.db.add(business)
        self.db.add(
            ClientNumber(
                party_id=party.id,
                program_id=(program or self.program()).id,
                number=identifiers.new_client_number(),
            )
        )
        return self._kept(business)

    def account(
        self,
        owner: Person | None = None,
        business: Business | None = None,
        *,
        program: Program | None = None,
        standing: str | None = None,
        name: str | None = None,
    ) -> Account:
        """An open account with its owner, made in one transaction as the constraint asks."""
        program = program or self.program()
        owner = owner or self.person()
        business = business or self.business(name, program=program)
        first = select(Standing.code).where(Standing.program_id == program.id)
        account = Account(
            party_id=business.id,
            program_id=program.id,
            standing_code=standing or self.db.scalars(first).first(),
        )
        self.db.add(account)
        self.db.flush()
        role = next(role for role in self._roles(program.id) if role.required and role.exclusive)
        self.db.add(self._membership(account, role, owner, "active", {}))
        return self._kept(account)

    def owner(self, account: Account) -> Person:
        """Who owns the account now."""
        owns = select(Membership.person_id).where(
            Membership.account_id == account.id,
            Membership.required,
            Membership.status == "active",
        )
        return self._read(select(Person).where(Person.id.in_(owns)))

    def member(
        self,
        account: Account,
        role: str | int = 1,
        person: Person | None = None,
        *,
        status: str = "active",
        **columns: Any,
    ) -> Membership:
        """A membership: `role` is a role's code, or its place in `roles()`, 0 being the owner's."""
        roles = self._roles(account.program_id)
        found = (
            roles[role] if isinstance(role, int) else next(one for one in roles if one.code == role)
        )
        row = self._membership(account, found, person or self.person(), status, columns)
        self.db.add(row)
        return self._kept(row)

    def with_each_role(self, account: Account) -> dict[str, Person]:
        """Somebody in each of the program's roles; the owner is the account's own."""
        people = {}
        for place, role in enumerate(self._roles(account.program_id)):
            if place == 0:
                people[role.code] = self.owner(account)
            else:
                people[role.code] = self.person_of(self.member(account, role.code))
        return people

    def person_of(self, row: Membership) -> Person:
        """Whose membership it is."""
        return self._read(select(Person).where(Person.id == row.person_id))

    def close_account(self, account: Account) -> Account:
        """Close it: nobody may do anything on it any more."""
        self.db.execute(
            update(Account)
            .where(Account.id == account.id)
            .values(state="closed", closed_at=func.guichet_now())
        )
        self.db.commit()
        return self.fresh(account)

    def set(self, row: M, **values: Any) -> M:
        """Change columns of a row, past every rule but the database's."""
        self.db.rollback()
        self.db.refresh(row)
        for name, value in values.items():
            setattr(row, name, value)
        return self._kept(row)

    def transfer(
        self,
        account: Account,
        to: Person | None = None,
        *,
        old_owner_role: str | None = None,
        days: int = 7,
        **columns: Any,
    ) -> OwnershipTransfer:
        """An offer of the ownership that waits for its answer."""
        role = next(role for role in self._roles(account.program_id) if role.required)
        row = OwnershipTransfer(
            account_id=account.id,
            role_code=role.code,
            from_person_id=self.owner(account).id,
            to_person_id=(to or self.person()).id,
            old_owner_role=old_owner_role,
            expires_at=self.now() + timedelta(days=days),
            **columns,
        )
        self.db.add(row)
        return self._kept(row)

    # ── delegations ─────────────────────────────────────────────────────────────────────

    def group(self, *people: Person, name: str = "The Tuesday team") -> Party:
        """A group of a delegate's people."""
        party = Party(kind="group", name=name)
        self.db.add(party)
        self.db.flush()
        self.db.add_all(GroupMember(group_id=party.id, person_id=one.id) for one in people)
        return self._kept(party)

    def delegation(
        self,
        account: Account,
        to: Business | Party | Person,
        *,
        level: str = "broker",
        may: Iterable[str] = ("account.view",),
        people: Iterable[Person] = (),
        groups: Iterable[Party] = (),
        state: str = "active",
        **columns: Any,
    ) -> Delegation:
        """The account lets a party act for it, at a level that may do these actions."""
        self._level(account.program_id, level, may)
        row = Delegation(
            account_id=account.id,
            program_id=account.program_id,
            delegate_id=to.id,
            level=level,
            state=state,
            **columns,
        )
        self.db.add(row)
        self.db.flush()
        self.db.add_all(Assignment(delegation_id=row.id, person_id=one.id) for one in people)
        self.db.add_all(Assignment(delegation_id=row.id, group_id=one.id) for one in groups)
        return self._kept(row)

    def _level(self, program_id: int, level: str, may: Iterable[str]) -> None:
        with self._as_owner() as owner:
            for action in may:
                if owner.get(ProgramAction, (program_id, action)) is None:
                    labels = {"label_en": action, "label_fr": action}
                    owner.add(ProgramAction(program_id=program_id, code=action, **labels))
                    owner.flush()
                if owner.get(LevelAction, (program_id, level, action)) is None:
                    owner.add(LevelAction(program_id=program_id, level=level, action_code=action))

    # ── small things ────────────────────────────────────────────────────────────────────

    def _user(self, sign_in_name: str, given: str, family: str) -> Any:
        return User(
            username=sign_in_name,
            first_name=given[:64],
            last_name=family[:64],
            email=f"{sign_in_name}@users.invalid",
            active=True,
        )

    def _hashed(self, password: str | None) -> str:
        if password is not None and password != PASSWORD:
            return hashed(password)
        if self._secret is None:
            self._secret = _hash_of_password()
        return self._secret

    def _membership(
        self,
        account: Account,
        role: ProgramRole,
        person: Person,
        status: str,
        columns: dict[str, Any],
    ) -> Membership:
        moment = self.now()
        accepted = moment if status != "offered" else None
        begun = moment if status in {"active", "suspended", "ended"} else None
        values = {
            "accepted_at": accepted,
            "starts_at": begun,
            "offer_expires_at": moment + timedelta(days=7) if status == "offered" else None,
            "ended_at": moment if status == "ended" else None,
            "end_reason": "removed" if status == "ended" else None,
        }
        return Membership(
            person_id=person.id,
            account_id=account.id,
            program_id=account.program_id,
            role_code=role.code,
            exclusive=role.exclusive,
            required=role.required,
            status=status,
            **(values | columns),
        )

    def _roles(self, program_id: int) -> list[ProgramRole]:
        wanted = select(ProgramRole).where(
            ProgramRole.program_id == program_id, ~ProgramRole.retired
        )
        return list(self.db.scalars(wanted.order_by(ProgramRole.rank, ProgramRole.code)))

    def _read(self, query: Any) -> Any:
        with self._reading():
            return self.db.scalars(query).unique().one()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Leave no transaction open behind, unless one was being filled before."""
        filling = self.db.in_transaction()
        yield
        if not filling:
            self.db.rollback()

    def _kept(self, row: M) -> M:
        """Commit, and load what the database filled in, so that it can be read at leisure."""
        self.db.commit()
        return self.fresh(row)

    @contextmanager
    def _as_owner(self) -> Iterator[Session]:
        with self._owner_sessions() as owner, owner.begin():
            yield owner


def days_from(moment: datetime, days: int) -> date:
    """The day so many days after a moment."""
    return (moment + timedelta(days=days)).date()


_password_hash: list[str] = []


def _hash_of_password() -> str:
    """Hashed once a process: the hash is slow on purpose."""
    if not _password_hash:
        _password_hash.append(hashed(PASSWORD))
    return _password_hash[0]


def _copy_of_first_program(owner: Session, code: str) -> Program:
    first = owner.scalars(select(Program).order_by(Program.id).limit(1)).one()
    program = Program(code=code, name_en="Elsewhere", name_fr="Ailleurs", version=1)
    owner.add(program)
    owner.flush()
    for model in (ProgramRole, ProgramAction, Standing):
        for row in owner.scalars(select(model).where(model.program_id == first.id)).all():
            values = {c.name: getattr(row, c.name) for c in model.__table__.columns}
            owner.add(model(**(values | {"program_id": program.id})))
    owner.flush()
    from app.programs.models import RoleAction, RoleGrant

    for model in (RoleAction, RoleGrant):
        for row in owner.scalars(select(model).where(model.program_id == first.id)).all():
            values = {c.name: getattr(row, c.name) for c in model.__table__.columns}
            owner.add(model(**(values | {"program_id": program.id})))
    return program
