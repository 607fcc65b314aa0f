"""Signed heads of the chain, kept outside the database and its backups.

Whoever owns the database can rebuild the whole chain, or cut off its end, without a fault
inside. An anchor is a line of a file that says: on that day the chain ended with this hash. The
signature is the portal's (Ed25519), and each line holds the digest of the one before it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

FILE: Final = "anchors.jsonl"
_LONGEST_LINES: Final = 4_096  # octets, in which the last line surely begins


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the chain at `made` (UTC, ISO): its number and hash, signed.

    `before` is the digest of the line before, empty in the first; `key` the public key.
    """

    made: str
    seq: int
    hash: str
    before: str
    key: str
    signature: str

    def signed_text(self) -> bytes:
        """The bytes that the signature covers."""
        return f"guichet anchor 1;{self.made};{self.seq};{self.hash};{self.before}".encode()


class AnchorError(Exception):
    """A line of the anchor file proves nothing; the message says which and why."""


def public_key(seed: bytes) -> str:
    """The public key of an anchor seed, as it stands in the anchors."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def append(folder: Path, seed: bytes, made: datetime, seq: int, head: bytes) -> Anchor:
    """Sign the head of the chain and add it to the folder's file, on disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = Ed25519PrivateKey.from_private_bytes(seed)
    with (folder / FILE).open("a+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two workers may anchor at once
        before = _before(file)
        unsigned = Anchor(
            made.astimezone(UTC).isoformat(), seq, head.hex(), before, public_key(seed), ""
        )
        fields = asdict(unsigned) | {"signature": private.sign(unsigned.signed_text()).hex()}
        _write(file, json.dumps(fields).encode() + b"\n")
    return Anchor(**fields)


def _before(file: FileIO) -> str:
    """The digest of the last whole line. What a power cut left after it proves nothing: it goes."""
    file.seek(0)
    content = file.readall()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        file.truncate(len(whole))
    return _digest(whole.splitlines()[-1]) if whole else ""


def _write(file: FileIO, line: bytes) -> None:
    """Add a whole line or none: half of one would make every later anchor unreadable."""
    end = file.seek(0, os.SEEK_END)
    try:
        left = memoryview(line)
        while left:
            left = left[file.write(left) :]  # a full disk takes a part, then raises
        os.fsync(file.fileno())
    except OSError:
        file.truncate(end)
        raise


def read(folder: Path, keys: Sequence[str]) -> Iterator[Anchor]:
    """Give the anchors in their order, each proven against the line before and a trusted key.

    `keys` are the public keys to trust: the present one, and retired ones. Raises AnchorError
    at the first line that was changed, inserted, or signed by somebody else.
    """
    path = folder / FILE
    if not path.exists():
        return
    before = ""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            anchor = _parse(number, line)
            if anchor.before != before:
                raise AnchorError(f"anchor {number} does not follow the line before it")
            if anchor.key not in keys:
                raise AnchorError(f"anchor {number} is signed by an unknown key, {anchor.key}")
            _verify(number, anchor)
            before = _digest(line)
            yield anchor


def newest(folder: Path) -> Anchor | None:
    """The last whole line, as it stands there, unproven; None before the first anchor.

    Raises AnchorError when it is none, OSError when the file cannot be read.
    """
    path = folder / FILE
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _LONGEST_LINES))
        lines = file.read().split(b"\n")[:-1]
    return _parse(0, lines[-1]) if lines else None


def _parse(number: int, line: bytes) -> Anchor:
    try:
        anchor = Anchor(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise AnchorError(f"anchor {number} cannot be read") from error
    if not isinstance(anchor.seq, int):
        raise AnchorError(f"anchor {number} cannot be read")
    return anchor


def _verify(number: int, anchor: Anchor) -> None:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(anchor.key))
        key.verify(bytes.fromhex(anchor.signature), anchor.signed_text())
    except (InvalidSignature, ValueError, TypeError) as error:
        raise AnchorError(f"anchor {number} does not carry its signature") from error


def _digest(line: bytes) -> str:
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()
