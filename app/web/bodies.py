"""What is sent is read whole before a page begins: whoever sends slowly holds nobody else up.

The server hands a request over with its body still on the way, and gives the reading no time
limit. So there are more threads than pages are made at once: the others wait for bodies, and when
all that may wait do, the next one is told to try again. Whatever has no body is never held up.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from threading import BoundedSemaphore
from typing import IO, TYPE_CHECKING, Final

from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

READERS: Final = 48
"""Bodies that a process waits for at once."""
LARGEST: Final = 64 * 1024 * 1024
"""Octets of a body, of the pages that take files; a page refuses a larger one unread.

It lies on the disk, not in memory, while it comes: several pictures of a telephone, or two of the
largest documents. Where a script runs each file comes by itself, in parts.
"""

_IN_MEMORY: Final = 256 * 1024
_AT_ONCE: Final = 64 * 1024
_NO_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class BodiesFirst:
    """WSGI middleware: the body first, of so many requests at once, then a page, of so many."""

    def __init__(self, app: WSGIApplication, *, pages: int, readers: int = READERS) -> None:
        self.app = app
        self._reading = BoundedSemaphore(readers)
        self._making = BoundedSemaphore(pages)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Wait for what is sent, then for a place, then answer."""
        with ExitStack() as until_sent:
            if _has_body(environ):
                if not self._reading.acquire(blocking=False):
                    return _try_again(start)
                try:
                    whole = until_sent.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))
                    _read(environ, whole)
                except OSError:  # broken off, or no room for it
                    return _try_again(start)
                finally:
                    self._reading.release()
                environ["wsgi.input"] = whole
            self._making.acquire()
            until_sent.callback(self._making.release)
            answer = self.app(environ, start)
            # A file is made while it is sent: its place is free when it is through.
            return ClosingIterator(answer, until_sent.pop_all().close)


def _has_body(environ: WSGIEnvironment) -> bool:
    if environ["REQUEST_METHOD"] in _NO_BODY:
        return False
    length = str(environ.get("CONTENT_LENGTH") or "")
    if length.isascii() and length.isdigit():
        return 0 < int(length) <= LARGEST
    return "HTTP_TRANSFER_ENCODING" in environ


def _read(environ: WSGIEnvironment, whole: IO[bytes]) -> None:
    """Read the body to its end, or one octet past what a page takes.

    Raises OSError when it ends before the length that it was announced with: half a form is none.
    """
    left = LARGEST + 1
    while left > 0 and (part := environ["wsgi.input"].read(min(_AT_ONCE, left))):
        whole.write(part)
        left -= len(part)
    if whole.tell() < int(environ.get("CONTENT_LENGTH") or 0):
        raise OSError("the body was broken off")
    whole.seek(0)


def _try_again(start: StartResponse) -> Iterable[bytes]:
    start("503 Service Unavailable", [("Content-Type", "text/plain"), ("Retry-After", "10")])
    return [b"503 Service Unavailable\n"]
