"""Check your answers: a part as it will be submitted, each answer with the way to change it."""

from __future__ import annotations

from typing import Any

from flask import render_template

from app.authority.pages.opening import account_here, may_here
from app.base.db import session
from app.cases.pages import pages
from app.cases.pages.file_lines import line_of
from app.cases.pages.opening import crumbs, folder_here, name_of, part_here, url_to
from app.cases.queries import Folder, Part, Said
from app.cases.queries_versions import asked_last
from app.cases.rules.progress import missing
from app.cases.rules.shown import Asked
from app.cases.rules.versions import questions
from app.cases.wording import TYPED, lines_of
from app.programs.wording import said
from app.web.access import current_person


@pages.get("/a/<int:account_id>/case/<case_type>/<section>/<int:part>/check")
def check(account_id: int, case_type: str, section: str, part: int) -> str:
    """Every topic that is asked, with its answers and what is missing."""
    found = folder_here(account_id, case_type)
    here = part_here(found, section, part)
    left = set(missing(here.section, here.filled))
    return render_template(
        "cases/check.html",
        title=name_of(found, here),
        part=here,
        progress=here.progress,
        topics=[_topic(found, here, one, left) for one in here.asked],
        kept=_kept(found, here),
        unfit=_unfit(found, here),
        crumbs=crumbs(found, here, inside=True),
        overview=url_to("part", found, here),
        may_edit=may_here(f"{section}.edit"),
    )


def _topic(found: Folder, part: Part, one: Asked, left: set[tuple[str, str]]) -> dict[str, Any]:
    account = account_here().id
    return {
        "code": one.topic.code,
        "label": said(one.topic.label),
        "url": url_to("topic", found, part, topic=one.topic.code),
        "reason": part.aside.get(one.topic.code) if not one.applies else None,
        "answers": [
            {
                "text": said(question.text),
                "lines": lines_of(found.program, question, part.known.get(question.code)),
                "typed": question.type in TYPED,
                "files": [line_of(file, account) for file in part.files.get(question.code, ())],
                "missing": (one.topic.code, question.code) in left,
                "by": _colleague(part.said.get(question.code)),
            }
            for question in one.questions
        ],
    }


def _colleague(said: Said | None) -> Said | None:
    """Who changed an answer last, where that was not the reader."""
    return None if said is None or said.person_id == current_person().id else said


def _unfit(found: Folder, part: Part) -> list[dict[str, Any]]:
    """What was given to questions that the program has changed or left out since, as asked then."""
    now = questions(part.section)
    return [
        asked_then(found, part, code)
        for code in sorted({*part.unfit, *(one for one in part.files if one not in now)})
    ]


def asked_then(found: Folder, part: Part, code: str) -> dict[str, Any]:
    """An answer that fits no more, and documents, with the question as it was asked then."""
    one, case, account = part.unfit.get(code), found.case, account_here().id
    before = one.since if one else found.program.version
    asked = asked_last(session, case, part.section.code, code, before) if case else None
    words = [str(one.value)] if one else []
    if asked is not None and one is not None:
        words = lines_of(*asked, one.value)
    return {
        "text": said(asked[1].text) if asked else code,
        "lines": words,
        "typed": asked is None or asked[1].type in TYPED,
        "files": [line_of(file, account) for file in part.files.get(code, ())],
    }


def _kept(found: Folder, part: Part) -> list[dict[str, Any]]:
    """Answers that are kept aside: their question is not asked any more."""
    shown = {question.code for one in part.asked for question in one.questions}
    here = questions(part.section)
    return [
        {
            "text": said(here[code].text),
            "lines": lines_of(found.program, here[code], value),
            "typed": here[code].type in TYPED,
        }
        for code, value in part.answers.items()
        if code not in shown and code in here
    ]
