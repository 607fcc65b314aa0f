"""Statements that every request asks are prepared once a connection, and no others ever are."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from app.base.prepared import PREPARED
from app.parties.models import Party

ASKED = select(Party.id).where(Party.id == 7)


def prepared_on(connection) -> Sequence[str]:
    """The statements that this connection has prepared."""
    kept = connection.execute(text("SELECT statement FROM pg_prepared_statements"))
    return [one for one in kept.scalars() if "party" in one]


def test_it_stays_prepared_when_a_request_ends(engine: Engine):
    with engine.connect() as connection:
        for _ in range(2):
            connection.execute(ASKED, execution_options=PREPARED).all()
            connection.rollback()
        assert len(prepared_on(connection)) == 1


def test_no_other_is_ever_prepared(engine: Engine):
    """A plan for all values would be a wrong one for some lists."""
    with engine.connect() as connection:
        for _ in range(12):
            connection.execute(ASKED).all()
        assert prepared_on(connection) == []


def test_a_transaction_that_a_fault_has_ended_is_rolled_back(engine: Engine):
    with engine.connect() as connection:
        with pytest.raises(DBAPIError):
            connection.execute(text("SELECT 1 / 0"))
        connection.rollback()
        assert connection.execute(ASKED, execution_options=PREPARED).all() == []


def test_what_was_written_is_gone_after_a_rollback(engine: Engine):
    made = text("INSERT INTO party (kind, name, name_folded) VALUES ('business', 'A', 'a')")
    with engine.connect() as connection:
        connection.execute(made)
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM party WHERE name = 'A'")) == 0


def test_a_connection_that_broke_meanwhile_is_thrown_away(engine: Engine):
    with engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        line = connection.connection.driver_connection.fileno()
        with socket.socket(fileno=os.dup(line)) as lost:
            lost.shutdown(socket.SHUT_RDWR)
        with pytest.raises(OperationalError) as broke:
            connection.rollback()
        assert broke.value.connection_invalidated
        connection.rollback()
        assert connection.scalar(text("SELECT pg_backend_pid()")) != pid
