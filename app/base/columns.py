"""Column kinds that every subject uses, so that a rule about a kind stands once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Computed,
    DateTime,
    Identity,
    SQLColumnExpression,
    Text,
    case,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

Key = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
"""A row's plain number. Never shown as proof of anything."""

Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""An instant, with its zone."""

Now = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.guichet_now())]
"""The instant the row was made, by the database's clock."""

Words = Annotated[str, mapped_column(Text)]


def search_column(source: str) -> Mapped[str]:
    """A text-search column kept by the database over an already folded column.

    It is compared, never shown: a row is loaded without it.
    """
    return mapped_column(
        TSVECTOR,
        Computed(f"to_tsvector('simple'::regconfig, {source})", persisted=True),
        deferred=True,
    )


def bare(column: SQLColumnExpression[Any]) -> ColumnElement[str]:
    """A text without case and accents, beside which folded words are looked for.

    For columns that no index of words serves: whoever asks has narrowed the rows before. Text that
    is ASCII already is only lowered, since Unicode's forms take ten times as long.
    """
    apart = func.normalize(column, text("NFKD"))
    plain = func.lower(func.regexp_replace(apart, "[\u0300-\u036f]", "", "g"))
    folded = func.replace(func.replace(plain, "œ", "oe"), "Œ", "oe")
    is_ascii = func.octet_length(column) == func.char_length(column)
    return case((is_ascii, func.lower(column)), else_=folded)


def has_words(column: SQLColumnExpression[Any], terms: list[str]) -> list[ColumnElement[bool]]:
    """The conditions that a text has each of some folded words somewhere."""
    return [bare(column).contains(term, autoescape=True) for term in terms]
