"""A generated world in PostgreSQL: every row of it, in a transaction that is undone."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

from sqlalchemy import insert
from sqlalchemy.orm import Session

import app.employees.scopes
import app.ledger.scopes  # noqa: F401  (the scopes)
from app.authority.models import Membership, OwnershipTransfer, StaffAssignment
from app.authority.models_delegation import (
    AccessRequest,
    Assignment,
    ClientGroup,
    Delegation,
    DelegationRequest,
    GroupMember,
)
from app.base.db import User
from app.ledger.models import LedgerImport, LedgerLine
from app.parties.models import Account, Business, Party, Person, ProgramAccount, RegistryEntry
from app.programs.models import (
    LevelAction,
    Program,
    ProgramAction,
    ProgramRole,
    RoleAction,
    StaffRoleAction,
    Standing,
)
from tests.authority.worlds import (
    BUSINESSES,
    DAY,
    GROUPS,
    NOW,
    NUMBERS,
    OF_A_PART,
    PEOPLE,
    PROGRAMS,
    ROLE_ACTIONS,
    ROLES,
)


def _insert(db, model, rows):
    """Insert rows; their new numbers in the same order."""
    if not rows:
        return []
    key = model.__table__.primary_key.columns[0] if hasattr(model, "id") else None
    if key is None:
        db.execute(insert(model), rows)
        return []
    done = db.execute(insert(model).returning(key, sort_by_parameter_order=True), rows)
    return list(done.scalars())


def ground_of(owner_engine, clock):
    """What every world stands on, made once: two programs, their roles, the clock at NOW."""
    clock.stop(NOW)
    with Session(owner_engine) as db:
        db.execute(StaffRoleAction.__table__.delete())
        programs = _insert(
            db,
            Program,
            [
                {"code": f"p{n}", "name_en": "P", "name_fr": "P", "version": 1}
                for n in range(PROGRAMS)
            ],
        )
        words = {"label_en": "x", "label_fr": "x"}
        for program in programs:
            db.execute(insert(Standing), [{"program_id": program, "code": "s", **words}])
            db.execute(
                insert(ProgramRole),
                [
                    {
                        "program_id": program,
                        "code": f"r{n}",
                        "rank": n + 1,
                        "exclusive": False,
                        "required": False,
                        "reach": "program_account" if n == OF_A_PART else "account",
                        **words,
                    }
                    for n in range(ROLES)
                ],
            )
            db.execute(
                insert(ProgramAction),
                [{"program_id": program, "code": code, **words} for code in ROLE_ACTIONS],
            )
        db.commit()
    return SimpleNamespace(engine=owner_engine, programs=programs)


@contextmanager
def in_database(ground, world):
    """The world's rows, in a transaction that is undone: nothing is committed, nothing stays."""
    with ground.engine.connect() as connection, Session(connection) as db:
        rows = _make(db, ground.programs, world)
        yield db, rows
        db.rollback()


def _make(db, programs, world):
    parties = _insert(db, Party, [_party("person", n) for n in range(PEOPLE)])
    users = _insert(
        db,
        User,
        [
            {"username": f"u{n}", "first_name": "x", "last_name": "x", "email": f"u{n}@x.example"}
            for n in range(PEOPLE)
        ],
    )
    db.execute(
        insert(Person),
        [
            {
                "id": party,
                "user_id": user,
                "given_name": "x",
                "family_name": "x",
                "email": "x",
                "email_folded": "x",
                "language": "en",
                "state": state,
            }
            for party, user, state in zip(parties, users, world.people, strict=True)
        ],
    )
    businesses = _insert(db, Party, [_party("business", n) for n in range(BUSINESSES)])
    db.execute(
        insert(Business),
        [{"id": one, "bn": number_of(n), "base": "CA"} for n, one in enumerate(businesses)],
    )
    accounts = _insert(
        db,
        Account,
        [
            {
                "party_id": businesses[business],
                "program_id": programs[program],
                "state": state,
                "standing_code": "s",
                "closed_at": NOW if state == "closed" else None,
            }
            for program, business, state in world.accounts
        ],
    )
    parts = _insert(
        db,
        ProgramAccount,
        [{"account_id": accounts[one], "number": number} for one, number in world.parts],
    )
    groups = _groups(db, world, parties, accounts)
    _cells(db, programs, world)

    def program_of(account):
        return programs[world.accounts[account][0]]

    held = _insert(
        db,
        Membership,
        [
            {
                "person_id": parties[row.person],
                "account_id": accounts[row.account],
                "program_id": program_of(row.account),
                "program_account_id": None if row.part is None else parts[row.part],
                "role_code": f"r{row.role}",
                "exclusive": False,
                "required": False,
                "status": row.status,
                "starts_at": row.period.starts,
                "ends_at": row.period.ends,
                "offer_expires_at": NOW,
                "ended_at": NOW if row.status == "ended" else None,
                "end_reason": "removed" if row.status == "ended" else None,
            }
            for row in world.held
        ],
    )
    acts = _insert(
        db,
        Delegation,
        [
            {
                "account_id": accounts[row.account],
                "program_id": program_of(row.account),
                "program_account_id": None if row.part is None else parts[row.part],
                "delegate_id": _party_of(row, parties, businesses),
                "level": row.level,
                "state": row.state,
                "sees_own": row.own,
                "sees_client": row.client,
                "sees_others": row.others,
                "starts_at": row.period.starts,
                "ends_at": row.period.ends,
                "ended_at": NOW if row.state == "ended" else None,
                "end_reason": "revoked" if row.state == "ended" else None,
            }
            for row in world.acts
        ],
    )
    _insert(
        db,
        Assignment,
        [
            {
                "delegation_id": acts[put.act],
                "person_id": None if put.person is None else parties[put.person],
                "group_id": None if put.group is None else groups[put.group],
                "level": put.level,
            }
            for put in world.puts
        ],
    )
    posts = _insert(
        db,
        StaffAssignment,
        [
            {
                "person_id": parties[post.person],
                "program_id": programs[post.program],
                "staff_role": post.kind,
                "starts_at": post.period.starts,
                "ends_at": post.period.ends,
            }
            for post in world.posts
        ],
    )
    offers = _insert(
        db,
        OwnershipTransfer,
        [
            {
                "account_id": accounts[offer.account],
                "role_code": "r0",
                "from_person_id": parties[offer.giver],
                "to_person_id": parties[offer.taker],
                "state": offer.state,
                "expires_at": NOW + DAY,
                "answered_at": None if offer.state == "offered" else NOW,
            }
            for offer in world.offers
        ],
    )
    asks = _insert(
        db,
        AccessRequest,
        [
            {
                "account_id": accounts[row.account],
                "program_id": program_of(row.account),
                "program_account_id": None if row.part is None else parts[row.part],
                "person_id": parties[row.person],
                "state": row.state,
                "answered_at": None if row.state == "asked" else NOW,
            }
            for row in world.asks
        ],
    )
    wishes = _insert(
        db,
        DelegationRequest,
        [
            {
                "account_id": accounts[row.account],
                "program_id": program_of(row.account),
                "delegate_id": businesses[row.business],
                "asked_by": parties[0],
                "state": row.state,
                "answered_at": None if row.state == "asked" else NOW,
            }
            for row in world.wishes
        ],
    )
    return {
        LedgerLine: (_lines(db, programs, world, parties[0]), world.may_line),
        AccessRequest: (asks, world.may_ask),
        DelegationRequest: (wishes, world.may_wish),
        ClientGroup: (groups, world.may_group),
        Person: (parties, world.may_person),
        Program: (programs, world.may_program),
        Account: (accounts, world.may_account),
        ProgramAccount: (parts, world.may_part),
        Membership: (held, world.may_membership),
        Delegation: (acts, world.may_delegation),
        OwnershipTransfer: (offers, world.may_transfer),
        StaffAssignment: (posts, world.may_post),
    }


def number_of(business):
    """The business number of a business of the world, or of the stranger."""
    return f"{700_000_000 + business}" if business >= 0 else "999999998"


def _party_of(act, people, businesses):
    return people[act.agent] if act.business is None else businesses[act.business]


def _groups(db, world, people, accounts):
    groups = _insert(db, Party, [_party("group", n) for n in range(GROUPS)])
    teams = zip(groups, world.groups, strict=True)
    rows = [
        {
            "id": group,
            "account_id": accounts[one.account],
            "name_folded": f"group {group}",
            "made_by": people[0],
            "deleted_at": NOW if one.deleted else None,
        }
        for group, one in teams
    ]
    db.execute(insert(ClientGroup), rows)
    members = [
        {"group_id": group, "person_id": people[one]}
        for group, team in zip(groups, world.groups, strict=True)
        for one in team.people
    ]
    db.execute(insert(GroupMember), members)
    return groups


def _lines(db, programs, world, person):
    """The registry's entries, an import for each program, and the lines."""
    named = {(one.program, one.business): one.number is not None for one in world.lines}
    address = {"street": "x", "city": "x", "region": "NS", "postal_code": "x", "country": "CA"}
    about = {
        "legal_name": "x",
        "name_folded": "x",
        "base": "CA",
        "language": "en",
        "origin": "import",
    } | address
    entries = _insert(
        db,
        RegistryEntry,
        [
            {
                "program_id": programs[program],
                "bn": number_of(business),
                "program_accounts": [*NUMBERS, "RM0009"] if has_parts else [],
                **about,
            }
            for (program, business), has_parts in named.items()
        ],
    )
    entry_of = dict(zip(named, entries, strict=True))
    imports = _insert(
        db,
        LedgerImport,
        [
            {"program_id": program, "file_name": "x", "sha256": "x", "row_count": 1, "added": 1,
             "changed": 0, "imported_by": person}
            for program in programs
        ],
    )  # fmt: skip
    return _insert(
        db,
        LedgerLine,
        [
            {
                "program_id": programs[one.program],
                "registry_entry_id": entry_of[one.program, one.business],
                "program_account": one.number,
                "kind": "transaction",
                "number": f"{n}",
                "dated": NOW.date(),
                "description": "x",
                "amount": n,
                "state": "open",
                "submitted_by": None if one.by is None else number_of(one.by),
                "import_id": imports[one.program],
            }
            for n, one in enumerate(world.lines)
        ],
    )


def _party(kind, number):
    return {"kind": kind, "name": f"{kind} {number}", "name_folded": f"{kind} {number}"}


def _cells(db, programs, world):
    role = [
        {"program_id": programs[p], "role_code": f"r{r}", "action_code": a}
        for p, r, a in world.role_cells
    ]
    level = [
        {"program_id": programs[p], "level": code, "action_code": a}
        for p, code, a in world.level_cells
    ]
    kind = [{"staff_role": k, "action_code": a} for k, a in world.kind_cells]
    for model, rows in ((RoleAction, role), (LevelAction, level), (StaffRoleAction, kind)):
        if rows:
            db.execute(insert(model), rows)
