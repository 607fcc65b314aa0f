"""Hostile values for every parameter, thousands by day and a million by night: none breaks a page.

By day the same ones in every run. By night others each time; a fault tells the seed, with which
`FUZZ_SEED=… HYPOTHESIS_PROFILE=nightly` sends them again, and `FUZZ_VALUES` says how many. A
request carries one to three: two that meet find more than one alone.
"""

from __future__ import annotations

import itertools
import os
import random

import hypothesis
import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

from tests.endpoints import TABLE
from tests.security.fuzzing import Attack, Request
from tests.security.hostile import shapes, values, ways
from tests.support.doors import doors
from tests.support.peopled import Fresh, Places

NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
PARTS = 100 if NIGHT else 1
"""Each on a world of its own: the workers share them, and an interrupted night loses one."""
VALUES = int(os.environ.get("FUZZ_VALUES") or (1_000_000 if NIGHT else 1_000))
BATCH = 20
"""Requests of one example."""


@pytest.fixture
def app(portal: Flask) -> Flask:
    """The portal; `fresh` connects it to a database."""
    return portal


@pytest.fixture
def attack(app: Flask, fresh: Fresh, peopled: tuple[str, Places], record_property) -> Attack:
    attack = Attack(app, fresh, peopled[1])
    yield attack
    record_property("hostile requests", attack.sent)
    record_property("hostile values", attack.values)


def _seed(part: int) -> int:
    if not NIGHT:
        return part
    return int(os.environ.get("FUZZ_SEED") or random.SystemRandom().getrandbits(32)) + part


def _storm(attack: Attack, seed: int, values_wanted: int) -> None:
    """About so many hostile values, two to a request; always the same ones for a seed."""
    made = Request(values, shapes, ways, st)

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=max(1, values_wanted // 2 // BATCH),
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
    )
    @hypothesis.given(st.data())
    def storm(data: st.DataObject) -> None:
        for _ in range(BATCH):
            surface = data.draw(st.sampled_from(attack.surfaces))
            attack.send(surface, data.draw(st.sampled_from(surface.actors)), data.draw, made)

    storm()


@pytest.mark.parametrize("part", range(PARTS))
def test_no_hostile_request_breaks_a_page_shows_a_foreign_row_or_brings_an_element_in(
    attack: Attack, part: int
) -> None:
    seed, share = _seed(part), VALUES // PARTS
    storms = itertools.count()
    while attack.values < share:
        _storm(attack, seed + 1_000 * next(storms), share - attack.values)
    assert attack.broken == {}, f"seed {seed - part if NIGHT else seed}"


def test_every_door_every_field_of_a_form_and_every_parameter_of_a_list_is_a_surface(
    attack: Attack, app: Flask
) -> None:
    assert {one.name for one in attack.surfaces} == set(TABLE)
    assert {name.partition(" [")[0] for name in TABLE} == {str(door) for door in doors(app)}
    by_name = {one.name: one for one in attack.surfaces}
    assert {"sign_in_name", "password"} <= set(by_name["POST identity.sign_in"].fields)
    assert "code" in by_name["POST identity.sign_in_code"].fields
    letters = set(by_name["GET LetterView.list"].fields)
    assert {"psize_LetterView", "_oc_LetterView", "_flt_0_state", "after"} <= letters
    unseen = {one.name for one in attack.surfaces if not one.shown}
    assert unseen == NOT_SHOWN


NOT_SHOWN = frozenset(
    {
        # steps at which nobody of this world stands
        "POST identity.sign_up_code",
        "POST identity.sign_up_terms",
        "POST identity.reset_code",
        "POST identity.reset_new",
        "POST enrolment.question",
        "POST enrolment.terms",
        "POST enrolment.facts",
        "POST enrolment.by_letter",
        "POST enrolment.accept",
        "POST enrolment.choose_for_code",
        "POST enrolment.new_code",
        "POST enrolment.preview_registry",
        "POST ledger.preview_ledger",
        "POST authority.transfer",
        # nobody has set a topic aside
        "POST cases.back",
        # nothing is ready to be submitted, and nothing was
        "POST cases.move",
        "POST CaseView.move",
        # sent by the portal's scripts
        "POST identity.extend",
        "POST cases.send_file",
        "POST cases.send_part",
        # confirms a list of clients that was read before
        "POST delegation.send_list",
    }
)
"""Forms that no page shows here: their fields are those of ``test_hostile_input``, or a guess."""
