"""A case goes where its definition lets it, when what is asked for is there."""

from typing import get_args

import pytest

from app.base.errors import Conflict, Invalid
from app.cases.pages.sentences import conflict
from app.cases.rules.moves import (
    Facts,
    initial,
    may_submit,
    obstacles,
    open_moves,
    require,
    unmet,
)
from app.programs.schema.cases import CaseType, Guard
from app.web.forms import STALE
from tests.cases.conftest import SOURCE, TEXT, asks, topic

READY = Facts(complete=True, scanned=True, fresh=True, owned=True)
GUARDS = ["all_sections_complete", "documents_scanned", "fresh_code", "one_owner"]


def move(by, origin, goal, **more):
    action = "application.submit" if by == "client" else "staff.cases.decide"
    base = {"label": TEXT, "source": SOURCE, "by": by, "action": action}
    return base | {"comes_from": origin, "goes_to": goal} | more


def state(**more):
    return {"label": TEXT, "source": SOURCE, **more}


@pytest.fixture(scope="module")
def permit():
    section = {
        "label": TEXT,
        "lead": TEXT,
        "source": SOURCE,
        "topics": {"a": topic({"a": asks("yes_no")})},
    }
    return CaseType.model_validate(
        {
            "code": "permit",
            "label": TEXT,
            "source": SOURCE,
            "opened": "by_client",
            "sections": {"yard": section},
            "states": {
                "filed": state(),
                "draft": state(initial="yes"),
                "granted": state(final="yes"),
            },
            "moves": {
                "file": move(
                    "client", ["draft"], "filed", guards=GUARDS, submits="yes", declaration=TEXT
                ),
                "withdraw": move("client", ["draft", "filed"], "granted"),
                "grant": move("staff", ["filed"], "granted", asks_reason="yes"),
            },
        }
    )


def names(moves):
    return [one.code for one in moves]


def test_a_case_begins_in_the_state_that_its_definition_names(permit):
    assert initial(permit) == "draft"


def test_clients_and_staff_each_have_their_moves(permit):
    assert names(open_moves(permit, "draft", "client")) == ["file", "withdraw"]
    assert names(open_moves(permit, "filed", "client")) == ["withdraw"]
    assert names(open_moves(permit, "filed", "staff")) == ["grant"]
    assert names(open_moves(permit, "draft", "staff")) == []
    assert names(open_moves(permit, "granted", "client")) == []


def test_while_a_case_is_reviewed_it_cannot_be_submitted(permit):
    assert may_submit(permit, "draft")
    assert not may_submit(permit, "filed")


@pytest.mark.parametrize(
    ("fact", "guard"),
    list(zip(("complete", "scanned", "fresh", "owned"), GUARDS, strict=True)),
)
def test_each_guard_stands_in_the_way_until_it_is_met(permit, fact, guard):
    facts = Facts(**{one: one != fact for one in ("complete", "scanned", "fresh", "owned")})
    assert unmet(permit.moves["file"], facts) == (guard,)
    with pytest.raises(Conflict, match=guard):
        require(permit.moves["file"], "draft", facts, declared=True)
    assert unmet(permit.moves["withdraw"], facts) == ()


@pytest.mark.parametrize(
    ("fact", "guard"),
    list(zip(("complete", "scanned", "fresh", "owned"), GUARDS, strict=True)),
)
def test_the_page_of_a_move_tells_every_guard_that_pressing_its_button_does_not_meet(
    permit, fact, guard
):
    facts = Facts(**{one: one != fact for one in ("complete", "scanned", "fresh", "owned")})
    told = () if guard == "fresh_code" else (guard,)
    assert obstacles(permit.moves["file"], facts) == told


@pytest.mark.parametrize("guard", [one for one in get_args(Guard) if one != "fresh_code"])
def test_every_guard_that_stands_in_the_way_has_its_sentence(app, guard):
    with app.test_request_context():
        assert conflict(Conflict(guard)) != str(STALE)


def test_a_case_that_is_elsewhere_by_now_is_not_moved(permit):
    with pytest.raises(Conflict, match="moved"):
        require(permit.moves["file"], "filed", READY, declared=True)


def test_what_is_declared_is_declared_by_whoever_submits(permit):
    require(permit.moves["file"], "draft", READY, declared=True)
    with pytest.raises(Invalid) as caught:
        require(permit.moves["file"], "draft", READY)
    assert caught.value.errors == {"declared": "empty"}


def test_a_decision_that_asks_for_its_reason_is_not_taken_without(permit):
    require(permit.moves["grant"], "filed", READY, reason="All is well")
    with pytest.raises(Invalid) as caught:
        require(permit.moves["grant"], "filed", READY, reason="  ")
    assert caught.value.errors == {"reason": "empty"}
    require(permit.moves["withdraw"], "filed", READY)
