"""What clients file: cases, the parts they are filled in by, and the answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Moment, Now, Words
from app.base.db import Model
from app.parties.models import Account, Person
from app.programs.models import CaseState, Program


class ClientCase(Model):
    """What a client files under one kind of case: from its first answer to its decision.

    While it is edited it follows the program's newest version; what its state may become is what
    that version says, and a trigger holds it to that.
    """

    __tablename__ = "client_case"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "program_id"], ["account.id", "account.program_id"]),
        ForeignKeyConstraint(
            ["program_id", "definition_version", "case_type", "state"],
            [
                "case_state.program_id",
                "case_state.version",
                "case_state.case_type",
                "case_state.code",
            ],
        ),
        CheckConstraint("closed_at IS NULL OR closed_at >= opened_at", name="dates"),
        CheckConstraint(
            "closed_at IS NULL OR (NOT with_staff AND due_at IS NULL)", name="closed_waits"
        ),
        # Two people who save the first answer at the same instant begin one case.
        Index(
            "uq_client_case_open",
            "account_id",
            "case_type",
            unique=True,
            postgresql_where=text("only_one AND closed_at IS NULL"),
        ),
        Index("ix_client_case_program_id_state", "program_id", "state"),
        Index("ix_client_case_account_id", "account_id"),
        Index("ix_client_case_moved_at_id", "moved_at", "id"),
        Index("ix_client_case_program_id_moved_at_id", "program_id", "moved_at", "id"),
        # What waits for the staff of a program, the first due first.
        Index(
            "ix_client_case_with_staff",
            "program_id",
            "due_at",
            "id",
            postgresql_where=text("with_staff IS TRUE"),
        ),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(BigInteger)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    case_type: Mapped[Words]
    definition_version: Mapped[int] = mapped_column(comment="the version it is filled in under")
    state: Mapped[Words]
    only_one: Mapped[bool] = mapped_column(
        comment="an account has at most one such case that is open"
    )
    opened_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), comment="none where it came with the account"
    )
    opened_at: Mapped[Now]
    closed_at: Mapped[Moment | None] = mapped_column(comment="when it came to a final state")
    moved_at: Mapped[Now] = mapped_column(comment="since when it is where it is")
    with_staff: Mapped[bool] = mapped_column(
        default=False, server_default="false", comment="it is the staff’s turn to move it"
    )
    due_at: Mapped[Moment | None] = mapped_column(
        comment="the end of the first service standard that runs"
    )
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    account: Mapped[Account] = relationship(
        primaryjoin="foreign(ClientCase.account_id) == Account.id", viewonly=True
    )
    program: Mapped[Program] = relationship()
    opener: Mapped[Person | None] = relationship(viewonly=True)
    where: Mapped[CaseState] = relationship(viewonly=True)
    if TYPE_CHECKING:  # it is worked out of the documents: `app.cases.models.held`
        unreadable_since: Mapped[datetime | None]
    __mapper_args__ = {"version_id_col": row_version}


class CasePart(Model):
    """A section of a case, once for each time it is filled in: one a line, one a division."""

    __tablename__ = "case_part"
    __table_args__ = (
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed"),
        CheckConstraint("label IS NULL OR key <> ''", name="labelled"),
        Index("ix_case_part_case_id", "case_id"),
        Index("ix_case_part_made_at_id", "made_at", "id"),
        Index(
            "uq_case_part_key",
            "case_id",
            "section",
            "key",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("client_case.id"))
    section: Mapped[Words]
    key: Mapped[Words] = mapped_column(
        comment="a line’s code, or the folded name given; empty where the section is not repeated"
    )
    label: Mapped[str | None] = mapped_column(Text, comment="the name that the client gave it")
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("case_part.id"))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Now]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[Moment | None] = mapped_column(comment="its answers are kept, not submitted")

    case: Mapped[ClientCase] = relationship()
    maker: Mapped[Person | None] = relationship(foreign_keys=[made_by], viewonly=True)
    remover: Mapped[Person | None] = relationship(foreign_keys=[removed_by], viewonly=True)


class Answer(Model):
    """What one question of a part is answered with, and who said so last.

    An emptied answer keeps its row: whose change it was is told to whoever finds it.
    """

    __tablename__ = "answer"
    __table_args__ = (CheckConstraint("unfit_since IS NULL OR value IS NOT NULL", name="unfit"),)

    part_id: Mapped[int] = mapped_column(ForeignKey("case_part.id"), primary_key=True)
    question: Mapped[Words] = mapped_column(primary_key=True)
    value: Mapped[Any | None] = mapped_column(
        JSONB(none_as_null=True), comment="may be personal: names, addresses, telephone numbers"
    )
    unfit_since: Mapped[int | None] = mapped_column(
        comment="kept aside: since this version the question is gone, or of another type"
    )
    changed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[Now]

    part: Mapped[CasePart] = relationship()
    person: Mapped[Person] = relationship()


class TopicAside(Model):
    """A topic that the client says does not apply, and why."""

    __tablename__ = "topic_aside"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    part_id: Mapped[int] = mapped_column(ForeignKey("case_part.id"), primary_key=True)
    topic: Mapped[Words] = mapped_column(primary_key=True)
    reason: Mapped[Words]
    said_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[Now]

    part: Mapped[CasePart] = relationship()
    person: Mapped[Person] = relationship()
