"""Documents as pages show them: a line each, with what may be done with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.authority.pages.opening import account_here
from app.base.db import session
from app.base.errors import Conflict, GuichetError
from app.cases.models import Document
from app.cases.queries import Part
from app.cases.queries_files import removed
from app.cases.rules import files
from app.cases.service.sending import Came, largest
from app.documents.errors import StoreError
from app.documents.kinds import EXTENSIONS, Unfit
from app.documents.scanning import ScanState
from app.documents.sentences import SCANS, refusal
from app.programs.schema.questions import Question
from app.web.formats import format_size

ACCEPTED: Final = ",".join((*(f".{ending}" for ending in EXTENSIONS.values()), ".jpeg", "image/*"))
"""What a browser offers to choose from: it helps to choose, and refuses nothing."""
_TONES: Final = {
    ScanState.WAITING: "waiting",
    ScanState.CLEAN: "done",
    ScanState.NOT_SCANNED: "ended",
    ScanState.INFECTED: "late",
    ScanState.COULD_NOT_SCAN: "late",
}


@dataclass(frozen=True, slots=True)
class FileLine:
    """One document of a question."""

    number: int
    name: str
    about: str
    """Its size, and how many pages a PDF has."""
    sha256: str
    at: datetime
    state: ScanState
    scan: str
    """The same in words."""
    tone: str
    url: str | None
    """Where it is downloaded; none while nobody may open it."""
    preview: str | None
    width: int = 0
    height: int = 0
    waiting: bool = False
    refused: bool = False
    hidden: bool = False
    """The scanner could not look into it: nobody may open or submit it."""


def line_of(document: Document, account_id: int) -> FileLine:
    """A document as its question shows it."""
    state = ScanState(document.scan)
    opened = files.may_be_opened(state)
    where: dict[str, Any] = {"account_id": account_id, "document": document.id}
    drawn = opened and document.preview_type is not None
    return FileLine(
        number=document.id,
        name=document.name,
        about=_about(document),
        sha256=document.sha256,
        at=document.sent_at,
        state=state,
        scan=str(SCANS[state]),
        tone=_TONES[state],
        url=url_for("cases.download", **where) if opened else None,
        preview=url_for("cases.preview", **where) if drawn else None,
        width=document.preview_width or 0,
        height=document.preview_height or 0,
        waiting=state is ScanState.WAITING,
        refused=not files.answers(state),
        hidden=state is ScanState.COULD_NOT_SCAN,
    )


@dataclass(frozen=True, slots=True)
class Files:
    """The documents of a question: those that answer it, and those that can come back."""

    question: Question
    there: list[FileLine]
    gone: list[FileLine]

    @property
    def code(self) -> str:
        """The question's code: the name of its field."""
        return self.question.code

    @property
    def most(self) -> int:
        """How many there may be."""
        return files.most_of(self.question)

    @property
    def has_room(self) -> bool:
        """Whether one more may be sent, or one in the place of another."""
        return files.has_room(self.question, [one.state for one in self.there])

    @property
    def is_replaced(self) -> bool:
        """Whether the next file takes the place of the one that is there."""
        return files.gives_way(self.question, [one.state for one in self.there]) is not None


def documents_of(part: Part, question: Question, gone: Iterable[Document] | None = None) -> Files:
    """What a part has of a question of documents."""
    account_id = account_here().id
    if gone is None:
        gone = removed(session, part, [question.code]).get(question.code, [])
    return Files(
        question,
        [line_of(one, account_id) for one in part.files.get(question.code, ())],
        [line_of(one, account_id) for one in gone],
    )


def _about(document: Document) -> str:
    size = format_size(document.size)
    if document.pages is None:
        return size
    pages = ngettext("%(num)s page", "%(num)s pages", document.pages)
    return f"{size}, {pages}"


def came_of(came: Came) -> str | None:
    """What is worth saying of a file that was taken: it was there, or another gave way to it."""
    if not came.is_new:
        return str(_("This file is there already: %(name)s", name=came.name))
    if came.instead_of is not None:
        return str(
            _(
                "%(name)s takes the place of %(before)s, which is kept among the removed files.",
                name=came.name,
                before=came.instead_of,
            )
        )
    return None


def fault_of(question: Question, error: GuichetError) -> str:
    """Why a file is not taken: the sentence at its field."""
    if isinstance(error, Unfit):
        return refusal(error.reason, largest() // 1_000_000)
    if isinstance(error, StoreError):
        return str(_("The file could not be kept right now. Send it again in a few minutes."))
    reason = error.reason if isinstance(error, Conflict) else ""
    if reason == "too_many_files":
        return str(
            ngettext(
                "There can be at most %(num)s file here. Remove one first.",
                "There can be at most %(num)s files here. Remove one first.",
                files.most_of(question),
            )
        )
    if reason == "file_refused":
        return str(_("Nobody can open this file: the virus scan refused it. Send a different one."))
    if reason == "file_gone":
        return str(_("This file is not kept any more. Send it again."))
    return str(_("This question is not asked any more. Open the topic again."))
