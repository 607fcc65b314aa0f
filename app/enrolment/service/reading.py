"""An uploaded registry file, read by the worker: in batches, each kept, none read twice.

Nothing of it is in the registry before an officer confirms.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.base.db import deed
from app.parties.models import RegistryLine, RegistryUpload
from app.parties.registry import vocabulary
from app.parties.rules.entries import EntryData
from app.parties.rules.registry import Reading, assemble, read_lines
from app.parties.uploading import BATCH, Db, being_read, keep_batch, kept_lines, reopened
from app.programs.models import Program
from app.programs.service import definition


def read(upload_id: int) -> None:
    """Read an uploaded file to its end, from wherever it stands."""
    while read_batch(upload_id):
        pass


@deed
def read_batch(db: Session, upload_id: int) -> bool:
    """Read and keep the next lines; tell whether there may be more of them."""
    kept = being_read(db, RegistryUpload, upload_id)
    if kept is None:
        return False
    words = vocabulary(definition(db.get_one(Program, kept.program_id).code))
    lines = read_lines(kept.content, words, kept.lines_read)
    return keep_batch(db, kept, RegistryLine, lines, BATCH)


def what_was_read(db: Db, upload_id: int) -> Reading:
    """What the lines of a file hold, from what was kept of them."""
    return assemble(kept_lines(db, RegistryLine, upload_id, _entry))


def _entry(kept: dict[str, Any]) -> EntryData:
    lists = ("lines", "program_accounts")
    return EntryData(
        **kept | {name: tuple(kept[name]) for name in lists if kept.get(name) is not None}
    )


@deed
def reopen(db: Session, upload_id: int) -> None:
    """An import that could not be done is previewed again, with what stands in its way."""
    reopened(db, RegistryUpload, upload_id)
