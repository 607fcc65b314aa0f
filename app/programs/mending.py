"""Mending the copy of a definition that is checked, so that one mistake does not hide the others.

Only what no other part can hang on is mended: a missing language, a key that nobody knows, a
length of time. A code, a kind or yes and no decide what else is right; where one of those is
wrong, the parts are not compared, and whoever asked is told so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_BOTH: Final = {"en": "–", "fr": "–"}
_TEXTS: Final = frozenset(
    {"label", "text", "lead", "description", "heading", "title", "subject", "body"}
)
"""Keys under which a text in both languages stands, wherever they do."""
_NOTHING_HANGS_ON: Final = frozenset({"staff_views", "scenarios"})
"""Parts of a definition that it is whole without."""
_STAND_INS: Final = {
    "expected text that is not empty": "–",
    "expected the text in English": _BOTH,
    "expected the same placeholders": _BOTH,
    "expected a whole number": "1",
    "expected a date that exists": "2026-01-01",
    "expected a length of time": "1 minute",
    "expected calendar days": "1 calendar day",
    "expected business days": "1 business day",
    "expected a number of days": "1 calendar day",
    "expected a time zone": "UTC",
    "expected a regular expression": ".",
    "expected an e-mail address": "name@example.ca",
    "expected a telephone number": "1-800-555-0100",
    "expected how many decimals": "0",
}
"""How a sentence of the schema begins → a value it would have taken, on which nothing hangs."""
_NEIGHBOURS: Final = frozenset({"action", "least", "most", "where"})
"""Keys whose value is compared with others: no stand-in would do."""
_ODD_OPTION: Final = re.compile(r"expected no ([a-z_]+) at a question of type")


def mend(tree: dict[str, Any], errors: Iterable[ErrorDetails]) -> bool:
    """Mend in place what can be; whether anything was, so that asking again tells more."""
    return sum(_mend(tree, error) for error in errors) > 0


def _mend(tree: dict[str, Any], error: ErrorDetails) -> bool:
    *way, last = error["loc"] or ("",)
    if way and way[0] in _NOTHING_HANGS_ON:
        return tree.pop(str(way[0]), None) is not None
    place = _at(tree, way)
    match error["type"]:
        case "extra_forbidden" if isinstance(place, dict):
            return place.pop(str(last), None) is not None
        case "missing" if isinstance(place, dict):
            return _add(tree, place, str(last))
        case "value_error":
            return _replace(tree, error["loc"], str(error["ctx"]["error"]))
        case "literal_error" if way and way[-1] == "guards":
            return _put(place, last, "fresh_code")
        case _:
            return False


def _add(tree: dict[str, Any], place: dict[str, Any], key: str) -> bool:
    """Put what is missing."""
    if key in _BOTH:
        other = place.get("fr" if key == "en" else "en")
        place[key] = other if isinstance(other, str) else "–"
    elif key == "source":
        listed = tree.get("sources")
        place[key] = {"page": next(iter(listed), "x") if isinstance(listed, Mapping) else "x"}
    elif key in _TEXTS:
        place[key] = dict(_BOTH)
    else:
        return False
    return True


def _replace(tree: dict[str, Any], loc: tuple[str | int, ...], sentence: str) -> bool:
    """Put another value, or take out the option that does not belong there."""
    if found := _ODD_OPTION.match(sentence):
        place = _at(tree, list(loc))
        return isinstance(place, dict) and place.pop(found[1], None) is not None
    *way, last = loc or ("",)
    if _NEIGHBOURS & {last, *way[-1:]}:
        return False
    for beginning, value in _STAND_INS.items():
        if sentence.startswith(beginning):
            return _put(_at(tree, way), last, dict(value) if isinstance(value, dict) else value)
    return False


def _put(place: Any, key: str | int, value: Any) -> bool:
    held = isinstance(place, dict) and key in place
    if held or (isinstance(place, list) and isinstance(key, int) and key < len(place)):
        place[key] = value
        return True
    return False


def _at(tree: Any, way: list[str | int]) -> Any:
    """What stands at the end of the way; None where it leaves the tree."""
    for part in way:
        held = tree if isinstance(tree, dict) else range(len(tree) if isinstance(tree, list) else 0)
        if part not in held:
            return None
        tree = tree[part]
    return tree
