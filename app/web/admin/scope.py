"""Which rows a staff screen may touch: asked of one function, and nothing when there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, current_app
from sqlalchemy import false
from sqlalchemy.sql import ColumnElement

Scope = Callable[[type[Any], str], ColumnElement[bool]]
"""Model and action → the condition on the model's rows that the person here fulfils."""

May = Callable[[str, Any], bool]
"""Action and row → whether the person here may do it on this very row."""

Holds = Callable[[str], bool]
"""Action → whether the person here has it anywhere: a button that nobody may press is not drawn.

Whether it may be done on this very row is ``May``'s answer, whatever is drawn.
"""

Offered = Callable[[type[Any], str], Sequence[Any] | None]
"""Model and action → the rows that the person here sees, where the request knows them already.

None for a model that must be asked for: most.
"""

Asked = Callable[[type[Any], str, Any], object]
"""Model, action and key → what the trail wants to know, should there be no such row to see."""

Exported = Callable[[type[Any], str, dict[str, Any]], None]
"""Told of every export before its first row is read: model, action, what was asked.

It writes the trail, and raises Refused or StepUpNeeded when there shall be no export.
"""


def set_scope(app: Flask, scope: Scope, may: May) -> None:
    """Say who decides about rows. Until then every screen is empty and every deed refused."""
    app.extensions["guichet.scope"] = scope
    app.extensions["guichet.may"] = may


def set_holds(app: Flask, holds: Holds) -> None:
    """Say who knows which actions somebody has at all. Until then every bulk deed is offered."""
    app.extensions["guichet.holds"] = holds


def set_offered(app: Flask, offered: Offered) -> None:
    """Say who knows rows that were read for this request. Until then all are asked for."""
    app.extensions["guichet.offered"] = offered


def set_asked(app: Flask, asked: Asked) -> None:
    """Say how it is put down who asked for which row, should it not be found."""
    app.extensions["guichet.asked"] = asked


def set_exported(app: Flask, exported: Exported) -> None:
    """Say who is told of exports. Until then there are none."""
    app.extensions["guichet.exported"] = exported


def clause(model: type[Any], action: str) -> ColumnElement[bool]:
    """The condition on rows of ``model``; one that no row fulfils when nobody decides."""
    scope: Scope | None = current_app.extensions.get("guichet.scope")
    return false() if scope is None else scope(model, action)


def may(action: str, row: Any) -> bool:
    """Whether the person here may do ``action`` on ``row``."""
    decide: May | None = current_app.extensions.get("guichet.may")
    return decide is not None and decide(action, row)


def holds(action: str) -> bool:
    """Whether the person here has the action on any row at all."""
    known: Holds | None = current_app.extensions.get("guichet.holds")
    return known is None or known(action)


def offered(model: type[Any], action: str) -> Sequence[Any] | None:
    """The rows of ``model`` that the person here sees, if the request knows them already."""
    known: Offered | None = current_app.extensions.get("guichet.offered")
    return None if known is None else known(model, action)


def asked(model: type[Any], action: str, key: Any) -> object:
    """What the trail wants to know of a row that the person here does not find."""
    put: Asked | None = current_app.extensions.get("guichet.asked")
    return None if put is None else put(model, action, key)


def told(model: type[Any], action: str, facts: dict[str, Any]) -> bool:
    """Tell of an export; False when nobody listens, and then there must be none."""
    exported: Exported | None = current_app.extensions.get("guichet.exported")
    if exported is None:
        return False
    exported(model, action, facts)
    return True
