"""Submitting a case, and the client's other moves: what is shown, declared and asked once more."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, TextAreaField

from app.authority.pages.opening import account_here, may_here, refusal
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound
from app.cases.drawn import drawn
from app.cases.models import Submission
from app.cases.pages import pages
from app.cases.pages.differences import told
from app.cases.pages.opening import crumbs, folder_here
from app.cases.pages.sentences import conflict
from app.cases.pages.situation import (
    Situation,
    left_to_submit,
    seen_here,
    situation,
    standing_of,
)
from app.cases.queries import Folder
from app.cases.queries_submitted import readable
from app.cases.rules import moves
from app.cases.service import moving
from app.cases.service.filed import Standing
from app.cases.service.moving import LONGEST_REASON, Moved, Sent
from app.programs.schema.cases import Move
from app.programs.wording import said
from app.web.access import current_person
from app.web.formats import format_number
from app.web.forms import GuichetForm, version_field
from app.web.locale import language


class _MoveForm(GuichetForm):
    """What a move asks of whoever makes it, and what its page showed."""

    version = version_field()
    reason = TextAreaField(_l("Why?"))
    declared = BooleanField()


@pages.route("/a/<int:account_id>/move/<case_type>/<move>", methods=["GET", "POST"])
def move(account_id: int, case_type: str, move: str) -> str | Response:
    """What is about to be submitted, or what a withdrawal does; then the deed."""
    found = folder_here(account_id, case_type)
    wanted = found.kind.moves.get(move)
    if wanted is None or wanted.by != "client":
        raise NotFound(f"{case_type} {move}")
    if not may_here(wanted.action):
        raise refusal(wanted.action, account_here())
    form = _form(wanted)
    if form.validate_on_submit():
        came = _made(account_id, case_type, wanted, form)
        if came is not None:
            return _after(account_id, wanted, came)
        found = folder_here(account_id, case_type)
    here = situation(session, current_person().id, found)
    if wanted not in here.offered:
        raise Conflict("moved")
    return _page(found, here, wanted, form)


def _form(wanted: Move) -> _MoveForm:
    form = _MoveForm()
    if wanted.declaration is not None:
        form.declared.label.text = said(wanted.declaration)
    else:
        del form["declared"]
    if not wanted.asks_reason:
        del form["reason"]
    return form


def _made(account_id: int, case_type: str, wanted: Move, form: _MoveForm) -> Moved | None:
    """What came of the move; or what stands in its way, put on the form."""
    sent = Sent(
        seen=form.version.data or "",
        declared=bool(wanted.declaration and form.declared.data),
        reason=(form.reason.data or "") if wanted.asks_reason else "",
        language=language(),
    )
    try:
        return moving.move_by_client(current_person().id, account_id, case_type, wanted.code, sent)
    except Invalid as error:
        for field, word in error.errors.items():
            form.add_error(field, _fault(field, word))
    except Conflict as error:
        form.add_error(None, conflict(error))
        form.version.data = None
        if wanted.declaration is not None:
            form.declared.data = False  # it was said of something else
    return None


def _fault(field: str, word: str) -> str:
    if field == "declared":
        return str(_("Confirm the declaration to continue."))
    if word == "too_long":
        return str(_("Enter at most %(max)s characters.", max=format_number(LONGEST_REASON)))
    return str(_("Enter the reason."))


def _after(account_id: int, wanted: Move, came: Moved) -> Response:
    if came.submission_id is None:
        flash(_("It is done: %(deed)s", deed=said(wanted.label)), "done")
        return redirect(url_for("authority.dashboard", account_id=account_id), code=303)
    number = session.get_one(Submission, came.submission_id).number
    flash(_("It was submitted under number %(number)s.", number=number), "done")
    there = url_for("cases.submission", account_id=account_id, number=number)
    return redirect(there, code=303)


def _page(found: Folder, here: Situation, wanted: Move, form: _MoveForm) -> str:
    filed = standing_of(session, account_here(), found)
    snapshot = filed.snapshot() if wanted.submits else None
    if not form.version.data:
        form.version.data = seen_here(found, here, snapshot)
    shown: dict[str, Any] = {}
    if snapshot is not None:
        by = (found.program, found.kind)
        changes = left_to_submit(found, here, snapshot, g.allowed)
        shown = {
            "sections": drawn(snapshot, found.program, readable(found.kind, g.allowed)),
            "changes": told(by, by, changes),
            "latest": here.latest,
        }
    return render_template(
        "cases/move.html",
        form=form,
        move=wanted,
        business=account_here().party.name,
        obstacles=_obstacles(filed, wanted),
        crumbs=crumbs(found),
        back=url_for("authority.dashboard", account_id=account_here().id),
        **shown,
    )


def _obstacles(filed: Standing, wanted: Move) -> list[str]:
    """What stands in the way whoever presses the button: it is then not there."""
    found = moves.obstacles(wanted, moving.facts_of(filed))
    return [conflict(Conflict(guard)) for guard in found]
