"""What is sent is read before a page begins, by so many at once, and never by halves."""

from __future__ import annotations

import io
import threading

import pytest

from app.web import bodies
from app.web.bodies import BodiesFirst


def ask(app, method="POST", body=b"", length=None, stream=None, **more):
    told = []
    environ = {
        "REQUEST_METHOD": method,
        "CONTENT_LENGTH": str(len(body) if length is None else length),
        "wsgi.input": stream or io.BytesIO(body),
        **more,
    }
    answer = app(environ, lambda status, headers: told.append(status))
    said = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return told[0], said


def echo(environ, start):
    start("200 OK", [])
    return [environ["wsgi.input"].read()]


class Silent:
    """A visitor who has begun to send, and goes on when `go` is set."""

    def __init__(self):
        self.asked, self.go = threading.Event(), threading.Event()

    def read(self, _size):
        self.asked.set()
        assert self.go.wait(30)
        return b""


@pytest.mark.parametrize("body", [b"", b"a=1", b"x" * 300_000])
def test_the_page_gets_what_was_sent(body):
    assert ask(BodiesFirst(echo, pages=1), body=body) == ("200 OK", body)


def test_while_all_wait_for_bodies_pages_are_made_and_the_next_body_is_told_to_come_again():
    app, silent = BodiesFirst(echo, pages=1, readers=1), Silent()
    slow = threading.Thread(target=ask, args=(app,), kwargs={"stream": silent, "length": 9})
    slow.start()
    assert silent.asked.wait(30)
    assert ask(app, "GET")[0] == "200 OK"
    assert ask(app, body=b"a=1")[0] == "503 Service Unavailable"
    silent.go.set()
    slow.join(30)
    assert ask(app, body=b"a=1")[0] == "200 OK"


def test_half_a_form_is_none():
    assert ask(BodiesFirst(echo, pages=1), body=b"a=1", length=900)[0] == "503 Service Unavailable"


def test_a_body_that_no_page_takes_is_not_read():
    silent = Silent()
    length = bodies.LARGEST + 1
    app = BodiesFirst(lambda _environ, start: start("413 Too Large", []) or [], pages=1)
    assert ask(app, stream=silent, length=length)[0] == "413 Too Large"
    assert not silent.asked.is_set()


def test_a_body_of_no_announced_length_is_read_no_further_than_a_page_takes(monkeypatch):
    monkeypatch.setattr(bodies, "LARGEST", 1_000)
    app = BodiesFirst(echo, pages=1)
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    assert len(ask(app, body=b"x" * 5_000, **chunked)[1]) == 1_001


def test_a_page_that_breaks_and_one_that_is_sent_leave_their_place():
    def breaks(_environ, _start):
        raise ValueError

    app = BodiesFirst(breaks, pages=1)
    for _ in range(3):
        with pytest.raises(ValueError):  # noqa: PT011 (the page's own)
            ask(app, "GET")
    app.app = echo
    assert [ask(app, "GET")[0] for _ in range(3)] == ["200 OK"] * 3
