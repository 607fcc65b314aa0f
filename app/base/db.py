"""The one engine, the one session, and what a transaction is here.

A *deed* is one transaction. Pages only read through ``session``; services change
things inside :func:`deed`. Wrong tries are counted in :func:`apart`, a transaction
of its own, so that a rollback never gives a try back.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from flask_appbuilder import Model as Model  # noqa: PLC0414 (every subject takes it here)
from sqlalchemy import MetaData, create_engine, func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from app.base import prepared
from app.base.errors import Conflict, Refused, TooMany

# Before FAB's own tables are imported, just below: their constraints then get the same
# names as the migration's, and `alembic check` stays quiet.
if Model.metadata.tables:
    raise ImportError("import app.base.db before anything of flask_appbuilder.security")
Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = Model.metadata

from flask_appbuilder.security.sqla import models as framework  # noqa: E402

User = framework.User

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_factory: sessionmaker[Session] = sessionmaker(autoflush=True, expire_on_commit=True)
session: scoped_session[Session] = scoped_session(_factory)

before_commit: list[Callable[[Session], None]] = []
"""Run in every outermost deed, after its work and before its commit: the trail writes here."""
after_commit: list[Callable[[Session], None]] = []
"""Run once an outermost deed is kept: what was done is counted here, and no deed fails for it."""
on_refused: list[Callable[[Refused | TooMany], None]] = []
"""Told of a Refused or TooMany that ends a deed, after its rollback, to write it down apart."""

_DEED_STATE = ("in_deed", "trail", "written", "acting_role")

_MAY_BE_SAVED = "may_be_saved"

_RETRIED = {"40001", "40P01"}  # serialization failure, deadlock
_TRIES = 4


def connect(url: str, *, threads: int = 8, **options: Any) -> Engine:
    """Make the engine and bind the session to it. Called once a process.

    Two connections a thread: a request that counts a try ``apart`` holds its own beside it,
    and threads that each hold one and wait for a second would wait for ever.
    """
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=2 * threads,
        max_overflow=2,
        hide_parameters=True,  # a fault's text goes into the log: no name, address or hash with it
        **options,
    )
    prepared.install(engine)
    bind(engine)
    return engine


def bind(engine: Engine) -> None:
    """From here on the session, and what is counted apart from it, use this engine."""
    session.remove()
    _factory.configure(bind=engine)


def leave() -> None:
    """Give the session's connection back at a request's end, when its answer is made already.

    A connection that broke meanwhile is thrown away, and no answer with it.
    """
    try:
        session.remove()
    except SQLAlchemyError:
        log.warning("a connection broke at the end of a request", exc_info=True)
        with suppress(SQLAlchemyError):
            session().invalidate()
        session.registry.clear()


def now(db: Session | scoped_session[Session] | None = None) -> datetime:
    """The database's clock, read now: inside a deed, read it after the locks are held."""
    moment: datetime = (db or session).execute(select(func.guichet_now())).scalar_one()
    return moment


def deed(work: Callable[Concatenate[Session, P], T]) -> Callable[P, T]:
    """Run ``work`` as one transaction, its first argument the session.

    Nothing is kept when it raises. A deadlock or serialisation failure is tried again,
    three times; a row that somebody else saved meanwhile is Conflict ``stale``. Deferred
    constraints are checked before the last statement, so that the trail's lock is held for an
    instant only; a deed inside a deed joins it. A Refused or TooMany is told to ``on_refused``
    once nothing of the deed is left.
    """

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        db = session()
        if db.info.get("in_deed"):
            return work(db, *args, **kwargs)
        for _ in range(_TRIES - 1):
            try:
                return _once(db, lambda: work(db, *args, **kwargs))
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _RETRIED:
                    raise
        return _once(db, lambda: work(db, *args, **kwargs))

    return run


def _once(db: Session, work: Callable[[], T]) -> T:
    """One attempt at a deed: all of it, or nothing."""
    db.rollback()  # reads of the page before belong to no deed: their snapshot ends here
    db.info["in_deed"] = True
    try:
        result = work()
        told = "trail" in db.info  # what somebody did; counting and pruning tell nothing
        for finish in before_commit:
            finish(db)
        _commit(db, told=told)
        _count(db)
    except BaseException as error:
        db.rollback()
        if isinstance(error, Refused | TooMany):
            for tell in on_refused:
                tell(error)
        if isinstance(error, StaleDataError):
            # Two forms of one version, sent at the same instant: the second changed no row.
            raise Conflict("stale") from error
        raise
    finally:
        for key in _DEED_STATE:
            db.info.pop(key, None)
    return result


def _count(db: Session) -> None:
    """Tell whoever counts; what was done is kept by now, and stays done."""
    for count in after_commit:
        try:
            count(db)
        except Exception:
            log.exception("a deed was kept and not counted")


def _commit(db: Session, *, told: bool) -> None:
    try:
        db.commit()
    except DBAPIError as error:
        # Lost between our COMMIT and the answer: the server may have kept it all.
        if told and error.connection_invalidated:
            db.info[_MAY_BE_SAVED] = True
        raise
    if told:
        db.info[_MAY_BE_SAVED] = True


def may_be_saved() -> bool:
    """Tell whether a deed of this request was kept, or may have been: its answer never came.

    Only when this is False may a page of an error say that nothing was saved.
    """
    return bool(session().info.get(_MAY_BE_SAVED))


def settle(db: Session) -> None:
    """Flush and check every deferred constraint now, before the trail is written."""
    db.flush()
    db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


@contextmanager
def apart() -> Iterator[Session]:
    """A transaction of its own on its own connection, committed when the block ends.

    For counters of wrong tries and for refusals: they must stay when the deed around
    them rolls back. Never call it while the deed holds a lock on the same row.
    """
    with _factory() as db, db.begin():
        yield db
