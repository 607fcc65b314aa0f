"""Who opened what, and when last: what managers and people themselves are shown of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.authority.models_delegation import PART_KEY
from app.base.columns import Key, Now
from app.base.db import Model
from app.parties.models import Account, Person


class AccountUse(Model):
    """When a person last opened an account, or one program account of it.

    Kept to the hour, and only the last time: it answers "do they still need it?" and "what did I
    open last?", and is no diary. What somebody *did* stands in the trail.
    """

    __tablename__ = "account_use"
    __table_args__ = (
        ForeignKeyConstraint(["program_account_id", "account_id"], PART_KEY),
        Index(
            "uq_account_use_place",
            "person_id",
            "account_id",
            text("coalesce(program_account_id, 0)"),
            unique=True,
        ),
        Index("ix_account_use_account_id", "account_id", "person_id"),
        Index("ix_account_use_person_id_used_at", "person_id", "used_at"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    program_account_id: Mapped[int | None] = mapped_column(
        BigInteger, comment="none: the business’s own pages"
    )
    used_at: Mapped[Now] = mapped_column(comment="the last time, to the hour")

    person: Mapped[Person] = relationship()
    account: Mapped[Account] = relationship()
