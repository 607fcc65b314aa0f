"""Which documents a submission holds: asked of what was kept, not of what stands in the case."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, cast, exists, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import aliased, column_property

from app.cases.models.document import Document
from app.cases.models.filled import CasePart, ClientCase
from app.cases.models.submission import Submission
from app.cases.rules.files import UNREADABLE

_NUMBERED = "$.parts[*].topics[*].replies[*].documents[*].id ? (@ == $id)"


def holds(snapshot: Any, document_id: Any) -> ColumnElement[bool]:
    """Whether the snapshot of a submission has the document of this number in it."""
    number = func.jsonb_build_object(literal_column("'id'"), document_id)
    found: ColumnElement[bool] = func.jsonb_path_exists(snapshot, cast(_NUMBERED, JSONPATH), number)
    return found


_last, _newer = aliased(Submission), aliased(Submission)
_document, _part = aliased(Document), aliased(CasePart)
_is_last = ~exists(
    select(1).where(_newer.case_id == _last.case_id, _newer.ordinal > _last.ordinal)
).correlate_except(_newer)
_unreadable = (
    select(func.min(_document.scanned_at))
    .join(_part, _part.id == _document.part_id)
    .join(_last, _last.case_id == _part.case_id)
    .where(
        _part.case_id == ClientCase.id,
        _document.scan.in_(sorted(UNREADABLE)),
        _is_last,
        holds(_last.snapshot, _document.id),
    )
    .correlate_except(_document, _part, _last)
)
ClientCase.unreadable_since = column_property(_unreadable.scalar_subquery(), deferred=True)
