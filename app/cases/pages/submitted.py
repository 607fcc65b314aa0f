"""What was submitted: the receipt, its content, its copy on paper, and two of them compared."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority.pages.opening import account_here, may_here, refusal
from app.base.db import session
from app.base.identifiers import parse_submission_number
from app.cases.drawn import drawn, title_of
from app.cases.models import Submission
from app.cases.pages import pages
from app.cases.pages.differences import between
from app.cases.pages.files import copy_handed_out
from app.cases.pages.opening import folder_here
from app.cases.pages.situation import Situation, situation, turn_words
from app.cases.queries_submitted import (
    before,
    readable,
    reads_all,
    submission_of,
    submissions,
)
from app.cases.rules.snapshot import from_json
from app.programs.published import published
from app.programs.schema.definition import Definition
from app.programs.wording import said
from app.web.access import current_person

_AT = "/a/<int:account_id>/submissions"


@pages.get(f"{_AT}/", endpoint="submissions")
def submission_list(account_id: int) -> str:
    """Everything that was submitted, the newest first; two of one case can be compared."""
    found = submissions(session, current_person().id, account_here())
    return render_template(
        "cases/submissions.html",
        rows=[_row(one) for one in found],
        crumbs=_crumbs(),
        compare=url_for("cases.compare", account_id=account_id),
        comparable=len(found) > 1,
    )


@pages.get(f"{_AT}/<number>")
def submission(account_id: int, number: str) -> str:
    """The receipt: number, fingerprint and copy; whose turn it is and what happens next."""
    one, program = _one(number)
    here = _here(account_id, one)
    previous = before(session, current_person().id, one)
    kind = program.cases[one.case.case_type]
    return render_template(
        "cases/submission.html",
        one=one,
        kind=said(kind.label),
        state=str(one.case.where),
        here=here,
        turn=turn_words(here) if here is not None else None,
        moves=[move for move in here.others if may_here(move.action)] if here else [],
        may_copy=reads_all(kind, g.allowed),
        previous=previous,
        crumbs=_crumbs(inside=True),
    )


@pages.get(f"{_AT}/<number>/content")
def submitted(account_id: int, number: str) -> str:  # noqa: ARG001 (of the address)
    """What was submitted, as it was: drawn from what was kept, by the words of its version."""
    one, program = _one(number)
    kind = program.cases[one.case.case_type]
    seen = readable(kind, g.allowed)
    return render_template(
        "cases/submitted.html",
        one=one,
        sections=drawn(from_json(one.snapshot), program, seen),
        partial=not reads_all(kind, g.allowed),
        crumbs=[*_crumbs(inside=True), (title_of(one.number), _url(one))],
    )


@pages.get(f"{_AT}/<number>/copy")
def submission_copy(account_id: int, number: str) -> Response:  # noqa: ARG001 (of the address)
    """The copy as a file, for whoever may read all that is in it."""
    one, program = _one(number)
    kind = program.cases[one.case.case_type]
    if not reads_all(kind, g.allowed):
        hidden = next(c for c in kind.sections if c not in readable(kind, g.allowed))
        raise refusal(f"{hidden}.view", account_here())
    if one.copy is None:
        flash(_("The copy is being prepared. Try again in a moment."), "info")
        return redirect(_url(one), code=303)
    return copy_handed_out(one.number, one.copy)


@pages.get(f"{_AT}/compare", endpoint="compare")
def compare_submissions(account_id: int) -> str:  # noqa: ARG001 (of the address)
    """What differs between two submissions, whichever was named first."""
    chosen = [_one(request.args.get(name, "")) for name in ("one", "other")]
    old, new = sorted((one for one, _program in chosen), key=lambda one: one.id)
    return render_template(
        "cases/compared.html",
        old=old,
        new=new,
        changes=between(old, new, account_here().program, g.allowed),
        crumbs=_crumbs(inside=True),
    )


def _one(number: str) -> tuple[Submission, Definition]:
    """A submission with the version of the definition under which it was made."""
    written = parse_submission_number(number) or ""
    one = submission_of(session, current_person().id, account_here(), written)
    return one, published(session, account_here().program, one.definition_version)


def _here(account_id: int, one: Submission) -> Situation | None:
    """Where the case goes on; None where it is closed, or went on to another submission."""
    if one.case.closed_at is not None:
        return None
    found = folder_here(account_id, one.case.case_type)
    here = situation(session, current_person().id, found)
    return here if here.latest is not None and here.latest.id == one.id else None


def _row(one: Submission) -> dict[str, Any]:
    program = published(session, account_here().program, one.definition_version)
    return {
        "number": one.number,
        "url": _url(one),
        "kind": said(program.cases[one.case.case_type].label),
        "at": one.submitted_at,
        "by": one.person.full_name,
    }


def _url(one: Submission) -> str:
    return url_for("cases.submission", account_id=account_here().id, number=one.number)


def _crumbs(*, inside: bool = False) -> list[tuple[str, str]]:
    account_id = account_here().id
    found = [(str(_("Dashboard")), url_for("authority.dashboard", account_id=account_id))]
    if inside:
        there = url_for("cases.submissions", account_id=account_id)
        found.append((str(_("Submissions")), there))
    return found
