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


class Credential(Model):  # type: ignore[misc]
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


class Factor(Model):  # type: ignore[misc]
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


class Challenge(Model):  # type: ignore[misc]
    """A one-time code that was sent. Neither the code nor a secret is stored:
    both are derived from a server key and this row's random id."""

    __tablename__ = "challenge"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('sign_up', 'sign_in', 'password_reset', 'step_up')", name="purpose"
        ),
        CheckConstraint("tries >= 0", name="tries"),
        Index("ix_challenge_person_id_made_at", "person_id", "made_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
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


class SignInSession(Model):  # type: ignore[misc]
    """A browser's way through sign-in, and then its session.

    ``stage`` says how far it came: *credential* (password right, or a form that asks for a
    code), *code* (code right, terms to accept), *full*. Only a *full* one that is neither
    ended, idle nor old lets anybody in. The cookie holds a random token; the row its hash.
    """

    __tablename__ = "sign_in_session"
    __table_args__ = (
        CheckConstraint("stage IN ('credential', 'code', 'full')", name="stage"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
        Index("ix_sign_in_session_person_id_started_at", "person_id", "started_at"),
    )

    id: Mapped[Key]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[Words] = mapped_column(server_default="sign_in")
    stage: Mapped[Words]
    started_at: Mapped[Now]
    last_seen_at: Mapped[Now]
    code_verified_at: Mapped[Moment | None] = mapped_column(comment="step-up counts from here")
    factor: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(INET, comment="personal")
    device: Mapped[str | None] = mapped_column(Text, comment="browser and system, in a few words")
    full_at: Mapped[Moment | None] = mapped_column(comment="when sign-in was complete")
    ended_at: Mapped[Moment | None]
    end_reason: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person] = relationship()
