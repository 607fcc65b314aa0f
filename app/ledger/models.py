"""What passed between businesses and the agency, and the files that say it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Now, Words
from app.base.db import Model
from app.ledger.rules.lines import KINDS, STATES
from app.parties.models import RegistryEntry
from app.parties.uploads import UPLOAD_STATES, LineColumns, UploadColumns
from app.programs.models import Program


def _one_of(column: str, codes: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"


class LedgerImport(Model):
    """One file of the ledger, imported whole or not at all."""

    __tablename__ = "ledger_import"
    __table_args__ = (UniqueConstraint("id", "program_id"),)

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


class LedgerLine(Model):
    """One transaction, payment or statement of account of a business in the registry.

    It is of the registry's business, and not of an account: it is there before anybody has linked
    the business, and proves who knows it. Debits are positive; credits and payments are negative,
    as the source shows them. What it is never changes; what has become of it does.
    """

    __tablename__ = "ledger_line"
    __table_args__ = (
        UniqueConstraint("registry_entry_id", "kind", "number"),
        ForeignKeyConstraint(
            ["registry_entry_id", "program_id"], ["registry_entry.id", "registry_entry.program_id"]
        ),
        ForeignKeyConstraint(
            ["import_id", "program_id"], ["ledger_import.id", "ledger_import.program_id"]
        ),
        CheckConstraint("program_account ~ '^[A-Z]{2}[0-9]{4}$'", name="program_account"),
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint("number <> ''", name="number"),
        CheckConstraint("kind <> 'payment' OR amount < 0", name="payment"),
        CheckConstraint("submitted_by ~ '^[0-9]{9}$'", name="submitted_by"),
        # What a business holds, and its lines of one day: one program account, one kind at a time.
        Index(
            "ix_ledger_line_of_business",
            "registry_entry_id",
            "program_account",
            "kind",
            "dated",
            "id",
        ),
        Index("ix_ledger_line_program_id_dated_id", "program_id", "dated", "id"),
        Index("ix_ledger_line_import_id", "import_id"),
    )

    id: Mapped[Key]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    registry_entry_id: Mapped[int] = mapped_column(BigInteger)
    program_account: Mapped[str | None] = mapped_column(
        Text, comment="two letters and four digits; none where the business has no such accounts"
    )
    kind: Mapped[Words]
    number: Mapped[Words] = mapped_column(comment="as the agency numbers it, one a kind")
    dated: Mapped[date] = mapped_column(comment="the day that it is of")
    description: Mapped[Words] = mapped_column(comment="as the agency wrote it, in its language")
    amount: Mapped[Decimal] = mapped_column(
        Numeric(14, 2),
        comment="Canadian dollars; debits positive, credits and payments negative; of a statement, "
        "its balance",
    )
    state: Mapped[Words]
    due_on: Mapped[date | None]
    submitted_by: Mapped[str | None] = mapped_column(
        Text, comment="business number of whoever submitted it; none for the agency itself"
    )
    import_id: Mapped[int] = mapped_column(
        BigInteger, comment="the last file that said something new of it"
    )

    program: Mapped[Program] = relationship(viewonly=True)
    entry: Mapped[RegistryEntry] = relationship(
        primaryjoin="foreign(LedgerLine.registry_entry_id) == RegistryEntry.id", viewonly=True
    )

    def __str__(self) -> str:
        return self.number


class LedgerUpload(UploadColumns, Model):
    """A file of the ledger between its upload and its import."""

    __tablename__ = "ledger_upload"
    __table_args__ = (CheckConstraint(UPLOAD_STATES, name="state"),)


class LedgerUploadLine(LineColumns, Model):
    """A line of such a file."""

    __tablename__ = "ledger_upload_line"

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("ledger_upload.id", ondelete="CASCADE"), primary_key=True
    )
