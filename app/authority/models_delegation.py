"""Acting for others: who asked to, which businesses let which act, and who of those does."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Moment, Now, Words
from app.base.db import Model
from app.parties.models import Account, Party, Person, ProgramAccount

ANSWERS = "state IN ('asked', 'approved', 'refused', 'withdrawn')"
ACCOUNT_KEY = ["account.id", "account.program_id"]
PART_KEY = ["program_account.id", "program_account.account_id"]


class AccessRequest(Model):
    """A person asks to work in a business's account; whoever answers gives a role, or none."""

    __tablename__ = "access_request"
    __table_args__ = (
        CheckConstraint(ANSWERS, name="state"),
        CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="refusal_has_reason"),
        CheckConstraint(
            "state <> 'approved' OR answered_by <> person_id", name="nobody_answers_their_own"
        ),
        CheckConstraint("comment <> ''", name="comment"),
        ForeignKeyConstraint(["account_id", "program_id"], ACCOUNT_KEY),
        ForeignKeyConstraint(["program_account_id", "account_id"], PART_KEY),
        Index(
            "uq_access_request_open",
            "person_id",
            "account_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_access_request_account_state", "account_id", "state", "asked_at"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(BigInteger)
    program_id: Mapped[int] = mapped_column(BigInteger)
    program_account_id: Mapped[int | None] = mapped_column(
        BigInteger, comment="the program account that the person named, if any"
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    comment: Mapped[str | None] = mapped_column(Text, comment="personal; what the person wrote")
    state: Mapped[Words] = mapped_column(server_default="asked")
    asked_at: Mapped[Now]
    answered_at: Mapped[Moment | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(Text, comment="of a refusal, told to the person")
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    account: Mapped[Account] = relationship(
        primaryjoin="foreign(AccessRequest.account_id) == Account.id", viewonly=True
    )
    program_account: Mapped[ProgramAccount | None] = relationship(
        primaryjoin="foreign(AccessRequest.program_account_id) == ProgramAccount.id", viewonly=True
    )
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    __mapper_args__ = {"version_id_col": row_version}


class DelegationRequest(Model):
    """A provider asks to act for a client; the client's manager chooses how, or refuses."""

    __tablename__ = "delegation_request"
    __table_args__ = (
        CheckConstraint(ANSWERS, name="state"),
        CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="refusal_has_reason"),
        CheckConstraint(
            "state <> 'approved' OR answered_by <> asked_by", name="nobody_answers_their_own"
        ),
        CheckConstraint("comment <> ''", name="comment"),
        ForeignKeyConstraint(["account_id", "program_id"], ACCOUNT_KEY),
        Index(
            "uq_delegation_request_open",
            "account_id",
            "delegate_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_delegation_request_account_state", "account_id", "state", "asked_at"),
        Index("ix_delegation_request_delegate_state", "delegate_id", "state", "asked_at"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(BigInteger, comment="the client's")
    program_id: Mapped[int] = mapped_column(BigInteger)
    delegate_id: Mapped[int] = mapped_column(
        ForeignKey("party.id"), comment="the provider that asks"
    )
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    comment: Mapped[str | None] = mapped_column(Text, comment="what the provider wrote")
    state: Mapped[Words] = mapped_column(server_default="asked")
    asked_at: Mapped[Now]
    answered_at: Mapped[Moment | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(Text, comment="of a refusal, told to the provider")
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    account: Mapped[Account] = relationship(
        primaryjoin="foreign(DelegationRequest.account_id) == Account.id", viewonly=True
    )
    delegate: Mapped[Party] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[asked_by])
    __mapper_args__ = {"version_id_col": row_version}


class Delegation(Model):
    """An account, or one program account of it, lets another party act for it.

    *active* until it is *ended*; whether it counts now is the predicate's: dates, and both
    accounts open.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'ended')", name="state"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="dates"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        CheckConstraint("reminded > 0", name="reminded"),
        ForeignKeyConstraint(["account_id", "program_id"], ACCOUNT_KEY),
        ForeignKeyConstraint(["program_account_id", "account_id"], PART_KEY),
        Index(
            "uq_delegation_live",
            "account_id",
            "delegate_id",
            text("coalesce(program_account_id, 0)"),
            unique=True,
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_delegation_account_state", "account_id", "state"),
        Index("ix_delegation_delegate_state", "delegate_id", "state"),
        Index("ix_delegation_ends_at", "ends_at", postgresql_where=text("state = 'active'")),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(BigInteger)
    program_id: Mapped[int] = mapped_column(BigInteger)
    program_account_id: Mapped[int | None] = mapped_column(
        BigInteger, comment="none: the whole account, present and future"
    )
    delegate_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    level: Mapped[Words]
    sees_own: Mapped[bool] = mapped_column(server_default="true")
    sees_client: Mapped[bool] = mapped_column(server_default="false")
    sees_others: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[Words] = mapped_column(server_default="active")
    made_at: Mapped[Now]
    made_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), comment="who approved it for the client"
    )
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("delegation_request.id"), index=True, comment="the request that it answers"
    )
    starts_at: Mapped[Moment | None]
    ends_at: Mapped[Moment | None]
    reminded: Mapped[int | None] = mapped_column(
        comment="calendar days before its end, of the last reminder that was sent"
    )
    ended_at: Mapped[Moment | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    end_reason: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    account: Mapped[Account] = relationship(
        primaryjoin="foreign(Delegation.account_id) == Account.id", viewonly=True
    )
    program_account: Mapped[ProgramAccount | None] = relationship(
        primaryjoin="foreign(Delegation.program_account_id) == ProgramAccount.id", viewonly=True
    )
    delegate: Mapped[Party] = relationship()
    __mapper_args__ = {"version_id_col": row_version}


class ClientGroup(Model):
    """A provider's group: the people in it act for the clients that it is put on.

    > "Group name unique even against deleted groups" (facts B7)
    """

    __tablename__ = "client_group"
    __table_args__ = (UniqueConstraint("account_id", "name_folded"),)

    id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), comment="the provider's own account"
    )
    name_folded: Mapped[Words] = mapped_column(comment="accents and case dropped: never used again")
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Now]
    deleted_at: Mapped[Moment | None]
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    party: Mapped[Party] = relationship(lazy="joined")
    account: Mapped[Account] = relationship()
    __mapper_args__ = {"version_id_col": row_version}

    def __str__(self) -> str:
        return self.party.name


class GroupMember(Model):
    """A person belongs to a group of a delegate's people."""

    __tablename__ = "group_member"

    group_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    added_at: Mapped[Now]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Assignment(Model):
    """The delegate puts one of its people, or a group of them, on a delegation.

    ``level`` is the acting role: what is granted is what both it and the delegation's level grant.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (group_id IS NULL)", name="one_assignee"),
        UniqueConstraint("delegation_id", "person_id"),
        UniqueConstraint("delegation_id", "group_id"),
    )

    id: Mapped[Key]
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    level: Mapped[Words] = mapped_column(comment="the acting role, or the delegation's own level")
    assigned_at: Mapped[Now]
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    delegation: Mapped[Delegation] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
