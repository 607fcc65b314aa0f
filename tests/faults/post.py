"""A mail server that behaves as it is told: refuses, is slow, breaks off, or is not there."""

from __future__ import annotations

import asyncio
import email
import email.policy
import time
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller

from tests.support.mail import free_port


@dataclass
class Post:
    """`open()` it, `close()` it; `kept` holds what it took."""

    kept: list = field(default_factory=list)
    began: int = 0
    """How many messages somebody began to hand over."""
    rcpt: str = "250 OK"
    data: str = "250 Kept"
    seconds: float = 0
    """How long it takes over each message."""

    def __post_init__(self):
        self.port = free_port()
        self._controller = None

    def open(self):
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self):
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def behave(self):
        """Empty, quick and friendly again."""
        self.kept.clear()
        self.began, self.rcpt, self.data, self.seconds = 0, "250 OK", "250 Kept", 0
        if self._controller is None:
            self.open()

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        else:
            self.began += 1
        return self.rcpt

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.began += 1
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.data.startswith("250"):
            content = envelope.original_content
            message = email.message_from_bytes(content, policy=email.policy.default)
            self.kept.append((envelope.rcpt_tos[0], message))
        return self.data

    def to(self, address):
        """The messages that one address got."""
        return [message for someone, message in self.kept if someone == address]


def until(condition, seconds=15.0, said="it did not happen in time"):
    """Wait until something is so; return it."""
    give_up = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < give_up, said() if callable(said) else said
        time.sleep(0.05)
    return found
