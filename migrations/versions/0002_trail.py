"""The trail: a chain of entries that nobody can rewrite without its showing."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TRAIL = Path(__file__).parents[1] / "sql" / "0002_trail.sql"


def upgrade() -> None:
    """Make the chain, then let the application record and read, and nothing else."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    # As it stands: neither `%` nor `:` mean anything in it.
    driver.execute(TRAIL.read_text())
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    # Whatever default privileges the server has, it begins with none.
    op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM {app}")
    op.execute(f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM {app}")
    op.execute(f"GRANT USAGE ON SCHEMA audit TO {app}")
    op.execute(f"GRANT SELECT ON audit.entry, audit.personal, audit.head TO {app}")
    op.execute(f"GRANT EXECUTE ON FUNCTION audit.record TO {app}")


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
