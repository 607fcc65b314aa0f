"""The code's keyed hash: recognised by the portal, readable by nobody.

The code exists on paper alone. What is stored is an HMAC under a key that is kept outside the
database, bound to the registration, so that a copy of the table opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from app.base import keys
from app.base.keys import KeyRef

USE = "activation code"


def digest(key: KeyRef, registration_id: int, code: str) -> bytes:
    """The keyed hash of a code for one registration: 32 bytes."""
    message = f"{registration_id}:{code}".encode()
    return hmac.new(key.derive(USE), message, hashlib.sha256).digest()


def matches(key_id: str, stored: bytes, registration_id: int, code: str) -> bool:
    """Whether a typed code is the one that was hashed, in a time that tells nothing of it.

    A code made under a key that was withdrawn matches nothing.
    """
    key = keys.by_id(key_id)
    if key is None:
        key, stored = keys.current(), secrets.token_bytes(32)
    return hmac.compare_digest(digest(key, registration_id, code), stored)
