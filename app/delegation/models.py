"""What a provider asked, number by number: kept whether or not a business has that number.

A request that a client sees (``delegation_request``) exists only where the client has an account.
What the provider is shown is what it asked itself, so that it learns from neither.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.authority.models_delegation import DelegationRequest
from app.base.columns import Key, Moment, Now, Words
from app.base.db import Model
from app.parties.models import Account, Person


class ClientList(Model):
    """A checked list of business numbers, which the worker asks one by one."""

    __tablename__ = "client_list"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), index=True, comment="the provider's own account"
    )
    token: Mapped[Words] = mapped_column(
        unique=True, comment="mark of the page that was sent: the same page begins no second list"
    )
    begun_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[Now]
    ended_at: Mapped[Moment | None] = mapped_column(comment="when every number was reached")

    account: Mapped[Account] = relationship()
    person: Mapped[Person] = relationship()


class ClientAsk(Model):
    """One business number that a provider asks to act for.

    *waiting*: for the worker · *asked*: whoever has the number can answer · *withdrawn* by the
    provider · *answered* by the client · *skipped*: never asked, and why.
    """

    __tablename__ = "client_ask"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'asked', 'withdrawn', 'answered', 'skipped')", name="state"
        ),
        CheckConstraint("state = 'skipped' OR number ~ '^[0-9]{9}$'", name="number"),
        CheckConstraint("(state = 'skipped') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("(state IN ('waiting', 'asked')) = (settled_at IS NULL)", name="settled"),
        CheckConstraint(
            "request_id IS NOT NULL OR state <> 'answered'", name="answer_of_a_request"
        ),
        CheckConstraint("comment <> ''", name="comment"),
        Index(
            "uq_client_ask_open",
            "account_id",
            "number",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'asked')"),
        ),
        Index("ix_client_ask_account_id_id", "account_id", "id"),
        Index("ix_client_ask_list_id_id", "list_id", "id"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), comment="the provider's own account"
    )
    list_id: Mapped[int | None] = mapped_column(ForeignKey("client_list.id"))
    number: Mapped[Words] = mapped_column(
        comment="business number, perhaps nobody's; of a skipped line, as it was typed"
    )
    comment: Mapped[str | None] = mapped_column(Text, comment="what the provider wrote")
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Now]
    state: Mapped[Words] = mapped_column(server_default="waiting")
    reason: Mapped[str | None] = mapped_column(Text, comment="code of why it was skipped")
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("delegation_request.id"),
        index=True,
        comment="what the client sees of it; the provider never learns whether there is one",
    )
    settled_at: Mapped[Moment | None]

    account: Mapped[Account] = relationship()
    person: Mapped[Person] = relationship()
    request: Mapped[DelegationRequest | None] = relationship()
