"""Submissions: what was filed, as it was then; and every move that a case makes."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0023"  # it was written before, and landed after
branch_labels = None
depends_on = None

RULES = Path(__file__).parents[1] / "sql" / "0022_submissions.sql"
NOW = sa.text("guichet_now()")
DIGEST = "~ '^[0-9a-f]{64}$'"


def upgrade() -> None:
    """Make the tables, their rules, and what the application may do with each."""
    _submissions()
    _moves()
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(RULES.read_text())
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    for table in ("submission", "submission_copy", "case_move"):
        op.execute(f"REVOKE ALL ON {table} FROM {app}")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")


def _submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False, comment="which of the case’s submissions it is, from 1"),
        sa.Column("number", sa.Text(), nullable=False, comment="what people quote; with a check letter"),
        sa.Column("definition_version", sa.Integer(), nullable=False, comment="under which it was filled in"),
        sa.Column("language", sa.Text(), nullable=False, comment="in which it was submitted: its copy’s"),
        sa.Column(
            "declaration",
            sa.Text(),
            nullable=True,
            comment="what was declared, word for word; none where the move asks for none",
        ),
        sa.Column("submitted_by", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column(
            "snapshot",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="all that was asked and answered; may be personal, like the answers",
        ),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the snapshot’s canonical text"),
        sa.CheckConstraint("ordinal > 0", name=op.f("ck_submission_ordinal")),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_submission_language")),
        sa.CheckConstraint(f"sha256 {DIGEST}", name=op.f("ck_submission_sha256")),
        sa.ForeignKeyConstraint(["case_id"], ["client_case.id"], name=op.f("fk_submission_case_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["person.id"], name=op.f("fk_submission_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("case_id", "ordinal", name=op.f("uq_submission_case_id_ordinal")),
        sa.UniqueConstraint("case_id", "id", name=op.f("uq_submission_case_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_submission_number")),
    )
    op.create_table(
        "submission_copy",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="under which the document store keeps it"),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="octets"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(f"sha256 {DIGEST}", name=op.f("ck_submission_copy_sha256")),
        sa.CheckConstraint("size > 0", name=op.f("ck_submission_copy_size")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_copy_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission_copy")),
    )


def _moves() -> None:
    op.create_table(
        "case_move",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "ordinal",
            sa.Integer(),
            nullable=False,
            comment="which of the case’s moves it is, from 1: two at once cannot both be next",
        ),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False, comment="whose moves were followed"),
        sa.Column("case_type", sa.Text(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("moved_by", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="may be personal: written freely"),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("ordinal > 0", name=op.f("ck_case_move_ordinal")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_case_move_reason")),
        sa.ForeignKeyConstraint(["case_id"], ["client_case.id"], name=op.f("fk_case_move_case_id")),
        sa.ForeignKeyConstraint(["moved_by"], ["person.id"], name=op.f("fk_case_move_moved_by")),
        sa.ForeignKeyConstraint(
            ["program_id", "definition_version", "case_type", "move", "from_state"],
            [
                "case_step.program_id",
                "case_step.version",
                "case_step.case_type",
                "case_step.move",
                "case_step.from_state",
            ],
            name=op.f("fk_case_move_step"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "submission_id"],
            ["submission.case_id", "submission.id"],
            name=op.f("fk_case_move_case_id_submission_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_move")),
        sa.UniqueConstraint("case_id", "ordinal", name=op.f("uq_case_move_case_id_ordinal")),
    )


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
