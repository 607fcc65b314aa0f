"""The officer's pages of the registry: a file checked, shown and imported; a business by hand."""

from __future__ import annotations

from flask import Response as FileResponse
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.enrolment.forms import DeedForm
from app.enrolment.pages import pages
from app.enrolment.pages.common import program_for, screen
from app.enrolment.sentences import conflict, show
from app.enrolment.service import registry
from app.enrolment.staff_forms import EntryForm, error_words
from app.parties.models import RegistryUpload
from app.parties.registry import typed_entry
from app.web.access import current_person
from app.web.staff.importing import FIRST_ROWS, UploadForm, asked_again, errors_file


@pages.route("/staff/registry/import", methods=["GET", "POST"])
def import_registry() -> str | Response:
    """Choose a file; it is read and shown before anything is imported."""
    program, one = program_for(registry.IMPORT)
    form = UploadForm()
    if form.validate_on_submit():
        file = form.file.data
        try:
            number = registry.upload(
                current_person().id, program.id, file.filename or "", file.read()
            )
        except Invalid as error:
            show(form, error)
        else:
            return redirect(url_for(".preview_registry", upload_id=number), code=303)
    return render_template(
        "enrolment/staff/import.html",
        form=form,
        columns=error_words().columns,
        program=one,
        back=screen("RegistryView"),
    )


@pages.route("/staff/registry/import/<int:upload_id>", methods=["GET", "POST"])
def preview_registry(upload_id: int) -> str | Response:
    """What the file would add and change, or everything that is wrong with it."""
    actor = current_person().id
    if registry.imported_from(session, actor, upload_id) is not None:
        flash(_("The registry is imported."), "done")
        return redirect(screen("RegistryView"), code=303)
    kept = registry.my_upload(session, actor, upload_id)
    form = DeedForm()
    if kept.state == "read" and form.validate_on_submit():
        try:
            registry.ask_import(actor, upload_id)
        except Conflict as error:
            form.add_error(None, conflict(error) or _("The file contains errors."))
        else:
            return redirect(url_for(".preview_registry", upload_id=upload_id), code=303)
    if kept.state != "read":
        return _progress(kept)
    return render_template(
        "enrolment/staff/preview.html",
        form=form,
        upload=kept,
        preview=registry.check(session, actor, upload_id),
        words=error_words(),
        first=FIRST_ROWS,
        back=screen("RegistryView"),
    )


def _progress(kept: RegistryUpload) -> Response:
    """How far the worker is."""
    return asked_again(
        render_template("enrolment/staff/progress.html", upload=kept, back=screen("RegistryView"))
    )


@pages.get("/staff/registry/import/<int:upload_id>/errors.csv")
def registry_errors(upload_id: int) -> FileResponse:
    """Every error of the file, as a file for whoever made it."""
    return errors_file(
        registry.check(session, current_person().id, upload_id).errors, error_words()
    )


@pages.route("/staff/registry/new", methods=["GET", "POST"])
def add_to_registry() -> str | Response:
    """Add one business by hand, from a paper."""
    program, one = program_for(registry.ADD)
    form = EntryForm()
    form.offer(one)
    if form.validate_on_submit():
        try:
            data = typed_entry(one, form.values())
            registry.add_entry(current_person().id, program.id, data, form.paper_reference.data)
        except Invalid as error:
            show(form, error)
        else:
            flash(_("The business is in the registry."), "done")
            return redirect(screen("RegistryView"), code=303)
    return render_template("enrolment/staff/entry.html", form=form, back=screen("RegistryView"))
