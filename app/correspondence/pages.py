"""Notices: what the portal told the person, newest first."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.base.db import session
from app.correspondence import queries, service
from app.correspondence.models import Notice
from app.correspondence.words import Words, words_of
from app.web.access import current_person

pages = Blueprint("correspondence", __name__, template_folder="templates")


@pages.get("/notices")
def notices() -> str:
    """A page of notices; older ones by key, so that a new one moves nothing."""
    before = request.args.get("before", "")
    key = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    page = queries.notices(session, current_person().id, key)
    return render_template(
        "correspondence/notices.html",
        notices=[(notice, _said(notice)) for notice in page.notices],
        older=page.older,
        first=key is None,
        unread=queries.unread_count(session, current_person().id),
    )


def _said(notice: Notice) -> Words:
    return words_of(session, notice)


@pages.post("/notices/<int:notice_id>/open")
def open_notice(notice_id: int) -> Response:
    """Mark a notice as read and lead to what it is about; by POST, because it changes it."""
    notice = service.mark_read(current_person().id, notice_id)
    if notice.path is None:
        return redirect(url_for("correspondence.notices"), code=303)
    return redirect(f"{request.root_path}{notice.path}", code=303)


@pages.post("/notices/read")
def read_all() -> Response:
    """Mark every notice as read."""
    service.mark_all_read(current_person().id)
    return redirect(url_for("correspondence.notices"), code=303)
