"""An uploaded registry file, read by the worker: in batches, each kept, none read twice.

A worker that is killed loses the batch that it was reading; whoever runs the job again goes on
after the last one that was kept. Nothing of it is in the registry before an officer confirms.
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, scoped_session

from app.base.db import deed
from app.parties.models import RegistryLine, RegistryUpload
from app.parties.registry import vocabulary
from app.parties.rules.entries import EntryData
from app.parties.rules.registry import Line, LineError, Reading, assemble, read_lines
from app.programs.models import Program
from app.programs.service import definition

BATCH: Final = 5_000
_CHUNK: Final = 1_000

Db = Session | scoped_session[Session]


def read(upload_id: int) -> None:
    """Read an uploaded file to its end, from wherever it stands."""
    while read_batch(upload_id):
        pass


@deed
def read_batch(db: Session, upload_id: int) -> bool:
    """Read and keep the next lines; tell whether there may be more of them."""
    kept = db.scalar(select(RegistryUpload).where(RegistryUpload.id == upload_id).with_for_update())
    if kept is None or kept.state != "reading":
        return False  # imported, replaced or read meanwhile: a job may run twice
    program = db.get_one(Program, kept.program_id)
    words = vocabulary(definition(program.code))
    lines = list(islice(read_lines(kept.content, words, kept.lines_read), BATCH))
    rows = [
        {
            "upload_id": kept.id,
            "line": line.number,
            "entry": None if line.entry is None else asdict(line.entry),
            "errors": [[e.line, e.column, e.code, e.value] for e in line.errors],
        }
        for line in lines
    ]
    for start in range(0, len(rows), _CHUNK):
        db.execute(insert(RegistryLine), rows[start : start + _CHUNK])
    if lines:
        kept.lines_read = lines[-1].number
    if len(lines) < BATCH:
        kept.state, kept.lines_read = "read", kept.line_count
    return len(lines) == BATCH


def what_was_read(db: Db, upload_id: int) -> Reading:
    """What the lines of a file hold, from what was kept of them."""
    wanted = select(RegistryLine.line, RegistryLine.entry, RegistryLine.errors).where(
        RegistryLine.upload_id == upload_id
    )
    return assemble(
        Line(
            line,
            None if entry is None else EntryData(**entry | {"lines": tuple(entry["lines"])}),
            tuple(LineError(*error) for error in errors),
        )
        for line, entry, errors in db.execute(wanted.order_by(RegistryLine.line))
    )


@deed
def reopen(db: Session, upload_id: int) -> None:
    """An import that could not be done is previewed again, with what stands in its way."""
    db.execute(
        update(RegistryUpload)
        .where(RegistryUpload.id == upload_id, RegistryUpload.state == "importing")
        .values(state="read")
    )
