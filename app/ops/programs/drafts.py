"""How many open cases have an answer to a question, as the database says."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from app.cases.models import Answer, CasePart, ClientCase
from app.ops.programs import published
from app.programs.models import Program


def counted(code: str) -> Callable[[str, str], int] | None:
    """Section and question → open cases with an answer to it; None where no database answers."""
    asked = (
        select(CasePart.section, Answer.question, func.count(ClientCase.id.distinct()))
        .join(CasePart, Answer.part_id == CasePart.id)
        .join(ClientCase, CasePart.case_id == ClientCase.id)
        .join(Program, ClientCase.program_id == Program.id)
        .where(
            Program.code == code,
            ClientCase.closed_at.is_(None),
            CasePart.removed_at.is_(None),
            Answer.value.is_not(None),
        )
        .group_by(CasePart.section, Answer.question)
    )
    rows = published.ask(lambda session: session.execute(asked).all())
    if rows is None:
        return None
    found = {(section, question): drafts for section, question, drafts in rows}
    return lambda section, question: found.get((section, question), 0)
