"""A real SMTP server that keeps what it is given, and the jobs that send it."""

from __future__ import annotations

import email
import email.policy
import re
import socket
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import Engine

from app.ops import worker

_CODE = re.compile(r"(?<!\d)(\d{3})[ \u00a0]?(\d{3})(?!\d)")


@dataclass(frozen=True)
class Mail:
    """One message as it was delivered."""

    to: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None, "a message without a text part"
        return str(part.get_content())

    @property
    def html(self) -> str | None:
        part = self.message.get_body(("html",))
        return None if part is None else str(part.get_content())

    @property
    def attachments(self) -> list[tuple[str, bytes]]:
        return [
            (str(part.get_filename()), part.get_payload(decode=True))
            for part in self.message.iter_attachments()
        ]


@dataclass
class Sink:
    """The SMTP server of the test run; `mails` is emptied before each test."""

    mails: list[Mail] = field(default_factory=list)
    refuse: str | None = None
    """When set, what every recipient is refused with: `550 No such mailbox`."""

    def __post_init__(self) -> None:
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(Mail(tuple(envelope.rcpt_tos), message))
        return "250 Kept"


class Mailbox:
    """What a test asks: run the jobs that are due, then look at what arrived."""

    def __init__(self, app: Flask, engine: Engine, sink: Sink) -> None:
        self._app = app
        self._engine = engine
        self.sink = sink
        sink.mails.clear()
        sink.refuse = None

    def run_jobs(self, queue: str | None = None) -> list[str]:
        """Run every job that is due, here and now, also those that they put in; their names.

        A job that raises fails the test: nothing is tried again.
        """
        done = []
        while (job := self._next(queue)) is not None:
            number, name, args = job
            worker.perform(self._app, name, number, **args)
            self._finish(number)
            done.append(name)
        return done

    def run_scheduled(self, name: str) -> None:
        """Run a scheduled job as the worker would at its hour, then what it has put in."""
        worker.import_jobs()
        worker.perform(self._app, name)
        self.run_jobs()

    def waiting(self) -> list[tuple[str, dict[str, Any]]]:
        """Names and arguments of the jobs that wait, due or not."""
        asked = text("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo'")
        with self._engine.connect() as connection:
            return [(row.task_name, row.args) for row in connection.execute(asked)]

    def all(self, to: str | None = None) -> list[Mail]:
        """Every message, or those to one address, oldest first; jobs that are due run first."""
        self.run_jobs()
        return [mail for mail in self.sink.mails if to is None or to in mail.to]

    def latest(self, to: str) -> Mail:
        """The newest message to an address; fails when there is none."""
        found = self.all(to)
        assert found, f"no mail to {to}; there is mail to {[mail.to for mail in self.sink.mails]}"
        return found[-1]

    def code_for(self, to: str) -> str:
        """The six digits in the newest message to an address."""
        found = _CODE.findall(self.latest(to).text)
        assert found, f"no code in {self.latest(to).text!r}"
        return "".join(found[0])

    def _next(self, queue: str | None) -> tuple[int, str, dict[str, Any]] | None:
        worker.import_jobs()
        taken = text(
            """
            UPDATE procrastinate_jobs SET status = 'doing'
            WHERE id = (
                SELECT id FROM procrastinate_jobs
                WHERE status = 'todo' AND coalesce(scheduled_at, '-infinity') <= guichet_now()
                    AND (CAST(:queue AS text) IS NULL OR queue_name = :queue)
                ORDER BY priority DESC, id LIMIT 1)
            RETURNING id, task_name, args
            """
        )
        with self._engine.begin() as connection:
            row = connection.execute(taken, {"queue": queue}).one_or_none()
        return None if row is None else (row.id, row.task_name, row.args)

    def _finish(self, number: int) -> None:
        done = text("SELECT procrastinate_finish_job_v1(:id, 'succeeded', false)")
        with self._engine.begin() as connection:
            connection.execute(done, {"id": number})


def free_port() -> int:
    """A port of the loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
