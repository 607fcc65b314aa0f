"""Many entries of the trail at once, for the lines of a registry file."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TRAIL = Path(__file__).parents[1] / "sql" / "0009_trail_many.sql"


def upgrade() -> None:
    """Make the function, and let the application call it and none of its parts."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(TRAIL.read_text())
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    op.execute(f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM {app}")
    op.execute(f"GRANT EXECUTE ON FUNCTION audit.record, audit.record_many TO {app}")


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
