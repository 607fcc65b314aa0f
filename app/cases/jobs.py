"""What the worker does for cases by itself."""

from __future__ import annotations

from app.base.db import session
from app.base.queue import job
from app.cases import following as following  # noqa: PLC0414 (it has jobs too)
from app.cases.service import looking


@job("cases.look_at_document", tries=12)
def look_at_document(document_id: int) -> None:
    """Scan a document and draw its preview; a scanner or a store that is away is asked again."""
    looking.look_at(document_id)


@job("cases.look_again", cron="43 * * * *")
def look_again() -> None:
    """Ask again for documents whose scanner was away for longer than a job is tried."""
    looking.ask_again()


@job("cases.tidy_documents", tries=3, cron="50 7 * * *")
def tidy_documents() -> None:
    """Delete what nobody can reach: documents left out of a submission, uploads given up."""
    for number, key in looking.superfluous(session):
        looking.purge(number, key)
    looking.sweep()
