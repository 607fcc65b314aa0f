"""What a provider asked, number by number, whether or not a business has that number."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

RULES = Path(__file__).parents[1] / "sql" / "0029_asking_clients.sql"
NOW = sa.text("guichet_now()")


def upgrade() -> None:
    """Make both tables, then their rules and rights."""
    _client_list()
    _client_ask()
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(RULES.read_text())
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    for table in ("client_list", "client_ask"):
        op.execute(f"REVOKE ALL ON {table} FROM {app}")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")


def _client_list() -> None:
    op.create_table(
        "client_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger(), nullable=False, comment="the provider's own account"
        ),
        sa.Column(
            "token",
            sa.Text(),
            nullable=False,
            comment="mark of the page that was sent: the same page begins no second list",
        ),
        sa.Column("begun_by", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when every number was reached",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_client_list_account_id")
        ),
        sa.ForeignKeyConstraint(["begun_by"], ["person.id"], name=op.f("fk_client_list_begun_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_list")),
        sa.UniqueConstraint("token", name=op.f("uq_client_list_token")),
    )
    op.create_index(op.f("ix_client_list_account_id"), "client_list", ["account_id"])


def _client_ask() -> None:
    op.create_table(
        "client_ask",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger(), nullable=False, comment="the provider's own account"
        ),
        sa.Column("list_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "number",
            sa.Text(),
            nullable=False,
            comment="business number, perhaps nobody's; of a skipped line, as it was typed",
        ),
        sa.Column("comment", sa.Text(), nullable=True, comment="what the provider wrote"),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="code of why it was skipped"),
        sa.Column(
            "request_id",
            sa.BigInteger(),
            nullable=True,
            comment="what the client sees of it; the provider never learns whether there is one",
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        *_conditions(),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_client_ask_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["client_list.id"], name=op.f("fk_client_ask_list_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_client_ask_asked_by")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["delegation_request.id"], name=op.f("fk_client_ask_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_ask")),
    )
    op.create_index(
        "uq_client_ask_open",
        "client_ask",
        ["account_id", "number"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'asked')"),
    )
    op.create_index("ix_client_ask_account_id_id", "client_ask", ["account_id", "id"])
    op.create_index("ix_client_ask_list_id_id", "client_ask", ["list_id", "id"])
    op.create_index(op.f("ix_client_ask_request_id"), "client_ask", ["request_id"])


def _conditions() -> list[sa.CheckConstraint]:
    told = {
        "state": "state IN ('waiting', 'asked', 'withdrawn', 'answered', 'skipped')",
        "number": "state = 'skipped' OR number ~ '^[0-9]{9}$'",
        "reason": "(state = 'skipped') = (reason IS NOT NULL)",
        "settled": "(state IN ('waiting', 'asked')) = (settled_at IS NULL)",
        "answer_of_a_request": "request_id IS NOT NULL OR state <> 'answered'",
        "comment": "comment <> ''",
    }
    return [
        sa.CheckConstraint(condition, name=op.f(f"ck_client_ask_{name}"))
        for name, condition in told.items()
    ]
