"""Saved views of staff lists, and the columns that somebody has chosen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; its rows come, change and go."""
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "screen", sa.Text(), nullable=False, comment="the list's address below /staff/"
        ),
        sa.Column(
            "name", sa.Text(), nullable=True, comment="none: the person's columns, no view"
        ),
        sa.Column("name_folded", sa.Text(), nullable=True),
        sa.Column(
            "person_id",
            sa.BigInteger(),
            nullable=False,
            comment="whose it is; of a team's, who last kept it",
        ),
        sa.Column(
            "program_id",
            sa.BigInteger(),
            nullable=True,
            comment="whose team finds it; none: the person alone",
        ),
        sa.Column(
            "filters",
            postgresql.JSONB(),
            server_default="{}",
            nullable=False,
            comment="parameter of a filter: what was typed; may hold a name that was searched",
        ),
        sa.Column("order_column", sa.Text(), nullable=True),
        sa.Column("order_direction", sa.Text(), nullable=True),
        sa.Column(
            "columns",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="none: those that the reader has chosen, or the screen's own",
        ),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(name IS NULL) = (name_folded IS NULL)", name=op.f("ck_saved_view_folded")
        ),
        sa.CheckConstraint(
            "name IS NOT NULL OR (program_id IS NULL AND columns IS NOT NULL"
            " AND filters = '{}'::jsonb AND order_column IS NULL)",
            name=op.f("ck_saved_view_columns_only"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(filters) = 'object'", name=op.f("ck_saved_view_filters")
        ),
        sa.CheckConstraint(
            "(order_column IS NULL) = (order_direction IS NULL)",
            name=op.f("ck_saved_view_order_whole"),
        ),
        sa.CheckConstraint(
            "order_direction IN ('asc', 'desc')", name=op.f("ck_saved_view_order_direction")
        ),
        sa.CheckConstraint("cardinality(columns) > 0", name=op.f("ck_saved_view_columns")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_saved_view_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index(
        "uq_saved_view_own",
        "saved_view",
        ["person_id", "screen", sa.text("coalesce(name_folded, '')")],
        unique=True,
        postgresql_where=sa.text("program_id IS NULL"),
    )
    op.create_index(
        "uq_saved_view_team",
        "saved_view",
        ["program_id", "screen", "name_folded"],
        unique=True,
        postgresql_where=sa.text("program_id IS NOT NULL"),
    )
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    op.execute(f"REVOKE ALL ON saved_view FROM {app}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON saved_view TO {app}")
    op.execute(f"GRANT USAGE ON SEQUENCE saved_view_id_seq TO {app}")


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
