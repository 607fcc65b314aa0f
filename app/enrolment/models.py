"""How a party gets an account: registrations, letters, and the codes they carry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Sequence,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Moment, Now, Words
from app.base.db import Model
from app.enrolment.tried import BusinessTries as BusinessTries  # noqa: PLC0414 (a table of ours)
from app.parties.models import LANGUAGE_CHECK, Party, Person, RegistryEntry
from app.programs.models import Program

letter_numbers = Sequence("letter_number_seq", metadata=Model.metadata)


class Registration(Model):
    """One person's request for a business's account in a program.

    *draft*: questions being answered · *ineligible*: an answer fails · *routed*: applies by
    e-mail instead · *officer*: waits for an officer · *letter*: a letter is due or on its way ·
    *proved*: an officer has found that the business is theirs, and they accept the terms next ·
    *activated* · *refused* by an officer · *lapsed* · *withdrawn* by the person.
    It belongs to the person who made it and blocks nobody else.
    """

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'ineligible', 'routed', 'officer', 'letter', 'proved', 'activated',"
            " 'refused', 'lapsed', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("kind IN ('self', 'staff')", name="kind"),
        CheckConstraint(
            "state NOT IN ('letter', 'proved')"
            " OR (party_id IS NOT NULL AND registry_entry_id IS NOT NULL)",
            name="letter_needs_registry",
        ),
        CheckConstraint("state <> 'proved' OR decided_at IS NOT NULL", name="proved_by_officer"),
        CheckConstraint(
            "matched_at IS NULL OR (registry_entry_id IS NOT NULL AND legal_name IS NOT NULL"
            " AND address IS NOT NULL)",
            name="matched_with_registry",
        ),
        CheckConstraint("program_account ~ '^[A-Z]{2}[0-9]{4}$'", name="program_account"),
        CheckConstraint("(state = 'activated') = (activated_at IS NOT NULL)", name="activated"),
        CheckConstraint(
            "activated_at IS NULL OR attested_at IS NOT NULL", name="activated_is_attested"
        ),
        CheckConstraint(
            "officer_reason IN"
            " ('address', 'not_in_registry', 'already_active', 'answers', 'no_facts')",
            name="officer_reason",
        ),
        CheckConstraint(
            "state <> 'officer' OR officer_reason IS NOT NULL", name="officer_has_reason"
        ),
        CheckConstraint("decided_at IS NULL OR officer_id IS NOT NULL", name="decided_by"),
        CheckConstraint(
            "state <> 'refused' OR (decided_at IS NOT NULL AND refusal_reason IS NOT NULL)",
            name="refused_has_reason",
        ),
        Index("ix_registration_program_state", "program_id", "state"),
        Index("ix_registration_person_id_state", "person_id", "state"),
        # One set of questions at a time: two posts of one form make one registration.
        Index(
            "uq_registration_draft",
            "person_id",
            "program_id",
            unique=True,
            postgresql_where=text("state = 'draft'"),
        ),
        # A person waits once for one business; other people may wait for it beside them.
        Index(
            "uq_registration_waiting",
            "person_id",
            "program_id",
            text("coalesce(bn, '')"),
            text("coalesce(carrier_code, '')"),
            unique=True,
            postgresql_where=text("state IN ('officer', 'letter', 'proved')"),
        ),
    )

    id: Mapped[Key]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    kind: Mapped[Words] = mapped_column(
        server_default="self", comment="self: begun by the person; staff: account made by staff"
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), comment="who may activate: the prospective owner"
    )
    state: Mapped[Words] = mapped_column(server_default="draft")
    answers: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'"), comment="eligibility answers by question code"
    )
    definition_version: Mapped[int]
    base: Mapped[str | None] = mapped_column(Text)
    lines: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    bn: Mapped[str | None] = mapped_column(Text)
    carrier_code: Mapped[str | None] = mapped_column(Text)
    zip_code: Mapped[str | None] = mapped_column(Text)
    program_account: Mapped[str | None] = mapped_column(
        Text, comment="as typed beside the business number: two letters and four digits"
    )
    legal_name: Mapped[str | None] = mapped_column(Text, comment="as the person typed it")
    address: Mapped[dict[str, str] | None] = mapped_column(
        JSONB, comment="as the person typed it; compared with the registry, never posted to"
    )
    registry_entry_id: Mapped[int | None] = mapped_column(ForeignKey("registry_entry.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    officer_reason: Mapped[str | None] = mapped_column(
        Text,
        comment="address, not_in_registry, already_active, answers, no_facts: why an officer looks",
    )
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    officer_note: Mapped[str | None] = mapped_column(Text, comment="for staff only")
    refusal_reason: Mapped[str | None] = mapped_column(
        Text, comment="what the person is told when refused, in their language"
    )
    paper_reference: Mapped[str | None] = mapped_column(
        Text, comment="the paper on which the officer decided"
    )
    made_at: Mapped[Now]
    sent_at: Mapped[Moment | None] = mapped_column(comment="when the person finished registering")
    matched_at: Mapped[Moment | None] = mapped_column(
        comment="when name and address were found to be the registry's, letter by letter"
    )
    decided_at: Mapped[Moment | None]
    activated_at: Mapped[Moment | None]
    attested_at: Mapped[Moment | None] = mapped_column(comment="signing authority attested")
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    program: Mapped[Program] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    officer: Mapped[Person | None] = relationship(foreign_keys=[officer_id])
    registry_entry: Mapped[RegistryEntry | None] = relationship()
    party: Mapped[Party | None] = relationship()
    __mapper_args__ = {"version_id_col": row_version}


class Letter(Model):
    """A registered letter, from being due to being delivered.

    A *code* brings the numbers that open an account; a *notice* tells a business who registered
    it, and brings none.

    *due*: asked for, no code yet · *withheld*: not to be made or posted before an officer has
    looked, and shown to the person like any other · *prepared*: code drawn, file sent to the
    officer · *printed*: confirmed on paper · *posted* · *delivered* · *returned* · *replaced*:
    another was made instead · *cancelled*: no longer needed before it was made.
    The file is never kept: the code exists on paper alone.
    """

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint(
            "state IN ('due', 'withheld', 'prepared', 'printed', 'posted', 'delivered',"
            " 'returned', 'replaced', 'cancelled')",
            name="state",
        ),
        CheckConstraint(
            "state IN ('due', 'withheld', 'cancelled')"
            " OR (made_at IS NOT NULL AND made_by IS NOT NULL AND number IS NOT NULL)",
            name="made",
        ),
        CheckConstraint("state <> 'due' OR made_at IS NULL", name="due_is_not_made"),
        CheckConstraint(LANGUAGE_CHECK, name="language"),
        CheckConstraint("kind IN ('code', 'notice')", name="kind"),
        UniqueConstraint("id", "kind"),
        CheckConstraint(
            "state NOT IN ('posted', 'delivered', 'returned') OR mail_number IS NOT NULL",
            name="posted_has_number",
        ),
        # One letter in the house at a time: two would be two codes on their way to one person.
        Index(
            "uq_letter_unposted",
            "registration_id",
            unique=True,
            postgresql_where=text("state IN ('due', 'withheld', 'prepared', 'printed')"),
        ),
        Index("ix_letter_program_state_due", "program_id", "state", "due_at"),
    )

    id: Mapped[Key]
    number: Mapped[str | None] = mapped_column(
        Text, unique=True, comment="L-year-number, printed on the letter; drawn when made"
    )
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    kind: Mapped[Words] = mapped_column(
        server_default="code", comment="code: brings the activation code; notice: brings no code"
    )
    language: Mapped[Words]
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("letter.id"),
        unique=True,
        comment="made anew by staff because that one was never confirmed; not the person's wish",
    )
    address: Mapped[dict[str, str]] = mapped_column(
        JSONB, comment="the registry's name and address, copied again when the letter is made"
    )
    state: Mapped[Words] = mapped_column(server_default="due")
    due_at: Mapped[Now]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment | None]
    printed_at: Mapped[Moment | None]
    posted_at: Mapped[Moment | None]
    mail_number: Mapped[str | None] = mapped_column(
        Text, unique=True, comment="registered-mail number, UPU S10"
    )
    delivered_at: Mapped[Moment | None]
    returned_at: Mapped[Moment | None]
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    registration: Mapped[Registration] = relationship()
    program: Mapped[Program] = relationship()
    maker: Mapped[Person | None] = relationship()
    __mapper_args__ = {"version_id_col": row_version}

    @property
    def waits_since(self) -> datetime | None:
        """When it was asked for, while nobody has made it: "letters to send" are counted in age."""
        return self.due_at if self.state == "due" else None


class ActivationCode(Model):
    """A code's keyed hash: enough to recognise it, not to print it again."""

    __tablename__ = "activation_code"
    __table_args__ = (
        CheckConstraint("state IN ('valid', 'used', 'replaced', 'locked')", name="state"),
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name="used"),
        # A notice carries no code, whatever the code that makes letters does.
        CheckConstraint("letter_kind = 'code'", name="letter_kind"),
        ForeignKeyConstraint(["letter_id", "letter_kind"], ["letter.id", "letter.kind"]),
        Index(
            "uq_activation_code_valid",
            "registration_id",
            unique=True,
            postgresql_where=text("state = 'valid'"),
        ),
    )

    id: Mapped[Key]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), unique=True)
    letter_kind: Mapped[Words] = mapped_column(server_default="code")
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    key_id: Mapped[Words] = mapped_column(comment="which key of CODE_KEYS made the digest")
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="HMAC-SHA-256; the key is elsewhere")
    state: Mapped[Words] = mapped_column(server_default="valid")
    tries: Mapped[int] = mapped_column(server_default="0", comment="wrong tries")
    made_at: Mapped[Now]
    expires_at: Mapped[Moment] = mapped_column(comment="end of its last day, in the program's zone")
    used_at: Mapped[Moment | None]
    reminders: Mapped[int] = mapped_column(
        server_default="0", default=0, comment="how many reminders of its last day were sent"
    )

    registration: Mapped[Registration] = relationship()
    letter: Mapped[Letter] = relationship(foreign_keys=[letter_id])
    program: Mapped[Program] = relationship()
