"""Registry files read by the worker: how far it is, and the lines that it has read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table; uploads live for a day, so those of before are let go."""
    op.execute("DELETE FROM registry_upload")
    for column in (
        sa.Column("state", sa.Text(), server_default="reading", nullable=False),
        sa.Column("line_count", sa.Integer(), server_default="0", nullable=False, comment="lines of the file"),
        sa.Column("lines_read", sa.Integer(), server_default="0", nullable=False, comment="the last line kept: where a new worker goes on"),
    ):
        op.add_column("registry_upload", column)
    op.create_check_constraint(
        op.f("ck_registry_upload_state"),
        "registry_upload",
        "state IN ('reading', 'read', 'importing')",
    )
    op.add_column(
        "registry_import",
        sa.Column("upload_id", sa.BigInteger(), nullable=True, comment="the upload it was, which is gone since; a plain number"),
    )
    op.create_table(
        "registry_line",
        sa.Column("upload_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", postgresql.JSONB(none_as_null=True), nullable=True, comment="the business, checked; none when something is wrong"),
        sa.Column("errors", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False, comment="line, column, code, value"),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["registry_upload.id"], name=op.f("fk_registry_line_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", "line", name=op.f("pk_registry_line")),
    )
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    op.execute(f"REVOKE ALL ON registry_line FROM {app}")
    op.execute(f"GRANT SELECT, INSERT ON registry_line TO {app}")
    op.execute(f"GRANT UPDATE (state, lines_read) ON registry_upload TO {app}")


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
