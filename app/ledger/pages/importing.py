"""A file of the ledger: chosen, read by the worker, shown, and imported."""

from __future__ import annotations

from flask import Response as FileResponse
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.ledger.pages import pages
from app.ledger.service import importing
from app.ledger.words import KINDS, STATES, error_words
from app.web.access import current_person
from app.web.forms import GuichetForm
from app.web.staff.importing import FIRST_ROWS, UploadForm, asked_again, errors_file
from app.web.staff.programs import program_for, screen


@pages.route("/staff/ledger/import", methods=["GET", "POST"])
def import_ledger() -> str | Response:
    """Choose a file; it is read and shown before anything is imported."""
    program, one = program_for(importing.IMPORT)
    form = UploadForm()
    if form.validate_on_submit():
        file = form.file.data
        try:
            number = importing.upload(
                current_person().id, program.id, file.filename or "", file.read()
            )
        except Invalid as error:
            form.add_error("file", _upload_sentence(error.errors["file"]))
        else:
            return redirect(url_for(".preview_ledger", upload_id=number), code=303)
    return render_template(
        "ledger/import.html",
        form=form,
        columns=error_words().columns,
        program=one,
        back=screen("LedgerView"),
    )


def _upload_sentence(code: str) -> str:
    if code == "too_large":
        return str(_("Select a file of 15 MB at most."))
    return str(_("Select a CSV file."))


@pages.route("/staff/ledger/import/<int:upload_id>", methods=["GET", "POST"])
def preview_ledger(upload_id: int) -> str | Response:
    """What the file would add and change, or everything that is wrong with it."""
    actor = current_person().id
    if importing.imported_from(session, actor, upload_id) is not None:
        flash(_("The file is in the ledger."), "done")
        return redirect(screen("LedgerView"), code=303)
    kept = importing.my_upload(session, actor, upload_id)
    form = GuichetForm()
    if kept.state == "read" and form.validate_on_submit():
        try:
            importing.ask_import(actor, upload_id)
        except Conflict:
            form.add_error(None, _("The file contains errors. Nothing was imported."))
        else:
            return redirect(url_for(".preview_ledger", upload_id=upload_id), code=303)
    back = screen("LedgerView")
    if kept.state != "read":
        return asked_again(render_template("ledger/progress.html", upload=kept, back=back))
    return render_template(
        "ledger/preview.html",
        form=form,
        upload=kept,
        preview=importing.check(session, actor, upload_id),
        words=error_words(),
        said={"kind": KINDS, "state": STATES},
        first=FIRST_ROWS,
        back=back,
    )


@pages.get("/staff/ledger/import/<int:upload_id>/errors.csv")
def ledger_errors(upload_id: int) -> FileResponse:
    """Every error of the file, as a file for whoever made it."""
    return errors_file(
        importing.check(session, current_person().id, upload_id).errors, error_words()
    )
