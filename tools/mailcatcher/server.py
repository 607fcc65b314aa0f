"""The two doors of the mail catcher: SMTP in, HTTP out; both on the loopback only."""

import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tools.mailcatcher import views
from tools.mailcatcher.store import Attachment, Store

LOOPBACK: Final = "127.0.0.1"
_NAMES: Final = {"localhost", LOOPBACK}
_POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
# What a mail program would show: its own styles, no script, nothing from outside.
_MAIL_POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Catcher:
    """What aiosmtpd calls for each message."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the message and say so."""
        content = envelope.original_content or b""
        self._store.add(content, str(envelope.mail_from), [str(to) for to in envelope.rcpt_tos])
        return "250 Kept"


def smtp_door(store: Store, port: int) -> Controller:
    """Return the SMTP server, not yet started."""
    return Controller(
        Catcher(store), hostname=LOOPBACK, port=port, enable_SMTPUTF8=True, ident="Guichet"
    )


def http_door(store: Store, port: int) -> ThreadingHTTPServer:
    """Return the page's server, bound and not yet serving."""

    class Handler(_Handler):
        mail = store

    server = ThreadingHTTPServer((LOOPBACK, port), Handler)
    server.daemon_threads = True
    return server


class _Handler(BaseHTTPRequestHandler):
    mail: Store
    server_version = "Guichet"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer one request; a page on another host name could otherwise read the mail."""
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if host not in _NAMES:
            self._say(HTTPStatus.MISDIRECTED_REQUEST, "Use localhost.")
            return
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        if address.path in {"/latest", "/latest/attachment"}:
            self._latest(query.get("to", [""])[0], file=address.path.endswith("/attachment"))
        elif address.path == "/":
            self._html(views.listing(self.mail.all()))
        elif address.path == "/style.css":
            self._send(HTTPStatus.OK, "text/css; charset=utf-8", views.STYLE.encode())
        elif found := re.fullmatch(r"/m/([^/]+)(?:/(html|files/(\d+)))?", address.path):
            self._message(unquote(found[1]), found[2], found[3])
        else:
            self._nothing()

    def _latest(self, address: str, *, file: bool) -> None:
        caught = self.mail.latest(address)
        if caught is None:
            self._say(
                HTTPStatus.NOT_FOUND,
                f"No mail for {address} yet. Aucun courriel pour {address} pour le moment.",
            )
        elif not file:
            self._say(HTTPStatus.OK, caught.text)
        elif caught.attachments:
            self._file(caught.attachments[0])
        else:
            self._say(
                HTTPStatus.NOT_FOUND,
                "The newest mail has no attachment. Le dernier courriel n’a pas de pièce jointe.",
            )

    def _message(self, key: str, what: str | None, number: str | None) -> None:
        caught = self.mail.get(key)
        if caught is None:
            self._nothing()
        elif what is None:
            self._html(views.message(caught))
        elif what == "html" and caught.html:
            self._html(caught.html, _MAIL_POLICY)
        elif number is not None and int(number) < len(caught.attachments):
            self._file(caught.attachments[int(number)])
        else:
            self._nothing()

    def _nothing(self) -> None:
        self._say(HTTPStatus.NOT_FOUND, "Page not found. Page introuvable.")

    def _say(self, status: HTTPStatus, sentence: str) -> None:
        self._send(status, "text/plain; charset=utf-8", sentence.encode())

    def _html(self, page: str, policy: str = _POLICY) -> None:
        self._send(HTTPStatus.OK, "text/html; charset=utf-8", page.encode(), policy=policy)

    def _file(self, file: Attachment) -> None:
        self._send(
            HTTPStatus.OK,
            file.kind,
            file.content,
            disposition=f"attachment; filename*=UTF-8''{quote(file.name)}",
        )

    def _send(
        self,
        status: HTTPStatus,
        kind: str,
        content: bytes,
        *,
        policy: str = _POLICY,
        disposition: str | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        if disposition is not None:
            self.send_header("Content-Disposition", disposition)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the parent's name)
        """Stay quiet: the page is fetched again and again while somebody waits for a mail."""
