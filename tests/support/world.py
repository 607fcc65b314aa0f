"""People, businesses, accounts and staff, put straight into the tables.

Every function commits, so that pages, jobs and other connections see what it made. What it
returns belongs to the world's own session and keeps the values it had: ask `world.fresh(row)` for
today's. Numbers are drawn as the portal draws them, so they pass every check.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func

from app.authority.models_delegation import Assignment, Delegation, GroupMember
from app.parties.models import Account, Business, Party, Person
from app.programs.models import LevelAction, ProgramAction
from tests.support.accounts import Accounts
from tests.support.people import PASSWORD

__all__ = ["PASSWORD", "World"]


class World(Accounts):
    """The rows of one test."""

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
            **_ended(state),
            **columns,
        )
        self.db.add(row)
        self.db.flush()
        self.db.add_all(
            Assignment(delegation_id=row.id, person_id=one.id, level=level) for one in people
        )
        self.db.add_all(
            Assignment(delegation_id=row.id, group_id=one.id, level=level) for one in groups
        )
        return self._kept(row)

    def _level(self, program_id: int, level: str, may: Iterable[str]) -> None:
        with self.as_owner() as owner:
            for action in may:
                if owner.get(ProgramAction, (program_id, action)) is None:
                    labels = {"label_en": action, "label_fr": action}
                    owner.add(ProgramAction(program_id=program_id, code=action, **labels))
                    owner.flush()
                if owner.get(LevelAction, (program_id, level, action)) is None:
                    owner.add(LevelAction(program_id=program_id, level=level, action_code=action))


def _ended(state: str) -> dict[str, Any]:
    """What a delegation that is over says of its end."""
    return {} if state == "active" else {"ended_at": func.guichet_now(), "end_reason": "revoked"}
