"""The questions of every request, prepared once a connection.

The driver forgets all that it prepared at every rollback, and a request that only reads ends with
one: so each question was read and planned anew, which took longer than its answer. It forgets
because a rollback may take back a table that a plan is of; this role makes none.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from psycopg import OperationalError, pq
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExecutionContext

PREPARED: Final = {"prepared": True}
"""Execution options of a statement that is asked at each request, and always of a few rows.

PostgreSQL may then keep one plan for all values: no list, and nothing that is searched, says so.
"""


def install(engine: Engine) -> None:
    """Prepare the statements of this engine that say so, and no others, and keep them prepared."""
    forgetting = engine.dialect.do_rollback

    def rollback(connection: Any) -> None:
        """End the transaction; one that a fault has ended, or none, is left to the driver."""
        if connection.pgconn.transaction_status != pq.TransactionStatus.INTRANS:
            forgetting(connection)
            return
        with connection.lock:
            answer = connection.pgconn.exec_(b"ROLLBACK")
        if answer.status != pq.ExecStatus.COMMAND_OK:
            raise OperationalError(answer.get_error_message())

    engine.dialect.do_rollback = rollback  # type: ignore[assignment, method-assign]

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.prepare_threshold = sys.maxsize

    @event.listens_for(engine, "do_execute")
    def execute(cursor: Any, statement: str, values: Any, context: ExecutionContext | None) -> bool:
        if context is None or not context.execution_options.get("prepared"):
            return False
        cursor.execute(statement, values, prepare=True)
        return True
