"""Files that came with the form of a topic, and what is pressed at one of them.

A file is kept at once, whatever else is wrong on the page: nobody has to select it twice.
"""

from __future__ import annotations

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.authority.pages.opening import account_here
from app.base.errors import Conflict
from app.base.text import showable
from app.cases.pages.fields import Field, TopicForm
from app.cases.pages.file_lines import came_of, documents_of, fault_of
from app.cases.pages.opening import folder_here, number_of, part_here, place_of, url_to
from app.cases.queries import Folder, Part
from app.cases.service import removing, sending
from app.cases.service.sending import Wanted
from app.documents.errors import StoreError
from app.documents.kinds import Unfit
from app.web.access import current_person

_REMOVE = "remove:"
_BACK = "back:"
"""Before a document's number, as the value of a button: nothing else of the form is saved."""


def with_files(found: Folder, part: Part, topic: str, fields: list[Field]) -> list[Field]:
    """The same fields, those of documents with what is there, and where a script sends more."""
    for one in fields:
        if one.question.type == "document":
            one.files = documents_of(part, one.question)
            one.send = url_to("send_file", found, part, topic=topic, question=one.code)
    return fields


def take(found: Folder, part: Part, topic: str, form: TopicForm) -> bool:
    """Keep the files that were sent, do what was pressed at one; whether it was only that."""
    pressed = request.form.get("go", "")
    only = pressed.startswith((_REMOVE, _BACK))
    asked = [one for one in form.questions if one.files is not None]
    came = [(one, file) for one in asked for file in request.files.getlist(one.code)]
    sent = [(one, file) for one, file in came if file.filename]
    for one, file in sent:
        _keep(found, part, topic, one, file)
    if only:
        _press(asked, pressed)
    if sent or only:
        fresh = folder_here(account_here().id, found.kind.code)
        with_files(found, part_here(fresh, part.section.code, number_of(part)), topic, asked)
    return only


def _keep(found: Folder, part: Part, topic: str, one: Field, file: FileStorage) -> None:
    wanted = Wanted(place_of(found.kind.code, part), topic, one.code)
    name = showable(file.filename or "")
    file.stream.seek(0, 2)
    size = file.stream.tell()
    file.stream.seek(0)
    chunks = iter(lambda: file.stream.read(1 << 18), b"")
    try:
        came = sending.receive(current_person().id, account_here().id, wanted, name, size, chunks)
    except (Conflict, StoreError, Unfit) as error:
        told = fault_of(one.question, error)
        before = f"{one.errors['']} " if "" in one.errors else ""
        one.errors[""] = before + str(_("%(name)s: %(problem)s", name=name, problem=told))
    else:
        if words := came_of(came):
            flash(words, "info")


def _press(asked: list[Field], pressed: str) -> None:
    """Remove a document, or bring one back."""
    kind, _colon, number = pressed.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return
    actor, account_id = current_person().id, account_here().id
    if f"{kind}:" == _REMOVE:
        removing.remove(actor, account_id, int(number))
        return
    try:
        removing.bring_back(actor, account_id, int(number))
    except Conflict as error:
        for one in asked:
            if one.files and any(file.number == int(number) for file in one.files.gone):
                one.errors[""] = fault_of(one.question, error)
