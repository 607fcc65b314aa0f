"""What somebody keeps of a staff list under a name, and what became of rows chosen in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Moment, Now, Words
from app.base.db import Model
from app.parties.models import Person
from app.programs.models import Program


class SavedView(Model):
    """A list as somebody wants to find it again.

    With a program it is its team's: whoever works for the program finds it. Without one it is
    the person's own. An own one without a name is how the person wants the list whenever no
    view is open: their columns, and nothing else.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        CheckConstraint("(name IS NULL) = (name_folded IS NULL)", name="folded"),
        CheckConstraint(
            "name IS NOT NULL OR (program_id IS NULL AND columns IS NOT NULL"
            " AND filters = '{}'::jsonb AND order_column IS NULL)",
            name="columns_only",
        ),
        CheckConstraint("jsonb_typeof(filters) = 'object'", name="filters"),
        CheckConstraint("(order_column IS NULL) = (order_direction IS NULL)", name="order_whole"),
        CheckConstraint("order_direction IN ('asc', 'desc')", name="order_direction"),
        CheckConstraint("cardinality(columns) > 0", name="columns"),
        Index(
            "uq_saved_view_own",
            "person_id",
            "screen",
            text("coalesce(name_folded, '')"),
            unique=True,
            postgresql_where=text("program_id IS NULL"),
        ),
        Index(
            "uq_saved_view_team",
            "program_id",
            "screen",
            "name_folded",
            unique=True,
            postgresql_where=text("program_id IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    screen: Mapped[Words] = mapped_column(comment="the list's address below /staff/")
    name: Mapped[str | None] = mapped_column(Text, comment="none: the person's columns, no view")
    name_folded: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), comment="whose it is; of a team's, who last kept it"
    )
    program_id: Mapped[int | None] = mapped_column(
        ForeignKey("program.id"), comment="whose team finds it; none: the person alone"
    )
    filters: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        server_default="{}",
        comment="parameter of a filter: what was typed; may hold a name that was searched",
    )
    order_column: Mapped[str | None] = mapped_column(Text)
    order_direction: Mapped[str | None] = mapped_column(Text)
    columns: Mapped[list[str] | None] = mapped_column(
        ARRAY(Text), comment="none: those that the reader has chosen, or the screen's own"
    )
    made_at: Mapped[Now]
    changed_at: Mapped[Moment | None]
    row_version: Mapped[int] = mapped_column(server_default="1", default=1)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    program: Mapped[Program | None] = relationship()
    __mapper_args__ = {"version_id_col": row_version}

    def __str__(self) -> str:
        return self.name or ""


class BulkRun(Model):
    """A deed on chosen rows of a list, and what became of each of them."""

    __tablename__ = "bulk_run"
    __table_args__ = (CheckConstraint("ended_at >= begun_at", name="dates"),)

    id: Mapped[Key]
    token: Mapped[Words] = mapped_column(
        unique=True, comment="mark of the page that was sent: the same page opens no second run"
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    screen: Mapped[Words] = mapped_column(comment="the list's address below /staff/")
    deed: Mapped[Words]
    begun_at: Mapped[Now]
    ended_at: Mapped[Moment | None] = mapped_column(
        comment="when every row was reached; none: something stopped it on the way"
    )

    lines: Mapped[list[BulkLine]] = relationship(
        order_by="BulkLine.position", cascade="all, delete-orphan", passive_deletes=True
    )

    def count(self, *states: str) -> int:
        """How many rows are in one of these states."""
        return sum(line.state in states for line in self.lines)

    def done(self) -> int:
        """How many rows were done."""
        return self.count("done")

    def left(self) -> int:
        """How many were not: skipped, or never reached."""
        return self.count("skipped", "waiting")


class BulkLine(Model):
    """One chosen row of a run.

    *waiting*: not reached, nothing was done to it · *done*: written in the transaction of the
    deed itself · *skipped*: left as it was, and why.
    """

    __tablename__ = "bulk_line"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'skipped')", name="state"),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("(state = 'skipped') = (reason IS NOT NULL)", name="reason"),
        UniqueConstraint("run_id", "row_key"),
    )

    run_id: Mapped[int] = mapped_column(
        ForeignKey("bulk_run.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row_key: Mapped[Words]
    row_name: Mapped[Words] = mapped_column(comment="personal: who or what the row is about")
    state: Mapped[Words] = mapped_column(server_default="waiting")
    reason: Mapped[str | None] = mapped_column(Text, comment="code of the sentence that says why")
    values: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default="{}", comment="what the sentence needs"
    )
    settled_at: Mapped[Moment | None]
