"""Enrolment by shared facts: what is tried, what an officer proves, and the letter of notice."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

RULES = Path(__file__).parents[1] / "sql" / "0027_shared_facts.sql"


def upgrade() -> None:
    """Add the columns and their conditions; make the table of tries; then the rules."""
    _registration()
    _letter()
    _business_tries()
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(RULES.read_text())
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    op.execute(f"REVOKE ALL ON business_tries FROM {app}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON business_tries TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")


def _registration() -> None:
    op.add_column(
        "registration",
        sa.Column(
            "program_account",
            sa.Text(),
            nullable=True,
            comment="as typed beside the business number: two letters and four digits",
        ),
    )
    op.add_column(
        "registration",
        sa.Column(
            "matched_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when name and address were found to be the registry's, letter by letter",
        ),
    )
    op.alter_column(
        "registration",
        "officer_reason",
        comment="address, not_in_registry, already_active, answers, no_facts: why an officer looks",
    )
    for name, condition in {
        "state": "state IN ('draft', 'ineligible', 'routed', 'officer', 'letter', 'proved',"
        " 'activated', 'refused', 'lapsed', 'withdrawn')",
        "letter_needs_registry": "state NOT IN ('letter', 'proved')"
        " OR (party_id IS NOT NULL AND registry_entry_id IS NOT NULL)",
        "officer_reason": "officer_reason IN"
        " ('address', 'not_in_registry', 'already_active', 'answers', 'no_facts')",
    }.items():
        op.drop_constraint(op.f(f"ck_registration_{name}"), "registration", type_="check")
        op.create_check_constraint(op.f(f"ck_registration_{name}"), "registration", condition)
    for name, condition in {
        "proved_by_officer": "state <> 'proved' OR decided_at IS NOT NULL",
        "matched_with_registry": "matched_at IS NULL OR (registry_entry_id IS NOT NULL"
        " AND legal_name IS NOT NULL AND address IS NOT NULL)",
        "program_account": "program_account ~ '^[A-Z]{2}[0-9]{4}$'",
    }.items():
        op.create_check_constraint(op.f(f"ck_registration_{name}"), "registration", condition)
    op.drop_index("uq_registration_waiting", "registration")
    op.create_index(
        "uq_registration_waiting",
        "registration",
        [
            "person_id",
            "program_id",
            sa.literal_column("coalesce(bn, '')"),
            sa.literal_column("coalesce(carrier_code, '')"),
        ],
        unique=True,
        postgresql_where=sa.text("state IN ('officer', 'letter', 'proved')"),
    )


def _letter() -> None:
    """Every letter there is brings a code."""
    op.add_column(
        "letter",
        sa.Column(
            "kind",
            sa.Text(),
            server_default="code",
            nullable=False,
            comment="code: brings the activation code; notice: brings no code",
        ),
    )
    op.create_check_constraint(op.f("ck_letter_kind"), "letter", "kind IN ('code', 'notice')")
    op.create_unique_constraint(op.f("uq_letter_id_kind"), "letter", ["id", "kind"])
    op.add_column(
        "activation_code",
        sa.Column("letter_kind", sa.Text(), server_default="code", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_activation_code_letter_kind"), "activation_code", "letter_kind = 'code'"
    )
    op.create_foreign_key(
        op.f("fk_activation_code_letter_id_letter_kind"),
        "activation_code",
        "letter",
        ["letter_id", "letter_kind"],
        ["id", "kind"],
    )


def _business_tries() -> None:
    op.create_table(
        "business_tries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "number",
            sa.Text(),
            nullable=False,
            comment="business number or carrier code as typed, perhaps nobody's",
        ),
        sa.Column(
            "failures",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="since staff last unlocked it; one being compared included",
        ),
        sa.Column(
            "last_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column(
            "locked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="nobody can enrol it from then on",
        ),
        sa.Column("unlocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unlocked_by", sa.BigInteger(), nullable=True),
        sa.Column("unlock_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_business_tries_failures")),
        sa.CheckConstraint(
            "locked_at IS NULL OR failures > 0", name=op.f("ck_business_tries_locked")
        ),
        sa.CheckConstraint(
            "(unlocked_at IS NULL) = (unlocked_by IS NULL)"
            " AND (unlocked_at IS NULL) = (unlock_reason IS NULL)",
            name=op.f("ck_business_tries_unlocked"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_business_tries_program_id")
        ),
        sa.ForeignKeyConstraint(
            ["unlocked_by"], ["person.id"], name=op.f("fk_business_tries_unlocked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_tries")),
        sa.UniqueConstraint(
            "program_id", "number", name=op.f("uq_business_tries_program_id_number")
        ),
    )
    op.create_index(
        "ix_business_tries_program_id_last_at_id",
        "business_tries",
        ["program_id", "last_at", "id"],
    )
    op.create_index(
        "ix_business_tries_locked",
        "business_tries",
        ["program_id", "locked_at"],
        postgresql_where=sa.text("locked_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
