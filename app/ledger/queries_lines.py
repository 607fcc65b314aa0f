"""The ledger as somebody sees it from a program account: lists, totals, balance, one line.

Everything starts at `visible`: two providers whose switches differ see other lines, and so other
totals. Nothing here counts what the reader does not see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, scoped_session

from app.authority.queries import find, visible
from app.authority.scopes import Place
from app.base.columns import has_words
from app.base.errors import NotFound
from app.base.text import fold_words
from app.ledger.models import LedgerLine
from app.ledger.rules.lines import KINDS, OUTSTANDING, STATEMENT
from app.parties.models import Business, ProgramAccount
from app.programs.actions import Action

Db = Session | scoped_session[Session]

PAGE: Final = 25
MOST_COUNTED: Final = 10_000
MOST_SELECTED: Final = 500

Key = tuple[date, int]
"""Where a line stands in the list: its day, then its own number."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the list; what is empty or None narrows nothing."""

    kind: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    least: Decimal | None = None
    """Canadian dollars, as in the list: what was paid is below zero."""
    most: Decimal | None = None
    words: str = ""
    by: str = ""
    """Who submitted it: *own* (the reader's provider), *client* or *others*."""
    ids: Sequence[int] | None = None
    """These lines and no others; none at all where it is empty."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The business numbers by which one knows who submitted a line."""

    client: str
    own: frozenset[str]

    def of(self, submitted_by: str | None) -> str:
        """*own*, *client* or *others*: what the agency books itself is the client's."""
        if submitted_by in self.own:
            return "own"
        return "client" if submitted_by in {None, self.client} else "others"


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, newest first, and the keys of the pages beside them."""

    lines: Sequence[LedgerLine]
    newer: Key | None = None
    older: Key | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many lines there are, and what they amount to; no amount where there are too many.

    ``count`` stops at ``MOST_COUNTED``; ``more`` says that there are more. Balances of statements
    are no part of the amount: they repeat what the other lines say.
    """

    count: int
    more: bool
    amount: Decimal | None


def sides(db: Db, part: ProgramAccount, delegates: Collection[int]) -> Sides:
    """Whose numbers are whose, for a reader who acts for these delegates (none: for themself)."""
    client = part.account.business
    number = client.bn if client is not None else None
    wanted = select(Business.bn).where(Business.id.in_(delegates), Business.bn.is_not(None))
    own = frozenset(filter(None, db.scalars(wanted))) if delegates else frozenset()
    return Sides(number or "", own)


def lines(
    person_id: int, part: ProgramAccount, wanted: Wanted | None = None, whose: Sides | None = None
) -> Select[LedgerLine]:
    """The lines of a program account that the person may see, narrowed by filters."""
    here = Place(part.account_id, part.id)
    shown = visible(person_id, Action.TRANSACTIONS_VIEW, LedgerLine, within=here)
    return shown.where(*_narrowed(wanted, whose)) if wanted is not None else shown


def line(db: Db, person_id: int, part: ProgramAccount, line_id: int) -> LedgerLine:
    """One line of the program account, by its own address.

    Raises NotFound, the same for a line that is hidden from the person, for one of another
    program account, and for one that does not exist.
    """
    row: LedgerLine | None = db.scalar(lines(person_id, part).where(LedgerLine.id == line_id))
    if row is None:
        find(db, person_id, Action.TRANSACTIONS_VIEW, LedgerLine, line_id)  # tells the trail of it
        raise NotFound(f"LedgerLine {line_id}")  # seen elsewhere: nothing is hidden
    return row


def page(db: Db, shown: Select[Any], *, older: Key | None, newer: Key | None) -> Page:
    """A page of lines, newest first, those older (or newer) than the line at the key.

    By key and not by number of page, so that a deep page costs what the first one costs.
    """
    backwards = newer is not None
    key = newer or older
    if key is not None:
        place = tuple_(LedgerLine.dated, LedgerLine.id)
        at = tuple_(literal(key[0]), literal(key[1]))
        shown = shown.where(place > at if backwards else place < at)
    rows = _in_order(db, shown, PAGE + 1, backwards=backwards)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    first, last = ((rows[0].dated, rows[0].id), (rows[-1].dated, rows[-1].id)) if rows else _NONE
    return Page(
        rows,
        newer=first if (more if backwards else key is not None) else None,
        older=last if backwards or more else None,
    )


def recent(db: Db, shown: Select[Any], most: int) -> Sequence[LedgerLine]:
    """The newest lines, no more than ``most``."""
    return _in_order(db, shown, most)


def totals(db: Db, shown: Select[Any]) -> Totals:
    """How many lines a list has, and their amount, never of more than ``MOST_COUNTED``."""
    some = shown.with_only_columns(LedgerLine.kind, LedgerLine.amount).limit(MOST_COUNTED + 1)
    rows = some.subquery()
    amount = func.coalesce(func.sum(rows.c.amount).filter(rows.c.kind != STATEMENT), 0)
    count, total = db.execute(select(func.count(), amount).select_from(rows)).one()
    more = count > MOST_COUNTED
    return Totals(min(count, MOST_COUNTED), more, None if more else Decimal(total))


def balance(db: Db, person_id: int, part: ProgramAccount) -> Decimal:
    """What is open or in arrears, in Canadian dollars, of the lines that the person sees.

    > "Current open balance" (facts, glossary)
    """
    open_lines = lines(person_id, part).where(
        LedgerLine.state.in_(OUTSTANDING), LedgerLine.kind != STATEMENT
    )
    total = open_lines.with_only_columns(func.coalesce(func.sum(LedgerLine.amount), 0))
    return Decimal(db.scalar(total) or 0)


def streamed(db: Db, shown: Select[Any]) -> Iterable[Any]:
    """The rows of a list for a file, newest first, as plain columns, some at a time.

    A file may have a million rows, and memory has not.
    """
    row = LedgerLine
    columns = shown.with_only_columns(
        row.dated, row.kind, row.number, row.description, row.amount, row.state, row.due_on,
        row.submitted_by,
    )  # fmt: skip
    ordered = columns.order_by(row.dated.desc(), row.id.desc())
    return db.execute(ordered.execution_options(yield_per=1_000))


_NONE: Final = (None, None)


def _in_order(
    db: Db, shown: Select[Any], most: int, *, backwards: bool = False
) -> list[LedgerLine]:
    """The first lines of a list by day and number, the newest first unless ``backwards``.

    Asked kind by kind, since the index of a business's lines has the kind before the day: each
    walk stops after a page, where all kinds at once would be sorted whole for every page.
    """

    def ordered(days: Any, keys: Any) -> Sequence[Any]:
        return (days, keys) if backwards else (days.desc(), keys.desc())

    row = LedgerLine
    walks = [
        select(
            shown.where(row.kind == kind)
            .with_only_columns(row.id, row.dated)
            .order_by(*ordered(row.dated, row.id))
            .limit(most)
            .subquery()
        )
        for kind in KINDS
    ]
    first = walks[0].union_all(*walks[1:]).subquery()
    wanted = select(row).join(first, first.c.id == row.id)
    return list(db.scalars(wanted.order_by(*ordered(first.c.dated, first.c.id)).limit(most)))


def _narrowed(wanted: Wanted, whose: Sides | None) -> list[ColumnElement[bool]]:
    row = LedgerLine
    found: list[ColumnElement[bool]] = []
    if wanted.kind:
        found.append(row.kind == wanted.kind)
    if wanted.state:
        found.append(row.state == wanted.state)
    if wanted.ids is not None:
        found.append(row.id.in_(wanted.ids))
    found += _between(row.dated, wanted.since, wanted.until)
    found += _between(row.amount, wanted.least, wanted.most)
    if wanted.words:
        terms = fold_words(wanted.words).split()
        described = and_(*has_words(row.description, terms)) if terms else false()
        found.append(or_(described, row.number == wanted.words))
    if wanted.by and whose is not None:
        found.append(_by(wanted.by, whose))
    return found


def _between(column: Any, least: Any, most: Any) -> list[ColumnElement[bool]]:
    """From one value to another, both inside; either may be missing."""
    bounds = [] if least is None else [column >= least]
    return bounds if most is None else [*bounds, column <= most]


def _by(side: str, whose: Sides) -> ColumnElement[bool]:
    number = LedgerLine.submitted_by
    client = or_(number.is_(None), number == whose.client)
    own = number.in_(whose.own)
    if side == "own":
        return own
    return client if side == "client" else and_(~client, ~own)
