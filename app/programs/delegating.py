"""What the page of roles says of those who act for another business, and of who asks for access."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext

from app.programs.schema.base import Source
from app.programs.schema.definition import Definition
from app.programs.schema.delegation import Acting, Delegation, Level
from app.programs.schema.roles import Reaches
from app.programs.wording import said, say_days

Facts = list[tuple[str, str]]


def say_reach(reach: Reaches) -> str:
    """How far a role or a level reaches, as a fact about it."""
    if reach == "account":
        return str(pgettext("reach", "The whole account"))
    return str(pgettext("reach", "One program account"))


def limits_of(definition: Definition) -> list[Level | Acting]:
    """Levels, then acting roles: what is granted is what both of one's grant."""
    rule = definition.delegation
    return [*rule.levels.values(), *rule.acting.values()] if rule is not None else []


def granted(definition: Definition) -> list[tuple[str, list[tuple[bool, str]]]]:
    """Each line of the matrix that some level grants, with a cell a level and an acting role."""
    limits = limits_of(definition)
    return [
        (said(row.label), [(code in limit.may, "") for limit in limits])
        for code, row in definition.matrix.items()
        if any(code in limit.may for limit in limits)
    ]


def facts_of(limit: Level | Acting) -> Facts:
    """How far a level reaches; an acting role reaches as far as the level it stands under."""
    return [(_("Reaches"), say_reach(limit.reach))] if isinstance(limit, Level) else []


def seen(rule: Delegation) -> Facts:
    """Whose transactions a delegation lets through, and whether it does at first."""
    switches = (rule.switches.own, rule.switches.client, rule.switches.others)
    return [
        (said(one.label), _("Shown at first") if one.default else _("Hidden at first"))
        for one in switches
    ]


def lengths(rule: Delegation) -> Facts:
    """When a delegation may begin, and when its end is reminded of."""
    reminders = ", ".join(say_days(days) for days in rule.reminders)
    return [
        (_("After an account is opened by questions, begins after"), say_days(rule.opens_after)),
        (_("Reminders before the end"), reminders),
    ]


def cited(definition: Definition) -> list[tuple[str, Source]]:
    """Where the rules of requests and of delegations come from."""
    found: list[tuple[str, Source]] = []
    if definition.access_requests is not None:
        found.append((_("Asking for access"), definition.access_requests.source))
    rule = definition.delegation
    if rule is None:
        return found
    found.append((_("Acting for another business"), rule.source))
    found += [(said(one.label), one.source) for one in limits_of(definition)]
    switches = (rule.switches.own, rule.switches.client, rule.switches.others)
    return found + [(said(one.label), one.source) for one in switches]
