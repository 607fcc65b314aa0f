"""Whose turn each case is, since when and until when; and the indexes of the staff's lists of cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, with the last step of what is there; then the indexes."""
    op.add_column(
        "client_case",
        sa.Column(
            "moved_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
            comment="since when it is where it is",
        ),
    )
    op.add_column(
        "client_case",
        sa.Column(
            "with_staff",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="it is the staff’s turn to move it",
        ),
    )
    op.add_column(
        "client_case",
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the end of the first service standard that runs",
        ),
    )
    # Nothing could be submitted before, so nothing waits for the staff.
    op.execute("UPDATE client_case SET moved_at = opened_at")
    op.create_check_constraint(
        op.f("ck_client_case_closed_waits"),
        "client_case",
        "closed_at IS NULL OR (NOT with_staff AND due_at IS NULL)",
    )
    op.create_index("ix_client_case_moved_at_id", "client_case", ["moved_at", "id"])
    op.create_index(
        "ix_client_case_program_id_moved_at_id", "client_case", ["program_id", "moved_at", "id"]
    )
    op.create_index(
        "ix_client_case_with_staff",
        "client_case",
        ["program_id", "due_at", "id"],
        postgresql_where=sa.text("with_staff IS TRUE"),
    )
    op.create_index("ix_case_part_case_id", "case_part", ["case_id"])
    op.create_index("ix_case_part_made_at_id", "case_part", ["made_at", "id"])


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
