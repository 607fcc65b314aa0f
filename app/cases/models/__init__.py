"""The tables of cases: what is filled in, the documents beside it, what is submitted of it."""

from __future__ import annotations

from app.cases.models.document import Document, Upload
from app.cases.models.filled import Answer, CasePart, ClientCase, TopicAside
from app.cases.models.held import holds
from app.cases.models.submission import CaseMove, Submission, SubmissionCopy

__all__ = [
    "Answer",
    "CaseMove",
    "CasePart",
    "ClientCase",
    "Document",
    "Submission",
    "SubmissionCopy",
    "TopicAside",
    "Upload",
    "holds",
]
