"""A section of an invented program, and how to make questions of every type."""

from __future__ import annotations

from typing import Any

import pytest

from app.programs.schema.cases import CaseSection
from app.programs.schema.questions import Question
from tests.cases.filing import Filing
from tests.support.second import berths, second

__all__ = ["berths", "second"]

TEXT = {"en": "a", "fr": "b"}
SOURCE = {"page": "decision"}
HEIGHTS = {"low": {"label": TEXT}, "tall": {"label": TEXT}}


def question(kind: str, **options: Any) -> Question:
    return Question.model_validate({"code": "q", "type": kind, "text": TEXT, **options})


def asks(kind: str, when: dict[str, list[str]] | None = None, **options: Any) -> dict[str, Any]:
    conditions = [{"question": code, "among": among} for code, among in (when or {}).items()]
    shown = {"shown_when": conditions} if conditions else {}
    return {"type": kind, "text": TEXT, **shown, **options}


def topic(questions: dict[str, Any], when: dict[str, list[str]] | None = None, **more: Any) -> Any:
    conditions = [{"question": code, "among": among} for code, among in (when or {}).items()]
    shown = {"shown_when": conditions} if conditions else {}
    return {"label": TEXT, "source": SOURCE, "questions": questions, **shown, **more}


@pytest.fixture
def account(world):
    return world.account()


@pytest.fixture
def owner(world, account):
    return world.owner(account)


@pytest.fixture
def filing(world, account):
    return Filing(world, account)


@pytest.fixture(scope="session")
def yard() -> CaseSection:
    """A yard: fenced or not, how high; its gates, when it is fenced; its dogs, if they apply."""
    topics = {
        "fences": topic(
            {
                "fenced": asks("yes_no"),
                "height": asks("one_of", {"fenced": ["yes"]}, choices=HEIGHTS),
                "high": asks("yes_no", {"height": ["tall"]}),
                "note": asks("long_text", required="no"),
            }
        ),
        "gates": topic({"gates": asks("short_text")}, {"fenced": ["yes"]}),
        "dogs": topic({"dogs": asks("document"), "names": asks("short_text")}, may_not_apply="yes"),
    }
    return CaseSection.model_validate(
        {"code": "yard", "label": TEXT, "lead": TEXT, "source": SOURCE, "topics": topics}
    )
