"""Caught mail, kept in a Maildir: one file a message, readable by any mail program."""

import mailbox
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path
from threading import Lock
from typing import Final

_RECIPIENT: Final = "X-Caught-For"
_SENDER: Final = "X-Caught-From"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Caught:
    """One message with the addresses it was really delivered to (its envelope)."""

    key: str
    message: EmailMessage

    @property
    def recipients(self) -> list[str]:
        """Addresses of the envelope, as the sender wrote them."""
        return [address for _, address in getaddresses(self.message.get_all(_RECIPIENT, []))]

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message.get("Subject", ""))

    @property
    def sender(self) -> str:
        """The From line, decoded."""
        return str(self.message.get("From", ""))

    @property
    def date(self) -> str:
        """The Date line as sent."""
        return str(self.message.get("Date", ""))

    @property
    def text(self) -> str:
        """The plain text, empty when the message has none."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML version, empty when the message has none."""
        return self._body("html")

    @property
    def attachments(self) -> list[Attachment]:
        """Every attached file, in the order of the message."""
        return [
            Attachment(
                part.get_filename() or f"{number}.bin", part.get_content_type(), _bytes(part)
            )
            for number, part in enumerate(self.message.iter_attachments(), start=1)
        ]

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


class Store:
    """The Maildir; written by the SMTP side and read by the page, from different threads."""

    def __init__(self, folder: Path) -> None:
        self._maildir = mailbox.Maildir(folder, create=True)
        self._lock = Lock()

    def add(self, content: bytes, sender: str, recipients: list[str]) -> None:
        """Keep a message as it came, with its envelope in two lines on top."""
        envelope = f"{_SENDER}: {sender}\r\n"
        envelope += "".join(f"{_RECIPIENT}: {address}\r\n" for address in recipients)
        with self._lock:
            self._maildir.add(envelope.encode() + content)

    def all(self) -> list[Caught]:
        """Every message, the newest first."""
        with self._lock:
            keys = sorted(self._maildir.keys(), key=_age, reverse=True)
            return [Caught(key, _parse(self._maildir.get_bytes(key))) for key in keys]

    def get(self, key: str) -> Caught | None:
        """One message by its key, or None."""
        with self._lock:
            if key not in self._maildir:
                return None
            return Caught(key, _parse(self._maildir.get_bytes(key)))

    def latest(self, address: str) -> Caught | None:
        """The newest message to an address, its case ignored, or None."""
        wanted = address.strip().casefold()
        for caught in self.all():
            if wanted in (recipient.casefold() for recipient in caught.recipients):
                return caught
        return None


def _age(key: str) -> tuple[int, ...]:
    """Order Maildir names (`seconds.MmicrosecondsPprocessQnumber.host`) by time."""
    return tuple(int(number) for number in re.findall(r"\d+", key)[:4])


def _bytes(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else part.as_bytes()


def _parse(content: bytes) -> EmailMessage:
    return BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)
