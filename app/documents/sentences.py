"""What people are told of a file that is not taken, and of what the scanner said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext, lazy_pgettext
from flask_babel import lazy_gettext as _l

from app.documents.kinds import Reason
from app.documents.scanning import ScanState

_REFUSALS: Final[Mapping[Reason, Any]] = {
    Reason.EMPTY: _l("The file is empty. Select a different file."),
    Reason.UNKNOWN_KIND: _l("The file must be a PDF, JPEG, PNG, HEIC, DOCX or XLSX."),
    Reason.DAMAGED: _l(
        "The file is damaged or incomplete. Save it again or select a different file."
    ),
    Reason.ENCRYPTED: _l(
        "The file is protected by a password. Remove the password or select a different file."
    ),
    Reason.POLYGLOT: _l(
        "The file holds something other than what it shows. Save it again or select a different"
        " file."
    ),
    Reason.ARCHIVE_BOMB: _l(
        "The file is far too large once it is unpacked. Save it as a PDF or select a different"
        " file."
    ),
    Reason.MACROS: _l("The file contains macros. Save it without macros or as a PDF."),
    Reason.ACTIVE: _l(
        "The PDF contains a script or a form that acts by itself. Print it to a new PDF."
    ),
    Reason.EMBEDDED: _l("The file contains other files. Save it as a PDF without them."),
    Reason.EXTERNAL: _l(
        "The file loads something from elsewhere when it is opened. Save it as a PDF."
    ),
    Reason.TOO_MANY_PIXELS: _l(
        "The picture has too many pixels. Reduce its size or take it again at a lower resolution."
    ),
    Reason.TOO_COSTLY: _l(
        "The file is too complex. Save it as a new PDF or select a different file."
    ),
}
SCANS: Final[Mapping[str, Any]] = {
    ScanState.WAITING: lazy_pgettext("scan", "Being scanned for viruses"),
    ScanState.NOT_SCANNED: lazy_pgettext("scan", "Not scanned for viruses"),
    ScanState.CLEAN: lazy_pgettext("scan", "No virus found"),
    ScanState.INFECTED: lazy_pgettext("scan", "Contains a virus"),
    ScanState.COULD_NOT_SCAN: lazy_pgettext("scan", "Could not be scanned for viruses"),
}
"""The state of a document, as its line says it."""
INFECTED: Final = _l("The file contains a virus. Select a different file.")
"""The error at the field."""


def refusal(reason: Reason, megabytes: int) -> str:
    """The error at the field; ``megabytes`` is the limit that a file which is too large met."""
    if reason is Reason.TOO_LARGE:
        return str(gettext("The file must be smaller than %(max)s MB.", max=megabytes))
    return str(_REFUSALS[reason])
