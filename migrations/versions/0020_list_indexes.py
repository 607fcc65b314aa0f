"""Indexes by which the staff's lists walk: with the words of names in them, and program by program.

A walk for a common word reads the name's words beside the name, and not a row of the table for
each name that it passes over. The memberships of one program are walked without those of others.
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them; those that they replace go."""
    op.drop_index("ix_party_name_folded_id", table_name="party")
    op.create_index(
        "ix_party_name_folded_id", "party", ["name_folded", "id"], postgresql_include=["search"]
    )
    op.drop_index("ix_registry_entry_name_folded_id", table_name="registry_entry")
    op.create_index(
        "ix_registry_entry_name_folded_id",
        "registry_entry",
        ["name_folded", "id"],
        postgresql_include=["search", "program_id"],
    )
    op.create_index(
        "ix_membership_program_id_added_at_id", "membership", ["program_id", "added_at", "id"]
    )


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
