"""Documents over the wire: sent in parts where a script runs, downloaded, and looked at."""

from __future__ import annotations

from flask import Response, g, jsonify, render_template, request

from app.authority.pages.opening import account_here
from app.base.db import session
from app.base.errors import Conflict, NotFound
from app.cases.models import Document, SubmissionCopy
from app.cases.pages import pages
from app.cases.pages.file_lines import came_of, documents_of, fault_of
from app.cases.pages.opening import (
    folder_here,
    number_of,
    part_here,
    place_of,
    require_edit,
    url_to,
)
from app.cases.queries import Folder, Part
from app.cases.queries_files import document_of
from app.cases.rules import files
from app.cases.service import uploading
from app.cases.service.looking import preview_key
from app.cases.service.sending import File, Wanted
from app.documents.kinds import MEDIA_TYPES, Kind, Unfit
from app.documents.names import attachment
from app.documents.store import store
from app.programs.schema.questions import Question
from app.web.access import current_person

_AT = "/a/<int:account_id>/case/<case_type>/<section>/<int:part>/topic/<topic>/files/<question>"


@pages.get("/a/<int:account_id>/document/<int:document>")
def download(account_id: int, document: int) -> Response:
    """A document as it came, to be saved: never shown in a page of ours, whatever is in it."""
    return handed_out(_document(account_id, document))


@pages.get("/a/<int:account_id>/document/<int:document>/preview")
def preview(account_id: int, document: int) -> Response:
    """What it looks like, drawn anew from its dots."""
    return drawn(_document(account_id, document))


def _document(account_id: int, number: int) -> Document:
    account = account_here()
    if account.id != account_id:
        raise NotFound(f"Account {account_id}")
    return document_of(session, current_person().id, account, number, g.allowed)


def handed_out(document: Document) -> Response:
    """A document that was found through `visible`, as an attachment. Raises Conflict, StoreError.

    The answer is made while it is sent: the database is given back before.
    """
    if not files.may_be_opened(document.scan):
        raise Conflict("not_scanned")
    name, kind, key = document.name, Kind(document.kind), document.key
    session.rollback()
    size, octets = store().opened(key)
    answer = Response(octets, mimetype=MEDIA_TYPES[kind], direct_passthrough=True)
    answer.headers["Content-Disposition"] = attachment(name)
    answer.content_length = size
    return answer


def copy_handed_out(number: str, copy: SubmissionCopy) -> Response:
    """The copy on paper of a submission that was found through `visible`. Raises StoreError."""
    name, key = f"{number}.pdf", copy.key
    session.rollback()
    size, octets = store().opened(key)
    answer = Response(octets, mimetype="application/pdf", direct_passthrough=True)
    answer.headers["Content-Disposition"] = attachment(name)
    answer.content_length = size
    return answer


def drawn(document: Document) -> Response:
    """The preview of such a document. Raises NotFound, StoreError."""
    kind, key = document.preview_type, document.key
    if kind is None or not files.may_be_opened(document.scan):
        raise NotFound(f"preview of {document.id}")
    session.rollback()
    size, octets = store().opened(preview_key(key))
    answer = Response(octets, mimetype=kind, direct_passthrough=True)
    answer.headers["Content-Disposition"] = "inline"
    answer.content_length = size
    return answer


# ── in parts ────────────────────────────────────────────────────────────────────────────


@pages.post(_AT)
def send_file(
    account_id: int, case_type: str, section: str, part: int, topic: str, question: str
) -> Response | tuple[Response, int]:
    """Begin to send a file, or find where it broke off: ``offset`` is the octet that comes next."""
    found, here, wanted = _wanted(account_id, case_type, section, part, topic, question)
    asked = _question(here, topic, question)
    file = File(request.form.get("name", ""), _number("size"), _number("modified"))
    try:
        taken = uploading.go_on(current_person().id, account_id, wanted, file)
    except (Conflict, Unfit) as error:
        return _refused(fault_of(asked, error))
    at = url_to("send_part", found, here, topic=topic, question=question, upload=taken.upload)
    return jsonify(at=at, offset=taken.offset)


@pages.post(f"{_AT}/<upload>")
def send_part(
    account_id: int, case_type: str, section: str, part: int, topic: str, question: str, upload: str
) -> Response | tuple[Response, int]:
    """Keep the next octets of a file; with its last, answer the question's documents anew."""
    found, here, wanted = _wanted(account_id, case_type, section, part, topic, question)
    asked = _question(here, topic, question)
    try:
        taken = uploading.take(
            current_person().id,
            account_id,
            wanted,
            upload,
            _number("offset"),
            request.get_data(cache=False),
        )
    except (Conflict, Unfit) as error:
        return _refused(fault_of(asked, error))
    if taken.came is None:
        return jsonify(offset=taken.offset)
    drawn_anew = _list(found, here, asked)
    return jsonify(offset=taken.offset, list=drawn_anew, said=came_of(taken.came))


def _wanted(
    account_id: int, case_type: str, section: str, part: int, topic: str, question: str
) -> tuple[Folder, Part, Wanted]:
    found = folder_here(account_id, case_type)
    here = part_here(found, section, part)
    require_edit(section)
    return found, here, Wanted(place_of(case_type, here), topic, question)


def _question(part: Part, topic: str, code: str) -> Question:
    """The question of documents that the address names. Raises NotFound."""
    found = (part.section.topics or {}).get(topic)
    asked = found.questions.get(code) if found else None
    if asked is None or asked.type != "document":
        raise NotFound(code)
    return asked


def _number(name: str) -> int:
    """A number that the script sends; what is none is none of a file."""
    given = request.values.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 15 else 0


def _list(found: Folder, part: Part, question: Question) -> str:
    """The documents of a question, as its page lists them."""
    fresh = part_here(
        folder_here(account_here().id, found.kind.code), part.section.code, number_of(part)
    )
    return render_template("cases/_files.html", one=documents_of(fresh, question))


def _refused(sentence: str) -> tuple[Response, int]:
    return jsonify(problem=sentence), 422
