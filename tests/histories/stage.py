"""Where every history begins: ten people, two accounts, three businesses in the registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from app.parties.models import Account, Person
from app.programs.models import LevelAction, Program
from app.programs.rules.eligibility import base_of, lines_of
from tests.enrolment import steps
from tests.histories.reference import State
from tests.histories.reference_accounts import LEVELS
from tests.histories.reference_newcomers import new_factor
from tests.support.people import PASSWORD
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
    bn: dict[str, str]
    """The names of businesses by their numbers."""
    answers: dict[str, dict[str, Any]]
    """Answers that lead to a letter, and those that lead to an officer."""
    asked: str
    """The question whose answer is a day."""
    terms: int


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
        {},
        *_questions(world),
    )
    people = {
        name: world.person(
            name, f"{name}son", sign_in_name=f"{name.lower()}.person", password=PASSWORD
        )
        for name in (*CLIENTS, *STAFF)
    }
    for name, person in people.items():
        _person(world, stage, name, person)
    for name, (kind, program) in STAFF.items():
        world.staff(kind, here if program == "here" else elsewhere, person=people[name])
    first = world.account(people["Ann"], name="Aciéries Boréales inc.")
    second = world.account(people["Ben"], name="Southern Haulage Ltd.")
    world.member(second, 1, people["Cleo"])
    world.member(second, 3, people["Dan"])
    for n, account in enumerate((first, second), 1):
        business = "Taken" if account is first else "Second"
        stage.bn[_bn_of(world, account)] = business
        stage.state.accounts.append(
            {
                "id": account.id,
                "n": n,
                "program": "here",
                "business": business,
                "state": "authorised",
            }
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
    stage.state.factors[name] = new_factor(name)


def _registry(world: World, stage: Stage, account: Account) -> None:
    taken = _bn_of(world, account)
    entries = {name: world.registry_entry(f"{name} Ltd.") for name in BUSINESSES}
    entries["Taken"] = world.registry_entry("Aciéries Boréales inc.", bn=taken)
    stage.entry["Nowhere"] = {**dict.fromkeys(("id", "address")), "bn": world.bn(), "name": "N"}
    stage.bn[stage.entry["Nowhere"]["bn"]] = "Nowhere"
    for name, entry in entries.items():
        stage.bn[str(entry.bn)] = name
        stage.entry[name] = {
            "id": entry.id,
            "bn": entry.bn,
            "name": entry.legal_name,
            "address": dict(entry.address),
        }


def _bn_of(world: World, account: Account) -> str:
    find = text("SELECT bn FROM business WHERE id = :id")
    bn = str(world.db.execute(find, {"id": account.party_id}).scalar_one())
    world.db.rollback()
    return bn


def _questions(world: World) -> tuple[dict[str, dict[str, Any]], str, int]:
    """Answers by the definition itself, which question asks for a day, and the terms' version."""
    program = steps.program_definition(world)
    today = steps.today(world)
    answers = {kind: steps.answers_that(kind, program, today) for kind in ("ok", "refer")}
    asked = next(one.code for one in program.eligibility.questions.values() if one.type == "date")
    base, lines = base_of(program, answers["ok"]), list(lines_of(program, answers["ok"]))
    both = {kind: {"answers": one, "base": base, "lines": lines} for kind, one in answers.items()}
    return both, asked, program.terms.version


def _read_back(portal: Any, stage: Stage) -> None:
    """What the world put in goes into the reference as it is; from there on, deeds are foreseen."""
    from tests.histories.seen import TABLES, rows_of

    for name in TABLES:
        if name in {"memberships", "posts"}:
            getattr(stage.state, name).extend(rows_of(portal, stage, name))
