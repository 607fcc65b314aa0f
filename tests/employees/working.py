"""An account whose people ask for access: found in the definitions by what it has."""

from __future__ import annotations

from sqlalchemy import select

from app.audit.models import Entry
from app.authority.models import Membership
from app.authority.models_delegation import AccessRequest
from app.base.db import session
from app.base.limiting import LimitEvent
from app.correspondence.models import Notice
from app.employees.rules import Access
from app.employees.service.answering import approve
from app.employees.service.asking import Wanted, ask
from app.parties.models import ProgramAccount
from app.programs import library
from app.programs.models import Program

COMMENT = "I work in the customs section."


class Working:
    """What tests ask of an account, its program accounts and its people."""

    def __init__(self, world):
        self.world = world
        self.definition = next(
            one for one in library.definitions() if one.access_requests is not None
        )
        wanted = select(Program).where(Program.code == self.definition.code)
        self.program = world.db.scalars(wanted).one()
        self.code = self.definition.code
        on_parts = [one for one in self.definition.roles.values() if one.reach != "account"]
        self.whole = self.definition.required_role.code
        self.chief = next(one.code for one in on_parts if one.gives)
        self.below = next(one for one in on_parts if one.code == self.chief).gives
        self.low = self.below[-1]
        self.account = world.account(program=self.program)
        self.manager = world.owner(self.account)
        self.parts = [self.part(f"RM000{n}") for n in (1, 2, 3)]

    @property
    def bn(self):
        return self.account.business.bn

    def part(self, number, account=None, label=None):
        row = ProgramAccount(account_id=(account or self.account).id, number=number, label=label)
        self.world.db.add(row)
        self.world.db.commit()
        return self.world.fresh(row)

    def on(self, part, role, person=None, **columns):
        """Somebody with a role on one program account."""
        row = self.world.member(self.account, role, person, program_account_id=part.id, **columns)
        return self.world.person_of(row)

    def another_manager(self, person=None):
        return self.world.person_of(self.world.member(self.account, self.whole, person))

    def unknown(self):
        """A business number that no business has."""
        return self.world.bn()

    # ── deeds ───────────────────────────────────────────────────────────────────────────

    def asks(self, person, number=None, part="", comment=COMMENT):
        ask(person.id, Wanted(self.code, number or self.bn, part, comment))
        return self.request_of(person)

    def requested(self, person, part=None, **columns):
        """An open request, put straight into its table."""
        row = AccessRequest(
            account_id=self.account.id,
            program_id=self.account.program_id,
            program_account_id=part.id if part else None,
            person_id=person.id,
            comment=COMMENT,
            **columns,
        )
        self.world.db.add(row)
        self.world.db.commit()
        return self.world.fresh(row)

    def given(self, role=None, *parts, ends_on=None):
        return Access(role or self.low, tuple(one.id for one in parts), ends_on)

    def approves(self, actor, row, role=None, *parts, ends_on=None, version=None):
        return approve(actor.id, row.id, self.given(role, *parts, ends_on=ends_on), version)

    # ── what came of it ─────────────────────────────────────────────────────────────────

    def request_of(self, person):
        wanted = select(AccessRequest).where(AccessRequest.person_id == person.id)
        return self._all(wanted.order_by(AccessRequest.id.desc()), 1)

    def requests(self):
        session.rollback()
        self.world.db.rollback()
        return list(self.world.db.scalars(select(AccessRequest)))

    def held(self, person):
        """Role and program account's number of everything the person holds here."""
        wanted = select(Membership).where(
            Membership.person_id == person.id,
            Membership.account_id == self.account.id,
            Membership.status != "ended",
        )
        self.world.db.rollback()
        rows = list(self.world.db.scalars(wanted))
        for row in rows:
            self.world.db.refresh(row)
        found = {
            (row.role_code, row.program_account.number if row.program_account else None)
            for row in rows
        }
        self.world.db.rollback()
        return found

    def rows_of(self, person):
        wanted = select(Membership).where(
            Membership.person_id == person.id, Membership.account_id == self.account.id
        )
        self.world.db.rollback()
        rows = [self.world.fresh(row) for row in self.world.db.scalars(wanted).all()]
        return sorted(rows, key=lambda row: row.id)

    def told(self, person):
        wanted = select(Notice.template).where(Notice.person_id == person.id)
        found = list(self.world.db.scalars(wanted.order_by(Notice.id)))
        self.world.db.rollback()
        return found

    def trail(self):
        """Event, actor and what changed of every entry, oldest first."""
        found = [
            (row.event, row.actor_id, row.changes)
            for row in self.world.db.scalars(select(Entry).order_by(Entry.seq))
        ]
        self.world.db.rollback()
        return found

    def events(self):
        return [event for event, _actor, _changes in self.trail()]

    def counted(self, person):
        wanted = select(LimitEvent.kind).where(
            LimitEvent.subject.in_([str(person.id)])
            | LimitEvent.subject.startswith(f"{person.id}:")
        )
        found = sorted(self.world.db.scalars(wanted))
        self.world.db.rollback()
        return found

    def _all(self, wanted, most):
        self.world.db.rollback()
        row = self.world.db.scalars(wanted.limit(most)).first()
        return None if row is None else self.world.fresh(row)
