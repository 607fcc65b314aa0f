"""A portal on its first day: whoever runs it, somebody without a business, an owner alone."""

from __future__ import annotations

from tests.support.peopled import ELSEWHERE, STAFF, Places
from tests.support.world import World


def nobody_yet(world: World) -> Places:
    """The people; the owner's account belongs to another program, that staff see none."""
    there = world.other_program()
    account = world.account(business=world.business(program=there), program=there)
    people = {kind: world.staff(kind).id for kind in STAFF}
    people |= {"owner": world.owner(account).id, "stranger": world.person("Ann", "Strange").id}
    people[ELSEWHERE] = world.staff("supervisor", there).id
    return Places(people, {"account_id": account.id, "code": world.program().code})
