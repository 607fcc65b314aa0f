"""Saying that a topic does not apply, and why; saying that it does after all."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from app.base.errors import Conflict, Invalid, NotFound
from app.cases.pages import pages
from app.cases.pages.gone import typed_for_nothing
from app.cases.pages.opening import (
    crumbs,
    folder_here,
    part_here,
    place_of,
    require_edit,
    url_to,
)
from app.cases.pages.sentences import conflict, fault
from app.cases.pages.topic import AT, onward, shown_topic
from app.cases.rules.saving import fingerprint
from app.cases.service import answering
from app.web.access import current_person
from app.web.forms import STALE, GuichetForm, version_field


class _AsideForm(GuichetForm):
    """The reason, which an officer will read, and which one the page showed."""

    version = version_field()
    reason = TextAreaField(_l("Why does it not apply?"))


@pages.route(f"{AT}/aside", methods=["GET", "POST"])
def aside(
    account_id: int, case_type: str, section: str, part: int, topic: str
) -> str | Response | tuple[str, int]:
    """Why a topic does not apply."""
    found = folder_here(account_id, case_type)
    if (told := typed_for_nothing(found, section, part, topic)) is not None:
        return told
    here = part_here(found, section, part)
    shown = shown_topic(here, topic)
    require_edit(section)
    if not shown.topic.may_not_apply:
        raise NotFound(topic)
    there = fingerprint(here.aside.get(topic))
    form = _AsideForm(reason=here.aside.get(topic, ""), version=there)
    valid = form.validate_on_submit()
    if valid and form.stale(there):
        form.add_error(None, STALE)
        form.version.data = there
    elif valid:
        try:
            answering.set_aside(
                current_person().id, account_id, place_of(case_type, here), topic,
                form.reason.data or "",
            )  # fmt: skip
        except Invalid as error:
            form.add_error(*fault(error))
        except Conflict as error:
            form.add_error(None, conflict(error))
        else:
            flash(_("This topic is marked as not applying."), "done")
            return redirect(onward(found, here, topic), code=303)
    return render_template(
        "cases/aside.html",
        form=form,
        topic=shown.topic,
        crumbs=crumbs(found, here, inside=True),
        back=url_to("topic", found, here, topic=topic),
    )


@pages.post(f"{AT}/back")
def back(account_id: int, case_type: str, section: str, part: int, topic: str) -> Response:
    """The topic applies after all."""
    found = folder_here(account_id, case_type)
    here = part_here(found, section, part)
    answering.bring_back(current_person().id, account_id, place_of(case_type, here), topic)
    return redirect(url_to("topic", found, here, topic=topic), code=303)
