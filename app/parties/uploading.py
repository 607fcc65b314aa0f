"""What every import of a file does, whoever may ask for it: keep the file, read it by the batch.

A worker that is killed loses the batch that it was reading; whoever runs the job again goes on
after the last one that was kept. The deeds that call this ask who may, and lock what they write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session, scoped_session

from app.base.db import now
from app.base.errors import Invalid
from app.parties.rules.files import Line, LineError
from app.parties.uploads import LineColumns, UploadColumns

LARGEST: Final = 15 * 1024 * 1024
UPLOAD_KEPT: Final = timedelta(days=1)
BATCH: Final = 5_000
CHUNK: Final = 1_000

Db = Session | scoped_session[Session]
Upload = TypeVar("Upload", bound=UploadColumns)


def keep(
    db: Session, model: type[Upload], actor: int, program_id: int, file_name: str, content: bytes
) -> Upload:
    """Keep a file for its preview; the person's former one goes, and what is older than a day.

    Raises Invalid ``file`` ``empty`` or ``too_large``.
    """
    if not content or len(content) > LARGEST:
        raise Invalid({"file": "too_large" if content else "empty"})
    old = model.uploaded_at < now(db) - UPLOAD_KEPT
    db.execute(delete(model).where(or_(model.uploaded_by == actor, old)))
    make: Any = model
    kept: Upload = make(
        program_id=program_id,
        uploaded_by=actor,
        file_name=file_name[:200],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        line_count=content.count(b"\n") + (not content.endswith(b"\n")),
    )
    db.add(kept)
    db.flush()
    return kept


def being_read(db: Session, model: type[Upload], upload_id: int) -> Upload | None:
    """The upload, locked; None when it was imported, replaced or read: a job may run twice."""
    kept = db.scalar(select(model).where(model.id == upload_id).with_for_update())
    return kept if kept is not None and kept.state == "reading" else None


def keep_batch(
    db: Session,
    kept: UploadColumns,
    model: type[LineColumns],
    lines: Iterator[Line[Any]],
    batch: int,
) -> bool:
    """Keep the next lines of a file that is being read; tell whether there may be more."""
    some = list(islice(lines, batch))
    rows = [
        {
            "upload_id": kept.id,
            "line": line.number,
            "entry": None if line.entry is None else _plain(line.entry),
            "errors": [[e.line, e.column, e.code, e.value] for e in line.errors],
        }
        for line in some
    ]
    for start in range(0, len(rows), CHUNK):
        db.execute(insert(model), rows[start : start + CHUNK])
    if some:
        kept.lines_read = some[-1].number
    if len(some) < batch:
        kept.state, kept.lines_read = "read", kept.line_count
    return len(some) == batch


def kept_lines(
    db: Db, model: Any, upload_id: int, made: Callable[[dict[str, Any]], Any]
) -> Iterator[Line[Any]]:
    """The lines that were read of a file, in its order; ``made`` is what undoes the keeping."""
    wanted = select(model.line, model.entry, model.errors).where(model.upload_id == upload_id)
    for line, entry, errors in db.execute(wanted.order_by(model.line)):
        yield Line(
            line,
            None if entry is None else made(entry),
            tuple(LineError(*error) for error in errors),
        )


def reopened(db: Session, model: type[UploadColumns], upload_id: int) -> None:
    """An import that could not be done is previewed again, with what stands in its way."""
    db.execute(
        update(model).where(model.id == upload_id, model.state == "importing").values(state="read")
    )


def _plain(entry: Any) -> dict[str, Any]:
    """A checked line as JSON keeps it: days in ISO form, amounts digit by digit."""
    values = {one.name: getattr(entry, one.name) for one in fields(entry)}
    return {
        name: str(value) if isinstance(value, date | Decimal) else value
        for name, value in values.items()
    }
