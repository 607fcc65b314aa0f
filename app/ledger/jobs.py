"""What the worker does for the ledger: it reads files, and imports those that were confirmed."""

from __future__ import annotations

from app.base.errors import Conflict, NotFound, Refused
from app.base.queue import job
from app.ledger.service import importing, reading


@job("ledger.read", tries=3)
def read_ledger(upload_id: int) -> None:
    """Read an uploaded file for its preview."""
    reading.read(upload_id)


@job("ledger.import", tries=3)
def import_ledger(upload_id: int, actor: int) -> None:
    """Import a file that its officer has confirmed: whole, or not at all.

    What changed since the preview may stand in its way; the preview then says so.
    """
    try:
        importing.confirm(actor, upload_id)
    except (Conflict, Refused):
        reading.reopen(upload_id)
    except NotFound:
        return  # imported by the worker before, or uploaded anew
