"""Where the reader is in a list: the links to the first, previous, next and last page."""

from __future__ import annotations

from dataclasses import dataclass

from app.web.admin.interface import MOST_COUNTED
from app.web.admin.listing import LAST, Asked
from app.web.admin.paging import Page


@dataclass(frozen=True, slots=True)
class Steps:
    """The addresses of the pages around this one, None where there is none.

    ``page`` is its number from 0, and ``pages`` how many there are: None when nobody knows, since
    counting stops. Both are for reading only: a page begins beside a row, whatever its number.
    """

    page: int | None
    pages: int | None
    first: str | None = None
    previous: str | None = None
    next: str | None = None
    last: str | None = None


def on_last(size: int, total: int) -> int:
    """How many rows the last page has: what is left over, or a whole page of an unknown number."""
    return size if total > MOST_COUNTED else total % size or size


def around(asked: Asked, page: Page, total: int) -> Steps:
    """The links around a page of a list with so many rows, one more than counted at most."""
    size = asked.size
    pages = None if total > MOST_COUNTED else max(-(-total // size), 1)
    here = _number(asked, page, pages)
    before = None if here is None else max(here - 1, 1)  # 0 is the first page's alone
    return Steps(
        page=here,
        pages=pages,
        first=asked.address() if page.before is not None else None,
        previous=asked.address(before=str(page.before), page=before)
        if page.before is not None
        else None,
        next=asked.address(after=str(page.after), page=None if here is None else here + 1)
        if page.after is not None
        else None,
        last=asked.address(before=LAST) if page.after is not None else None,
    )


def _number(asked: Asked, page: Page, pages: int | None) -> int | None:
    if page.before is None:
        return 0
    if page.after is None and pages is not None:
        return pages - 1
    told = asked.page
    return told if told and (pages is None or told < pages) else None
