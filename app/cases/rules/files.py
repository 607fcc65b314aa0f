"""Documents as answers: how many there may be, and what a scanner's verdict means for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.documents.scanning import ScanState
from app.programs.schema.questions import Question

MOST_FILES: Final = 5
"""Files of a question that says nothing of it: a letter that was photographed has several pages."""

_OPEN: Final = frozenset({ScanState.CLEAN, ScanState.NOT_SCANNED})
UNREADABLE: Final = frozenset({ScanState.INFECTED, ScanState.COULD_NOT_SCAN})
"""What the scanner said last of a document that is never given to anybody."""


def most_of(question: Question) -> int:
    """How many files a question takes."""
    return question.most_files or MOST_FILES


def gives_way(question: Question, scans: Sequence[str]) -> int | None:
    """Which of a question's files a new one takes the place of, oldest first; None where none.

    One that nobody may open, wherever there is one. Else, of a question that takes one file, the
    one that is there: who photographs a page again means the new picture.
    """
    for place, scan in enumerate(scans):
        if scan in UNREADABLE:
            return place
    return 0 if scans and most_of(question) == 1 else None


def has_room(question: Question, scans: Sequence[str]) -> bool:
    """Whether the question takes one more file, beside those it has or in the place of one."""
    return len(scans) < most_of(question) or gives_way(question, scans) is not None


def answers(scan: str) -> bool:
    """Whether a document answers its question: any that is not known to be harmful.

    One that still waits for the scanner does, so that nobody has to wait for a wheel to turn.
    """
    return scan != ScanState.INFECTED


def may_be_opened(scan: str) -> bool:
    """Whether a document is given out.

    Nothing was found in it, or no scanner is set (CLAMD_ADDRESS).
    """
    return scan in _OPEN


def opens_for_staff(scan: str, *, submitted: bool, purged: bool) -> bool:
    """Whether the staff may open a document: only what a submission holds, and is still kept.

    What was never submitted is the client's own: nobody has declared it to be true.
    """
    return submitted and not purged and may_be_opened(scan)


def may_be_submitted(scan: str) -> bool:
    """Whether a document may stand in what is submitted: an officer must be able to open it."""
    return may_be_opened(scan)
