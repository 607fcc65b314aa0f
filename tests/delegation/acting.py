"""A client with two program accounts, and two providers; whatever the definition calls things."""

from __future__ import annotations

from sqlalchemy import select

from app.authority.models_delegation import Assignment, Delegation, DelegationRequest
from app.delegation.models import ClientAsk
from app.delegation.rules.terms import Terms
from app.delegation.service import answering, asking, changing, delivering
from app.parties.models import Account, Business, Party, ProgramAccount
from app.programs.actions import Action
from app.programs.models import Program
from app.programs.rules.roles import actions_of
from tests.support.definitions import delegating


class Chain:
    """The client, its managers, and the providers with theirs."""

    def __init__(self, world):
        self.world = world
        self.definition = delegating()
        self.program = world._read(select(Program).where(Program.code == self.definition.code))
        self.rule = self.definition.delegation
        self.client = self.business("Vergers Suroît inc.")
        self.provider = self.business("Courtiers Laurentides ltée")
        self.other = self.business("Harbour Brokers Ltd.")
        self.manager = world.owner(self.client)
        self.broker = world.owner(self.provider)
        self.rival = world.owner(self.other)
        self.first, self.second = self.part("RM0001"), self.part("RM0002")

    # ── who there is ────────────────────────────────────────────────────────────────────

    def business(self, name):
        world = self.world
        return world.account(program=self.program, business=world.business(name))

    def part(self, number, account=None):
        row = ProgramAccount(account_id=(account or self.client).id, number=number)
        self.world.db.add(row)
        return self.world._kept(row)

    def role(self, action, reach="account"):
        """The first role of this reach that is granted the action."""
        return next(
            role.code
            for role in self.definition.roles.values()
            if role.reach == reach and action in actions_of(self.definition, role.code)
        )

    def second_manager(self, account=None):
        account = account or self.client
        return self.world.person_of(
            self.world.member(account, self.role(Action.DELEGATIONS_ANSWER))
        )

    def part_manager(self, part):
        role = self.role(Action.DELEGATIONS_ANSWER, "program_account")
        row = self.world.member(self.client, role, program_account_id=part.id)
        return self.world.person_of(row)

    def employee(self, account=None):
        """Somebody of a provider who answers for nothing there."""
        account = account or self.provider
        part = self.part(f"RM{self.world.person().id % 9000 + 1000}", account)
        role = next(
            role.code
            for role in self.definition.roles.values()
            if role.reach == "program_account"
            and Action.DELEGATIONS_ANSWER not in actions_of(self.definition, role.code)
        )
        row = self.world.member(account, role, program_account_id=part.id)
        return self.world.person_of(row)

    def bn(self, account):
        return self.world._read(select(Business).where(Business.id == account.party_id)).bn

    # ── what a definition says ──────────────────────────────────────────────────────────

    def level(self, reach="account"):
        return next(code for code, one in self.rule.levels.items() if one.reach == reach)

    def terms(self, *parts, **values):
        """Of the whole account; of these program accounts where some are named."""
        level = self.level("program_account" if parts else "account")
        return Terms(level, frozenset(part.id for part in parts), **values)

    def acting(self, level):
        """The acting roles that this level covers."""
        may = set(self.rule.levels[level].may)
        return [code for code, one in self.rule.acting.items() if set(one.may) <= may]

    # ── deeds ───────────────────────────────────────────────────────────────────────────

    def ask(self, by=None, account=None, client=None, comment=""):
        """A provider asks, and the worker brings it; the ask."""
        account = account or self.provider
        by = by or (self.broker if account.id == self.provider.id else self.rival)
        number = asking.ask_client(by.id, account.id, self.bn(client or self.client), comment)
        delivering.deliver(number)
        return self.world.fresh(self.world._read(select(ClientAsk).where(ClientAsk.id == number)))

    def request(self, account=None, client=None):
        """The request that the client has of a provider."""
        return self.world._read(
            select(DelegationRequest)
            .where(
                DelegationRequest.account_id == (client or self.client).id,
                DelegationRequest.delegate_id == (account or self.provider).party_id,
            )
            .order_by(DelegationRequest.id.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )

    def asked(self, account=None):
        self.ask(account=account)
        return self.request(account)

    def approved(self, *parts, account=None, by=None, **values):
        """The delegations of a request that the client's manager has approved just now."""
        request = self.asked(account)
        by = by or self.manager
        made = answering.approve_request(by.id, request.id, self.terms(*parts, **values))
        return [self.row(key) for key in made]

    def changed(self, row, terms, by=None):
        made = changing.change_delegation((by or self.manager).id, row.id, terms)
        return [self.row(key) for key in made]

    # ── what has become of it ───────────────────────────────────────────────────────────

    def row(self, key):
        wanted = select(Delegation).where(Delegation.id == key)
        return self.world._read(wanted.execution_options(populate_existing=True))

    def standing(self, account=None):
        """The program accounts that a provider acts for; None is all of them."""
        db = self.world.db
        wanted = select(Delegation.program_account_id).where(
            Delegation.account_id == self.client.id,
            Delegation.delegate_id == (account or self.provider).party_id,
            Delegation.state == "active",
        )
        found = set(db.scalars(wanted))
        db.rollback()
        return found

    def put_on(self, row, person, acting=None):
        level = acting or self.acting(row.level)[-1]
        one = Assignment(delegation_id=row.id, person_id=person.id, level=level)
        self.world.db.add(one)
        return self.world._kept(one)

    def name(self, account):
        return self.world._read(
            select(Party)
            .join(Account, Account.party_id == Party.id)
            .where(Account.id == account.id)
        ).name
