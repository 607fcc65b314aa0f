"""Visitors who send slowly, or stop in the middle, hold nobody else up."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack

from app.web.bodies import READERS
from tests.faults.post import until

BEGUN = (
    b"POST /en/sign-in HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900000\r\n\r\n"
)


def test_bodies_that_never_come_to_their_end_hold_nobody_up(house):
    """More than the portal waits for: each has begun, and sends no more."""
    with ExitStack() as stack:
        for _ in range(3 * READERS):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", house.port), 10))
            slow.sendall(BEGUN + b"sign_in_name=" + b"a" * 1_000)
        until(lambda: house.answers("/en/help") == 200, 30, house.said)
        began = time.monotonic()
        assert [house.answers("/en/help") for _ in range(8)] == [200] * 8
        assert time.monotonic() - began < 20, "eight pages, on whatever machine"
    until(lambda: house.answers("/readyz") == 200, 30, house.said)


def test_a_body_that_is_broken_off_changes_nothing_and_is_no_fault(house):
    before = house.log.read_text(errors="replace").count("our fault")
    rows = house.ask("SELECT count(*) FROM sign_in_session")
    for _ in range(8):
        with socket.create_connection(("127.0.0.1", house.port), 10) as torn:
            torn.sendall(BEGUN + b"sign_in_name=a&password=b&csrf_token=c")
    until(lambda: house.answers("/en/help") == 200, 30, house.said)
    assert house.ask("SELECT count(*) FROM sign_in_session") == rows
    assert house.log.read_text(errors="replace").count("our fault") == before
