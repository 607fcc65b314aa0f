"""Who and what exists: persons, businesses, their accounts, and the imported registry."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.base.columns import Key, Moment, Now, Words, search_column
from app.base.db import Model
from app.base.text import fold_words
from app.parties.rules.addresses import PARTS
from app.parties.rules.program_accounts import STORED
from app.parties.uploads import RegistryLine as RegistryLine  # noqa: PLC0414 (with the others)
from app.parties.uploads import RegistryUpload as RegistryUpload  # noqa: PLC0414 (the same)
from app.programs.models import Program

LANGUAGE_CHECK = "language IN ('en', 'fr')"


class Party(Model):
    """A person, business, trust or group: whatever can hold an account or be acted for."""

    __tablename__ = "party"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'business', 'trust', 'group')", name="kind"),
        Index("ix_party_search", "search", postgresql_using="gin"),
        Index("ix_party_name_folded_id", "name_folded", "id", postgresql_include=["search"]),
    )

    id: Mapped[Key]
    kind: Mapped[Words]
    name: Mapped[Words] = mapped_column(comment="display name; a business's legal name")
    name_folded: Mapped[Words] = mapped_column(comment="accents and case dropped: sorts and finds")
    search: Mapped[str] = search_column("name_folded")
    created_at: Mapped[Now]

    @validates("name")
    def _fold(self, _key: str, name: str) -> str:
        self.name_folded = fold_words(name)
        return name

    def __str__(self) -> str:
        return self.name


class Person(Model):
    """Somebody who signs in: one to one beside FAB's user, which holds the sign-in name.

    The e-mail is the mailbox that receives codes. It is not unique: the source allows
    a shared mailbox when everyone in it may read it.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(LANGUAGE_CHECK, name="language"),
        CheckConstraint("state IN ('unverified', 'active', 'disabled')", name="state"),
        Index("ix_person_not_active", "state", postgresql_where=text("state <> 'active'")),
    )

    id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), unique=True)
    urn: Mapped[str | None] = mapped_column(
        Text, unique=True, comment="user reference number; none before the first code"
    )
    urn_issued_at: Mapped[Moment | None]
    given_name: Mapped[Words] = mapped_column(comment="personal")
    family_name: Mapped[Words] = mapped_column(comment="personal")
    email: Mapped[Words] = mapped_column(comment="personal; receives codes")
    email_folded: Mapped[Words] = mapped_column(index=True)
    phone: Mapped[str | None] = mapped_column(Text, comment="personal; E.164")
    language: Mapped[Words]
    state: Mapped[Words] = mapped_column(server_default="unverified")
    last_sign_in_at: Mapped[Moment | None]
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    party: Mapped[Party] = relationship(lazy="joined")
    user: Mapped[Any] = relationship("User", viewonly=True)
    __mapper_args__ = {"version_id_col": row_version}

    @property
    def full_name(self) -> str:
        """Given and family name, as the person wrote them."""
        return f"{self.given_name} {self.family_name}"

    def __str__(self) -> str:
        return f"{self.full_name} ({self.urn or '—'})"


class Business(Model):
    """A business known to the portal, by business number or carrier code."""

    __tablename__ = "business"
    __table_args__ = (
        CheckConstraint("bn IS NOT NULL OR carrier_code IS NOT NULL", name="identified"),
        CheckConstraint("bn ~ '^[0-9]{9}$'", name="bn"),
        CheckConstraint("base IN ('CA', 'US')", name="base"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    bn: Mapped[str | None] = mapped_column(Text, unique=True)
    carrier_code: Mapped[str | None] = mapped_column(Text, unique=True)
    base: Mapped[Words] = mapped_column(comment="CA or US: where it is based")

    party: Mapped[Party] = relationship(lazy="joined")

    @property
    def number(self) -> str:
        """What is shown beside the name: business number, else carrier code."""
        return self.bn or self.carrier_code or ""

    def __str__(self) -> str:
        return self.party.name


class ClientNumber(Model):
    """A business's identifier in one program: drawn once, kept whatever code it travels with."""

    __tablename__ = "client_number"
    __table_args__ = (UniqueConstraint("program_id", "number"),)

    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), primary_key=True)
    number: Mapped[Words]
    assigned_at: Mapped[Now]


class Account(Model):
    """A party's account in a program. It exists once activated, and then has an owner always."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("party_id", "program_id"),
        UniqueConstraint("id", "program_id"),
        CheckConstraint("state IN ('authorised', 'closed')", name="state"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        ForeignKeyConstraint(
            ["program_id", "standing_code"], ["standing.program_id", "standing.code"]
        ),
        Index("ix_account_program_id_state", "program_id", "state"),
    )

    id: Mapped[Key]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    state: Mapped[Words] = mapped_column(server_default="authorised")
    standing_code: Mapped[Words] = mapped_column(comment="where it is in the program's own life")
    authorised_at: Mapped[Now]
    closed_at: Mapped[Moment | None]
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    party: Mapped[Party] = relationship()
    business: Mapped[Business | None] = relationship(
        primaryjoin="foreign(Account.party_id) == Business.id", viewonly=True
    )
    program: Mapped[Program] = relationship()
    __mapper_args__ = {"version_id_col": row_version}

    def __str__(self) -> str:
        return self.party.name


class ProgramAccount(Model):
    """One of several accounts a business holds under one program account holder (BN15)."""

    __tablename__ = "program_account"
    __table_args__ = (
        UniqueConstraint("account_id", "number"),
        UniqueConstraint("id", "account_id"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    number: Mapped[Words] = mapped_column(comment="two letters and four digits")
    label: Mapped[str | None] = mapped_column(Text)

    account: Mapped[Account] = relationship()

    def __str__(self) -> str:
        return f"{self.number} {self.label}" if self.label else self.number


class RegistryImport(Model):
    """One file of businesses, imported whole or not at all."""

    __tablename__ = "registry_import"

    id: Mapped[Key]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    file_name: Mapped[Words]
    sha256: Mapped[Words]
    row_count: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    imported_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    imported_at: Mapped[Now]
    upload_id: Mapped[int | None] = mapped_column(
        BigInteger, comment="the upload it was, which is gone since; a plain number"
    )

    program: Mapped[Program] = relationship(viewonly=True)


class RegistryEntry(Model):
    """What an outside authority says of a business: read-only here, dated, one a business."""

    __tablename__ = "registry_entry"
    __table_args__ = (
        CheckConstraint("bn IS NOT NULL OR carrier_code IS NOT NULL", name="identified"),
        CheckConstraint("bn ~ '^[0-9]{9}$'", name="bn"),
        CheckConstraint("base IN ('CA', 'US')", name="base"),
        CheckConstraint(LANGUAGE_CHECK, name="language"),
        CheckConstraint(
            "cardinality(program_accounts) = 0 OR array_to_string(program_accounts, E'\\n', '')"
            rf" ~ '^{STORED}(\n{STORED})*$'",
            name="program_accounts",
        ),
        UniqueConstraint("program_id", "bn"),
        UniqueConstraint("program_id", "carrier_code"),
        UniqueConstraint("id", "program_id"),
        Index("ix_registry_entry_search", "search", postgresql_using="gin"),
        Index(
            "ix_registry_entry_name_folded_id",
            "name_folded",
            "id",
            postgresql_include=["search", "program_id"],
        ),
    )

    id: Mapped[Key]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    bn: Mapped[str | None] = mapped_column(Text)
    carrier_code: Mapped[str | None] = mapped_column(Text)
    legal_name: Mapped[Words]
    name_folded: Mapped[Words]
    search: Mapped[str] = search_column("name_folded")
    base: Mapped[Words]
    language: Mapped[Words] = mapped_column(comment="language of the letters")
    street: Mapped[Words]
    city: Mapped[Words]
    region: Mapped[Words] = mapped_column(comment="province or state, two letters")
    postal_code: Mapped[Words]
    country: Mapped[Words]
    lines: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'"), comment="lines of business, codes"
    )
    program_accounts: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'"), comment="each a number, then its label if any"
    )
    origin: Mapped[Words] = mapped_column(
        comment="import, or officer when added by hand with a paper reference"
    )
    paper_reference: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("registry_import.id"))
    as_of: Mapped[Now]

    program: Mapped[Program] = relationship(viewonly=True)

    @validates("legal_name")
    def _fold(self, _key: str, name: str) -> str:
        self.name_folded = fold_words(name)
        return name

    @property
    def address(self) -> dict[str, str]:
        """The mailing address, field by field."""
        return {part: getattr(self, part) for part in PARTS}

    def __str__(self) -> str:
        return self.legal_name
