"""The trail in words: a label for every field, a word for every value of a vocabulary.

What is declared is read where it is declared: the fields in the events, the states in the
database's constraints, the reasons in the services that give them. Whatever is added there fails
here until it has its words.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest
from flask_babel import force_locale
from sqlalchemy import CheckConstraint

from app.audit.events import Event
from app.audit.labels import EVENTS, FIELDS, LIMITS
from app.audit.models import Entry
from app.audit.reasons import ENDINGS, REASONS, SESSION_ENDINGS, SIGN_IN, TYPED, reason_words
from app.authority import rules
from app.authority.action_names import action_name
from app.authority.scopes import registered, scope_of
from app.authority.staff import STAFF_ROLES
from app.base.db import Model
from app.enrolment.rules.states import State
from app.identity.refusing import TOO_MANY
from app.programs.actions import Action
from app.programs.library import definitions
from app.web.staff.trail import AS_WRITTEN, READ_AS, said
from app.web.staff.trail_names import NAMED, Names
from app.web.staff.trail_values import Told
from config import ROOT
from tests.support.definitions import transferring

LANGUAGES = ("en", "fr")


def declared() -> set[str]:
    return {field for event in Event for field in event.plain | event.personal}


def test_every_event_has_a_label():
    assert set(EVENTS) == set(Event)


def test_every_declared_field_has_a_label():
    assert declared() - set(FIELDS) == set(), "no label"
    assert set(FIELDS) - declared() == set(), "a label for no field"


def test_every_declared_field_is_either_read_in_words_or_shown_as_it_was_written():
    columns = {field for field in NAMED if field in {"actor_id", "account_id"}}
    known = set(READ_AS) - columns
    assert known & AS_WRITTEN == set()
    assert declared() - known - AS_WRITTEN == set(), "nobody said how to read it"
    assert (known | AS_WRITTEN) - declared() == set(), "no event has it"


# ── the vocabularies of the database ────────────────────────────────────────────────────


def _allowed(table: str, column: str) -> set[str]:
    """What the database lets stand in a column, by its constraint."""
    pattern = re.compile(rf"\b{column} IN \(([^)]*)\)")
    found = [
        match[1]
        for rule in Model.metadata.tables[table].constraints
        if isinstance(rule, CheckConstraint)
        and (match := pattern.fullmatch(str(rule.sqltext).removeprefix(f"{column} IS NULL OR ")))
    ]
    assert len(found) == 1, f"{table}.{column} has no constraint that lists its values"
    return set(re.findall(r"'([^']+)'", found[0]))


VOCABULARIES = [
    ("person.disabled", "person", "state", ("person", "state")),
    ("registration.sent", "registration", "state", ("registration", "state")),
    ("registration.started", "registration", "kind", ("registration", "kind")),
    ("registration.sent", "registration", "officer_reason", ("registration", "officer_reason")),
    ("letter.made", "letter", "state", ("letter", "state")),
    ("activation_code.ended", "activation_code", "state", ("activation_code", "state")),
    ("account.activated", "account", "state", ("registration", "state")),
    ("account.closed", "account", "state", ("account", "state")),
    ("membership.changed", "membership", "status", ("membership", "status")),
    ("transfer.accepted", "ownership_transfer", "state", ("ownership_transfer", "state")),
    ("terms.accepted", "person", "kind", ("terms_acceptance", "kind")),
    ("factor.disabled", "person", "kind", ("factor", "kind")),
    ("session.begun", "sign_in_session", "purpose", ("sign_in_session", "purpose")),
    ("code.sent", "person", "purpose", ("challenge", "purpose")),
    ("session.begun", "sign_in_session", "factor", ("factor", "kind")),
    ("registry.entry_added", "registry_entry", "base", ("registry_entry", "base")),
]


def _words(event: str, kind: str | None, field: str, value: str) -> str | None:
    entry = Entry(event=event, target_kind=kind, target_id="1", changes={})
    return said(Told(entry, Names()), field, value)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("event", "kind", "field", "column"), VOCABULARIES)
def test_every_declared_value_has_a_word(app, lang, event, kind, field, column):
    assert field in Event(event).plain
    with app.test_request_context(f"/{lang}/"), force_locale(lang):
        for value in _allowed(*column):
            words = _words(event, kind, field, value)
            assert words not in {None, "", value}, f"{field} of {event}: {value}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_of_a_definition_has_its_label(app, lang):
    with app.test_request_context(f"/{lang}/"), force_locale(lang):
        for one in definitions():
            for field, codes in (
                ("role", one.roles),
                ("old_owner_role", one.roles),
                ("standing", one.standings),
                ("base", one.bases),
                ("lines", one.lines),
                ("question", one.eligibility.questions),
            ):
                for code in codes:
                    assert _words("registration.sent", None, field, code) != code, (
                        f"{field}: {code}"
                    )
        for kind in STAFF_ROLES:
            assert _words("assignment.given", None, "staff_role", kind) != kind


def test_what_the_definition_says_of_an_ineligible_business_is_in_the_readers_language(app):
    question = next(
        question
        for question in transferring().eligibility.questions.values()
        if any(consequence.leads_to == "fail" for consequence in question.consequences)
    )
    reason = next(one.reason for one in question.consequences if one.leads_to == "fail")
    with app.test_request_context("/fr/"), force_locale("fr"):
        assert _words("registration.ineligible", "registration", "reason", reason.en) == reason.fr


# ── reasons, from the services that give them ───────────────────────────────────────────

SERVICES = [
    path
    for path in sorted((ROOT / "app").rglob("*.py"))
    if "admin" not in path.parts and path.stem != "admin"
]


@lru_cache(maxsize=1)
def _trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text()) for path in SERVICES)


def _constants(node: ast.AST | None) -> set[str]:
    """The texts that an argument may be, both arms of a condition included."""
    if isinstance(node, ast.IfExp):
        return _constants(node.body) | _constants(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def _calls(name: str) -> Iterator[ast.Call]:
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func
                if name == getattr(called, "id", getattr(called, "attr", None)):
                    yield node


def _given(name: str, place: int) -> set[str]:
    """The reasons with which a function is called, by place or by name."""
    found: set[str] = set()
    for call in _calls(name):
        if len(call.args) > place:
            found |= _constants(call.args[place])
        found |= {
            text
            for word in call.keywords
            if word.arg == "reason"
            for text in _constants(word.value)
        }
    return found


def _recorded() -> Iterator[tuple[str, str]]:
    """Event and reason of every call that writes an entry with a reason in plain sight.

    The event is empty where a variable holds it.
    """
    for name in ("record", "_record", "record_transfer"):
        for call in _calls(name):
            events = {
                Event[node.attr].value
                for node in ast.walk(call)
                if isinstance(node, ast.Attribute) and node.attr in Event.__members__
            }
            reasons = {
                text
                for node in ast.walk(call)
                if isinstance(node, ast.Dict)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and key.value == "reason"
                for text in _constants(value)
            }
            reasons |= {
                text
                for word in call.keywords
                if word.arg == "reason"
                for text in _constants(word.value)
            }
            yield from ((event, reason) for event in events or {""} for reason in reasons)


def _membership_endings() -> set[str]:
    ended = {
        text
        for call in _calls("end")
        if len(call.args) == 3 and isinstance(call.args[2], (ast.Name, ast.Call))
        for text in _constants(call.args[1])
    }
    return ended | {rules.end_reason(status) for status in _allowed("membership", "status")}


def test_every_reason_the_services_end_a_membership_with_has_a_word():
    assert _membership_endings() == set(ENDINGS)


def test_every_reason_the_services_end_a_session_with_has_a_word():
    ended = {
        text
        for name in ("end", "end_all")
        for call in _calls(name)
        if getattr(getattr(call.func, "value", None), "id", "") == "sessions"
        for text in _constants(call.args[2] if len(call.args) > 2 else None)
    }
    assert ended <= set(SESSION_ENDINGS)
    assert ended, "the scan finds them"


def test_every_refusal_the_code_gives_has_a_word():
    given = _given("Refused", 1) | _given("_refusal", 1) | {"not_granted"}
    assert len(given) > 6
    assert given - set(REASONS["deed"]) == set()


def test_every_reason_for_which_a_sign_in_is_refused_has_a_word():
    given = {
        text
        for name in ("refuse", "refuse_in")
        for call in _calls(name)
        for arg in call.args
        for text in _constants(arg)
    } - set(_allowed("challenge", "purpose"))
    states = _allowed("person", "state") - {"active"}
    assert given
    assert (given | states | {"locked", "factor_disabled", TOO_MANY}) - set(SIGN_IN) == set()
    assert "unknown_name" in SIGN_IN


def _text_of(node: ast.AST) -> set[str]:
    """A text, or the constant of some module that has it."""
    named = {
        target.id: assigned.value
        for tree in _trees()
        for assigned in tree.body
        if isinstance(assigned, ast.Assign)
        for target in assigned.targets
        if isinstance(target, ast.Name)
    }
    return _constants(named.get(node.id) if isinstance(node, ast.Name) else node)


def test_every_limit_has_a_word():
    counted = {
        text
        for name in ("spend", "require_place", "TooMany")
        for call in _calls(name)
        for text in _text_of(call.args[0])
    }
    assert counted == set(LIMITS)


def test_every_reason_that_ends_letters_and_codes_has_a_word():
    letters, codes = _given("stop_letters", 4), _given("end_code", 3)
    asked = _given("add_letter", 3)
    assert letters
    assert codes
    assert asked
    assert (letters | asked) - set(REASONS["letter"]) == set()
    assert codes - set(REASONS["activation_code"]) == set()


def test_every_reason_written_in_plain_sight_has_a_word():
    found = {(event, reason) for event, reason in _recorded() if event not in TYPED}
    assert len(found) > 5
    anywhere = {reason for words in REASONS.values() for reason in words}
    wordless = {
        (event, reason)
        for event, reason in found
        if reason not in (REASONS.get(event.partition(".")[0], {}) if event else anywhere)
    }
    assert wordless == set()


def test_every_reason_for_which_nobody_is_named_has_a_word():
    """What makes a try to add a user, or to offer the ownership, fail."""
    names = {"find_person", "_offer", "_authorise_offer", "require_vacant", "role_row"}
    deeds = [
        node
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in names
    ]
    codes = {
        value.value if isinstance(value, ast.Constant) else "no_match"
        for deed in deeds
        for node in ast.walk(deed)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Invalid"
        for value in getattr(node.args[0], "values", ())
    }
    assert {"no_match", "already_user", "yourself"} <= codes
    assert codes - set(REASONS["membership"]) == set()
    assert codes - set(REASONS["transfer"]) == set()


def test_every_state_that_lapses_has_a_word_for_it():
    lapse = next(
        node
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "lapse_one"
    )
    states = {
        State[node.attr]
        for node in ast.walk(lapse)
        if isinstance(node, ast.Attribute) and node.attr in State.__members__
    } - {State.LAPSED}
    assert "_too_long" in ast.unparse(lapse)
    assert {f"{state}_too_long" for state in states} <= set(REASONS["registration"])


def test_every_event_with_a_reason_has_words_for_it_or_tells_what_was_typed():
    with_reason = {event.value for event in Event if "reason" in event.plain | event.personal}
    silent = {
        event
        for event in with_reason - TYPED
        if event.partition(".")[0] not in REASONS and any(e == event for e, _ in _recorded())
    }
    assert silent == set()
    assert with_reason >= TYPED


def test_several_reasons_of_one_try_are_each_told(app):
    with app.test_request_context("/fr/"), force_locale("fr"):
        told = reason_words("membership.add_failed", "no_match; already_user")
    assert told == "Personne ne correspond à ces trois renseignements; La personne a déjà un rôle"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_action_has_a_name(app, lang):
    with app.test_request_context(f"/{lang}/"), force_locale(lang):
        own = {action for model in registered() for action in scope_of(model).own_actions}
        staff = {action for actions in STAFF_ROLES.values() for action in actions}
        for action in own | staff | set(Action) | {"session"}:
            assert action_name(action, lang), action
