"""How often a business's name, address or records were given wrong."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Moment, Now, Words
from app.base.db import Model
from app.parties.models import Person
from app.programs.models import Program


class BusinessTries(Model):
    """The failures of everybody who said that one business is theirs, in one program.

    It stands for a number, whether or not the registry has a business of it: whoever types one
    learns nothing from being counted. Once locked it stays so until staff unlock it.
    """

    __tablename__ = "business_tries"
    __table_args__ = (
        UniqueConstraint("program_id", "number"),
        CheckConstraint("failures >= 0", name="failures"),
        CheckConstraint("locked_at IS NULL OR failures > 0", name="locked"),
        CheckConstraint(
            "(unlocked_at IS NULL) = (unlocked_by IS NULL)"
            " AND (unlocked_at IS NULL) = (unlock_reason IS NULL)",
            name="unlocked",
        ),
        Index("ix_business_tries_program_id_last_at_id", "program_id", "last_at", "id"),
        Index(
            "ix_business_tries_locked",
            "program_id",
            "locked_at",
            postgresql_where=text("locked_at IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    number: Mapped[Words] = mapped_column(
        comment="business number or carrier code as typed, perhaps nobody's"
    )
    failures: Mapped[int] = mapped_column(
        server_default="0", comment="since staff last unlocked it; one being compared included"
    )
    last_at: Mapped[Now]
    locked_at: Mapped[Moment | None] = mapped_column(comment="nobody can enrol it from then on")
    unlocked_at: Mapped[Moment | None]
    unlocked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unlock_reason: Mapped[str | None] = mapped_column(Text)

    program: Mapped[Program] = relationship()
    unlocker: Mapped[Person | None] = relationship()

    def __str__(self) -> str:
        return self.number
