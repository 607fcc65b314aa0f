"""Pages drawn from the definitions: a program's front page, its roles, the terms of use."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from app.programs import delegating, library
from app.programs.actions import Action
from app.programs.rules.roles import Reach, may_give, may_propose, moved, old_holder_choices, reach
from app.programs.schema.base import Source
from app.programs.schema.definition import Definition
from app.programs.schema.roles import Role
from app.programs.wording import fill, said, say_days, say_span
from app.web.access import public

pages = Blueprint("programs", __name__, template_folder="templates")

pages.add_app_template_filter(said)
pages.add_app_template_filter(say_days)
pages.add_app_template_filter(say_span)


Cited = list[tuple[str, Source]]


@pages.get("/programs/<code>")
@public
def program(code: str) -> str:
    """What the program is, who can apply, and how to get an account."""
    definition = library.definition(code)
    return render_template(
        "programs/program.html",
        program=definition,
        portal=library.portal(),
        steps=_steps(definition),
        lines=_lines(definition),
        cited=[
            *((said(one.label), one.source) for one in definition.service_standards.values()),
            *_ways(definition),
        ],
    )


@pages.get("/roles/<code>")
@public
def roles(code: str) -> str:
    """What each role may do, who gives it, and how the account changes hands.

    Pages of an account link here with ``?mine=<role>``: that role's column is then marked.
    """
    definition = library.definition(code)
    mine = request.args.get("mine")
    return render_template(
        "programs/roles.html",
        program=definition,
        mine=list(definition.roles).index(mine) if mine in definition.roles else None,
        rows=matrix_of(definition),
        roles=[(role, _role_facts(definition, role)) for role in definition.roles.values()],
        transfer=_transfer_facts(definition),
        acting=[(one, delegating.facts_of(one)) for one in delegating.limits_of(definition)],
        granted=delegating.granted(definition),
        seen=delegating.seen(definition.delegation) if definition.delegation else [],
        lengths=delegating.lengths(definition.delegation) if definition.delegation else [],
        cited=_cited_roles(definition),
    )


@pages.get("/terms/<any(mfa, portal):kind>")
@public
def terms(kind: str) -> str:
    """Terms of the portal itself: those of multi-factor authentication, or of use."""
    texts = library.portal().terms
    chosen = texts.mfa if kind == "mfa" else texts.portal
    return render_template("programs/terms.html", terms=chosen)


@pages.get("/terms/program/<code>")
@public
def program_terms(code: str) -> str:
    """The terms that the account owner accepts for the business."""
    definition = library.definition(code)
    return render_template("programs/terms.html", terms=definition.terms, program=definition)


def _ways(definition: Definition) -> Cited:
    """Each way to an account, with where its rules come from."""
    facts, mailed = definition.enrolment.shared_facts, definition.enrolment.mailed_code
    found: Cited = []
    if facts is not None:
        found.append((_("Questions about the records of the business"), facts.source))
        found += [(said(one.label), one.source) for one in facts.facts.values()]
    if mailed is not None:
        found.append((_("Client number and activation code"), mailed.source))
    return found


def _cited_roles(definition: Definition) -> Cited:
    """Where what the page of roles says comes from."""
    found: Cited = [(said(row.label), row.source) for row in definition.matrix.values()]
    found += [(said(role.label), role.source) for role in definition.roles.values()]
    named = (
        (_("Transfer of ownership"), definition.transfer),
        (_("Adding users"), definition.users),
    )
    found += [(label, rule.source) for label, rule in named if rule is not None]
    return found + delegating.cited(definition)


def _steps(definition: Definition) -> list[tuple[str, list[str]]]:
    values = dict[str, str]()
    if definition.transfer is not None:
        values["transfer"] = say_days(definition.transfer.accept_within)
    if (mailed := definition.enrolment.mailed_code) is not None:
        values |= {"expected": say_days(mailed.expected_within), "valid": say_days(mailed.valid)}
    return [
        (said(step.heading), [fill(text, **values) for text in step.paragraphs])
        for step in definition.how_to_get_an_account
    ]


def _lines(definition: Definition) -> list[tuple[str, str]]:
    """The lines of business that the program has for each base; bases without one left out."""
    listed = [
        (said(base.label), [said(n.label) for n in definition.lines.values() if code in n.bases])
        for code, base in definition.bases.items()
    ]
    return [(base, ", ".join(lines)) for base, lines in listed if lines]


def matrix_of(definition: Definition) -> list[tuple[str, list[tuple[bool, str]]]]:
    """Each line with a cell a role: whether the role has it, and within which bounds."""
    lines = []
    for code, row in definition.matrix.items():
        adds = Action.USERS_ADD in row.actions
        bounds = {
            Reach.GIVEN: _("Roles it gives"),
            Reach.PROPOSED: _("Proposes only") if adds else _("Own proposals, until decided"),
        }
        reached = [reach(definition, role, code) for role in definition.roles.values()]
        cells = [(one is not Reach.NONE, bounds.get(one, "")) for one in reached]
        lines.append((said(row.label), cells))
    return lines


def _role_facts(definition: Definition, role: Role) -> list[tuple[str, str]]:
    """What the role hands on; who gives it, who proposes it, or that it only changes hands."""
    everyone = definition.roles.values()
    givers = [said(one.label) for one in everyone if may_give(definition, one.code, role.code)]
    proposers = [
        said(one.label) for one in everyone if may_propose(definition, one.code, role.code)
    ]
    gives = [said(one.label) for one in everyone if may_give(definition, role.code, one.code)]
    proposes = [said(one.label) for one in everyone if may_propose(definition, role.code, one.code)]
    facts = [
        (_("Gives"), gives),
        (_("Proposes"), proposes),
        (_("Given by"), givers),
        (_("Proposed by"), proposers),
    ]
    if any(one.reach != "account" for one in everyone):
        facts.insert(0, (_("Reaches"), [delegating.say_reach(role.reach)]))
    if moved(definition, role.code):
        facts.append((_("Passes on by"), [_("Transfer of ownership")]))
    return [(label, ", ".join(names)) for label, names in facts if names]


def _transfer_facts(definition: Definition) -> list[tuple[str, str]]:
    transfer = definition.transfer
    if transfer is None:
        return []
    choices = [
        said(role.label) if role is not None else _("Leaving the account")
        for role in old_holder_choices(definition, transfer)
    ]
    facts = [(_("What the former owner may choose"), ", ".join(choices))]
    if not transfer.immediate:
        facts.insert(0, (_("Time to accept"), say_days(transfer.accept_within)))
    return facts
