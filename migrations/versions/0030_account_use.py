"""When a person last opened an account or a program account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NOW = sa.text("guichet_now()")


def upgrade() -> None:
    """Make the table; the application writes the last time and takes none away."""
    op.create_table(
        "account_use",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("program_account_id", sa.BigInteger(), nullable=True, comment="none: the business’s own pages"),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False, comment="the last time, to the hour"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_use_person_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_use_account_id")),
        sa.ForeignKeyConstraint(
            ["program_account_id", "account_id"],
            ["program_account.id", "program_account.account_id"],
            name=op.f("fk_account_use_program_account_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_use")),
    )
    op.create_index(
        "uq_account_use_place", "account_use", ["person_id", "account_id", sa.text("coalesce(program_account_id, 0)")],
        unique=True,
    )  # fmt: skip
    op.create_index("ix_account_use_account_id", "account_use", ["account_id", "person_id"])
    op.create_index("ix_account_use_person_id_used_at", "account_use", ["person_id", "used_at"])
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    op.execute(f"REVOKE ALL ON account_use FROM {app}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE (used_at) ON account_use TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
