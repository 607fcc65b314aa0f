"""Rules that were left to the code alone: subjects, counters, dates, one letter in the house."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RULES = Path(__file__).parents[1] / "sql" / "0004_tighter.sql"

# Table, name, condition: as the models have them.
CHECKS = (
    ("account", "closed", "(state = 'closed') = (closed_at IS NOT NULL)"),
    ("membership", "end_has_reason", "(ended_at IS NULL) = (end_reason IS NULL)"),
    ("membership", "offer_ends", "status <> 'offered' OR offer_expires_at IS NOT NULL"),
    ("ownership_transfer", "answered", "(state = 'offered') = (answered_at IS NULL)"),
    ("ownership_transfer", "attested", "attested_at IS NULL OR state = 'accepted'"),
    ("ownership_transfer", "dates", "expires_at > offered_at"),
)  # fmt: skip


def upgrade() -> None:
    """Tighten; a row that breaks a rule already stops it, for an operator to look at."""
    for table, name, condition in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    op.create_index(
        "uq_letter_unposted",
        "letter",
        ["registration_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('due', 'withheld', 'prepared', 'printed')"),
    )
    op.drop_index("uq_letter_due", table_name="letter")
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(RULES.read_text())
    role = op.get_context().opts.get("application_role", "guichet_app")
    op.execute(f'REVOKE UPDATE ON registry_import FROM "{role}"')


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
