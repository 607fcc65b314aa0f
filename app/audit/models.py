"""The trail's tables, to read: only the database's function `audit.record` writes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Moment, Words
from app.base.db import Model

Pairs = dict[str, list[str | None]]
"""Field → [before, after], as text."""


class Entry(Model):
    """One entry. It names rows by plain ids: what it tells of may be gone or renamed since."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("event ~ '^[a-z_]+\\.[a-z_]+$'", name="event"),
        CheckConstraint("outcome IN ('done', 'refused', 'failed')", name="outcome"),
        CheckConstraint("(target_kind IS NULL) = (target_id IS NULL)", name="target"),
        Index("ix_entry_account_id_seq", "account_id", "seq"),
        Index("ix_entry_program_id_seq", "program_id", "seq"),
        Index("ix_entry_actor_id_seq", "actor_id", "seq"),
        Index("ix_entry_event_seq", "event", "seq"),
        Index("ix_entry_target_kind_target_id_seq", "target_kind", "target_id", "seq"),
        Index("ix_entry_at", "at"),
        {"schema": "audit"},
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[Moment]
    event: Mapped[Words]
    outcome: Mapped[Words]
    actor_id: Mapped[int | None] = mapped_column(
        BigInteger, comment="who did it: a person's id; none for jobs and strangers"
    )
    role: Mapped[str | None] = mapped_column(
        Text, comment="the role under which the deed was allowed"
    )
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    program_id: Mapped[int | None] = mapped_column(BigInteger)
    target_kind: Mapped[str | None] = mapped_column(Text)
    target_id: Mapped[str | None] = mapped_column(Text)
    session_id: Mapped[int | None] = mapped_column(BigInteger)
    request_id: Mapped[str | None] = mapped_column(Text)
    changes: Mapped[Pairs] = mapped_column(
        JSONB, comment="field: [before, after], as text; nothing personal"
    )
    digests: Mapped[Pairs] = mapped_column(
        JSONB,
        comment="field: [before, after], salted SHA-256 of the personal values in audit.personal",
    )
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(
        LargeBinary, comment="SHA-256 of the canonical text, which ends with prev_hash"
    )

    kept: Mapped[Personal | None] = relationship(viewonly=True, lazy="joined")

    @property
    def address(self) -> str | None:
        """The network address it came from; None for jobs, and once it was erased."""
        pair = self.personal.get("address")
        return pair[1] if pair else None

    @property
    def personal(self) -> Pairs:
        """The personal values that are still kept; empty once they were erased."""
        return (self.kept.values if self.kept else None) or {}

    @property
    def erased(self) -> bool:
        """Whether there were personal values and they are gone."""
        return self.kept is not None and self.kept.erased_at is not None


class Personal(Model):
    """An entry's personal values. The chain holds their digests, so they can be forgotten."""

    __tablename__ = "personal"
    __table_args__ = (
        CheckConstraint(
            "(salt IS NULL) = (erased_at IS NOT NULL)"
            " AND (values IS NULL) = (erased_at IS NOT NULL)",
            name="erased_whole",
        ),
        Index("ix_personal_address", text("((values -> 'address'::text) ->> 1)")),
        {"schema": "audit"},
    )

    seq: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("audit.entry.seq"), primary_key=True, autoincrement=False
    )
    salt: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="personal; goes with the values, so that no digest can be guessed"
    )
    values: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="personal; field: [before, after], and the address"
    )
    erased_at: Mapped[Moment | None] = mapped_column(
        comment="when the values were erased; the chain still verifies"
    )


class Head(Model):
    """The last link of the chain; its one row is the lock of all writers."""

    __tablename__ = "head"
    __table_args__ = (
        CheckConstraint("one", name="one"),
        {
            "schema": "audit",
            "comment": "the last link of the chain; its one row is the lock of all writers",
        },
    )

    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
