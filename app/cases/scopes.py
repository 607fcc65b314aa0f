"""Whom cases and their parts are visible to. Imported once, at start.

A part is seen by whoever may see its section, and by staff who read cases. Answers, and what was
said of a topic, are read through their part only.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.authority.predicate import Clause, Expression
from app.authority.scopes import Scope, register
from app.cases.models import CaseMove, CasePart, ClientCase, Document, Submission


def _of_case(case_id: Expression, column: str) -> Expression:
    """The account, or the program, of the case."""
    case = aliased(ClientCase)
    return (
        select(getattr(case, column))
        .where(case.id == case_id)
        .correlate_except(case)
        .scalar_subquery()
    )


def _of_part(column: str) -> Expression:
    """The account, or the program, of the case of a document's part."""
    part, case = aliased(CasePart), aliased(ClientCase)
    return (
        select(getattr(case, column))
        .join(part, part.case_id == case.id)
        .where(part.id == Document.part_id)
        .correlate_except(case, part)
        .scalar_subquery()
    )


def _about(action: str) -> Clause:
    """`yard.edit` is about the parts of the section `yard`, and no other."""
    section: Any = CasePart.section
    clause: Clause = section == action.partition(".")[0]
    return clause


def _document_about(action: str) -> Clause:
    """A document is what its part is: of that section."""
    part = aliased(CasePart)
    clause: Clause = (
        select(part.id)
        .where(part.id == Document.part_id, part.section == action.partition(".")[0])
        .correlate_except(part)
        .exists()
    )
    return clause


register(ClientCase, Scope(account=ClientCase.account_id, program=ClientCase.program_id))
register(
    CasePart,
    Scope(
        account=_of_case(CasePart.case_id, "account_id"),
        program=_of_case(CasePart.case_id, "program_id"),
        about=_about,
    ),
)
for kept in (Submission, CaseMove):
    register(
        kept,
        Scope(
            account=_of_case(kept.case_id, "account_id"),
            program=_of_case(kept.case_id, "program_id"),
        ),
    )
register(
    Document,
    Scope(account=_of_part("account_id"), program=_of_part("program_id"), about=_document_about),
)
