"""The kernel: the first tables, their rules, the queue, and what the application may touch."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

RULES = Path(__file__).parents[1] / "sql" / "0001_rules.sql"

# The database's clock, the only one that decides. Tests replace the function as the owner;
# STABLE lets an index serve `expires_at > guichet_now()`, and clock_timestamp() (not now())
# keeps a code that expired while its transaction waited for a lock from passing.
CLOCK = """
CREATE FUNCTION guichet_now() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT clock_timestamp() $$
"""

# What the definition files say: read here, written by `sync` as the owner.
READ_ONLY = (
    "program", "program_version", "program_role", "program_action", "role_action", "role_grant",
    "level_action", "standing", "staff_role_action", "ab_permission", "ab_view_menu",
    "ab_permission_view", "ab_permission_view_role", "ab_role", "ab_group", "ab_group_role",
    "ab_user_group", "ab_register_user", "ab_api_key",
)  # fmt: skip
# Written once.
APPEND_ONLY = ("terms_acceptance", "client_number")
# Rows that may really go: counters, and sign-ups that nobody finished.
DELETABLE = (
    "limit_event", "ab_user", "ab_user_role", "party", "person", "credential", "factor",
    "challenge", "sign_in_session", "kept_form", "group_member", "assignment",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables, then the rules, the queue and the grants."""
    op.execute(CLOCK)
    _tables()
    _run(RULES.read_text())
    _run(SchemaManager.get_schema())
    _grants()


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")


def _run(script: str) -> None:
    """Run a script of several statements as it stands: neither `%` nor `:` mean anything in it."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(script)


def _grants() -> None:
    """The application's role: what it needs, table by table, and nothing by default."""
    names = sa.inspect(op.get_bind()).get_table_names()
    role = op.get_context().opts.get("application_role", "guichet_app")
    app = f'"{role}"'
    op.execute(f"GRANT USAGE ON SCHEMA public TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")
    for name in names:
        if name in READ_ONLY or name == "alembic_version":
            rights = "SELECT"
        elif name in APPEND_ONLY:
            rights = "SELECT, INSERT"
        elif name in DELETABLE or name.startswith("procrastinate_"):
            rights = "SELECT, INSERT, UPDATE, DELETE"
        else:
            rights = "SELECT, INSERT, UPDATE"
        op.execute(f'GRANT {rights} ON "{name}" TO {app}')


def _tables() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("letter_number_seq")))
    op.create_table(
        "ab_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=150), nullable=True),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_group_name")),
    )
    op.create_table(
        "ab_permission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_permission_name")),
    )
    op.create_table(
        "ab_register_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("registration_date", sa.DateTime(), nullable=True),
        sa.Column("registration_hash", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_register_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_register_user_email")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_register_user_username")),
    )
    op.create_table(
        "ab_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_role")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_role_name")),
    )
    op.create_table(
        "ab_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("last_login", sa.DateTime(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("fail_login_count", sa.Integer(), nullable=True),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("changed_on", sa.DateTime(), nullable=True),
        sa.Column("created_by_fk", sa.Integer(), nullable=True),
        sa.Column("changed_by_fk", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_changed_by_fk")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_created_by_fk")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_user_email")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_user_username")),
    )
    op.create_index(
        "uq_ab_user_username_folded", "ab_user", [sa.literal_column("lower(username)")], unique=True
    )
    op.create_table(
        "ab_view_menu",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_view_menu")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_view_menu_name")),
    )
    op.create_table(
        "limit_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="the limit's name in portal.yaml"),
        sa.Column(
            "subject", sa.Text(), nullable=False, comment="whom it counts for: an id, an address"
        ),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_event")),
    )
    op.create_index(
        "ix_limit_event_kind_subject_at", "limit_event", ["kind", "subject", "at"], unique=False
    )
    op.create_table(
        "party",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="display name; a business's legal name"
        ),
        sa.Column(
            "name_folded",
            sa.Text(),
            nullable=False,
            comment="accents and case dropped: sorts and finds",
        ),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('simple'::regconfig, name_folded)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('person', 'business', 'trust', 'group')", name=op.f("ck_party_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    op.create_index("ix_party_name_folded_id", "party", ["name_folded", "id"], unique=False)
    op.create_index("ix_party_search", "party", ["search"], unique=False, postgresql_using="gin")
    op.create_table(
        "program",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=False),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="the published version now in force"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
        sa.UniqueConstraint("code", name=op.f("uq_program_code")),
    )
    op.create_table(
        "staff_role_action",
        sa.Column("staff_role", sa.Text(), nullable=False),
        sa.Column("action_code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("staff_role", "action_code", name=op.f("pk_staff_role_action")),
    )
    op.create_table(
        "ab_api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("key_hash", sa.String(length=256), nullable=False),
        sa.Column("lookup_hash", sa.String(length=256), nullable=True),
        sa.Column("key_prefix", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("expires_on", sa.DateTime(), nullable=True),
        sa.Column("revoked_on", sa.DateTime(), nullable=True),
        sa.Column("last_used_on", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_api_key_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_api_key")),
        sa.UniqueConstraint("lookup_hash", name=op.f("uq_ab_api_key_lookup_hash")),
        sa.UniqueConstraint("uuid", name=op.f("uq_ab_api_key_uuid")),
    )
    op.create_index("idx_api_key_lookup_hash", "ab_api_key", ["lookup_hash"], unique=True)
    op.create_index("idx_api_key_prefix", "ab_api_key", ["key_prefix"], unique=False)
    op.create_index("idx_api_key_user_id", "ab_api_key", ["user_id"], unique=False)
    op.create_table(
        "ab_group_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["ab_group.id"],
            name=op.f("fk_ab_group_role_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_group_role_role_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group_role")),
        sa.UniqueConstraint("group_id", "role_id", name=op.f("uq_ab_group_role_group_id_role_id")),
    )
    op.create_index("idx_group_id", "ab_group_role", ["group_id"], unique=False)
    op.create_index("idx_group_role_id", "ab_group_role", ["role_id"], unique=False)
    op.create_table(
        "ab_permission_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_id", sa.Integer(), nullable=False),
        sa.Column("view_menu_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"],
            ["ab_permission.id"],
            name=op.f("fk_ab_permission_view_permission_id"),
        ),
        sa.ForeignKeyConstraint(
            ["view_menu_id"], ["ab_view_menu.id"], name=op.f("fk_ab_permission_view_view_menu_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view")),
        sa.UniqueConstraint(
            "permission_id",
            "view_menu_id",
            name=op.f("uq_ab_permission_view_permission_id_view_menu_id"),
        ),
    )
    op.create_index("idx_permission_id", "ab_permission_view", ["permission_id"], unique=False)
    op.create_index("idx_view_menu_id", "ab_permission_view", ["view_menu_id"], unique=False)
    op.create_table(
        "ab_user_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["ab_group.id"],
            name=op.f("fk_ab_user_group_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_group_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_group")),
        sa.UniqueConstraint("user_id", "group_id", name=op.f("uq_ab_user_group_user_id_group_id")),
    )
    op.create_index("idx_user_group_id", "ab_user_group", ["group_id"], unique=False)
    op.create_index("idx_user_id", "ab_user_group", ["user_id"], unique=False)
    op.create_table(
        "ab_user_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_user_role_role_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_role_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_role")),
        sa.UniqueConstraint("user_id", "role_id", name=op.f("uq_ab_user_role_user_id_role_id")),
    )
    op.create_table(
        "business",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("bn", sa.Text(), nullable=True),
        sa.Column("carrier_code", sa.Text(), nullable=True),
        sa.Column("base", sa.Text(), nullable=False, comment="CA or US: where it is based"),
        sa.CheckConstraint("base IN ('CA', 'US')", name=op.f("ck_business_base")),
        sa.CheckConstraint("bn ~ '^[0-9]{9}$'", name=op.f("ck_business_bn")),
        sa.CheckConstraint(
            "bn IS NOT NULL OR carrier_code IS NOT NULL", name=op.f("ck_business_identified")
        ),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_business_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business")),
        sa.UniqueConstraint("bn", name=op.f("uq_business_bn")),
        sa.UniqueConstraint("carrier_code", name=op.f("uq_business_carrier_code")),
    )
    op.create_table(
        "client_number",
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "assigned_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_client_number_party_id")),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_client_number_program_id")
        ),
        sa.PrimaryKeyConstraint("party_id", "program_id", name=op.f("pk_client_number")),
        sa.UniqueConstraint(
            "program_id", "number", name=op.f("uq_client_number_program_id_number")
        ),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "urn",
            sa.Text(),
            nullable=True,
            comment="user reference number; none before the first code",
        ),
        sa.Column("urn_issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_name", sa.Text(), nullable=False, comment="personal"),
        sa.Column("family_name", sa.Text(), nullable=False, comment="personal"),
        sa.Column("email", sa.Text(), nullable=False, comment="personal; receives codes"),
        sa.Column("email_folded", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True, comment="personal; E.164"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="unverified", nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_person_language")),
        sa.CheckConstraint(
            "state IN ('unverified', 'active', 'disabled')", name=op.f("ck_person_state")
        ),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_person_id")),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_person_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("urn", name=op.f("uq_person_urn")),
        sa.UniqueConstraint("user_id", name=op.f("uq_person_user_id")),
    )
    op.create_index(op.f("ix_person_email_folded"), "person", ["email_folded"], unique=False)
    op.create_table(
        "program_action",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_program_action_program_id")
        ),
        sa.PrimaryKeyConstraint("program_id", "code", name=op.f("pk_program_action")),
    )
    op.create_table(
        "program_role",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column(
            "rank",
            sa.Integer(),
            nullable=False,
            comment="1 is the highest; nobody gives one above their own",
        ),
        sa.Column(
            "exclusive", sa.Boolean(), nullable=False, comment="at most one person an account"
        ),
        sa.Column(
            "required", sa.Boolean(), nullable=False, comment="never nobody in an open account"
        ),
        sa.Column(
            "retired",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="gone from the definition; kept for history",
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_program_role_program_id")
        ),
        sa.PrimaryKeyConstraint("program_id", "code", name=op.f("pk_program_role")),
        sa.UniqueConstraint(
            "program_id",
            "code",
            "exclusive",
            "required",
            name=op.f("uq_program_role_program_id_code_exclusive_required"),
        ),
    )
    op.create_table(
        "program_version",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="the YAML file as it was published"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_program_version_program_id")
        ),
        sa.PrimaryKeyConstraint("program_id", "version", name=op.f("pk_program_version")),
    )
    op.create_table(
        "standing",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_standing_program_id")
        ),
        sa.PrimaryKeyConstraint("program_id", "code", name=op.f("pk_standing")),
    )
    op.create_table(
        "ab_permission_view_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_view_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["permission_view_id"],
            ["ab_permission_view.id"],
            name=op.f("fk_ab_permission_view_role_permission_view_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"],
            ["ab_role.id"],
            name=op.f("fk_ab_permission_view_role_role_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view_role")),
        sa.UniqueConstraint(
            "permission_view_id",
            "role_id",
            name=op.f("uq_ab_permission_view_role_permission_view_id_role_id"),
        ),
    )
    op.create_index(
        "idx_permission_view_id", "ab_permission_view_role", ["permission_view_id"], unique=False
    )
    op.create_index("idx_role_id", "ab_permission_view_role", ["role_id"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="authorised", nullable=False),
        sa.Column(
            "standing_code",
            sa.Text(),
            nullable=False,
            comment="where it is in the program's own life",
        ),
        sa.Column(
            "authorised_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state IN ('authorised', 'closed')", name=op.f("ck_account_state")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_account_party_id")),
        sa.ForeignKeyConstraint(
            ["program_id", "standing_code"],
            ["standing.program_id", "standing.code"],
            name=op.f("fk_account_program_id_standing_code"),
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_account_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("id", "program_id", name=op.f("uq_account_id_program_id")),
        sa.UniqueConstraint("party_id", "program_id", name=op.f("uq_account_party_id_program_id")),
    )
    op.create_index(op.f("ix_account_party_id"), "account", ["party_id"], unique=False)
    op.create_index(op.f("ix_account_program_id"), "account", ["program_id"], unique=False)
    op.create_table(
        "announcement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=True),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_fr", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("body_fr", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_announcement_dates")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_announcement_made_by")),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_announcement_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False, comment="argon2id hash with its parameters"),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('password')", name=op.f("ck_credential_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_credential_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_credential_person_id_kind")),
    )
    op.create_table(
        "factor",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("in_a_row", sa.Integer(), server_default="0", nullable=False),
        sa.Column("in_all", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "locks",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="locks so far: each doubles",
        ),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('email_code')", name=op.f("ck_factor_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_factor_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_factor_person_id_kind")),
    )
    op.create_table(
        "group_member",
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["party.id"], name=op.f("fk_group_member_group_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_group_member_person_id")
        ),
        sa.PrimaryKeyConstraint("group_id", "person_id", name=op.f("pk_group_member")),
    )
    op.create_index(op.f("ix_group_member_person_id"), "group_member", ["person_id"], unique=False)
    op.create_table(
        "level_action",
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("action_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id", "action_code"],
            ["program_action.program_id", "program_action.code"],
            name=op.f("fk_level_action_program_id_action_code"),
        ),
        sa.PrimaryKeyConstraint("program_id", "level", "action_code", name=op.f("pk_level_action")),
    )
    op.create_table(
        "registry_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.BigInteger(), nullable=False),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["person.id"], name=op.f("fk_registry_import_imported_by")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_registry_import_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_import")),
    )
    op.create_index(
        op.f("ix_registry_import_program_id"), "registry_import", ["program_id"], unique=False
    )
    op.create_table(
        "role_action",
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("role_code", sa.Text(), nullable=False),
        sa.Column("action_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id", "action_code"],
            ["program_action.program_id", "program_action.code"],
            name=op.f("fk_role_action_program_id_action_code"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id", "role_code"],
            ["program_role.program_id", "program_role.code"],
            name=op.f("fk_role_action_program_id_role_code"),
        ),
        sa.PrimaryKeyConstraint(
            "program_id", "role_code", "action_code", name=op.f("pk_role_action")
        ),
    )
    op.create_table(
        "role_grant",
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("giver_code", sa.Text(), nullable=False),
        sa.Column("role_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('give', 'propose')", name=op.f("ck_role_grant_kind")),
        sa.ForeignKeyConstraint(
            ["program_id", "giver_code"],
            ["program_role.program_id", "program_role.code"],
            name=op.f("fk_role_grant_program_id_giver_code"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id", "role_code"],
            ["program_role.program_id", "program_role.code"],
            name=op.f("fk_role_grant_program_id_role_code"),
        ),
        sa.PrimaryKeyConstraint(
            "program_id", "giver_code", "role_code", name=op.f("pk_role_grant")
        ),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "person_id",
            sa.BigInteger(),
            nullable=True,
            comment="none: somebody asked to reset an unknown sign-in name",
        ),
        sa.Column("purpose", sa.Text(), server_default="sign_in", nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column(
            "code_verified_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="step-up counts from here",
        ),
        sa.Column("factor", sa.Text(), nullable=True),
        sa.Column("address", postgresql.INET(), nullable=True, comment="personal"),
        sa.Column("device", sa.Text(), nullable=True, comment="browser and system, in a few words"),
        sa.Column(
            "next_path",
            sa.Text(),
            nullable=True,
            comment="the page that was asked for; sign-in leads there",
        ),
        sa.Column(
            "full_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when sign-in was complete",
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(stage = 'full') = (full_at IS NOT NULL)", name=op.f("ck_sign_in_session_full")
        ),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR (purpose = 'password_reset' AND stage = 'credential')",
            name=op.f("ck_sign_in_session_decoy"),
        ),
        sa.CheckConstraint(
            "purpose IN ('sign_up', 'sign_in', 'password_reset')",
            name=op.f("ck_sign_in_session_purpose"),
        ),
        sa.CheckConstraint(
            "stage IN ('credential', 'code', 'full')", name=op.f("ck_sign_in_session_stage")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_sign_in_session_ended")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    op.create_index(
        "ix_sign_in_session_person_id_started_at",
        "sign_in_session",
        ["person_id", "started_at"],
        unique=False,
    )
    op.create_table(
        "staff_assignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_role", sa.Text(), nullable=False),
        sa.Column(
            "starts_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_staff_assignment_dates")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_staff_assignment_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_staff_assignment_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_staff_assignment_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_assignment")),
    )
    op.create_index(
        op.f("ix_staff_assignment_program_id"), "staff_assignment", ["program_id"], unique=False
    )
    op.create_index(
        "uq_staff_assignment_live",
        "staff_assignment",
        ["person_id", "program_id", "staff_role"],
        unique=True,
        postgresql_where=sa.text("ends_at IS NULL"),
    )
    op.create_table(
        "terms_acceptance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "session_id",
            sa.BigInteger(),
            nullable=True,
            comment="sign-in session; a plain id, since sessions stand above parties",
        ),
        sa.Column(
            "accepted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'program') = (program_id IS NOT NULL)",
            name=op.f("ck_terms_acceptance_program"),
        ),
        sa.CheckConstraint(
            "kind IN ('mfa', 'portal', 'program')", name=op.f("ck_terms_acceptance_kind")
        ),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_terms_acceptance_language")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_terms_acceptance_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_terms_acceptance_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_acceptance")),
    )
    op.create_index(
        "ix_terms_acceptance_person_id_kind",
        "terms_acceptance",
        ["person_id", "kind"],
        unique=False,
    )
    op.create_table(
        "challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "person_id",
            sa.BigInteger(),
            nullable=True,
            comment="none: a decoy for an unknown sign-in name, which no code opens",
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column(
            "session_id",
            sa.BigInteger(),
            nullable=False,
            comment="it opens only where it was asked for",
        ),
        sa.Column(
            "key_id", sa.Text(), nullable=False, comment="which key of CODE_KEYS derives the code"
        ),
        sa.Column(
            "mailbox",
            sa.Text(),
            nullable=False,
            comment="personal; the folded address it was sent to",
        ),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "tries",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="tries used, right or wrong",
        ),
        sa.Column("consumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "replaced_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="a newer code ended this one",
        ),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR purpose = 'password_reset'", name=op.f("ck_challenge_decoy")
        ),
        sa.CheckConstraint(
            "purpose IN ('sign_up', 'sign_in', 'password_reset', 'step_up')",
            name=op.f("ck_challenge_purpose"),
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_challenge_tries")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_challenge_person_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in_session.id"], name=op.f("fk_challenge_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
    )
    op.create_index(
        "ix_challenge_person_id_made_at", "challenge", ["person_id", "made_at"], unique=False
    )
    op.create_index(op.f("ix_challenge_session_id"), "challenge", ["session_id"], unique=False)
    op.create_table(
        "kept_form",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger(), nullable=False, comment="the ended session it came from"
        ),
        sa.Column(
            "path",
            sa.Text(),
            nullable=False,
            comment="the page with the form, without its language",
        ),
        sa.Column("key_id", sa.Text(), nullable=False, comment="which key of CODE_KEYS sealed it"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="personal; the typed fields"),
        sa.Column(
            "kept_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_form_person_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in_session.id"], name=op.f("fk_kept_form_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_form")),
    )
    op.create_index("ix_kept_form_person_id_path", "kept_form", ["person_id", "path"], unique=False)
    op.create_index(op.f("ix_kept_form_session_id"), "kept_form", ["session_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("program_id", sa.BigInteger(), nullable=True),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("path", sa.Text(), nullable=True, comment="where in the portal it leads"),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_state", sa.Text(), server_default="none", nullable=False),
        sa.Column(
            "mail_to", sa.Text(), nullable=True, comment="personal; when not the person's own"
        ),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "mail_state IN ('none', 'queued', 'sent', 'failed')", name=op.f("ck_notice_mail_state")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_notice_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_account_id"), "notice", ["account_id"], unique=False)
    op.create_index("ix_notice_person_id_made_at", "notice", ["person_id", "made_at"], unique=False)
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "ownership_transfer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role_code", sa.Text(), nullable=False),
        sa.Column("from_person_id", sa.BigInteger(), nullable=False),
        sa.Column("to_person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "old_owner_role",
            sa.Text(),
            nullable=True,
            comment="role the giver keeps afterwards; none means leaving the account",
        ),
        sa.Column("state", sa.Text(), server_default="offered", nullable=False),
        sa.Column(
            "offered_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "attested_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the receiver attested signing authority",
        ),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'withdrawn', 'lapsed')",
            name=op.f("ck_ownership_transfer_state"),
        ),
        sa.CheckConstraint(
            "from_person_id <> to_person_id", name=op.f("ck_ownership_transfer_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_ownership_transfer_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_person_id"], ["person.id"], name=op.f("fk_ownership_transfer_from_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_person_id"], ["person.id"], name=op.f("fk_ownership_transfer_to_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_transfer")),
    )
    op.create_index(
        op.f("ix_ownership_transfer_to_person_id"),
        "ownership_transfer",
        ["to_person_id"],
        unique=False,
    )
    op.create_index(
        "uq_ownership_transfer_open",
        "ownership_transfer",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_table(
        "program_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="two letters and four digits"),
        sa.Column("label", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_program_account_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_account")),
        sa.UniqueConstraint(
            "account_id", "number", name=op.f("uq_program_account_account_id_number")
        ),
    )
    op.create_table(
        "registry_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("bn", sa.Text(), nullable=True),
        sa.Column("carrier_code", sa.Text(), nullable=True),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('simple'::regconfig, name_folded)", persisted=True),
            nullable=False,
        ),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False, comment="language of the letters"),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False, comment="province or state, two letters"),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column(
            "lines",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="lines of business, codes",
        ),
        sa.Column(
            "origin",
            sa.Text(),
            nullable=False,
            comment="import, or officer when added by hand with a paper reference",
        ),
        sa.Column("paper_reference", sa.Text(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "as_of",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.CheckConstraint("base IN ('CA', 'US')", name=op.f("ck_registry_entry_base")),
        sa.CheckConstraint("bn ~ '^[0-9]{9}$'", name=op.f("ck_registry_entry_bn")),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_registry_entry_language")),
        sa.CheckConstraint(
            "bn IS NOT NULL OR carrier_code IS NOT NULL", name=op.f("ck_registry_entry_identified")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["registry_import.id"], name=op.f("fk_registry_entry_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_registry_entry_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_entry")),
        sa.UniqueConstraint("program_id", "bn", name=op.f("uq_registry_entry_program_id_bn")),
        sa.UniqueConstraint(
            "program_id", "carrier_code", name=op.f("uq_registry_entry_program_id_carrier_code")
        ),
    )
    op.create_index(
        "ix_registry_entry_program_name",
        "registry_entry",
        ["program_id", "name_folded", "id"],
        unique=False,
    )
    op.create_index(
        "ix_registry_entry_search",
        "registry_entry",
        ["search"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "delegation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column(
            "program_account_id",
            sa.BigInteger(),
            nullable=True,
            comment="none: the whole account, present and future",
        ),
        sa.Column("delegate_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("sees_own", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("sees_client", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("sees_others", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("state", sa.Text(), server_default="requested", nullable=False),
        sa.Column(
            "requested_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'active', 'declined', 'revoked', 'ended')",
            name=op.f("ck_delegation_state"),
        ),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_delegation_dates")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "program_id"],
            ["account.id", "account.program_id"],
            name=op.f("fk_delegation_account_id_program_id"),
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["party.id"], name=op.f("fk_delegation_delegate_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_account_id"],
            ["program_account.id"],
            name=op.f("fk_delegation_program_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(
        "ix_delegation_account_state", "delegation", ["account_id", "state"], unique=False
    )
    op.create_index(
        "ix_delegation_delegate_state", "delegation", ["delegate_id", "state"], unique=False
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("program_account_id", sa.BigInteger(), nullable=True),
        sa.Column("role_code", sa.Text(), nullable=False),
        sa.Column(
            "exclusive",
            sa.Boolean(),
            nullable=False,
            comment="copied from the role, held by foreign key",
        ),
        sa.Column(
            "required",
            sa.Boolean(),
            nullable=False,
            comment="copied from the role, held by foreign key",
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("contact_title", sa.Text(), nullable=True, comment="position in the business"),
        sa.Column("contact_phone", sa.Text(), nullable=True, comment="business telephone, E.164"),
        sa.Column(
            "contact_email",
            sa.Text(),
            nullable=True,
            comment="business contact; never the mailbox that receives codes",
        ),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "added_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column(
            "offer_expires_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the named person's last day",
        ),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activated_by", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("account_id"), "="),
            (sa.column("role_code"), "="),
            where=sa.text("exclusive AND status = 'active'"),
            deferrable="True",
            initially="DEFERRED",
            using="btree",
            name="ex_membership_exclusive_role",
        ),
        sa.CheckConstraint(
            "(status = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_membership_ended")
        ),
        sa.CheckConstraint(
            "NOT required OR status IN ('active', 'ended')",
            name=op.f("ck_membership_required_is_never_suspended"),
        ),
        sa.CheckConstraint(
            "status IN ('offered', 'waiting', 'active', 'suspended', 'ended')",
            name=op.f("ck_membership_status"),
        ),
        sa.CheckConstraint(
            "NOT required OR ends_at IS NULL", name=op.f("ck_membership_required_has_no_end")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "program_id"],
            ["account.id", "account.program_id"],
            name=op.f("fk_membership_account_id_program_id"),
        ),
        sa.ForeignKeyConstraint(
            ["activated_by"], ["person.id"], name=op.f("fk_membership_activated_by")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_membership_added_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(
            ["program_account_id"],
            ["program_account.id"],
            name=op.f("fk_membership_program_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id", "role_code", "exclusive", "required"],
            [
                "program_role.program_id",
                "program_role.code",
                "program_role.exclusive",
                "program_role.required",
            ],
            name=op.f("fk_membership_program_id_role_code_exclusive_required"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(
        "ix_membership_account_status", "membership", ["account_id", "status"], unique=False
    )
    op.create_index(
        "uq_membership_live",
        "membership",
        ["person_id", "account_id", sa.literal_column("coalesce(program_account_id, 0)")],
        unique=True,
        postgresql_where=sa.text("status <> 'ended'"),
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Text(),
            server_default="self",
            nullable=False,
            comment="self: begun by the person; staff: account made by staff",
        ),
        sa.Column(
            "person_id",
            sa.BigInteger(),
            nullable=False,
            comment="who may activate: the prospective owner",
        ),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column(
            "answers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="eligibility answers by question code",
        ),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column(
            "lines", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("bn", sa.Text(), nullable=True),
        sa.Column("carrier_code", sa.Text(), nullable=True),
        sa.Column("zip_code", sa.Text(), nullable=True),
        sa.Column("legal_name", sa.Text(), nullable=True, comment="as the person typed it"),
        sa.Column(
            "address",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="as the person typed it; compared with the registry, never posted to",
        ),
        sa.Column("registry_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "officer_reason",
            sa.Text(),
            nullable=True,
            comment="address, not_in_registry, already_active, answers: why an officer looks",
        ),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        sa.Column("officer_note", sa.Text(), nullable=True, comment="for staff only"),
        sa.Column(
            "refusal_reason",
            sa.Text(),
            nullable=True,
            comment="what the person is told when refused, in their language",
        ),
        sa.Column(
            "paper_reference",
            sa.Text(),
            nullable=True,
            comment="the paper on which the officer decided",
        ),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column(
            "sent_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the person finished registering",
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "attested_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="signing authority attested",
        ),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(state = 'activated') = (activated_at IS NOT NULL)",
            name=op.f("ck_registration_activated"),
        ),
        sa.CheckConstraint("kind IN ('self', 'staff')", name=op.f("ck_registration_kind")),
        sa.CheckConstraint(
            "officer_reason IN ('address', 'not_in_registry', 'already_active', 'answers')",
            name=op.f("ck_registration_officer_reason"),
        ),
        sa.CheckConstraint(
            "state <> 'letter' OR (party_id IS NOT NULL AND registry_entry_id IS NOT NULL)",
            name=op.f("ck_registration_letter_needs_registry"),
        ),
        sa.CheckConstraint(
            "state <> 'officer' OR officer_reason IS NOT NULL",
            name=op.f("ck_registration_officer_has_reason"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR (decided_at IS NOT NULL AND refusal_reason IS NOT NULL)",
            name=op.f("ck_registration_refused_has_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'ineligible', 'routed', 'officer', 'letter', 'activated', 'refused', 'lapsed', 'withdrawn')",
            name=op.f("ck_registration_state"),
        ),
        sa.CheckConstraint(
            "activated_at IS NULL OR attested_at IS NOT NULL",
            name=op.f("ck_registration_activated_is_attested"),
        ),
        sa.CheckConstraint(
            "decided_at IS NULL OR officer_id IS NOT NULL", name=op.f("ck_registration_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["person.id"], name=op.f("fk_registration_officer_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_registration_party_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_registration_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_registration_program_id")
        ),
        sa.ForeignKeyConstraint(
            ["registry_entry_id"],
            ["registry_entry.id"],
            name=op.f("fk_registration_registry_entry_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    op.create_index(op.f("ix_registration_party_id"), "registration", ["party_id"], unique=False)
    op.create_index(
        "ix_registration_person_id_state", "registration", ["person_id", "state"], unique=False
    )
    op.create_index(
        "ix_registration_program_state", "registration", ["program_id", "state"], unique=False
    )
    op.create_index(
        "uq_registration_draft",
        "registration",
        ["person_id", "program_id"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
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
        postgresql_where=sa.text("state IN ('officer', 'letter')"),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delegation_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_assignment_one_assignee")
        ),
        sa.ForeignKeyConstraint(
            ["delegation_id"], ["delegation.id"], name=op.f("fk_assignment_delegation_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["party.id"], name=op.f("fk_assignment_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "delegation_id", "group_id", name=op.f("uq_assignment_delegation_id_group_id")
        ),
        sa.UniqueConstraint(
            "delegation_id", "person_id", name=op.f("uq_assignment_delegation_id_person_id")
        ),
    )
    op.create_index(op.f("ix_assignment_group_id"), "assignment", ["group_id"], unique=False)
    op.create_index(op.f("ix_assignment_person_id"), "assignment", ["person_id"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "number",
            sa.Text(),
            nullable=True,
            comment="L-year-number, printed on the letter; drawn when made",
        ),
        sa.Column("registration_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "replaces_id",
            sa.BigInteger(),
            nullable=True,
            comment="made anew by staff because that one was never confirmed; not the person's wish",
        ),
        sa.Column(
            "address",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="the registry's name and address, copied again when the letter is made",
        ),
        sa.Column("state", sa.Text(), server_default="due", nullable=False),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "mail_number", sa.Text(), nullable=True, comment="registered-mail number, UPU S10"
        ),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("language IN ('en', 'fr')", name=op.f("ck_letter_language")),
        sa.CheckConstraint(
            "state <> 'due' OR made_at IS NULL", name=op.f("ck_letter_due_is_not_made")
        ),
        sa.CheckConstraint(
            "state IN ('due', 'withheld', 'cancelled') OR (made_at IS NOT NULL AND made_by IS NOT NULL AND number IS NOT NULL)",
            name=op.f("ck_letter_made"),
        ),
        sa.CheckConstraint(
            "state IN ('due', 'withheld', 'prepared', 'printed', 'posted', 'delivered', 'returned', 'replaced', 'cancelled')",
            name=op.f("ck_letter_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('posted', 'delivered', 'returned') OR mail_number IS NOT NULL",
            name=op.f("ck_letter_posted_has_number"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_letter_made_by")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_letter_program_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_letter_registration_id")
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["letter.id"], name=op.f("fk_letter_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("mail_number", name=op.f("uq_letter_mail_number")),
        sa.UniqueConstraint("number", name=op.f("uq_letter_number")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_letter_replaces_id")),
    )
    op.create_index(
        "ix_letter_program_state_due", "letter", ["program_id", "state", "due_at"], unique=False
    )
    op.create_index(op.f("ix_letter_registration_id"), "letter", ["registration_id"], unique=False)
    op.create_index(
        "uq_letter_due",
        "letter",
        ["registration_id"],
        unique=True,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_table(
        "activation_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("registration_id", sa.BigInteger(), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "key_id", sa.Text(), nullable=False, comment="which key of CODE_KEYS made the digest"
        ),
        sa.Column(
            "digest", sa.LargeBinary(), nullable=False, comment="HMAC-SHA-256; the key is elsewhere"
        ),
        sa.Column("state", sa.Text(), server_default="valid", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False, comment="wrong tries"),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("guichet_now()"),
            nullable=False,
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="end of its last day, in the program's zone",
        ),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "reminders",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="how many reminders of its last day were sent",
        ),
        sa.CheckConstraint(
            "(state = 'used') = (used_at IS NOT NULL)", name=op.f("ck_activation_code_used")
        ),
        sa.CheckConstraint(
            "state IN ('valid', 'used', 'replaced', 'locked')",
            name=op.f("ck_activation_code_state"),
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_activation_code_tries")),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_activation_code_letter_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_activation_code_program_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_activation_code_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation_code")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_activation_code_letter_id")),
    )
    op.create_index(
        op.f("ix_activation_code_program_id"), "activation_code", ["program_id"], unique=False
    )
    op.create_index(
        op.f("ix_activation_code_registration_id"),
        "activation_code",
        ["registration_id"],
        unique=False,
    )
    op.create_index(
        "uq_activation_code_valid",
        "activation_code",
        ["registration_id"],
        unique=True,
        postgresql_where=sa.text("state = 'valid'"),
    )
