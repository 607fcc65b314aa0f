"""A portal on its first day: whoever runs it, somebody without a business, an owner alone."""

from __future__ import annotations

from contextlib import ExitStack

from tests.support.database import Databases, plain_engine
from tests.support.peopled import ELSEWHERE, STAFF, Fresh, Places
from tests.support.world import World


def first_days(databases: Databases, stack: ExitStack) -> Fresh:
    """`first_days(…)()`: an empty portal, gone with the stack."""

    def again() -> World:
        name = stack.enter_context(databases.copy())
        engine = stack.enter_context(databases.connected(databases.app_url(name)))
        owner = stack.enter_context(plain_engine(databases.owner_url(name)))
        world = World(engine, owner)
        stack.callback(world.close)
        return world

    return again


def nobody_yet(world: World) -> Places:
    """The people; the owner's account belongs to another program, that staff see none."""
    there = world.other_program()
    account = world.account(business=world.business(program=there), program=there)
    people = {kind: world.staff(kind).id for kind in STAFF}
    people |= {"owner": world.owner(account).id, "stranger": world.person("Ann", "Strange").id}
    people[ELSEWHERE] = world.staff("supervisor", there).id
    return Places(people, {"account_id": account.id, "code": world.program().code})
