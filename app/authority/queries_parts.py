"""The program accounts of an account that somebody may open: searched, a page at a time.

A business may have thousands. A page is asked by its key and never by its distance from the
first, and nothing is counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session, scoped_session

from app.authority.models_use import AccountUse
from app.authority.queries import visible
from app.authority.scopes import Place
from app.base.columns import has_words
from app.base.text import fold_words
from app.parties.models import Account, ProgramAccount
from app.programs.actions import Action

Db = Session | scoped_session[Session]

PAGE: Final = 25
RECENT: Final = 5
_NUMBER: Final = re.compile(r"[A-Z]{2}[0-9]{4}")
_BN: Final = re.compile(r"([0-9]{9})([A-Z].*)?")


@dataclass(frozen=True, slots=True)
class Parts:
    """A page of program accounts by number, and the keys of the pages beside it."""

    rows: Sequence[ProgramAccount]
    before: str | None = None
    after: str | None = None


def has_parts(db: Db, account_id: int) -> bool:
    """Whether the account has program accounts: what its front page looks like."""
    there = select(exists().where(ProgramAccount.account_id == account_id))
    return db.scalar(there) or False


def only_part(db: Db, person_id: int, account_id: int) -> int | None:
    """The program account that the person may open where there is exactly one; else None."""
    wanted = _mine(person_id, account_id).with_only_columns(ProgramAccount.id)
    found = db.scalars(wanted.limit(2)).all()
    return found[0] if len(found) == 1 else None


def parts(
    db: Db,
    person_id: int,
    account: Account,
    *,
    words: str = "",
    after: str | None = None,
    before: str | None = None,
) -> Parts:
    """One page, in the order of numbers, after (or before) the program account of that number.

    ``words`` are a number, whole or in part, with the business number before it or without, or
    words of the label.
    """
    wanted = _mine(person_id, account.id)
    if words:
        wanted = wanted.where(_named(words, account))
    key = before or after
    backwards = before is not None
    if key is not None:
        number = ProgramAccount.number
        wanted = wanted.where(number < key if backwards else number > key)
    order = ProgramAccount.number.desc() if backwards else ProgramAccount.number
    rows = list(db.scalars(wanted.order_by(order).limit(PAGE + 1)).unique())
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    first, last = (rows[0].number, rows[-1].number) if rows else (None, None)
    return Parts(
        rows,
        before=first if (more if backwards else key is not None) else None,
        after=last if backwards or more else None,
    )


def recent(db: Db, person_id: int, account_id: int) -> Sequence[ProgramAccount]:
    """Those that the person opened last, the latest first; of them, those they still may open."""
    opened = visible(person_id, "self.read", AccountUse).where(
        AccountUse.person_id == person_id,
        AccountUse.account_id == account_id,
        AccountUse.program_account_id.is_not(None),
    )
    last = opened.order_by(AccountUse.used_at.desc(), AccountUse.id.desc()).limit(RECENT).subquery()
    wanted = _mine(person_id, account_id).join(last, last.c.program_account_id == ProgramAccount.id)
    return db.scalars(wanted.order_by(last.c.used_at.desc(), last.c.id.desc())).unique().all()


def as_key(typed: str) -> str | None:
    """A number of a program account, as an address names a page's key; None for other text."""
    return typed if _NUMBER.fullmatch(typed) else None


def _mine(person_id: int, account_id: int) -> Select[ProgramAccount]:
    return visible(person_id, Action.ACCOUNT_VIEW, ProgramAccount, within=Place(account_id))


def _named(words: str, account: Account) -> ColumnElement[bool]:
    """The number has what was typed, or the label has all the words."""
    typed = re.sub(r"[\s.\-]", "", words).upper()
    whole = _BN.fullmatch(typed)
    if whole is not None and account.business is not None:
        if whole[1] != account.business.bn:
            return false()
        typed = whole[2] or ""
    terms = has_words(ProgramAccount.label, fold_words(words).split())
    labelled = and_(*terms) if terms else false()
    return or_(ProgramAccount.number.contains(typed, autoescape=True), labelled)
