"""Cases: what a program says of them, and what clients fill in."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RULES = Path(__file__).parents[1] / "sql" / "0010_cases.sql"
NOW = sa.text("guichet_now()")


def upgrade() -> None:
    """Make the tables, their rules, and what the application may do with each."""
    _definitions()
    _cases()
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(RULES.read_text())
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    for table, rights in {
        "case_state": "SELECT",
        "case_step": "SELECT",
        "client_case": "SELECT, INSERT, UPDATE",
        "case_part": "SELECT, INSERT, UPDATE",
        "answer": "SELECT, INSERT, UPDATE",
        "topic_aside": "SELECT, INSERT, UPDATE, DELETE",
    }.items():
        op.execute(f"REVOKE ALL ON {table} FROM {app}")
        op.execute(f"GRANT {rights} ON {table} TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")


def _definitions() -> None:
    op.create_table(
        "case_state",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_type", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("initial", sa.Boolean(), nullable=False, comment="where a case of this kind begins"),
        sa.Column("final", sa.Boolean(), nullable=False, comment="no move leaves it: the case is closed there"),
        sa.ForeignKeyConstraint(
            ["program_id", "version"],
            ["program_version.program_id", "program_version.version"],
            name=op.f("fk_case_state_program_id_version"),
        ),
        sa.PrimaryKeyConstraint("program_id", "version", "case_type", "code", name=op.f("pk_case_state")),
    )
    op.create_index(
        "uq_case_state_initial",
        "case_state",
        ["program_id", "version", "case_type"],
        unique=True,
        postgresql_where=sa.text("initial"),
    )
    op.create_table(
        "case_step",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_type", sa.Text(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["program_id", "version", "case_type", end],
                ["case_state.program_id", "case_state.version", "case_state.case_type", "case_state.code"],
                name=op.f(f"fk_case_step_program_id_version_case_type_{end}"),
            )
            for end in ("from_state", "to_state")
        ),
        sa.PrimaryKeyConstraint(
            "program_id", "version", "case_type", "move", "from_state", name=op.f("pk_case_step")
        ),
    )


def _cases() -> None:
    op.create_table(
        "client_case",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("case_type", sa.Text(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False, comment="the version it is filled in under"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("only_one", sa.Boolean(), nullable=False, comment="an account has at most one such case that is open"),
        sa.Column("opened_by", sa.BigInteger(), nullable=True, comment="none where it came with the account"),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="when it came to a final state"),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("closed_at IS NULL OR closed_at >= opened_at", name=op.f("ck_client_case_dates")),
        sa.ForeignKeyConstraint(
            ["account_id", "program_id"],
            ["account.id", "account.program_id"],
            name=op.f("fk_client_case_account_id_program_id"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id", "definition_version", "case_type", "state"],
            ["case_state.program_id", "case_state.version", "case_state.case_type", "case_state.code"],
            name=op.f("fk_client_case_program_id_definition_version_case_type_state"),
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_client_case_program_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_client_case_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_case")),
    )
    op.create_index(
        "uq_client_case_open",
        "client_case",
        ["account_id", "case_type"],
        unique=True,
        postgresql_where=sa.text("only_one AND closed_at IS NULL"),
    )
    op.create_index("ix_client_case_program_id_state", "client_case", ["program_id", "state"])
    op.create_index("ix_client_case_account_id", "client_case", ["account_id"])
    op.create_table(
        "case_part",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column(
            "key",
            sa.Text(),
            nullable=False,
            comment="a line’s code, or the folded name given; empty where the section is not repeated",
        ),
        sa.Column("label", sa.Text(), nullable=True, comment="the name that the client gave it"),
        sa.Column("copied_from_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("removed_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "removed_at", sa.DateTime(timezone=True), nullable=True, comment="its answers are kept, not submitted"
        ),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_case_part_removed")),
        sa.CheckConstraint("label IS NULL OR key <> ''", name=op.f("ck_case_part_labelled")),
        sa.ForeignKeyConstraint(["case_id"], ["client_case.id"], name=op.f("fk_case_part_case_id")),
        sa.ForeignKeyConstraint(["copied_from_id"], ["case_part.id"], name=op.f("fk_case_part_copied_from_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_case_part_made_by")),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name=op.f("fk_case_part_removed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_part")),
    )
    op.create_index(
        "uq_case_part_key",
        "case_part",
        ["case_id", "section", "key"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "answer",
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column(
            "value",
            postgresql.JSONB(none_as_null=True),
            nullable=True,
            comment="may be personal: names, addresses, telephone numbers",
        ),
        sa.Column(
            "unfit_since",
            sa.Integer(),
            nullable=True,
            comment="kept aside: since this version the question is gone, or of another type",
        ),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("unfit_since IS NULL OR value IS NOT NULL", name=op.f("ck_answer_unfit")),
        sa.ForeignKeyConstraint(["part_id"], ["case_part.id"], name=op.f("fk_answer_part_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_answer_changed_by")),
        sa.PrimaryKeyConstraint("part_id", "question", name=op.f("pk_answer")),
    )
    op.create_table(
        "topic_aside",
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_by", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_topic_aside_reason")),
        sa.ForeignKeyConstraint(["part_id"], ["case_part.id"], name=op.f("fk_topic_aside_part_id")),
        sa.ForeignKeyConstraint(["said_by"], ["person.id"], name=op.f("fk_topic_aside_said_by")),
        sa.PrimaryKeyConstraint("part_id", "topic", name=op.f("pk_topic_aside")),
    )


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
