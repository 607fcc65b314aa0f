"""A place for a registry file between its preview and its import."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; its rows come and go."""
    op.create_table(
        "registry_upload",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column(
            "uploaded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_registry_upload_program_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["person.id"], name=op.f("fk_registry_upload_uploaded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_upload")),
    )
    op.create_index(
        op.f("ix_registry_upload_uploaded_by"), "registry_upload", ["uploaded_by"], unique=False
    )
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    op.execute(f"REVOKE ALL ON registry_upload FROM {app}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON registry_upload TO {app}")
    op.execute(f"GRANT USAGE ON SEQUENCE registry_upload_id_seq TO {app}")


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
