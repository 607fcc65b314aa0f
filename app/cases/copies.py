"""The copy of a submission on paper: an accessible file, drawn from what was kept alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app.cases.drawn import drawn, title_of
from app.cases.models import Submission
from app.cases.rules.snapshot import Snapshot, from_json
from app.correspondence.paper import AUTHOR, draw_anything
from app.programs.schema.definition import Definition
from app.programs.wording import said
from app.web.formats import format_moment
from app.web.locale import language

TEMPLATE: Final = Path(__file__).with_name("submission.typ")


def copy_of(submission: Submission, program: Definition, business: str) -> bytes:
    """Draw the copy, in the language that is being written. Raises PaperError.

    ``program`` is the definition's version under which it was submitted.
    """
    snapshot = from_json(submission.snapshot)
    data = _data(submission, snapshot, program, business)
    file, unknown = draw_anything(TEMPLATE, data, format="pdf", pdf_standards=["ua-1"])
    if unknown:
        note = ngettext(
            "%(num)s sign is missing from the letters of this copy: it is written by its code"
            " number. The portal shows it.",
            "%(num)s signs are missing from the letters of this copy: each is written by its"
            " code number. The portal shows them.",
            unknown,
        )
        facts = [*data["facts"], _fact(_("About this copy"), str(note))]
        file, _signs = draw_anything(
            TEMPLATE, {**data, "facts": facts}, format="pdf", pdf_standards=["ua-1"]
        )
    return file


def _data(
    submission: Submission, snapshot: Snapshot, program: Definition, business: str
) -> dict[str, Any]:
    kind = program.cases[snapshot.case_type]
    facts = [
        _fact(_("Legal name"), business),
        _fact(_("What was submitted"), said(kind.label)),
        _fact(_("Submitted on"), format_moment(submission.submitted_at)),
        _fact(_("Submitted by"), submission.person.full_name),
        _fact(_("Fingerprint (SHA-256)"), submission.sha256, mono=True),
    ]
    if submission.declaration is not None:
        facts.append(_fact(_("Declaration"), submission.declaration))
    return {
        "title": title_of(submission.number),
        "author": AUTHOR,
        "portal": AUTHOR,
        "program": said(program.names.full),
        "number": submission.number,
        "language": language(),
        "page": _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        "facts": facts,
        "sections": [asdict(section) for section in drawn(snapshot, program)],
    }


def _fact(label: str, text: str, *, mono: bool = False) -> Mapping[str, Any]:
    return {"label": str(label), "lines": [str(text)], "mono": mono}
