"""The form of the facts, made from the definition, and that of the terms after them.

An amount is a secret for as long as it is typed: it stands in no page that is sent back, and the
names of these fields keep them out of the forms that are kept when a session ends
(`app.identity.kept`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import Optional

from app.cases.rules.numbers import parse_number
from app.enrolment.rules.facts import Answer
from app.programs.schema.enrolment import Fact
from app.programs.wording import said
from app.web.forms import DateField, GuichetForm, required, version_field
from app.web.locale import language

PREFIX = "fact_"
"""Before every field of a fact: what is kept of forms knows it by it."""


class AmountField(StringField):
    """An amount that is compared and forgotten: what was typed is never shown again."""

    def _value(self) -> str:
        return ""


class AcceptForm(GuichetForm):
    """The attestation, and the terms in the version that is shown."""

    version = version_field()
    attested = BooleanField(
        _l("I confirm this"), [required(_l("Confirm your signing authority to continue."))]
    )
    accept = BooleanField(
        _l("Accept the terms of use"),
        [required(_l("Accept the terms of use to continue."))],
    )


def facts_form(facts: Sequence[Fact]) -> GuichetForm:
    """Two fields a fact, all of them empty: the person fills those they choose."""
    fields: dict[str, Any] = {}
    for fact in facts:
        if fact.number is not None:
            fields[name_of(fact, "number")] = StringField(said(fact.number.label), [Optional()])
        if fact.dated is not None:
            fields[name_of(fact, "dated")] = DateField(said(fact.dated.label))
        fields[name_of(fact, "amount")] = AmountField(said(fact.amount.label), [Optional()])
    form: GuichetForm = type("FactsForm", (GuichetForm,), fields)()
    return form


def name_of(fact: Fact, part: str) -> str:
    """The name of a fact's field."""
    return f"{PREFIX}{fact.kind}_{part}"


def answers_in(form: GuichetForm, facts: Sequence[Fact]) -> list[Answer] | None:
    """What was filled in; None when something is half filled or cannot be read, said at its field.

    What is half filled costs no try: it says nothing of what is on record.
    """
    read = [_read(form, fact) for fact in facts]
    if any(isinstance(field, StringField | DateField) and field.errors for field in form):
        return None
    return [one for one in read if one is not None]


def _read(form: GuichetForm, fact: Fact) -> Answer | None:
    parts = {part: form[name_of(fact, part)] for part, _text in _parts(fact)}
    if not any(_filled(field) for field in parts.values()):
        return None
    for part, text in _parts(fact):
        if not _filled(parts[part]) or (part == "amount" and _amount(parts[part]) is None):
            form.add_error(name_of(fact, part), text)
    amount = _amount(parts["amount"])
    if amount is None or any(field.errors for field in parts.values()):
        return None
    number = parts["number"].data if "number" in parts else None
    dated = parts["dated"].data if "dated" in parts else None
    return Answer(fact.kind, amount, " ".join(number.split()) if number else None, dated)


def _parts(fact: Fact) -> Iterator[tuple[str, str]]:
    """The parts of a fact, each with the sentence that says how to write it."""
    named = (("number", fact.number), ("dated", fact.dated), ("amount", fact.amount))
    for part, asked in named:
        if asked is not None:
            yield part, said(asked.format_error)


def _filled(field: Any) -> bool:
    if isinstance(field, DateField):
        return any(field.parts)
    return bool((field.data or "").strip())


def _amount(field: Any) -> Decimal | None:
    return parse_number((field.data or "").replace("$", ""), language())
