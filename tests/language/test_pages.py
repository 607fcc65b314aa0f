"""No page holds a text that no translator can find, whoever opens it and in whatever state."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.endpoints import TABLE
from tests.language.conftest import Peopled
from tests.language.walk import Walk, inside
from tests.support.doors import ACTORS, ELSEWHERE

# The gallery is outside production only, and shows its parts with invented people.
DOORS = tuple(name for name in TABLE if " gallery." not in name)


def test_every_page_is_written_in_the_pseudo_language(portal: Flask, peopled: Peopled) -> None:
    """Each door as it opens and with its forms refused, half of them in each language.

    As the first sees it who may enter; and, of a list, somebody for whom it is empty. The night
    has everybody, in both languages.
    """
    for place, lang in enumerate(("en", "fr")):
        walk = Walk(portal, peopled, lang, thorough=False)
        for name in _by_day()[place::2]:
            walk.through(name, inside(name)[0])
            if name.endswith("View.list"):
                walk.through(name, ELSEWHERE)
        assert walk.left == {}, walk.report()
        assert walk.pages > len(_by_day()) / 2


def _by_day() -> list[str]:
    """Doors that somebody may enter; a form that a page shows is sent from there."""
    shown = {name.removeprefix("GET ") for name in DOORS if name.startswith("GET ")}
    return [
        name
        for name in DOORS
        if inside(name) and (name.startswith("GET ") or name.removeprefix("POST ") not in shown)
    ]


@pytest.mark.nightly
@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_page_of_everybody_is_written_in_the_pseudo_language(
    portal: Flask, peopled: Peopled, lang: str, actor: str
) -> None:
    walk = Walk(portal, peopled, lang)
    for name in DOORS:
        walk.through(name, actor)
    assert walk.left == {}, walk.report()
    assert walk.pages > 0
