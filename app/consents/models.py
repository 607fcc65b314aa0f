"""The consents that clients gave, one row an account and a partner, each withdrawn at most once."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Moment, Now, Words
from app.base.db import Model
from app.parties.models import LANGUAGE_CHECK, Account, Person
from app.programs.models import ConsentPartner, Program


class GivenConsent(Model):
    """That an account let the agency share with one partner: in which words, by whom, until when.

    A row stands until it is withdrawn, which is written once; given anew, it is another row. The
    words are those of the definition's version. Whether one that stands also has effect today
    hangs on the partner's dates in the version now in force.
    """

    __tablename__ = "given_consent"
    __table_args__ = (
        CheckConstraint(LANGUAGE_CHECK, name="language"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
        CheckConstraint("withdrawn_at >= given_at", name="dates"),
        ForeignKeyConstraint(["account_id", "program_id"], ["account.id", "account.program_id"]),
        ForeignKeyConstraint(
            ["program_id", "definition_version", "consent", "wording", "partner"],
            [
                "consent_partner.program_id",
                "consent_partner.version",
                "consent_partner.consent",
                "consent_partner.wording",
                "consent_partner.partner",
            ],
            name="fk_given_consent_partner",
        ),
        # Two tabs that give the same at the same instant give it once.
        Index(
            "uq_given_consent_standing",
            "account_id",
            "consent",
            "partner",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_given_consent_program_id_partner", "program_id", "partner"),
        Index("ix_given_consent_program_id_given_at_id", "program_id", "given_at", "id"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(BigInteger)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    consent: Mapped[Words] = mapped_column(comment="which of the program's consents")
    partner: Mapped[Words]
    definition_version: Mapped[int] = mapped_column(comment="the version whose words were read")
    wording: Mapped[int] = mapped_column(comment="the number of those words")
    language: Mapped[Words] = mapped_column(comment="the language in which they were read")
    given_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[Now]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[Moment | None] = mapped_column(comment="no effect from this instant on")

    account: Mapped[Account] = relationship(
        primaryjoin="foreign(GivenConsent.account_id) == Account.id", viewonly=True
    )
    program: Mapped[Program] = relationship()
    told: Mapped[ConsentPartner] = relationship(viewonly=True)
    """The partner as it was called when the consent was given."""
    giver: Mapped[Person] = relationship(foreign_keys=[given_by])
    withdrawer: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by])

    @property
    def stands(self) -> bool:
        """Whether nobody withdrew it; that alone does not give it effect."""
        return self.withdrawn_at is None

    def __str__(self) -> str:
        return str(self.told)
