"""Scanning: by a running clamd, and by servers that answer as none should."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from app.documents import scanning
from app.documents.scanning import Scan, ScanState, ask, scan
from tests.documents import files
from tests.support.clamd import NAME, SIGN
from tests.support.mail import free_port

MB = 1 << 20


@pytest.fixture(params=["socket", "port"])
def address(request, clamd):
    return getattr(clamd, request.param)


def test_nothing_is_found_in_a_harmless_document(address):
    assert scan(address, [files.pdf()]) == Scan(ScanState.CLEAN)
    assert scan(address, [b"a", b"", b"b"]) == Scan(ScanState.CLEAN)


def test_what_the_signature_knows_is_found_by_its_name(address):
    infected = Scan(ScanState.INFECTED, f"{NAME}.UNOFFICIAL")
    assert scan(address, [b"before " + SIGN + b" behind"]) == infected


def test_what_lies_across_two_chunks_is_found(address):
    octets = bytes(70_000) + SIGN + bytes(70_000)
    chunks = (octets[start : start + 997] for start in range(0, len(octets), 997))
    assert scan(address, chunks).state is ScanState.INFECTED


def test_what_lies_inside_a_document_is_found(address):
    """It unpacks what it is given: a virus is not hidden by the archive that a DOCX is."""
    assert scan(address, [files.docx({"word/media/x": SIGN})]).state is ScanState.INFECTED


def test_what_is_too_large_for_the_scanner_is_never_called_clean(address):
    """Beyond MaxFileSize it does not look, beyond StreamMaxLength it hangs up."""
    for size in (3 * MB // 2, 3 * MB, 20 * MB):
        chunk = b"x" * 65_536
        told = scan(address, (chunk for _ in range(size // len(chunk))))
        assert told.state is ScanState.COULD_NOT_SCAN, size
        assert told.detail


def test_an_empty_document_is_clean(address):
    assert scan(address, []).state is ScanState.CLEAN


def test_without_a_scanner_a_document_is_not_scanned():
    assert scan(None, iter([b"x"])) == Scan(ScanState.NOT_SCANNED)


def test_a_scanner_tells_its_version(address):
    told = ask(address)
    assert told.version.startswith("ClamAV 1.")
    assert told.signatures is None, "it has no dated ones"


def test_what_the_document_itself_raises_is_not_the_scanners_fault(address):
    def broken():
        yield b"x"
        raise ConnectionError("the store went away")

    with pytest.raises(ConnectionError, match="the store"):
        scan(address, broken())


# ── what answers otherwise ──────────────────────────────────────────────────────────────


def test_a_scanner_that_is_not_there_may_be_tried_again(tmp_path):
    for nobody in (f"127.0.0.1:{free_port()}", str(tmp_path / "nobody")):
        told = scan(nobody, [b"x"])
        assert told.state is ScanState.COULD_NOT_SCAN
        assert told.again
        assert told.detail
        with pytest.raises(OSError, match=r"refused|No such file"):
            ask(nobody)


@contextmanager
def answering(answer, after=b"\0\0\0\0", *, hold=False):
    """A server that reads up to an end, and then gives this answer, or none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def serve():
            connection, _ = server.accept()
            with connection:
                got = b""
                while not got.endswith(after) and (more := connection.recv(65_536)):
                    got += more
                if not hold:
                    connection.sendall(answer)
                done.wait(10 if hold else 0)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


@pytest.mark.parametrize(
    ("answer", "scan_told"),
    [
        (b"stream: OK\0", Scan(ScanState.CLEAN)),
        (b"stream: Win.Test FOUND\0", Scan(ScanState.INFECTED, "Win.Test")),
        (
            b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
            Scan(ScanState.COULD_NOT_SCAN, "Heuristics.Limits.Exceeded.MaxFileSize"),
        ),
        (
            b"INSTREAM size limit exceeded. ERROR\0",
            Scan(ScanState.COULD_NOT_SCAN, "INSTREAM size limit exceeded. ERROR"),
        ),
        (b"", Scan(ScanState.COULD_NOT_SCAN, "no answer", again=True)),
        (b"stream: OK it seems\0", Scan(ScanState.COULD_NOT_SCAN, "stream: OK it seems")),
        (b"HTTP/1.1 200 OK\r\n\0", Scan(ScanState.COULD_NOT_SCAN, "HTTP/1.1 200 OK\r")),
    ],
)
def test_only_a_plain_ok_is_clean(answer, scan_told):
    with answering(answer) as address:
        assert scan(address, [b"x"]) == scan_told


def test_an_ok_before_everything_was_sent_says_nothing():
    assert scanning._verdict("stream: OK", sent=False).state is ScanState.COULD_NOT_SCAN


def test_a_scanner_that_never_answers_holds_nobody_up():
    with answering(b"", hold=True) as address:
        told = scan(address, [b"x"], seconds=0.2)
    assert told == Scan(ScanState.COULD_NOT_SCAN, "TimeoutError", again=True)


def test_the_day_of_the_signatures_is_read():
    with answering(b"ClamAV 1.4.6/27801/Sat Nov 21 09:25:44 2026\0", b"zVERSION\0") as address:
        told = ask(address)
    assert told.version == "ClamAV 1.4.6"
    assert told.signatures == datetime(2026, 11, 21, 9, 25, 44, tzinfo=UTC)


def test_another_server_is_no_scanner():
    with (
        answering(b"220 mail.example ESMTP\0", b"zVERSION\0") as address,
        pytest.raises(OSError, match="no clamd"),
    ):
        ask(address)
