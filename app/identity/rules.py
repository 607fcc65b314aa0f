"""The rules of signing in, as plain functions: no database, no request, no clock.

Every number comes in as a value; the portal's own are in definitions/portal.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from app.base.text import fold

# ── sign-in names ───────────────────────────────────────────────────────────────────────

SIGN_IN_NAME_SHORTEST = 4
SIGN_IN_NAME_LONGEST = 64  # what FAB's column holds
_SIGN_IN_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]*[a-z0-9])?")


def fold_sign_in_name(typed: str) -> str:
    """Fold a sign-in name: it is one name in capitals or small letters, whatever spaces surround.

    Only the case is folded. No letter of the alphabet allowed below is equal to another in the
    eye of a reader, so that nobody can take a name that looks like somebody else's.
    """
    return typed.strip().lower()


def sign_in_name_fault(name: str) -> str | None:
    """Return what is wrong with a folded sign-in name: *length*, *characters*, or nothing."""
    if not SIGN_IN_NAME_SHORTEST <= len(name) <= SIGN_IN_NAME_LONGEST:
        return "length"
    return None if _SIGN_IN_NAME.fullmatch(name) else "characters"


# ── passwords ───────────────────────────────────────────────────────────────────────────

CONTEXT_WORD_SHORTEST = 4
"""Shorter words stand in too many good passwords to be refused."""
_REPEATED_AT_MOST = 4
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertzuiopasdfghjklyxcvbnm",
)


def forbidden_in(password: str, forbidden: str) -> str:
    """The forbidden characters that the password holds, each once, in the order they stand.

    "Vous ne pouvez pas utiliser les caractères suivants dans votre mot de passe".
    """
    return "".join(dict.fromkeys(c for c in password if c in forbidden))


def password_fault(
    password: str,
    *,
    shortest: int,
    longest: int,
    forbidden: str,
    common: Collection[str],
    context: Iterable[str],
) -> str | None:
    """Return the first thing wrong with a new password, or nothing.

    *short*, *long*, *characters* (see ``forbidden_in``), *context* (it holds the sign-in name,
    the part of the address before the @, or the portal's name), *common* (what others try
    first). Nothing is asked of its composition: OWASP ASVS 5.0, 6.2.5.
    """
    if len(password) < shortest:
        return "short"
    if len(password) > longest:
        return "long"
    if forbidden_in(password, forbidden):
        return "characters"
    folded = fold(password).replace(" ", "")
    words = (fold(word) for word in context)
    if any(len(word) >= CONTEXT_WORD_SHORTEST and word in folded for word in words):
        return "context"
    return "common" if is_guessable(folded, common) else None


def is_guessable(folded: str, common: Collection[str]) -> bool:
    """Whether a folded password is one that a guesser tries first.

    The list holds few passwords of twelve characters, because people reach twelve by adding
    digits and signs to a short one, or by writing it twice: what is left without them is looked
    up too. Runs of the alphabet, of digits and of a keyboard's rows are guessable as well.
    """
    for text in (folded, _EDGES.sub("", folded)):
        if text in common or _repeated_unit(text) in common or _is_run(text):
            return True
    return len(_repeated_unit(folded)) <= _REPEATED_AT_MOST


def _repeated_unit(text: str) -> str:
    """The shortest piece that, written again and again, makes the whole text."""
    again = (text + text).find(text, 1)
    return text[:again] if text else ""


def _is_run(text: str) -> bool:
    """Whether the text only follows the alphabet, the digits or a keyboard, either way round."""
    return len(text) >= 4 and any(text in row * 3 or text[::-1] in row * 3 for row in _ROWS)


# ── locks and limits ────────────────────────────────────────────────────────────────────


def lock_length(locks: int, first: timedelta, longest: timedelta) -> timedelta:
    """How long the next lock lasts, after ``locks`` earlier ones: twice as long each time."""
    if locks >= 30:  # beyond any limit, before the power grows without bound
        return longest
    return min(first * (1 << locks), longest)


def limited_address(address: str | None) -> str:
    """The address that limits count by: an IPv6 subscriber holds a whole /64 network."""
    if not address:
        return "unknown"
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network(f"{found}/64", strict=False))
    return str(found)


# ── sessions ────────────────────────────────────────────────────────────────────────────


def why_over(
    now: datetime, started: datetime, last_seen: datetime, idle: timedelta, absolute: timedelta
) -> str | None:
    """Why a session is over: *absolute*, *idle*, or nothing while it lives.

    A session ends at the instant itself: fifteen minutes idle is over, not the last second.
    """
    if now - started >= absolute:
        return "absolute"
    return "idle" if now - last_seen >= idle else None


def safe_next(path: str | None) -> str | None:
    r"""The page to go on to, when it is one of ours; None for anything else.

    An absolute address would send a person who has just signed in to a stranger's copy of the
    portal. Browsers read ``//host`` and ``/\host`` as other hosts, and drop tabs and line ends.
    """
    if not path or not path.startswith("/") or len(path) > 2_000:
        return None
    if path.startswith(("//", "/\\")) or any(c in path for c in "\\\t\r\n\x00"):
        return None
    parts = urlsplit(path)
    return None if parts.scheme or parts.netloc else path


def device_of(user_agent: str) -> str:
    """Browser and system in a few words, for the person who looks at their sessions."""
    browsers = (
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    )
    named = [
        next((name for mark, name in table if mark in user_agent), "")
        for table in (browsers, systems)
    ]
    return ", ".join(name for name in named if name)
