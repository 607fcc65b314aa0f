"""What the worker does for cases by itself."""

from __future__ import annotations

from app.base.db import session
from app.base.queue import job
from app.cases import following as following  # noqa: PLC0414 (it has jobs too)
from app.cases.copies import copy_of
from app.cases.models import Submission
from app.cases.service import looking
from app.cases.service.copying import keep_copy, key_of
from app.correspondence.mail import speaking
from app.documents.store import store
from app.programs.published import published


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


@job("cases.copy_submission", tries=12)
def copy_submission(submission_id: int) -> None:
    """Draw the copy of a submission, and keep it: once, however often the job runs."""
    submission = session.get_one(Submission, submission_id)
    if submission.copy is not None:
        return
    case, key = submission.case, key_of(submission)
    program = published(session, case.program, submission.definition_version)
    with speaking(submission.language):
        file = copy_of(submission, program, case.account.party.name)
    session.rollback()  # no transaction is held open while the store takes it
    keep_copy(submission_id, key, store().put(key, [file]))
