"""Where every history begins: ten people, two accounts, three businesses in the registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from app.parties.models import Account, Person
from app.programs.models import LevelAction, Program
from tests.histories.reference import State
from tests.histories.reference_accounts import LEVELS
from tests.support.world import World

CLIENTS = ("Ann", "Ben", "Cleo", "Dan", "Eve")
STAFF = {
    "Olaf": ("program_officer", "here"),
    "Sue": ("supervisor", "here"),
    "Tim": ("technical_support", "here"),
    "Ada": ("administrator", "here"),
    "Xan": ("administrator", "elsewhere"),
}
BUSINESSES = ("North", "South")
"""In the registry, without an account."""


@dataclass
class Stage:
    """The numbers that the database gave to what the reference knows by name."""

    state: State
    program: dict[str, int]
    role: list[str]
    people: dict[int, str]
    entry: dict[str, dict[str, Any]]


def prepare(portal: Any, engine: Engine, owner: Engine) -> Stage:
    """Fill the database at hand, and write down what is in it."""
    world = World(engine, owner)
    here, elsewhere = world.program(), world.other_program()
    _levels(owner, here)
    stage = Stage(
        State(now=world.now()),
        {"here": here.id, "elsewhere": elsewhere.id},
        [role.code for role in world.roles()],
        {},
        {},
    )
    people = {name: world.person(name, f"{name}son") for name in (*CLIENTS, *STAFF)}
    for name, person in people.items():
        _person(world, stage, name, person)
    for name, (kind, program) in STAFF.items():
        world.staff(kind, here if program == "here" else elsewhere, person=people[name])
    first = world.account(people["Ann"], name="Aciéries Boréales inc.")
    second = world.account(people["Ben"], name="Southern Haulage Ltd.")
    world.member(second, 1, people["Cleo"])
    world.member(second, 3, people["Dan"])
    for account in (first, second):
        stage.state.accounts.append(
            {"id": account.id, "program": "here", "party": account.party_id, "state": "authorised"}
        )
    _registry(world, stage, first)
    world.close()
    _read_back(portal, stage)
    return stage


def _levels(owner: Engine, program: Program) -> None:
    with Session(owner) as db, db.begin():
        for level, actions in LEVELS.items():
            for action in sorted(actions):
                db.add(LevelAction(program_id=program.id, level=level, action_code=action))


def _person(world: World, stage: Stage, name: str, person: Person) -> None:
    stage.people[person.id] = name
    stage.state.people[name] = {
        "id": person.id,
        "state": "active",
        "urn": person.urn,
        "mailbox": person.email_folded,
        "sign_in_name": world.sign_in_name(person),
    }
    stage.state.factors[name] = {
        "in_a_row": 0,
        "in_all": 0,
        "locks": 0,
        "until": None,
        "disabled": None,
    }


def _registry(world: World, stage: Stage, account: Account) -> None:
    find = text("SELECT bn FROM business WHERE id = :id")
    taken = world.db.execute(find, {"id": account.party_id}).scalar_one()
    world.db.rollback()
    entries = {name: world.registry_entry(f"{name} Ltd.") for name in BUSINESSES}
    entries["Taken"] = world.registry_entry("Aciéries Boréales inc.", bn=taken)
    for name, entry in entries.items():
        stage.entry[name] = {
            "id": entry.id,
            "bn": entry.bn,
            "name": entry.legal_name,
            "address": dict(entry.address),
        }


def _read_back(portal: Any, stage: Stage) -> None:
    """What the world put in goes into the reference as it is; from there on, deeds are foreseen."""
    from tests.histories.seen import TABLES, rows_of

    for name in TABLES:
        if name in {"memberships", "posts"}:
            getattr(stage.state, name).extend(rows_of(portal, stage, name))
