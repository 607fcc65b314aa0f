"""The one rule behind every door: ``visible`` for rows, ``may`` for questions, deeds authorised.

All three are built on ``scopes``, and ``scopes`` on ``predicate``: they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, false, inspect, literal, or_, select
from sqlalchemy.orm import Session, scoped_session

from app.audit.targets import describe
from app.authority import predicate, scopes
from app.authority.acting import acting_role
from app.authority.hidden import Asked
from app.authority.scopes import Place
from app.base.errors import NotFound, Refused
from app.parties.models import Account
from app.programs.models import Program

M = TypeVar("M")
Db = Session | scoped_session[Session]


def visible(
    person_id: int, action: str, model: type[M], *, within: Place | None = None
) -> Select[M]:
    """The rows of ``model`` on which the person may do ``action``, as a query to refine.

    Lists, drop-downs, counts, search, exports and downloads all start here. With ``within``, those
    of one account or program account alone: the same rows, found faster.
    """
    scope = scopes.scope_of(model)
    if within is not None:
        return _rows(model).where(scope.clause_at(person_id, action, within))
    return _rows(model).where(scope.clause(person_id, action))


def _rows(model: type[M]) -> Select[M]:
    """The table stands in FROM whatever is selected of it later: a bare count counts its rows."""
    return select(model).select_from(model)


def visible_for(person_id: int, actions: Collection[str], model: type[M]) -> Select[M]:
    """The rows on which the person may do any of ``actions``: each where that one is granted."""
    scope = scopes.scope_of(model)
    clauses = [scope.clause(person_id, action) for action in actions]
    return _rows(model).where(or_(false(), *clauses))


def find(db: Db, person_id: int, action: str, model: type[M], key: Any) -> M:
    """One row by its key.

    Raises NotFound, the same for a row that does not exist and for one the person may not
    know of.
    """
    column = inspect(model).primary_key[0]
    row = db.execute(visible(person_id, action, model).where(column == key)).unique()
    found = row.scalar_one_or_none()
    if found is None:
        asked = Asked(person_id, action, model, key)
        raise NotFound(f"{model.__name__} {key}", asked=asked)
    return found


def may(db: Db, person_id: int, action: str, target: Any) -> bool:
    """Whether the person may do ``action`` on this very row (an account, a letter…)."""
    state = inspect(target)
    model: type[Any] = state.mapper.class_
    column = inspect(model).primary_key[0]
    clause = scopes.scope_of(model).clause(person_id, action)
    asked = select(literal(1)).select_from(model).where(column == state.identity[0], clause)
    return db.execute(asked.limit(1)).first() is not None


def authorise(db: Db, person_id: int, action: str, target: Any) -> None:
    """Let the deed pass, or raise Refused. Every service function calls it after its locks.

    Either way the trail learns what it needs: the role that allowed it, or who was refused on what.
    """
    about = describe(target)
    if not may(db, person_id, action, target):
        raise Refused(action, person_id=person_id, target=about)
    db.info["acting_role"] = acting_role(db, person_id, action, target)


def allowed(db: Db, person_id: int, actions: Iterable[str], account: Account) -> frozenset[str]:
    """Which of ``actions`` the person may do on the account: one statement for a page."""
    return allowed_by_account(db, person_id, actions, [account.id])[account.id]


def allowed_by_account(
    db: Db, person_id: int, actions: Iterable[str], account_ids: Sequence[int]
) -> dict[int, frozenset[str]]:
    """The same for a page of accounts, in one statement."""
    found: dict[int, set[str]] = {key: set() for key in account_ids}
    asked = [str(action) for action in actions]
    if asked and account_ids:
        anywhere = scopes.scope_of(Account).anywhere
        granted = predicate.granted(person_id, asked, account_ids, anywhere)
        for key, action in db.execute(granted):
            found[key].add(action)
    return {key: frozenset(names) for key, names in found.items()}


def staff_programs(db: Db, person_id: int, action: str) -> list[int]:
    """The programs in which the person may do the staff action."""
    wanted = visible(person_id, action, Program).with_only_columns(Program.id)
    return list(db.execute(wanted.order_by(Program.id)).scalars())
