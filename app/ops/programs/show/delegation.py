"""How people ask for access, and what another business may do for an account: by whom, for whom."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from app.ops.programs.show.layout import heading, wrapped
from app.ops.programs.words import COLON, listed
from app.programs.schema.definition import Definition
from app.programs.schema.delegation import Delegation
from app.programs.schema.roles import Reaches
from app.programs.wording import say_days


def delegation(program: Definition, language: str) -> Iterator[str]:
    """Requests of people, then levels, who acts at them, and what is seen through them."""
    yield from _requests(program)
    rule = program.delegation
    if rule is None:
        return
    yield from heading(_("What another business may be allowed to do"))
    for level in rule.levels.values():
        words = f"{level.label.say(language)} ({level.code}); {reaching(level.reach)}"
        yield from wrapped(words, 2)
        yield from _rows(program, level.may, language)
    yield ""
    yield (_("Whoever of it acts is one of these") + COLON[language]).rstrip()
    for acting in rule.acting.values():
        yield from wrapped(f"{acting.label.say(language)} ({acting.code})", 2)
        yield from _rows(program, acting.may, language)
    yield from _terms(rule, language)


def reaching(reach: Reaches) -> str:
    """How far a role or a level reaches, in words."""
    if reach == "account":
        return str(_("reaches the whole account"))
    return str(_("reaches one program account"))


def _rows(program: Definition, rows: tuple[str, ...], language: str) -> Iterator[str]:
    for row in rows:
        yield from wrapped(program.matrix[row].label.say(language), 4, "– ")


def _requests(program: Definition) -> Iterator[str]:
    rule = program.access_requests
    if rule is None:
        return
    yield from heading(_("How people ask for access"))
    words = _(
        "by the number of the business, with a comment of at most %(num)s characters",
        num=rule.longest_comment,
    )
    yield from wrapped(words)
    if rule.program_account:
        yield from wrapped(_("whoever asks may name a program account"))


def _terms(rule: Delegation, language: str) -> Iterator[str]:
    yield ""
    yield (_("Transactions are seen by who submitted them") + COLON[language]).rstrip()
    switches = rule.switches
    for switch in (switches.own, switches.client, switches.others):
        state = _("on at first") if switch.default else _("off at first")
        yield from wrapped(f"{switch.label.say(language)}: {state}", 2, "– ")
    yield ""
    opens = say_days(rule.opens_after)
    yield from wrapped(_("opens %(days)s after an account that was proved by facts", days=opens))
    before = listed(say_days(days) for days in rule.reminders)
    yield from wrapped(_("reminders before an end: %(days)s", days=before))
    yield from wrapped(_("at most %(num)s clients are asked by one list", num=rule.asked_at_once))
    if rule.groups:
        yield from wrapped(_("people may be put on clients by groups"))
