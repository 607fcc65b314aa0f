"""Files that nobody without the key can read, change, cut, swap or pass off as another.

Layout: a header (mark, the backup's random id, a check of the key, the part's name, a digest of
the header), then chunks of AES-256-GCM. Each part of each backup has a key of its own, derived
from the operator's with HKDF-SHA-256; a chunk's nonce is its number and whether it is the last,
and the header goes into every chunk's authentication. So a chunk fits one place of one file only,
and a cut end is missed. One chunk is in memory at a time.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.ops.backup.errors import BackupError

MARK: Final = b"guichet backup 1\n"
CHUNK: Final = 1 << 16
_ID: Final = 16
_CHECK: Final = 16
_DIGEST: Final = 8
_TAG: Final = 16


@dataclass(frozen=True, slots=True)
class Header:
    """What stands unsealed before a part: of which backup it is, and which part."""

    backup: bytes
    check: bytes
    part: str

    def pack(self) -> bytes:
        """The header's bytes, with a digest that tells damage from a wrong key."""
        name = self.part.encode()
        body = MARK + self.backup + self.check + bytes([len(name)]) + name
        return body + hashlib.sha256(body).digest()[:_DIGEST]


def read_key(path: Path) -> bytes:
    """Read a key of 32 bytes, in base64, from a file that its owner alone may read."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise BackupError(f"{path}: others may read this key; chmod 600 it")
        key = base64.b64decode(path.read_text().strip(), validate=True)
    except OSError as error:
        raise BackupError(f"{path}: the key cannot be read ({error.strerror})") from None
    except ValueError:  # also what base64 and UTF-8 raise
        raise BackupError(f"{path}: this is no key: it is not base64") from None
    if len(key) != 32:
        raise BackupError(f"{path}: this is no key: {len(key)} bytes instead of 32")
    return key


def _derive(key: bytes, backup: bytes, use: str, length: int = 32) -> bytes:
    info = MARK + use.encode()
    return HKDF(algorithm=SHA256(), length=length, salt=backup, info=info).derive(key)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Writer(io.RawIOBase):
    """Seals what is written into a new file; `size` and `sha256` are the file's, once closed.

    Leave its `with` block by an exception and the file never gets its last chunk.
    """

    def __init__(self, path: Path, key: bytes, backup: bytes) -> None:
        super().__init__()
        check = _derive(key, backup, "check", _CHECK)
        self._header = Header(backup, check, path.name).pack()
        self._cipher = AESGCM(_derive(key, backup, f"part {path.name}"))
        self._waiting = bytearray()
        self._number = 0
        self._digest = hashlib.sha256()
        self.size = 0
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file: IO[bytes] = os.fdopen(handle, "wb", buffering=0)
        self._put(self._header)

    @property
    def sha256(self) -> str:
        """The digest of what was written to the file so far, in hexadecimal."""
        return self._digest.hexdigest()

    def writable(self) -> bool:
        """Yes: that is all it is for."""
        return True

    def write(self, data: object) -> int:
        """Take any bytes; a chunk is sealed once more than one waits."""
        taken = bytes(data)  # type: ignore[call-overload]
        for start in range(0, len(taken), CHUNK):
            self._waiting += taken[start : start + CHUNK]
            # The last chunk is marked: so one is kept back until more has come.
            while len(self._waiting) > CHUNK:
                self._seal(bytes(self._waiting[:CHUNK]), last=False)
                del self._waiting[:CHUNK]
        return len(taken)

    def finish(self) -> None:
        """Seal the last chunk and have the disk keep the file."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()
        os.fsync(self._file.fileno())

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._number, last=last), plain, self._header))
        self._number += 1

    def _put(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]  # a full disk takes a part, then raises
        self._digest.update(data)
        self.size += len(data)

    def close(self) -> None:
        """Close the file as it is; only `finish` makes it whole."""
        self._file.close()
        super().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.finish()
        finally:
            self.close()


class Reader(io.RawIOBase):
    """Opens a sealed file and gives what was written, each chunk proven before it is given.

    Raises BackupError when the key is another one, or the file is not the one that was written.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        super().__init__()
        self.path = path
        try:
            self._file: IO[bytes] = path.open("rb")
        except OSError as error:
            raise BackupError(f"{path}: cannot be read ({error.strerror})") from None
        try:
            self.header = read_header(path, self._file)
            self._refuse_another(key)
        except BackupError:
            self._file.close()
            raise
        self._cipher = AESGCM(_derive(key, self.header.backup, f"part {self.header.part}"))
        self._sealed = self._file.read(CHUNK + _TAG)
        self._plain = b""
        self._number = 0
        self._ended = False

    def _refuse_another(self, key: bytes) -> None:
        if self.header.check != _derive(key, self.header.backup, "check", _CHECK):
            raise BackupError(f"{self.path}: this is not the key that the backup was made with")

    def readable(self) -> bool:
        """Yes: that is all it is for."""
        return True

    def readinto(self, buffer: object) -> int:
        """Give the next bytes, 0 at the proven end."""
        while not self._plain and not self._ended:
            self._open_next()
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        size = min(len(view), len(self._plain))
        view[:size] = self._plain[:size]
        self._plain = self._plain[size:]
        return size

    def _open_next(self) -> None:
        following = self._file.read(CHUNK + _TAG)
        nonce = _nonce(self._number, last=not following)
        try:
            self._plain = self._cipher.decrypt(nonce, self._sealed, self.header.pack())
        except InvalidTag:
            raise BackupError(f"{self.path}: damaged or cut short") from None
        self._number += 1
        self._ended = not following
        self._sealed = following

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def read_header(path: Path, file: IO[bytes]) -> Header:
    """Read and prove a header; raise BackupError when there is none or it is damaged."""
    fixed = file.read(len(MARK) + _ID + _CHECK + 1)
    if not fixed.startswith(MARK):
        raise BackupError(f"{path}: this is no part of a backup")
    name = file.read(fixed[-1])
    digest = file.read(_DIGEST)
    backup = fixed[len(MARK) : len(MARK) + _ID]
    check = fixed[len(MARK) + _ID : -1]
    if hashlib.sha256(fixed + name).digest()[:_DIGEST] != digest:
        raise BackupError(f"{path}: damaged or cut short")
    return Header(backup, check, name.decode())
