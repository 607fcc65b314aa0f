"""The page of one case for the staff, and the moves that lead on from it."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from app.audit.targets import describe
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.cases.admin.case import Opened, open_case
from app.cases.admin.sentences import fault, in_the_way
from app.cases.admin.submissions import name_business
from app.cases.rules.moves import open_moves
from app.cases.service import moving
from app.cases.service.moving import Sent
from app.cases.service.submitting import seen_of
from app.programs.schema.cases import Move
from app.programs.wording import said
from app.web.access import current_person
from app.web.admin import SafeModelView, scope
from app.web.admin.routes import route
from app.web.forms import GuichetForm, version_field


class MoveForm(GuichetForm):
    """Why, where the move asks for it; and what its page showed of the case."""

    version = version_field()
    reason = TextAreaField(_l("Reason"))


class CasePage(SafeModelView):
    """The page of a row, drawn from the case's definition in place of the generated one."""

    help_topic = "staff-cases"

    @route("/show/<pk>")
    def show(self, pk: str) -> str:
        """What was submitted, what became of it, and what the reader may do with it."""
        here = self._open(pk)
        page = self.render_template(
            "cases/staff/case.html",
            view=self,
            here=here,
            moves=self._moves(here),
            related=self._related_links(here.case),
        )
        return str(page)

    @route("/move/<name>/<pk>", ["GET", "POST"], permission="show")
    def move(self, name: str, pk: str) -> str | Response:
        """Ask once more for a move, with its reason where it asks for one; then make it.

        Somebody else may have moved the case meanwhile: nothing is done then, and what was typed
        stays on the page, for the reader to look again.
        """
        here = self._open(pk)
        one = _staff_move(here, name)
        back = url_for(f"{self.endpoint}.show", pk=pk)
        form = MoveForm(version=_seen(here))
        if not one.asks_reason:
            del form.reason
        if form.validate_on_submit():
            if _made(form, here, one):
                flash(_("%(move)s: done.", move=said(one.label)), "done")
                return redirect(back, code=303)
            session.rollback()
            here = self._open(pk)
        elif not form.is_submitted() and here.case.state not in one.comes_from:
            flash(_("This application has moved on."), "info")
            return redirect(back, code=303)
        page = self.render_template(
            "cases/staff/move.html",
            view=self,
            here=here,
            form=form,
            verb=said(one.label),
            leads_to=said(here.kind.states[one.goes_to].label),
            tells=any(notice.to != "officers" for notice in one.notices),
            open=here.case.state in one.comes_from,
            back=back,
        )
        return str(page)

    def _open(self, pk: str) -> Opened:
        """The case, and its business on the nameplate."""
        here = open_case(self._found(pk))
        name_business(here.case.account)
        return here

    def _moves(self, here: Opened) -> list[tuple[str, str, str]]:
        """Label, address and weight of the moves that the reader may make from where the case is.

        The first that goes on without a reason is the one that most cases take.
        """
        may: dict[str, bool] = {}
        found: list[tuple[str, str, str]] = []
        for one in open_moves(here.kind, here.case.state, "staff"):
            if one.action not in may:
                may[one.action] = scope.may(one.action, here.case)
            if may[one.action]:
                url = url_for(f"{self.endpoint}.move", name=one.code, pk=here.case.id)
                first = not one.asks_reason and all(kind != "primary" for *_rest, kind in found)
                found.append((said(one.label), url, "primary" if first else "secondary"))
        return found


def _staff_move(here: Opened, name: str) -> Move:
    """The move of this name, for those who may make it. Raises NotFound, Refused."""
    one = here.kind.moves.get(name)
    if one is None or one.by != "staff":
        raise NotFound(f"move {name}")
    if not scope.may(one.action, here.case):
        raise Refused(one.action, target=describe(here.case))
    return one


def _seen(here: Opened) -> str:
    """What the page shows, as the service knows it again."""
    return seen_of(here.case, len(here.steps))


def _made(form: MoveForm, here: Opened, one: Move) -> bool:
    """Make the move; or say at the form why it cannot be made, and answer False."""
    reason = form.reason.data or "" if one.asks_reason else ""
    sent = Sent(seen=form.version.data or "", reason=reason)
    try:
        moving.move_by_staff(current_person().id, here.case.id, one.code, sent)
    except Invalid as error:
        form.add_error("reason", fault(error))
    except Conflict as error:
        session.rollback()
        form.add_error(None, in_the_way(error, open_case(here.case)))
    else:
        return True
    return False
