"""Results of deeds on many rows, a line a row; kept for a while, then forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "bulk_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "token",
            sa.Text(),
            nullable=False,
            comment="mark of the page that was sent: the same page opens no second run",
        ),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "screen", sa.Text(), nullable=False, comment="the list's address below /staff/"
        ),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column(
            "begun_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when every row was reached; none: something stopped it on the way",
        ),
        sa.CheckConstraint("ended_at >= begun_at", name=op.f("ck_bulk_run_dates")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bulk_run_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_run")),
        sa.UniqueConstraint("token", name=op.f("uq_bulk_run_token")),
    )
    op.create_index(op.f("ix_bulk_run_person_id"), "bulk_run", ["person_id"], unique=False)
    op.create_table(
        "bulk_line",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column(
            "row_name",
            sa.Text(),
            nullable=False,
            comment="personal: who or what the row is about",
        ),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column(
            "reason", sa.Text(), nullable=True, comment="code of the sentence that says why"
        ),
        sa.Column(
            "values",
            postgresql.JSONB(),
            server_default="{}",
            nullable=False,
            comment="what the sentence needs",
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'skipped')", name=op.f("ck_bulk_line_state")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (settled_at IS NULL)", name=op.f("ck_bulk_line_settled")
        ),
        sa.CheckConstraint(
            "(state = 'skipped') = (reason IS NOT NULL)", name=op.f("ck_bulk_line_reason")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["bulk_run.id"], name=op.f("fk_bulk_line_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_bulk_line")),
        sa.UniqueConstraint("run_id", "row_key", name=op.f("uq_bulk_line_run_id_row_key")),
    )
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    for table in ("bulk_run", "bulk_line"):
        op.execute(f"REVOKE ALL ON {table} FROM {app}")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {app}")
    op.execute(f"GRANT USAGE ON SEQUENCE bulk_run_id_seq TO {app}")


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
