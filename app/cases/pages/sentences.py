"""What the pages of a case say when something is wrong: one sentence for each error code."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from app.base.errors import Conflict, Invalid
from app.cases.rules import parts
from app.cases.rules.reading import LONG, MOST_ROWS, SHORT
from app.cases.rules.writing import shown_number
from app.programs.schema.questions import Question
from app.web.formats import format_number
from app.web.forms import STALE
from app.web.locale import language

Sentence = Callable[[Question], str]

_PARTS: Mapping[tuple[str, str], Sentence] = {
    ("street", "empty"): lambda _q: _("Enter the street address."),
    ("street", "too_long"): lambda _q: _("The street address must have at most 160 characters."),
    ("city", "empty"): lambda _q: _("Enter the city."),
    ("city", "too_long"): lambda _q: _("The city must have at most 60 characters."),
    ("region", "empty"): lambda _q: _("Select a province or a state."),
    ("region", "unknown"): lambda _q: _("Select a province or a state."),
    ("country", "empty"): lambda _q: _("Select a province or a state."),
    ("country", "unknown"): lambda _q: _("Select a province or a state."),
    ("postal_code", "empty"): lambda _q: _("Enter the postal code or the ZIP code."),
    ("postal_code", "zip_code"): lambda _q: _("Enter the ZIP code as 12345."),
    ("amount", "not_a_number"): lambda _q: _("Enter an amount in digits, like 1234.56."),
    ("postal_code", "format"): lambda _q: _("Enter the postal code as A1A 1A1."),
    ("given_name", "empty"): lambda _q: _("Enter the given name."),
    ("family_name", "empty"): lambda _q: _("Enter the family name."),
    ("telephone", "telephone"): lambda _q: _("Enter a telephone number, like 613 555-0123."),
    ("email", "email"): lambda _q: _("Enter an address with an @, like name@example.ca."),
    ("currency", "empty"): lambda _q: _("Select a currency."),
    ("currency", "unknown"): lambda _q: _("Select a currency."),
}
_CODES: Mapping[str, Sentence] = {
    "empty": lambda _q: _("Fill in this cell, or empty the whole row."),
    "unknown": lambda _q: _("Select an answer from the list."),
    "not_a_number": lambda _q: _("Enter a number, like 250."),
    "not_whole": lambda _q: _("Enter a whole number, without decimals."),
    "not_a_date": lambda _q: _("Enter a date that exists, like 2026-08-31."),
    "future": lambda _q: _("This date must not be in the future."),
    "past": lambda _q: _("This date must not be in the past."),
    "none_with_others": lambda _q: _(
        "Keep only the answer that excludes the others, or untick it."
    ),
    "too_small": lambda q: _("Enter a number that is at least %(least)s.", least=_bound(q.least)),
    "too_large": lambda q: _("Enter a number that is at most %(most)s.", most=_bound(q.most)),
    "too_many": lambda q: _(
        "Keep at most %(max)s rows.", max=format_number(q.most_rows or MOST_ROWS)
    ),
    "decimals": lambda q: ngettext(
        "Enter at most %(num)s decimal.", "Enter at most %(num)s decimals.", q.decimals or 2
    ),
}
_CONFLICTS: Mapping[str, Callable[[], str]] = {
    "not_asked": lambda: _("An answer changed meanwhile: this topic is not asked any more."),
    "set_aside": lambda: _(
        "Someone said meanwhile that this topic does not apply. Say that it applies, then save."
    ),
    "there_already": lambda: _("This line of business is there already."),
    "too_many_parts": lambda: ngettext(
        "There can be at most %(num)s.", "There can be at most %(num)s.", parts.MOST
    ),
    "all_sections_complete": lambda: _(
        "Something is missing: every section must be complete before you can submit."
    ),
    "documents_scanned": lambda: _(
        "A document is not checked for viruses yet, or was found to have one. Wait, or remove it."
    ),
    "one_owner": lambda: _("The account must have one owner before this can be done."),
    "changed": lambda: _(
        "Someone changed an answer since this page was opened. Read what will be submitted now,"
        " then confirm again."
    ),
    "moved": lambda: _("This was moved on meanwhile. See on the dashboard where it is."),
    "not_begun": lambda: _("Nothing is filled in yet."),
    "not_copied": lambda: _("The one to copy is not there any more. Choose another."),
}
_NAMES: Mapping[tuple[str, str], Callable[[], str]] = {
    ("label", "empty"): lambda: _("Enter a name."),
    ("label", "too_long"): lambda: _("The name must have at most 100 characters."),
    ("label", "no_letter"): lambda: _("Enter a name that has letters or digits."),
    ("label", "taken"): lambda: _("There is one of this name already. Enter another."),
    ("line", "empty"): lambda: _("Select a line of business."),
    ("line", "unknown"): lambda: _("Select a line of business."),
    ("reason", "empty"): lambda: _("Enter why this topic does not apply."),
    ("reason", "too_long"): lambda: _("The text must have at most 2,000 characters."),
}


def sentence(question: Question, part: str, word: str) -> str:
    """What is wrong with a part of an answer ("" is the whole, ``3.name`` a cell)."""
    row, _dot, column = part.partition(".")
    if column:
        about = (question.columns or {})[column]
        return str(
            _(
                "Row %(row)s, %(column)s: %(problem)s",
                row=int(row) + 1,
                column=about.text.say(language()),
                problem=sentence(about, "", word),
            )
        )
    if (part, word) in _PARTS:
        return str(_PARTS[part, word](question))
    if word == "too_long":
        longest = question.longest or (LONG if question.type == "long_text" else SHORT)
        most = 100 if part else longest
        return str(_("Enter at most %(max)s characters.", max=format_number(most)))
    return str(_CODES[word](question))


def conflict(error: Conflict) -> str:
    """Why the deed cannot be done any more."""
    found = _CONFLICTS.get(error.reason)
    return str(found() if found else STALE)


def fault(error: Invalid) -> tuple[str, str]:
    """The field and the sentence of a deed that asks for one thing."""
    name, word = next(iter(error.errors.items()))
    return name, str(_NAMES[name, word]())


def _bound(number: object) -> str:
    return shown_number(str(number), language())
