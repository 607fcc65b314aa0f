"""What is said about a file that nobody may open, once the scanner has looked at it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.correspondence.template import declare

_FACTS = "business file question"
_OPEN = _l("Open the question")
_SENT_FOR = _l("It was sent as an answer to: %(question)s")
_VIRUS = _l("A virus was found in the file “%(file)s” of %(business)s. Nobody can open it.")
_NOT_SCANNED = _l(
    "The file “%(file)s” of %(business)s could not be scanned for viruses. Nobody can open it."
)
_CLEAN_IT = _l("Have the device that the file comes from checked for viruses.")
_SUBMITTED = _l(
    "It stands in what was submitted, and stays there."
    " The Agency’s staff know that they cannot open it."
)
_NEXT = _l("Send a different file: it takes its place, and goes with your next submission.")

declare(
    "file_with_virus",
    _FACTS,
    _l("A file of your application contains a virus"),
    [
        _VIRUS,
        _SENT_FOR,
        _l("It does not count as an answer. Send a different file: it takes its place."),
        _CLEAN_IT,
    ],
    _OPEN,
)
declare(
    "submitted_file_with_virus",
    _FACTS,
    _l("A file that was submitted contains a virus"),
    [_VIRUS, _SENT_FOR, _SUBMITTED, _NEXT, _CLEAN_IT],
    _OPEN,
)
declare(
    "file_not_scannable",
    _FACTS,
    _l("A file of your application cannot be submitted"),
    [
        _NOT_SCANNED,
        _SENT_FOR,
        _l("Send it in a different format, such as PDF: it takes its place."),
    ],
    _OPEN,
)
declare(
    "submitted_file_not_scannable",
    _FACTS,
    _l("A file that was submitted cannot be opened"),
    [_NOT_SCANNED, _SENT_FOR, _SUBMITTED, _NEXT],
    _OPEN,
)
declare(
    "submitted_file_unreadable",
    "business file number",
    _l("A submitted document cannot be opened"),
    [
        _l(
            "The virus scan refused the document “%(file)s” in submission %(number)s of"
            " %(business)s."
        ),
        _l("The business was told. Return the application if you need a different document."),
    ],
    _l("Open the application"),
)
