"""Who is at the keyboard: credentials, one-time codes, sign-in sessions, accepted terms."""

from __future__ import annotations

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Moment, Now, Words
from app.base.db import Model
from app.parties.models import Person


class Credential(Model):
    """One way a person proves themselves before the code: today a password (argon2id)."""

    __tablename__ = "credential"
    __table_args__ = (
        CheckConstraint("kind IN ('password')", name="kind"),
        UniqueConstraint("person_id", "kind"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[Words]
    secret: Mapped[Words] = mapped_column(comment="argon2id hash with its parameters")
    changed_at: Mapped[Now]


class Factor(Model):
    """A second factor and its failures. A new code never resets the counts.

    ``in_a_row`` locks for a while and is cleared by a success; ``in_all`` disables
    the factor until staff help (NIST SP 800-63B §3.2.2).
    """

    __tablename__ = "factor"
    __table_args__ = (
        CheckConstraint("kind IN ('email_code')", name="kind"),
        UniqueConstraint("person_id", "kind"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[Words]
    in_a_row: Mapped[int] = mapped_column(server_default="0")
    in_all: Mapped[int] = mapped_column(server_default="0")
    locks: Mapped[int] = mapped_column(server_default="0", comment="locks so far: each doubles")
    locked_until: Mapped[Moment | None]
    disabled_at: Mapped[Moment | None]

    person: Mapped[Person] = relationship()


class Challenge(Model):
    """A one-time code that was sent.

    Neither the code nor a secret is stored: both are derived from a server key and this row's
    random id.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('sign_up', 'sign_in', 'password_reset', 'step_up')", name="purpose"
        ),
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("person_id IS NOT NULL OR purpose = 'password_reset'", name="decoy"),
        Index("ix_challenge_person_id_made_at", "person_id", "made_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"),
        comment="none: a decoy for an unknown sign-in name, which no code opens",
    )
    purpose: Mapped[Words]
    session_id: Mapped[int] = mapped_column(
        ForeignKey("sign_in_session.id"), index=True, comment="it opens only where it was asked for"
    )
    key_id: Mapped[Words] = mapped_column(comment="which key of CODE_KEYS derives the code")
    mailbox: Mapped[Words] = mapped_column(comment="personal; the folded address it was sent to")
    language: Mapped[Words]
    made_at: Mapped[Now]
    expires_at: Mapped[Moment]
    tries: Mapped[int] = mapped_column(server_default="0", comment="tries used, right or wrong")
    consumed_at: Mapped[Moment | None]
    replaced_at: Mapped[Moment | None] = mapped_column(comment="a newer code ended this one")


class SignInSession(Model):
    """A browser's way through sign-in, and then its session.

    ``stage`` says how far it came: *credential* (password right, or a form that asks for a
    code), *code* (code right, terms to accept), *full*. Only a *full* one that is neither
    ended, idle nor old lets anybody in. The cookie holds a random token; the row its hash.
    """

    __tablename__ = "sign_in_session"
    __table_args__ = (
        CheckConstraint("stage IN ('credential', 'code', 'full')", name="stage"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
        CheckConstraint("purpose IN ('sign_up', 'sign_in', 'password_reset')", name="purpose"),
        CheckConstraint(
            "person_id IS NOT NULL OR (purpose = 'password_reset' AND stage = 'credential')",
            name="decoy",
        ),
        CheckConstraint("(stage = 'full') = (full_at IS NOT NULL)", name="full"),
        Index("ix_sign_in_session_person_id_started_at", "person_id", "started_at"),
    )

    id: Mapped[Key]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), comment="none: somebody asked to reset an unknown sign-in name"
    )
    purpose: Mapped[Words] = mapped_column(server_default="sign_in")
    stage: Mapped[Words]
    started_at: Mapped[Now]
    last_seen_at: Mapped[Now]
    code_verified_at: Mapped[Moment | None] = mapped_column(comment="step-up counts from here")
    factor: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(INET, comment="personal")
    device: Mapped[str | None] = mapped_column(Text, comment="browser and system, in a few words")
    next_path: Mapped[str | None] = mapped_column(
        Text, comment="the page that was asked for; sign-in leads there"
    )
    full_at: Mapped[Moment | None] = mapped_column(comment="when sign-in was complete")
    ended_at: Mapped[Moment | None]
    end_reason: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person | None] = relationship()


class KeptForm(Model):
    """What was typed into a form that was sent after its session had ended.

    Sealed under a server key, and only after the form's token proved that it came from that
    session; never passwords, codes or files. It is shown again to the same person, not replayed.
    """

    __tablename__ = "kept_form"
    __table_args__ = (Index("ix_kept_form_person_id_path", "person_id", "path"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    session_id: Mapped[int] = mapped_column(
        ForeignKey("sign_in_session.id"), index=True, comment="the ended session it came from"
    )
    path: Mapped[Words] = mapped_column(comment="the page with the form, without its language")
    key_id: Mapped[Words] = mapped_column(comment="which key of CODE_KEYS sealed it")
    sealed: Mapped[bytes] = mapped_column(LargeBinary, comment="personal; the typed fields")
    kept_at: Mapped[Now]
