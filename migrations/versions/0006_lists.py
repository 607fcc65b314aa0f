"""Indexes of the staff's lists: their orders, their tabs, and whose memberships a person has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them; those that they replace go."""
    # A list walks its order and stops at the page's end; it stands in no program's order alone.
    op.create_index(
        "ix_registry_entry_name_folded_id", "registry_entry", ["name_folded", "id"]
    )
    op.drop_index("ix_registry_entry_program_name", table_name="registry_entry")
    op.create_index("ix_membership_added_at_id", "membership", ["added_at", "id"])
    # A tab that has few rows, or none, is counted without reading the others.
    op.create_index("ix_account_program_id_state", "account", ["program_id", "state"])
    op.drop_index("ix_account_program_id", table_name="account")
    op.create_index("ix_membership_program_id_status", "membership", ["program_id", "status"])
    op.create_index(
        "ix_person_not_active",
        "person",
        ["state"],
        postgresql_where=sa.text("state <> 'active'"),
    )
    # Whether somebody ever held a role: the other index knows live memberships only.
    op.create_index("ix_membership_person_id", "membership", ["person_id"])


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
