"""Documents: the files that answer questions of a case, and those on their way in parts."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

RULES = Path(__file__).parents[1] / "sql" / "0021_documents.sql"
NOW = sa.text("guichet_now()")


def upgrade() -> None:
    """Make the tables, their rules, and what the application may do with each."""
    _document()
    _upload()
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(RULES.read_text())
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    for table, rights in {
        "document": "SELECT, INSERT, UPDATE",
        "upload": "SELECT, INSERT, DELETE",
    }.items():
        op.execute(f"REVOKE ALL ON {table} FROM {app}")
        op.execute(f"GRANT {rights} ON {table} TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="where the store keeps it; made by us"),
        sa.Column(
            "name",
            sa.Text(),
            nullable=False,
            comment="made safe of the name that the person’s device gave; may be personal",
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="octets"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True, comment="of a PDF"),
        sa.Column("scan", sa.Text(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("preview_type", sa.Text(), nullable=True, comment="none without a preview"),
        sa.Column("preview_width", sa.Integer(), nullable=True, comment="pixels"),
        sa.Column("preview_height", sa.Integer(), nullable=True),
        sa.Column("sent_by", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("removed_by", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "purged_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the store keeps nothing of it since",
        ),
        sa.CheckConstraint(
            "kind IN ('pdf', 'png', 'jpeg', 'heic', 'docx', 'xlsx')", name=op.f("ck_document_kind")
        ),
        sa.CheckConstraint(
            "scan IN ('waiting', 'not_scanned', 'clean', 'infected', 'could_not_scan')",
            name=op.f("ck_document_scan"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_size")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_document_sha256")),
        sa.CheckConstraint("(scan = 'waiting') = (scanned_at IS NULL)", name=op.f("ck_document_scanned")),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_document_removed")),
        sa.CheckConstraint(
            "purged_at IS NULL OR removed_at IS NOT NULL", name=op.f("ck_document_purged_is_removed")
        ),
        sa.CheckConstraint(
            "num_nonnulls(preview_type, preview_width, preview_height) IN (0, 3)",
            name=op.f("ck_document_preview"),
        ),
        sa.CheckConstraint(
            "preview_type IN ('image/jpeg', 'image/png')", name=op.f("ck_document_preview_type")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["case_part.id"], name=op.f("fk_document_part_id")),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_document_sent_by")),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name=op.f("fk_document_removed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index("ix_document_part_id", "document", ["part_id"])
    op.create_index("uq_document_key", "document", ["key"], unique=True)


def _upload() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Text(), nullable=False, comment="random; names its parts’ folder"),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False, comment="as the person’s device gave it"),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="octets of the whole file"),
        sa.Column(
            "modified",
            sa.BigInteger(),
            nullable=True,
            comment="when the file last changed there, in milliseconds; none of one sent in one piece",
        ),
        sa.Column("begun_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_upload_size")),
        sa.ForeignKeyConstraint(["part_id"], ["case_part.id"], name=op.f("fk_upload_part_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_upload_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(
        "uq_upload_file",
        "upload",
        ["part_id", "question", "person_id", "file_name", "size", "modified"],
        unique=True,
    )


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
