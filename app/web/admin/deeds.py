"""What a staff screen can do to a row besides showing it: always a service's deed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.web.forms import GuichetForm


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed on one row, asked once more on a page of its own; with ``many`` also on chosen rows.

    ``run(row, form)`` calls the service and returns None, or the response to send instead of
    going back to the row (a file). It may raise Invalid, whose codes ``words`` turns into
    sentences. ``action`` decides for whom the button is there; ``when(row)`` whether the row's
    state allows it, and ``skipped`` says why it does not. ``says`` is what will happen, one
    sentence.

    ``many`` is what the deed is called on chosen rows: each is then a transaction of its own. With
    ``each`` the form is asked for every row. With ``together`` they are one transaction instead,
    ``run(rows, form)``, all or none, which gives one file.
    """

    name: str
    label: Any
    says: Any
    run: Callable[[Any, GuichetForm], Any]
    action: str
    form: type[GuichetForm] = GuichetForm
    when: Callable[[Any], bool] = lambda _row: True
    done: Any = None
    danger: bool = False
    many: Any = None
    each: bool = False
    together: bool = False
    skipped: Any = None


@dataclass(frozen=True, slots=True)
class Door:
    """A deed that has a page of its own, which no screen can draw: a button that leads there.

    ``key`` is the argument of ``endpoint`` that takes the row's key; without one the button
    stands at the list. ``action`` and ``when`` decide as for a ``Deed``.
    """

    label: Any
    endpoint: str
    action: str
    key: str = ""
    when: Callable[[Any], bool] = lambda _row: True


@dataclass(frozen=True, slots=True)
class Related:
    """Rows of another screen that belong to this one: shown as a link with their number.

    ``column`` is the relation's name in the other model, one of its search columns.
    """

    label: Any
    view: str
    column: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the list worth a tab: its words and the parameters of its filters."""

    label: Any
    query: dict[str, str]
