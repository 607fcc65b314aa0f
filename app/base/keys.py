"""Server keys for codes: kept outside the database, each use with a key of its own."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from app.base.settings import get


@dataclass(frozen=True, slots=True)
class KeyRef:
    """One key of CODE_KEYS with its id, which is stored beside whatever it made."""

    id: str
    _secret: bytes = field(repr=False)

    def derive(self, use: str) -> bytes:
        """A key for one use only: a leak of one use does not open another."""
        return hmac.new(self._secret, b"guichet:" + use.encode(), hashlib.sha256).digest()


def current() -> KeyRef:
    """The key that makes new codes: the first of CODE_KEYS."""
    return KeyRef(*get().code_keys[0])


def by_id(key_id: str) -> KeyRef | None:
    """An older key that still verifies, or None when it was withdrawn."""
    return next((KeyRef(*key) for key in get().code_keys if key.id == key_id), None)
