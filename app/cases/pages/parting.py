"""Adding, naming, copying and removing one of those that a section is repeated as."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from app.authority.pages.opening import account_here
from app.base.errors import Conflict, Invalid, NotFound
from app.cases.pages import pages
from app.cases.pages.opening import (
    crumbs,
    folder_here,
    name_of,
    number_of,
    part_here,
    place_of,
    require_edit,
    section_here,
    section_url,
    title_of,
    url_to,
)
from app.cases.pages.section import lines_to_add
from app.cases.pages.sentences import conflict, fault
from app.cases.queries import Folder
from app.cases.service import parting
from app.cases.service.common import Place
from app.programs.schema.cases import CaseSection
from app.programs.wording import said
from app.web.access import current_person
from app.web.forms import GuichetForm

_LONGEST_KEY = 18  # digits of a bigint, for certain
_AT = "/a/<int:account_id>/case/<case_type>/<section>"


class _LineForm(GuichetForm):
    """Which line of business."""

    line = RadioField(_l("Line of business"), validate_choice=False)


class _NameForm(GuichetForm):
    """What it is called."""

    label = StringField(_l("Name"))


class _NewForm(_NameForm):
    """What it is called, and what it begins as."""

    copied_from = SelectField(_l("Begin with the answers of"), validate_choice=False)


@pages.route(f"{_AT}/add", methods=["GET", "POST"])
def add(account_id: int, case_type: str, section: str) -> str | Response:
    """One more: a line of business from the list, or a name of the client's own."""
    found = folder_here(account_id, case_type)
    one = section_here(found, section)
    require_edit(section)
    if one.repeated is None:
        raise NotFound(section)
    form = _line_form(found, one) if one.repeated.by == "lines" else _new_form(found, one)
    if form.validate_on_submit():
        try:
            number = _add(account_id, Place(case_type, section), form)
        except Invalid as error:
            form.add_error(*fault(error))
        except Conflict as error:
            form.add_error(None, conflict(error))
        else:
            return redirect(_at(number, account_id, case_type, section), code=303)
    return render_template(
        "cases/add.html",
        form=form,
        section=one,
        label=said(one.repeated.label),
        crumbs=[*crumbs(found), (said(one.label), section_url(found, section))],
        back=section_url(found, section),
    )


@pages.route(f"{_AT}/<int:part>/rename", methods=["GET", "POST"])
def rename(account_id: int, case_type: str, section: str, part: int) -> str | Response:
    """Another name for one."""
    found = folder_here(account_id, case_type)
    here = part_here(found, section, part)
    require_edit(section)
    if here.label is None:
        raise NotFound(section)
    form = _NameForm(label=here.label)
    if form.validate_on_submit():
        try:
            parting.rename(
                current_person().id,
                account_id,
                place_of(case_type, here),
                form.label.data or "",
            )
        except Invalid as error:
            form.add_error(*fault(error))
        else:
            flash(_("The name is changed."), "done")
            return redirect(url_to("part", found, here), code=303)
    return render_template(
        "cases/rename.html",
        form=form,
        title=name_of(found, here),
        crumbs=crumbs(found, here, inside=True),
        back=url_to("part", found, here),
    )


@pages.route(f"{_AT}/<int:part>/remove", methods=["GET", "POST"])
def remove(account_id: int, case_type: str, section: str, part: int) -> str | Response:
    """Take one out, asked once more."""
    found = folder_here(account_id, case_type)
    here = part_here(found, section, part)
    require_edit(section)
    if not number_of(here):
        raise NotFound(section)
    form = GuichetForm()
    if form.validate_on_submit():
        parting.remove(current_person().id, account_id, place_of(case_type, here))
        flash(_("It is removed from the application."), "done")
        return redirect(section_url(found, section), code=303)
    return render_template(
        "cases/remove.html",
        form=form,
        title=name_of(found, here),
        answers=len(here.answers),
        crumbs=crumbs(found, here, inside=True),
        back=url_to("part", found, here),
    )


def _add(account_id: int, place: Place, form: GuichetForm) -> int:
    actor = current_person().id
    if isinstance(form, _LineForm):
        there = Place(place.case_type, place.section, form.line.data or "")
        return parting.add_line(actor, account_id, there)
    chosen = (form["copied_from"].data or "") if isinstance(form, _NewForm) else ""
    known = chosen.isascii() and chosen.isdigit() and len(chosen) <= _LONGEST_KEY
    source = (int(chosen) if known else -1) if chosen else None  # a forged one is not there
    return parting.add_named(actor, account_id, place, form["label"].data or "", source)


def _at(number: int, account_id: int, case_type: str, section: str) -> str:
    return url_for(
        "cases.part", account_id=account_id, case_type=case_type, section=section, part=number
    )


def _line_form(found: Folder, section: CaseSection) -> _LineForm:
    form = _LineForm()
    form.line.choices = [
        SelectChoice(code, said(found.program.lines[code].label))
        for code in lines_to_add(found, section.code, account_here())
    ]
    return form


def _new_form(found: Folder, section: CaseSection) -> _NameForm:
    copies = bool(section.repeated and section.repeated.may_be_copied)
    there = [part for part in found.parts[section.code] if part.row is not None]
    if not copies or not there:
        return _NameForm()
    form = _NewForm()
    form.copied_from.choices = [
        SelectChoice("", _("No other: begin empty")),
        *(SelectChoice(str(number_of(part)), title_of(found, part)) for part in there),
    ]
    return form
