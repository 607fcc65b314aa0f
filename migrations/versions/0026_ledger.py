"""The ledger, its imports, and the program accounts that the registry gives to businesses."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

RULES = Path(__file__).parents[1] / "sql" / "0026_ledger.sql"
NOW = sa.text("guichet_now()")
ENTRY = "what the line says, checked; none when it has errors"


def upgrade() -> None:
    """Make the tables, their rules, and what the application may do with each."""
    _program_accounts()
    _imports()
    _lines()
    _uploads()
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(RULES.read_text())
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    for table, rights in {
        "ledger_import": "SELECT, INSERT",
        "ledger_line": "SELECT, INSERT, UPDATE (description, state, due_on, import_id)",
        "ledger_upload": "SELECT, INSERT, DELETE, UPDATE (state, lines_read)",
        "ledger_upload_line": "SELECT, INSERT",
    }.items():
        op.execute(f"REVOKE ALL ON {table} FROM {app}")
        op.execute(f"GRANT {rights} ON {table} TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")


def _program_accounts() -> None:
    op.add_column(
        "registry_entry",
        sa.Column(
            "program_accounts",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="each a number, then its label if any",
        ),
    )
    op.create_check_constraint(
        op.f("ck_registry_entry_program_accounts"),
        "registry_entry",
        "cardinality(program_accounts) = 0 OR array_to_string(program_accounts, E'\\n', '')"
        r" ~ '^[A-Z]{2}[0-9]{4}( [^\n]+)?(\n[A-Z]{2}[0-9]{4}( [^\n]+)?)*$'",
    )
    op.create_unique_constraint(
        op.f("uq_registry_entry_id_program_id"), "registry_entry", ["id", "program_id"]
    )
    op.alter_column("registry_line", "entry", existing_type=postgresql.JSONB(), comment=ENTRY)


def _imports() -> None:
    op.create_table(
        "ledger_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.BigInteger(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("upload_id", sa.BigInteger(), nullable=True, comment="the upload it was, which is gone since; a plain number"),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_ledger_import_program_id")),
        sa.ForeignKeyConstraint(["imported_by"], ["person.id"], name=op.f("fk_ledger_import_imported_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_import")),
        sa.UniqueConstraint("id", "program_id", name=op.f("uq_ledger_import_id_program_id")),
    )
    op.create_index(op.f("ix_ledger_import_program_id"), "ledger_import", ["program_id"])


def _lines() -> None:
    op.create_table(
        "ledger_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("registry_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("program_account", sa.Text(), nullable=True, comment="two letters and four digits; none where the business has no such accounts"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="as the agency numbers it, one a kind"),
        sa.Column("dated", sa.Date(), nullable=False, comment="the day that it is of"),
        sa.Column("description", sa.Text(), nullable=False, comment="as the agency wrote it, in its language"),
        sa.Column("amount", sa.Numeric(14, 2), nullable=False, comment="Canadian dollars; debits positive, credits and payments negative; of a statement, its balance"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("submitted_by", sa.Text(), nullable=True, comment="business number of whoever submitted it; none for the agency itself"),
        sa.Column("import_id", sa.BigInteger(), nullable=False, comment="the last file that said something new of it"),
        sa.CheckConstraint("program_account ~ '^[A-Z]{2}[0-9]{4}$'", name=op.f("ck_ledger_line_program_account")),
        sa.CheckConstraint("kind IN ('transaction', 'payment', 'statement')", name=op.f("ck_ledger_line_kind")),
        sa.CheckConstraint("state IN ('open', 'arrears', 'paid', 'cancelled')", name=op.f("ck_ledger_line_state")),
        sa.CheckConstraint("number <> ''", name=op.f("ck_ledger_line_number")),
        sa.CheckConstraint("kind <> 'payment' OR amount < 0", name=op.f("ck_ledger_line_payment")),
        sa.CheckConstraint("submitted_by ~ '^[0-9]{9}$'", name=op.f("ck_ledger_line_submitted_by")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_ledger_line_program_id")),
        sa.ForeignKeyConstraint(
            ["registry_entry_id", "program_id"],
            ["registry_entry.id", "registry_entry.program_id"],
            name=op.f("fk_ledger_line_registry_entry_id_program_id"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id", "program_id"],
            ["ledger_import.id", "ledger_import.program_id"],
            name=op.f("fk_ledger_line_import_id_program_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_line")),
        sa.UniqueConstraint("registry_entry_id", "kind", "number", name=op.f("uq_ledger_line_registry_entry_id_kind_number")),
    )
    op.create_index("ix_ledger_line_of_business", "ledger_line", ["registry_entry_id", "program_account", "kind", "dated", "id"])
    op.create_index("ix_ledger_line_program_id_dated_id", "ledger_line", ["program_id", "dated", "id"])
    op.create_index("ix_ledger_line_import_id", "ledger_line", ["import_id"])


def _uploads() -> None:
    op.create_table(
        "ledger_upload",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("state", sa.Text(), server_default="reading", nullable=False),
        sa.Column("line_count", sa.Integer(), server_default="0", nullable=False, comment="lines of the file"),
        sa.Column("lines_read", sa.Integer(), server_default="0", nullable=False, comment="the last line kept: where a new worker goes on"),
        sa.CheckConstraint("state IN ('reading', 'read', 'importing')", name=op.f("ck_ledger_upload_state")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_ledger_upload_program_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_ledger_upload_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_upload")),
    )
    op.create_index(op.f("ix_ledger_upload_uploaded_by"), "ledger_upload", ["uploaded_by"])
    op.create_table(
        "ledger_upload_line",
        sa.Column("upload_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", postgresql.JSONB(none_as_null=True), nullable=True, comment=ENTRY),
        sa.Column("errors", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False, comment="line, column, code, value"),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["ledger_upload.id"], name=op.f("fk_ledger_upload_line_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", "line", name=op.f("pk_ledger_upload_line")),
    )


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
