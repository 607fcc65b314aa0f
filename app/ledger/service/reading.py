"""An uploaded file of the ledger, read by the worker: in batches, each kept, none read twice."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.base.db import deed
from app.ledger.models import LedgerUpload, LedgerUploadLine
from app.ledger.rules.files import Reading, assemble, read_lines
from app.ledger.rules.lines import kept_line
from app.parties.uploading import BATCH, Db, being_read, keep_batch, kept_lines, reopened


def read(upload_id: int) -> None:
    """Read an uploaded file to its end, from wherever it stands."""
    while read_batch(upload_id):
        pass


@deed
def read_batch(db: Session, upload_id: int) -> bool:
    """Read and keep the next lines; tell whether there may be more of them."""
    kept = being_read(db, LedgerUpload, upload_id)
    if kept is None:
        return False
    return keep_batch(db, kept, LedgerUploadLine, read_lines(kept.content, kept.lines_read), BATCH)


def what_was_read(db: Db, upload_id: int) -> Reading:
    """What the lines of a file hold, from what was kept of them."""
    return assemble(kept_lines(db, LedgerUploadLine, upload_id, kept_line))


@deed
def reopen(db: Session, upload_id: int) -> None:
    """An import that could not be done is previewed again, with what stands in its way."""
    reopened(db, LedgerUpload, upload_id)
