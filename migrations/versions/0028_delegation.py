"""Acting for others: the reach of roles, requests, delegations with their ends, client groups."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

RULES = Path(__file__).parents[1] / "sql" / "0028_delegation.sql"
NOW = sa.text("guichet_now()")
ANSWERS = "state IN ('asked', 'approved', 'refused', 'withdrawn')"
ACCOUNT_KEY = ["account.id", "account.program_id"]
PART_KEY = ["program_account.id", "program_account.account_id"]
PART = ["program_account_id", "account_id"]


def upgrade() -> None:
    """Make the tables and columns, carry over what stands, then the rules and the rights."""
    _wide_keys()
    _reach()
    _access_request()
    _delegation_request()
    _membership()
    _delegation()
    _people()
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(RULES.read_text())
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    for table in ("access_request", "delegation_request", "client_group"):
        op.execute(f"REVOKE ALL ON {table} FROM {app}")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")


def _wide_keys() -> None:
    """Keys are bigint; these four were narrower than what they point to."""
    for table in ("membership", "delegation"):
        for column in ("account_id", "program_id"):
            op.alter_column(table, column, existing_type=sa.Integer(), type_=sa.BigInteger())


def _reach() -> None:
    op.add_column(
        "program_role",
        sa.Column(
            "reach",
            sa.Text(),
            server_default="account",
            nullable=False,
            comment="the whole account, or one program account of it",
        ),
    )
    op.create_check_constraint(op.f("ck_program_role_reach"), "program_role", "reach IN ('account', 'program_account')")
    op.create_check_constraint(
        op.f("ck_program_role_required_reaches_the_account"), "program_role", "NOT required OR reach = 'account'"
    )
    op.create_unique_constraint(op.f("uq_program_account_id_account_id"), "program_account", ["id", "account_id"])


def _access_request() -> None:
    op.create_table(
        "access_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("program_account_id", sa.BigInteger(), nullable=True, comment="the program account that the person named, if any"),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True, comment="personal; what the person wrote"),
        sa.Column("state", sa.Text(), server_default="asked", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True, comment="of a refusal, told to the person"),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(ANSWERS, name=op.f("ck_access_request_state")),
        sa.CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name=op.f("ck_access_request_answered")),
        sa.CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name=op.f("ck_access_request_refusal_has_reason")),
        sa.CheckConstraint("state <> 'approved' OR answered_by <> person_id", name=op.f("ck_access_request_nobody_answers_their_own")),
        sa.CheckConstraint("comment <> ''", name=op.f("ck_access_request_comment")),
        sa.ForeignKeyConstraint(["account_id", "program_id"], ACCOUNT_KEY, name=op.f("fk_access_request_account_id_program_id")),
        sa.ForeignKeyConstraint(PART, PART_KEY, name=op.f("fk_access_request_program_account_id_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_access_request_person_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_access_request_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_request")),
    )
    op.create_index(
        "uq_access_request_open", "access_request", ["person_id", "account_id"], unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )  # fmt: skip
    op.create_index("ix_access_request_account_state", "access_request", ["account_id", "state", "asked_at"])


def _delegation_request() -> None:
    op.create_table(
        "delegation_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False, comment="the client's"),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("delegate_id", sa.BigInteger(), nullable=False, comment="the provider that asks"),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True, comment="what the provider wrote"),
        sa.Column("state", sa.Text(), server_default="asked", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True, comment="of a refusal, told to the provider"),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(ANSWERS, name=op.f("ck_delegation_request_state")),
        sa.CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name=op.f("ck_delegation_request_answered")),
        sa.CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name=op.f("ck_delegation_request_refusal_has_reason")),
        sa.CheckConstraint("state <> 'approved' OR answered_by <> asked_by", name=op.f("ck_delegation_request_nobody_answers_their_own")),
        sa.CheckConstraint("comment <> ''", name=op.f("ck_delegation_request_comment")),
        sa.ForeignKeyConstraint(["account_id", "program_id"], ACCOUNT_KEY, name=op.f("fk_delegation_request_account_id_program_id")),
        sa.ForeignKeyConstraint(["delegate_id"], ["party.id"], name=op.f("fk_delegation_request_delegate_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_delegation_request_asked_by")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_delegation_request_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_request")),
    )
    op.create_index(
        "uq_delegation_request_open", "delegation_request", ["account_id", "delegate_id"], unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )  # fmt: skip
    op.create_index("ix_delegation_request_account_state", "delegation_request", ["account_id", "state", "asked_at"])
    op.create_index("ix_delegation_request_delegate_state", "delegation_request", ["delegate_id", "state", "asked_at"])


def _membership() -> None:
    op.drop_constraint(op.f("fk_membership_program_account_id"), "membership", type_="foreignkey")
    op.create_foreign_key(
        op.f("fk_membership_program_account_id_account_id"), "membership", "program_account", PART, ["id", "account_id"]
    )
    op.alter_column(
        "membership", "program_account_id", existing_type=sa.BigInteger(),
        comment="none: the whole account; a trigger holds it to the reach of the role",
    )  # fmt: skip
    op.add_column("membership", sa.Column("request_id", sa.BigInteger(), nullable=True, comment="the request that it answers"))
    op.create_foreign_key(op.f("fk_membership_request_id"), "membership", "access_request", ["request_id"], ["id"])
    op.create_index(op.f("ix_membership_request_id"), "membership", ["request_id"])


def _delegation() -> None:
    op.drop_constraint(op.f("ck_delegation_state"), "delegation", type_="check")
    op.alter_column("delegation", "requested_at", new_column_name="made_at")
    for column in (
        sa.Column("made_by", sa.BigInteger(), nullable=True, comment="who approved it for the client"),
        sa.Column("request_id", sa.BigInteger(), nullable=True, comment="the request that it answers"),
        sa.Column("reminded", sa.Integer(), nullable=True, comment="calendar days before its end, of the last reminder that was sent"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
    ):
        op.add_column("delegation", column)
    # Nothing made any before: were there some, only an active one gave anybody anything.
    op.execute(
        "UPDATE delegation SET end_reason = state, ended_at = coalesce(least(ends_at, guichet_now()), made_at),"
        " state = 'ended' WHERE state <> 'active'"
    )
    op.alter_column("delegation", "state", existing_type=sa.Text(), server_default="active")
    op.create_check_constraint(op.f("ck_delegation_state"), "delegation", "state IN ('active', 'ended')")
    op.create_check_constraint(op.f("ck_delegation_ended"), "delegation", "(state = 'ended') = (ended_at IS NOT NULL)")
    op.create_check_constraint(op.f("ck_delegation_end_has_reason"), "delegation", "(ended_at IS NULL) = (end_reason IS NULL)")
    op.create_check_constraint(op.f("ck_delegation_reminded"), "delegation", "reminded > 0")
    op.drop_constraint(op.f("fk_delegation_program_account_id"), "delegation", type_="foreignkey")
    op.create_foreign_key(
        op.f("fk_delegation_program_account_id_account_id"), "delegation", "program_account", PART, ["id", "account_id"]
    )
    op.create_foreign_key(op.f("fk_delegation_made_by"), "delegation", "person", ["made_by"], ["id"])
    op.create_foreign_key(op.f("fk_delegation_ended_by"), "delegation", "person", ["ended_by"], ["id"])
    op.create_foreign_key(op.f("fk_delegation_request_id"), "delegation", "delegation_request", ["request_id"], ["id"])
    op.create_index(op.f("ix_delegation_request_id"), "delegation", ["request_id"])
    op.create_index(
        "uq_delegation_live", "delegation", ["account_id", "delegate_id", sa.text("coalesce(program_account_id, 0)")],
        unique=True, postgresql_where=sa.text("state = 'active'"),
    )  # fmt: skip
    op.create_index("ix_delegation_ends_at", "delegation", ["ends_at"], postgresql_where=sa.text("state = 'active'"))


def _people() -> None:
    op.create_table(
        "client_group",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False, comment="the provider's own account"),
        sa.Column("name_folded", sa.Text(), nullable=False, comment="accents and case dropped: never used again"),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_client_group_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_client_group_account_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_client_group_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_group")),
        sa.UniqueConstraint("account_id", "name_folded", name=op.f("uq_client_group_account_id_name_folded")),
    )
    for table, moment, by in (("group_member", "added_at", "added_by"), ("assignment", "assigned_at", "assigned_by")):
        op.add_column(table, sa.Column(moment, sa.DateTime(timezone=True), server_default=NOW, nullable=False))
        op.add_column(table, sa.Column(by, sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_{by}"), table, "person", [by], ["id"])
    op.add_column("assignment", sa.Column("level", sa.Text(), nullable=True, comment="the acting role, or the delegation's own level"))
    op.execute("UPDATE assignment SET level = delegation.level FROM delegation WHERE delegation.id = delegation_id")
    op.alter_column("assignment", "level", existing_type=sa.Text(), nullable=False)
