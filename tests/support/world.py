"""People, businesses, accounts and staff, put straight into the tables.

Every function commits, so that pages, jobs and other connections see what it made. What it
returns belongs to the world's own session and keeps the values it had: ask `world.fresh(row)` for
today's. Numbers are drawn as the portal draws them, so they pass every check.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from app.authority.models import Membership
from app.authority.models_delegation import Assignment, ClientGroup, Delegation, GroupMember
from app.parties.models import Account, Business, Party, Person, ProgramAccount
from app.programs.models import LevelAction, Program, ProgramAction, ProgramRole, RoleAction
from tests.support.accounts import Accounts
from tests.support.people import PASSWORD

__all__ = ["PASSWORD", "World"]


class World(Accounts):
    """The rows of one test."""

    def role(
        self,
        code: str,
        may: Iterable[str],
        *,
        reach: str = "account",
        program: Program | None = None,
    ) -> str:
        """One more role of the program, the lowest; its code."""
        program_id = (program or self.program()).id
        self._actions(program_id, may)
        with self.as_owner() as owner:
            lowest = select(func.max(ProgramRole.rank)).where(ProgramRole.program_id == program_id)
            rank = (owner.scalar(lowest) or 0) + 1
            what = {"exclusive": False, "required": False, "label_en": code, "label_fr": code}
            owner.add(ProgramRole(program_id=program_id, code=code, rank=rank, reach=reach, **what))
            owner.flush()
            owner.add_all(
                RoleAction(program_id=program_id, role_code=code, action_code=action)
                for action in may
            )
        return code

    def office(self, of: Business | Party, program: Program) -> Account:
        """The business's own account in the program, opened if it had none."""
        mine = select(Account).where(Account.party_id == of.id, Account.program_id == program.id)
        found = self.db.scalars(mine).one_or_none()
        if found is not None:
            return self._kept(found)
        return self.account(business=self.db.get_one(Business, of.id), program=program)

    def employ(self, office: Account, *people: Person) -> None:
        """Each works there, in a role that acts for nobody; who held one already keeps it."""
        held = select(Membership.person_id).where(Membership.account_id == office.id)
        there = set(self.db.scalars(held))
        lowest = [role for role in self._roles(office.program_id) if role.reach == "account"][-1]
        for one in people:
            if one.id not in there:
                self.member(office, lowest.code, one)

    def end(self, person: Person, account: Account) -> None:
        """The person leaves the account: every membership of theirs ends."""
        mine = select(Membership).where(
            Membership.account_id == account.id, Membership.person_id == person.id
        )
        for row in self.db.scalars(mine):
            self.set(row, status="ended", ended_at=func.guichet_now(), end_reason="removed")

    def part(self, account: Account, number: str = "RM0001") -> ProgramAccount:
        """A program account of the account."""
        row = ProgramAccount(account_id=account.id, number=number)
        self.db.add(row)
        return self._kept(row)

    def delete_group(self, group: Party) -> None:
        """Its name is never used again."""
        self.db.get_one(ClientGroup, group.id).deleted_at = self.now()
        self.db.commit()

    def group(self, *people: Person, of: Account, name: str | None = None) -> Party:
        """A client group of a provider's people, each of them employed there."""
        self.employ(of, *people)
        name = name or f"The Tuesday team {next(self._numbers)}"
        party = Party(kind="group", name=name)
        self.db.add(party)
        self.db.flush()
        made_by = self.owner(of).id
        self.db.add(
            ClientGroup(id=party.id, account_id=of.id, name_folded=name.lower(), made_by=made_by)
        )
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
        acting: str | None = None,
        **columns: Any,
    ) -> Delegation:
        """The account lets a party act for it, at a level that may do these actions.

        The people are put on it, and employed by the party, whose account is opened for that.
        """
        people, groups = list(people), list(groups)
        self._level(account.program_id, level, may)
        if people:
            program = self.db.get_one(Program, account.program_id)
            self.employ(self.office(to, program), *people)
        row = Delegation(
            account_id=account.id,
            program_id=account.program_id,
            delegate_id=to.id,
            level=level,
            state=state,
            **_ended(state),
            **columns,
        )
        self.db.add(row)
        self.db.flush()
        put = {"delegation_id": row.id, "level": acting or level}
        self.db.add_all(Assignment(person_id=one.id, **put) for one in people)
        self.db.add_all(Assignment(group_id=one.id, **put) for one in groups)
        return self._kept(row)

    def _actions(self, program_id: int, may: Iterable[str]) -> None:
        with self.as_owner() as owner:
            for action in may:
                if owner.get(ProgramAction, (program_id, action)) is None:
                    labels = {"label_en": action, "label_fr": action}
                    owner.add(ProgramAction(program_id=program_id, code=action, **labels))
                    owner.flush()

    def level(self, code: str, may: Iterable[str], program: Program | None = None) -> None:
        """A level of delegation, or an acting role, that may do these actions."""
        self._level((program or self.program()).id, code, may)

    def _level(self, program_id: int, level: str, may: Iterable[str]) -> None:
        self._actions(program_id, may)
        with self.as_owner() as owner:
            for action in may:
                if owner.get(LevelAction, (program_id, level, action)) is None:
                    owner.add(LevelAction(program_id=program_id, level=level, action_code=action))


def _ended(state: str) -> dict[str, Any]:
    """What a delegation that is over says of its end."""
    return {} if state == "active" else {"ended_at": func.guichet_now(), "end_reason": "revoked"}
