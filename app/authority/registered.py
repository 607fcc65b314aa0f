"""The scopes of the models that stand at or below this package. Imported once, at start."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from app.audit.models import Entry
from app.authority import predicate
from app.authority.models import Membership, OwnershipTransfer, StaffAssignment
from app.authority.models_delegation import ClientGroup, Delegation, DelegationRequest
from app.authority.models_use import AccountUse
from app.authority.predicate import Clause, Expression
from app.authority.scopes import Scope, register
from app.parties.models import (
    Account,
    Business,
    ClientNumber,
    Party,
    Person,
    ProgramAccount,
    RegistryEntry,
    RegistryImport,
)
from app.parties.models_terms import TermsAcceptance
from app.programs.actions import Action
from app.programs.models import Program

StaffClause = Callable[[int, str], Clause]
Tie = Callable[[Expression, int | None, str], Clause]
SELF = frozenset({"self.read", "self.update"})


def _account_program(account_id: Expression) -> Expression:
    account = aliased(Account)
    return (
        select(account.program_id)
        .where(account.id == account_id)
        .correlate_except(account)
        .scalar_subquery()
    )


def _party_by_staff(party_id: Expression) -> StaffClause:
    """Staff see a party that has an account, or a client number, in a program of theirs."""
    account, number = aliased(Account), aliased(ClientNumber)

    def clause(person_id: int, action: str) -> Clause:
        return or_(
            exists(
                select(1)
                .where(
                    account.party_id == party_id,
                    predicate.by_staff(person_id, action, account.program_id),
                )
                .correlate_except(account)
            ),
            exists(
                select(1)
                .where(
                    number.party_id == party_id,
                    predicate.by_staff(person_id, action, number.program_id),
                )
                .correlate_except(number)
            ),
        )

    return clause


_TIES: list[Tie] = []


def tie_people(tie: Tie) -> None:
    """Tell how a package above this one ties people to programs: a registration does.

    ``tie(person, reader_id, action)`` is whether that person is tied to a program in which the
    reader's staff assignment allows the action; to any program at all when ``reader_id`` is None.
    """
    _TIES.append(tie)


def person_by_staff(column: Expression) -> StaffClause:
    """Staff see the people of their programs, their colleagues, and newcomers.

    Of a program are those who hold or held a role in an account of it, or who registered there.

    Newcomers belong to no program yet, and somebody must help them to sign in.
    """
    member, any_member = aliased(Membership), aliased(Membership)
    post, any_post = aliased(StaffAssignment), aliased(StaffAssignment)
    mine = aliased(Program)

    def clause(person_id: int, action: str) -> Clause:
        in_program = exists(
            select(1)
            .where(
                member.person_id == column,
                predicate.by_staff(person_id, action, member.program_id),
            )
            .correlate_except(member)
        )
        colleague = exists(
            select(1)
            .where(
                post.person_id == column,
                predicate.by_staff(person_id, action, post.program_id),
            )
            .correlate_except(post)
        )
        unattached = and_(
            column.is_not(None),  # a row of nobody, such as a stranger's, is nobody's newcomer
            ~exists(select(1).where(any_member.person_id == column).correlate_except(any_member)),
            ~exists(select(1).where(any_post.person_id == column).correlate_except(any_post)),
            *(~tie(column, None, action) for tie in _TIES),
            exists(
                select(1)
                .select_from(mine)
                .where(predicate.by_staff(person_id, action, mine.id))
                .correlate_except(mine)
            ),
        )
        tied = (tie(column, person_id, action) for tie in _TIES)
        return or_(in_program, colleague, unattached, *tied)

    return clause


_actor_by_staff = person_by_staff(Entry.actor_id)
_any_program = aliased(Program)


def _entry_by_staff(person_id: int, action: str) -> Clause:
    """Staff read their program's entries, and those of no program whose person they see.

    Signing in belongs to no program. An entry of nobody, such as a job's, tells of no client.
    """
    anywhere = exists(
        select(1)
        .select_from(_any_program)
        .where(predicate.by_staff(person_id, action, _any_program.id))
        .correlate_except(_any_program)
    )
    return or_(
        predicate.by_staff(person_id, action, Entry.program_id),
        and_(
            Entry.program_id.is_(None),
            or_(
                _actor_by_staff(person_id, action),
                and_(Entry.actor_id.is_(None), anywhere),
            ),
        ),
    )


register(Program, Scope(program=Program.id))
register(
    Account,
    Scope(
        account=Account.id,
        program=Account.program_id,
        anywhere=frozenset({Action.ACCOUNT_VIEW}),
    ),
)
register(
    ProgramAccount,
    Scope(
        account=ProgramAccount.account_id,
        part=ProgramAccount.id,
        program=_account_program(ProgramAccount.account_id),
    ),
)
register(Party, Scope(staff=_party_by_staff(Party.id)))
register(Business, Scope(staff=_party_by_staff(Business.id)))
register(ClientNumber, Scope(program=ClientNumber.program_id))
register(RegistryEntry, Scope(program=RegistryEntry.program_id))
register(RegistryImport, Scope(program=RegistryImport.program_id))
register(Person, Scope(owner=Person.id, own_actions=SELF, staff=person_by_staff(Person.id)))
register(
    Membership,
    Scope(
        account=Membership.account_id,
        part=Membership.program_account_id,
        program=Membership.program_id,
        owner=Membership.person_id,
        own_actions=frozenset(
            {"membership.read", "membership.answer", "membership.contact", "membership.leave"}
        ),
    ),
)
register(
    OwnershipTransfer,
    Scope(
        account=OwnershipTransfer.account_id,
        program=_account_program(OwnershipTransfer.account_id),
        owner=OwnershipTransfer.to_person_id,
        own_actions=frozenset({"transfer.read", "transfer.answer"}),
    ),
)
register(
    DelegationRequest,
    Scope(
        account=DelegationRequest.account_id,
        program=DelegationRequest.program_id,
        delegate=DelegationRequest.delegate_id,
    ),
)
register(
    Delegation,
    Scope(
        account=Delegation.account_id,
        part=Delegation.program_account_id,
        program=Delegation.program_id,
        delegate=Delegation.delegate_id,
    ),
)
register(
    ClientGroup,
    Scope(account=ClientGroup.account_id, program=_account_program(ClientGroup.account_id)),
)
register(
    AccountUse,
    Scope(
        account=AccountUse.account_id,
        part=AccountUse.program_account_id,
        program=_account_program(AccountUse.account_id),
        owner=AccountUse.person_id,
        own_actions=SELF,
    ),
)
register(StaffAssignment, Scope(program=StaffAssignment.program_id))
register(
    TermsAcceptance,
    Scope(
        owner=TermsAcceptance.person_id,
        own_actions=SELF,
        staff=person_by_staff(TermsAcceptance.person_id),
    ),
)
register(
    Entry,
    Scope(
        account=Entry.account_id,
        owner=Entry.actor_id,
        own_actions=SELF,
        staff=_entry_by_staff,
    ),
)
