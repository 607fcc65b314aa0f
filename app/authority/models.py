"""Who may do what: memberships, transfers and staff assignments; delegations come with them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Moment, Now, Words
from app.base.db import Model
from app.parties.models import Account, Person, ProgramAccount
from app.programs.models import Program, ProgramRole

ROLE_KEY = [
    "program_role.program_id",
    "program_role.code",
    "program_role.exclusive",
    "program_role.required",
]


class Membership(Model):
    """A person holds a role in an account.

    *offered*: named, has not accepted · *waiting*: accepted, waits for the owner to activate ·
    *active* · *suspended*: deactivated · *ended*. Holding a role and its being effective differ;
    the predicate says which memberships count now.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(
            "status IN ('offered', 'waiting', 'active', 'suspended', 'ended')", name="status"
        ),
        CheckConstraint("NOT required OR ends_at IS NULL", name="required_has_no_end"),
        CheckConstraint(
            "NOT required OR status IN ('active', 'ended')", name="required_is_never_suspended"
        ),
        CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        CheckConstraint("status <> 'offered' OR offer_expires_at IS NOT NULL", name="offer_ends"),
        ForeignKeyConstraint(["account_id", "program_id"], ["account.id", "account.program_id"]),
        ForeignKeyConstraint(
            ["program_account_id", "account_id"],
            ["program_account.id", "program_account.account_id"],
        ),
        ForeignKeyConstraint(
            ["program_id", "role_code", "exclusive", "required"], ROLE_KEY, onupdate="CASCADE"
        ),
        # Deferrable, and not a unique index: a transfer ends one owner and makes another
        # in one transaction, in whatever order the statements come.
        ExcludeConstraint(
            ("account_id", "="),
            ("role_code", "="),
            where=text("exclusive AND status = 'active'"),
            using="btree",
            deferrable=True,
            initially="DEFERRED",
            name="ex_membership_exclusive_role",
        ),
        Index(
            "uq_membership_live",
            "person_id",
            "account_id",
            text("coalesce(program_account_id, 0)"),
            unique=True,
            postgresql_where=text("status <> 'ended'"),
        ),
        Index("ix_membership_account_status", "account_id", "status"),
        Index("ix_membership_person_id", "person_id"),
        Index("ix_membership_program_id_status", "program_id", "status"),
        Index("ix_membership_added_at_id", "added_at", "id"),
        Index("ix_membership_program_id_added_at_id", "program_id", "added_at", "id"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[int] = mapped_column(BigInteger)
    program_id: Mapped[int] = mapped_column(BigInteger)
    program_account_id: Mapped[int | None] = mapped_column(
        BigInteger, comment="none: the whole account; a trigger holds it to the reach of the role"
    )
    role_code: Mapped[Words]
    exclusive: Mapped[bool] = mapped_column(comment="copied from the role, held by foreign key")
    required: Mapped[bool] = mapped_column(comment="copied from the role, held by foreign key")
    status: Mapped[Words]
    contact_title: Mapped[str | None] = mapped_column(Text, comment="position in the business")
    contact_phone: Mapped[str | None] = mapped_column(Text, comment="business telephone, E.164")
    contact_email: Mapped[str | None] = mapped_column(
        Text, comment="business contact; never the mailbox that receives codes"
    )
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[Now]
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("access_request.id"), index=True, comment="the request that it answers"
    )
    offer_expires_at: Mapped[Moment | None] = mapped_column(comment="the named person's last day")
    accepted_at: Mapped[Moment | None]
    activated_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[Moment | None]
    ends_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    end_reason: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    account: Mapped[Account] = relationship(
        primaryjoin="foreign(Membership.account_id) == Account.id", viewonly=True
    )
    program: Mapped[Program] = relationship(
        primaryjoin="foreign(Membership.program_id) == Program.id", viewonly=True
    )
    role: Mapped[ProgramRole] = relationship(
        primaryjoin="and_(foreign(Membership.program_id) == ProgramRole.program_id,"
        " foreign(Membership.role_code) == ProgramRole.code)",
        viewonly=True,
    )
    program_account: Mapped[ProgramAccount | None] = relationship(
        primaryjoin="foreign(Membership.program_account_id) == ProgramAccount.id", viewonly=True
    )
    __mapper_args__ = {"version_id_col": row_version}


class OwnershipTransfer(Model):
    """An offer of an exclusive role by who holds it to one named person."""

    __tablename__ = "ownership_transfer"
    __table_args__ = (
        CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'withdrawn', 'lapsed')", name="state"
        ),
        CheckConstraint("from_person_id <> to_person_id", name="two_people"),
        CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("attested_at IS NULL OR state = 'accepted'", name="attested"),
        CheckConstraint("expires_at > offered_at", name="dates"),
        Index(
            "uq_ownership_transfer_open",
            "account_id",
            unique=True,
            postgresql_where=text("state = 'offered'"),
        ),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role_code: Mapped[Words]
    from_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    to_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    old_owner_role: Mapped[str | None] = mapped_column(
        Text, comment="role the giver keeps afterwards; none means leaving the account"
    )
    state: Mapped[Words] = mapped_column(server_default="offered")
    offered_at: Mapped[Now]
    expires_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]
    attested_at: Mapped[Moment | None] = mapped_column(
        comment="when the receiver attested signing authority"
    )

    account: Mapped[Account] = relationship()
    from_person: Mapped[Person] = relationship(foreign_keys=[from_person_id])
    to_person: Mapped[Person] = relationship(foreign_keys=[to_person_id])


class StaffAssignment(Model):
    """A person works for the agency, in one program, as one kind of staff."""

    __tablename__ = "staff_assignment"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="dates"),
        Index(
            "uq_staff_assignment_live",
            "person_id",
            "program_id",
            "staff_role",
            unique=True,
            postgresql_where=text("ends_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    staff_role: Mapped[Words]
    starts_at: Mapped[Now]
    ends_at: Mapped[Moment | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    program: Mapped[Program] = relationship()
    __mapper_args__ = {"version_id_col": row_version}
