"""Consents: with whom a program shares, and what clients let it share."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

RULES = Path(__file__).parents[1] / "sql" / "0023_consents.sql"
NOW = sa.text("guichet_now()")


def upgrade() -> None:
    """Make the tables, their rules, and what the application may do with each."""
    _partners()
    _consents()
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(RULES.read_text())
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    for table, rights in {
        "consent_partner": "SELECT",
        "given_consent": "SELECT, INSERT, UPDATE",
    }.items():
        op.execute(f"REVOKE ALL ON {table} FROM {app}")
        op.execute(f"GRANT {rights} ON {table} TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")


def _partners() -> None:
    op.create_table(
        "consent_partner",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column(
            "wording",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="the words that are agreed to",
        ),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=True, comment="none where no source gives the day"),
        sa.Column(
            "ends", sa.Date(), nullable=True, comment="the first day on which it is none any more"
        ),
        sa.CheckConstraint("ends > begins", name=op.f("ck_consent_partner_dates")),
        sa.ForeignKeyConstraint(
            ["program_id", "version"],
            ["program_version.program_id", "program_version.version"],
            name=op.f("fk_consent_partner_program_id_version"),
        ),
        sa.PrimaryKeyConstraint(
            "program_id",
            "version",
            "consent",
            "wording",
            "partner",
            name=op.f("pk_consent_partner"),
        ),
    )


def _consents() -> None:
    op.create_table(
        "given_consent",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False, comment="which of the program's consents"),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column(
            "definition_version",
            sa.Integer(),
            nullable=False,
            comment="the version whose words were read",
        ),
        sa.Column("wording", sa.Integer(), nullable=False, comment="the number of those words"),
        sa.Column(
            "language", sa.Text(), nullable=False, comment="the language in which they were read"
        ),
        sa.Column("given_by", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("withdrawn_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="no effect from this instant on",
        ),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_given_consent_language")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
            name=op.f("ck_given_consent_withdrawn"),
        ),
        sa.CheckConstraint("withdrawn_at >= given_at", name=op.f("ck_given_consent_dates")),
        sa.ForeignKeyConstraint(
            ["account_id", "program_id"],
            ["account.id", "account.program_id"],
            name=op.f("fk_given_consent_account_id_program_id"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id", "definition_version", "consent", "wording", "partner"],
            [
                "consent_partner.program_id",
                "consent_partner.version",
                "consent_partner.consent",
                "consent_partner.wording",
                "consent_partner.partner",
            ],
            name=op.f("fk_given_consent_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_given_consent_program_id")
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["person.id"], name=op.f("fk_given_consent_given_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f("fk_given_consent_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_consent")),
    )
    op.create_index(
        "uq_given_consent_standing",
        "given_consent",
        ["account_id", "consent", "partner"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_given_consent_program_id_partner", "given_consent", ["program_id", "partner"]
    )


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
