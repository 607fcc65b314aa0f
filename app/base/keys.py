"""Server keys for codes: kept outside the database, each use with a key of its own."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from app.base.settings import get


@dataclass(frozen=True, slots=True, repr=False)
class KeyRef:
    """One key of CODE_KEYS with its id, which is stored beside whatever it made."""

    id: str
    _key: bytes

    def derive(self, use: str) -> bytes:
        """A key for one use only: a leak of one use does not open another."""
        return hmac.new(self._key, b"guichet:" + use.encode(), hashlib.sha256).digest()


def current() -> KeyRef:
    """The key that makes new codes: the first of CODE_KEYS."""
    key_id, key = next(iter(get().code_keys.items()))
    return KeyRef(key_id, key)


def by_id(key_id: str) -> KeyRef | None:
    """An older key that still verifies, or None when it was withdrawn."""
    key = get().code_keys.get(key_id)
    return None if key is None else KeyRef(key_id, key)
