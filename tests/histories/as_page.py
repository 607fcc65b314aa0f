"""The histories' state in the words of the page of reference that generated worlds use."""

from __future__ import annotations

from tests.authority import reference as page
from tests.histories import reference_accounts as accounts
from tests.histories import reference_staff as agency
from tests.histories.reference import State

PROGRAMS = ("here", "elsewhere")


def as_page(w: State) -> tuple[page.World, list[str]]:
    """The state in the words of the authority's reference: places instead of names."""
    people = list(w.people)
    place = {row["n"]: n for n, row in enumerate(w.accounts)}
    acts = {act["id"]: n for n, act in enumerate(w.delegations)}
    world = page.World(
        now=w.now,
        people=tuple(w.people[name]["state"] for name in people),
        accounts=tuple(
            (PROGRAMS.index(row["program"]), n, row["state"]) for n, row in enumerate(w.accounts)
        ),
        parts=(),
        groups=(),
        role_cells=frozenset(
            (program, role, action)
            for program in range(len(PROGRAMS))
            for action, roles in accounts.MAY.items()
            for role in roles
        ),
        level_cells=frozenset(
            (0, level, action) for level, actions in accounts.LEVELS.items() for action in actions
        ),
        kind_cells=frozenset(
            (kind, action) for kind, actions in agency.STAFF.items() for action in actions
        ),
        held=tuple(
            page.Held(
                people.index(row["person"]),
                place[row["account"]],
                row["role"],
                row["status"],
                period=page.Period(row["starts"], None),
            )
            for row in w.memberships
        ),
        acts=tuple(
            page.Act(
                place[act["account"]],
                act["level"],
                act["state"],
                business=None if act["office"] is None else place[act["office"]],
                agent=None if act["agent"] is None else people.index(act["agent"]),
                period=page.Period(act["starts"], act["ends"]),
            )
            for act in w.delegations
        ),
        puts=tuple(
            page.Put(acts[put["act"]], put["level"], people.index(put["person"]))
            for put in w.assignments
        ),
        posts=tuple(
            page.Post(
                people.index(post["person"]),
                PROGRAMS.index(post["program"]),
                post["kind"],
                page.Period(post["starts"], post["ends"]),
            )
            for post in w.posts
        ),
        offers=tuple(
            page.Offer(
                place[row["account"]],
                people.index(row["giver"]),
                people.index(row["taker"]),
                row["state"],
            )
            for row in w.transfers
        ),
    )
    return world, people
