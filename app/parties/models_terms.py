"""Which terms people accepted."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Now, Words
from app.base.db import Model
from app.parties.models import LANGUAGE_CHECK, Person
from app.programs.models import Program


class TermsAcceptance(Model):
    """Which terms a person accepted: kind, version, language, time. Never changed."""

    __tablename__ = "terms_acceptance"
    __table_args__ = (
        CheckConstraint("kind IN ('mfa', 'portal', 'program')", name="kind"),
        CheckConstraint(LANGUAGE_CHECK, name="language"),
        CheckConstraint("(kind = 'program') = (program_id IS NOT NULL)", name="program"),
        Index("ix_terms_acceptance_person_id_kind", "person_id", "kind"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[Words]
    program_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"))
    version: Mapped[int]
    language: Mapped[Words]
    session_id: Mapped[int | None] = mapped_column(
        BigInteger, comment="sign-in session; a plain id, since sessions stand above parties"
    )
    accepted_at: Mapped[Now]

    person: Mapped[Person] = relationship()
    program: Mapped[Program | None] = relationship()
