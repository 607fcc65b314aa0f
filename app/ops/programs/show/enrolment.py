"""How a business gets its account: by its records, by letter, or made by staff."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from app.ops.programs.show.layout import heading, wrapped
from app.ops.programs.words import COLON
from app.programs.schema.definition import Definition
from app.programs.schema.enrolment import SharedFacts
from app.programs.wording import say_days


def enrolment(program: Definition, language: str) -> Iterator[str]:
    """Every way to an account, the first one first."""
    rule = program.enrolment
    yield from heading(_("How a business gets its account"))
    if rule.shared_facts is not None:
        yield from _by_records(rule.shared_facts, language)
    if rule.mailed_code is not None:
        valid = say_days(rule.mailed_code.valid)
        yield from wrapped(_("by letter, with a code that is valid for %(days)s", days=valid))
    if rule.staff_created is not None:
        yield from wrapped(_("made by staff, and activated by letter"))


def _by_records(rule: SharedFacts, language: str) -> Iterator[str]:
    compared = _("name and address as recorded")
    if rule.program_account is not None:
        account = rule.program_account.label.say(language)
        compared = _("name, address and “%(account)s” as recorded", account=account)
    words = _(
        "by its records: %(compared)s, then %(num)s of these", compared=compared, num=rule.ask
    )
    yield from wrapped(f"{words}{COLON[language]}".rstrip())
    for fact in rule.facts.values():
        named = [
            part.label.say(language) for part in (fact.number, fact.dated, fact.amount) if part
        ]
        zero = _("zero counts") if fact.zero else _("zero does not count")
        facts = ", ".join([*named, zero])
        yield from wrapped(f"{fact.label.say(language)} ({fact.code}): {facts}", 2, "– ")
