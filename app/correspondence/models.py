"""What is said: notices to people, and dated announcements from the agency."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Moment, Now, Words
from app.base.db import Model
from app.parties.models import Account, Person
from app.programs.models import Program, reader


class Notice(Model):
    """One thing a person is told, in the portal and, when mailed, by e-mail.

    ``template`` names the bilingual text; ``facts`` are its values. The words are made
    when they are shown or sent, in the person's language. A secret is never a fact.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("mail_state IN ('none', 'queued', 'sent', 'failed')", name="mail_state"),
        Index("ix_notice_person_id_made_at", "person_id", "made_at"),
        Index("ix_notice_unread", "person_id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    program_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"))
    template: Mapped[Words]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    path: Mapped[str | None] = mapped_column(Text, comment="where in the portal it leads")
    made_at: Mapped[Now]
    read_at: Mapped[Moment | None]
    mail_state: Mapped[Words] = mapped_column(server_default="none")
    mail_to: Mapped[str | None] = mapped_column(Text, comment="personal; when not the person's own")
    mailed_at: Mapped[Moment | None]

    person: Mapped[Person] = relationship()
    account: Mapped[Account | None] = relationship()
    program: Mapped[Program | None] = relationship()


class Announcement(Model):
    """A dated sentence or two from the agency, in both languages, for one program or for all."""

    __tablename__ = "announcement"
    __table_args__ = (CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="dates"),)

    id: Mapped[Key]
    program_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"))
    title_en: Mapped[Words]
    title_fr: Mapped[Words]
    body_en: Mapped[Words]
    body_fr: Mapped[Words]
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment | None]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    program: Mapped[Program | None] = relationship()
    __mapper_args__ = {"version_id_col": row_version}

    @property
    def title(self) -> str:
        """The title in the reader’s language."""
        return self.title_fr if reader() == "fr" else self.title_en
