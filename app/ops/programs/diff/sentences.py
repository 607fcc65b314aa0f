"""One change as one sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import pgettext
from flask_babel.speaklater import LazyString

from app.base.days import BusinessDays, CalendarDays, Weekdays
from app.ops.programs.bounds import bounds
from app.ops.programs.diff.facts import FACTS, KEYS, LABELS, SWITCHES
from app.ops.programs.diff.places import at, label, place
from app.ops.programs.diff.things import GONE, LESS, MORE, NEW, WHOLE
from app.ops.programs.words import GUARDS, TYPES, listed, quoted
from app.programs.rules.changes import Change, Kind, Path
from app.programs.schema.base import Text
from app.programs.schema.definition import Definition
from app.programs.schema.questions import Question
from app.programs.wording import say_days

_ANSWERED = frozenset(
    {"type", "longest", "unit", "least", "most", "decimals", "currencies", "when", "most_rows"}
    | {"most_files", "choices_from"}
)
_QUESTION = 7
"""How many keys lead to what stands beside a question of a case."""
_LONGEST = 80
"""Characters of a text that is told whole, before and after."""
_NAMED = {
    "may": "matrix",
    "gives": "roles",
    "proposes": "roles",
    "lines": "lines",
    "bases": "bases",
    "or_standing": "standings",
}


def sentence(old: Definition, new: Definition, change: Change, language: str) -> str:
    """What the change means, in the language that is set."""
    there = old if change.kind is Kind.GONE else new
    match change.kind:
        case Kind.ADDED | Kind.GONE:
            return _thing(there, change, language)
        case Kind.GAINED | Kind.LOST:
            return _code(old, new, change, language)
        case Kind.MOVED:
            topic = label(at(new, (*change.path[:5], str(change.after))), language)
            where = place(new, change.path, language)
            return fill(_("%(place)s is now asked under %(topic)s."), place=where, topic=topic)
        case Kind.REORDERED:
            return _reordered(new, change.path, language)
        case Kind.CHANGED:
            return _changed(old, new, change, language)


def fill(words: str | LazyString, **facts: str | LazyString) -> str:
    """A translated sentence with its holes filled."""
    return str(words) % facts


def _thing(there: Definition, change: Change, language: str) -> str:
    *way, container, code = change.path
    added = change.kind is Kind.ADDED
    item = change.after if added else change.before
    known = (NEW if added else GONE).get(container)
    if known is None:
        return _somewhere(there, there, change, language)
    where = place(there, (*way, container), language)
    said = fill(known, thing=label(item, language, code), place=where)
    if added and isinstance(item, Question) and item.required:
        return " ".join([said, _("It must be answered.")])
    return said


def _code(old: Definition, new: Definition, change: Change, language: str) -> str:
    gained = change.kind is Kind.GAINED
    code, key = str(change.after if gained else change.before), change.path[-1]
    where = place(new, change.path, language)
    there = new if gained else old
    if key == "guards":
        thing = str(GUARDS[code])
    elif key == "comes_from":
        thing = label(there.cases[change.path[1]].states.get(code), language, code)
    elif key == "given_in":
        case = there.cases.get(there.consents[change.path[1]].case)
        thing = label(case.states.get(code) if case else None, language, code)
    else:
        thing = label(getattr(there, _NAMED.get(key, ""), {}).get(code), language, code)
    if known := (MORE if gained else LESS).get(key):
        return fill(known, place=where, thing=thing)
    words = (
        _("%(place)s, %(key)s: %(thing)s is new.")
        if gained
        else _("%(place)s, %(key)s: %(thing)s is gone.")
    )
    return fill(words, place=where, key=key_name(key), thing=thing)


def _reordered(new: Definition, path: Path, language: str) -> str:
    if path == ("roles",):
        return str(_("The roles rank in another order."))
    words = _("%(place)s, %(key)s: the order is another.")
    return fill(words, place=place(new, path, language), key=key_name(path[-1]))


def _changed(old: Definition, new: Definition, change: Change, language: str) -> str:
    key, holder = change.path[-1], change.path[:-1]
    where = place(new, change.path, language)
    then, now = _earlier(old, holder), at(new, holder)
    if isinstance(then, Question) and isinstance(now, Question) and key in _ANSWERED:
        return _answered(then, now, key, where, language)
    if len(change.path) == 1 and key in WHOLE and None in (change.before, change.after):
        return str(WHOLE[key][change.after is not None])
    if key in SWITCHES and isinstance(change.after, bool):
        return fill(SWITCHES[key][change.after], place=where)
    if key in FACTS:
        return fill(FACTS[key], place=where)
    if key in {"label", "text"} and isinstance(change.before, Text):
        before, after = label(then, language, key), label(now, language, key)
        if before == after:
            return fill(_("%(place)s is worded otherwise in the other language."), place=where)
        words = _("%(old)s is now called %(new)s.")
        if key == "text":
            words = _("%(old)s is now worded %(new)s.")
        return fill(words, old=before, new=after)
    return _somewhere(old, new, change, language)


def _answered(then: Question, now: Question, key: str, where: str, language: str) -> str:
    """A question whose answers are of another type, or within other limits."""
    if key == "type":
        words = _("%(place)s is now answered by %(new)s instead of %(old)s.")
        return fill(words, place=where, new=TYPES[now.type], old=TYPES[then.type])
    before, after = (listed([*bounds(one, language)] or [_("none")]) for one in (then, now))
    words = _("%(place)s: the limits were %(old)s. They are now %(new)s.")
    return fill(words, place=where, old=before, new=after)


def _earlier(old: Definition, path: Path) -> object:
    """What stood there; a question that has moved is looked for in the topics of its section."""
    found = at(old, path)
    *section, _topic, questions, code = path if len(path) > _QUESTION else ("", "", "")
    if found is not None or questions != "questions":
        return found
    topics = at(old, tuple(section))
    others = topics.values() if isinstance(topics, Mapping) else ()
    return next((one.questions[code] for one in others if code in one.questions), None)


def _somewhere(old: Definition, new: Definition, change: Change, language: str) -> str:
    """Whatever has no sentence of its own: its place and key, what it was and what it is."""
    key = change.path[-1]
    where = place(new, change.path[:-1] or change.path, language)
    before = _value(old, change, change.before, language)
    after = _value(new, change, change.after, language)
    if before and after and before != after:
        words = _("%(place)s, %(key)s: was %(old)s, and is now %(new)s.")
        return fill(words, place=where, key=key_name(key), old=before, new=after)
    words = _("%(place)s, %(key)s: the content is another.")
    return fill(words, place=where, key=key_name(key))


def key_name(key: str) -> str:
    """What a key is called; those that have no name are written as in the file."""
    return str(KEYS.get(key, key))


def _value(there: Definition, change: Change, found: object, language: str) -> str:
    """A value as it can stand in a sentence; nothing for what is too long for one."""
    if isinstance(found, str) and (container := LABELS.get(change.path[-1])):
        holder = there.cases[change.path[1]] if container == "states" else there
        return label(getattr(holder, container).get(found), language, found)
    match found:
        case Text():
            said = quoted(found, language)
            return said if len(said) <= _LONGEST else ""
        case CalendarDays() | BusinessDays() | Weekdays():
            return say_days(found)
        case bool():
            return str(pgettext("switch", "yes") if found else pgettext("switch", "no"))
        case None:
            return str(pgettext("switch", "not said"))
        case str() | int() | date() | ZoneInfo():
            return str(found)
        case re.Pattern():
            return str(found.pattern)
    return ""
