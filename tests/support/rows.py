"""How the world writes: each row committed, read back, and no transaction left open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

M = TypeVar("M")


class Rows:
    """A session of the world's own, and how rows are kept and read with it."""

    def __init__(self, app_engine: Engine, owner_engine: Engine) -> None:
        self._sessions = sessionmaker(app_engine, expire_on_commit=False)
        self._owner_sessions = sessionmaker(owner_engine, expire_on_commit=False)
        self.db: Session = self._sessions()
        self._numbers = count(1)

    def close(self) -> None:
        self.db.close()

    def fresh(self, row: M) -> M:
        """The same row, read again."""
        with self._reading():
            self.db.refresh(row)
        return row

    def now(self) -> datetime:
        """The database's clock."""
        moment: datetime = self._read(select(func.guichet_now()))
        return moment

    def set(self, row: M, **values: Any) -> M:
        """Change columns of a row, past every rule but the database's."""
        self.db.rollback()
        self.db.refresh(row)
        for name, value in values.items():
            setattr(row, name, value)
        return self._kept(row)

    def _read(self, query: Any) -> Any:
        with self._reading():
            return self.db.scalars(query).unique().one()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Leave no transaction open behind, unless one was being filled before."""
        filling = self.db.in_transaction()
        yield
        if not filling:
            self.db.rollback()

    def _kept(self, row: M) -> M:
        """Commit, and load what the database filled in, so that it can be read at leisure."""
        self.db.commit()
        return self.fresh(row)

    @contextmanager
    def as_owner(self) -> Iterator[Session]:
        """A transaction of the role that may change what the application cannot."""
        with self._owner_sessions() as owner, owner.begin():
            yield owner
