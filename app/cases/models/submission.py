"""What was submitted, and every move that a case made: written once, never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Now, Words
from app.base.db import Model
from app.cases.models.filled import ClientCase
from app.parties.models import Person

_DIGEST = "~ '^[0-9a-f]{64}$'"


class Submission(Model):
    """A case as it was when it was submitted: a trigger refuses any change, whoever asks."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("case_id", "ordinal"),
        UniqueConstraint("case_id", "id"),
        UniqueConstraint("number"),
        Index("ix_submission_submitted_at_id", "submitted_at", "id"),
        CheckConstraint("ordinal > 0", name="ordinal"),
        CheckConstraint("language IN ('en', 'fr')", name="language"),
        CheckConstraint(f"sha256 {_DIGEST}", name="sha256"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("client_case.id"))
    ordinal: Mapped[int] = mapped_column(comment="which of the case’s submissions it is, from 1")
    number: Mapped[Words] = mapped_column(comment="what people quote; with a check letter")
    definition_version: Mapped[int] = mapped_column(comment="under which it was filled in")
    language: Mapped[Words] = mapped_column(comment="in which it was submitted: its copy’s")
    declaration: Mapped[str | None] = mapped_column(
        Text, comment="what was declared, word for word; none where the move asks for none"
    )
    submitted_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[Now]
    snapshot: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        deferred=True,
        comment="all that was asked and answered; may be personal, like the answers",
    )
    sha256: Mapped[Words] = mapped_column(comment="of the snapshot’s canonical text")

    case: Mapped[ClientCase] = relationship()
    person: Mapped[Person] = relationship()
    copy: Mapped[SubmissionCopy | None] = relationship(viewonly=True)

    def __str__(self) -> str:
        return self.number


class SubmissionCopy(Model):
    """The PDF of a submission, made once by the worker, in the document store."""

    __tablename__ = "submission_copy"
    __table_args__ = (
        CheckConstraint(f"sha256 {_DIGEST}", name="sha256"),
        CheckConstraint("size > 0", name="size"),
    )

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    key: Mapped[Words] = mapped_column(comment="under which the document store keeps it")
    size: Mapped[int] = mapped_column(BigInteger, comment="octets")
    sha256: Mapped[Words]
    made_at: Mapped[Now]


class CaseMove(Model):
    """A case went from one state to another by a move of its definition."""

    __tablename__ = "case_move"
    __table_args__ = (
        UniqueConstraint("case_id", "ordinal"),
        CheckConstraint("ordinal > 0", name="ordinal"),
        CheckConstraint("reason <> ''", name="reason"),
        ForeignKeyConstraint(
            ["program_id", "definition_version", "case_type", "move", "from_state"],
            [
                "case_step.program_id",
                "case_step.version",
                "case_step.case_type",
                "case_step.move",
                "case_step.from_state",
            ],
            name="fk_case_move_step",
        ),
        # What was submitted by a move belongs to the case that moved.
        ForeignKeyConstraint(["case_id", "submission_id"], ["submission.case_id", "submission.id"]),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("client_case.id"))
    ordinal: Mapped[int] = mapped_column(
        comment="which of the case’s moves it is, from 1: two at once cannot both be next"
    )
    program_id: Mapped[int] = mapped_column(BigInteger)
    definition_version: Mapped[int] = mapped_column(comment="whose moves were followed")
    case_type: Mapped[Words]
    move: Mapped[Words]
    from_state: Mapped[Words]
    to_state: Mapped[Words]
    moved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    moved_at: Mapped[Now]
    reason: Mapped[str | None] = mapped_column(Text, comment="may be personal: written freely")
    submission_id: Mapped[int | None] = mapped_column(BigInteger)

    case: Mapped[ClientCase] = relationship(overlaps="submission")
    person: Mapped[Person] = relationship()
    submission: Mapped[Submission | None] = relationship(viewonly=True)
