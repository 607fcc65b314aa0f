"""E-mail addresses that nobody proves with a code."""

from __future__ import annotations

from typing import Final

LONGEST_EMAIL: Final = 254  # RFC 5321, 4.5.3.1.3


def is_address(email: str) -> bool:
    """Something, one @, something with a point: no more is asked of an address nobody proves."""
    local, at, domain = email.rpartition("@")
    plain = email.isprintable() and not any(c.isspace() or c in '<>(),;:\\[]"' for c in email)
    inner = domain.strip(".")
    return (
        bool(at and local and plain and "@" not in local and "." in inner and inner == domain)
        and len(email) <= LONGEST_EMAIL
    )
