"""One reference a request: on its error page, in its answer, in the trail, in the log, in its jobs.

It is made here. A proxy in front may make it instead, when the settings name the proxy: nobody
else may choose what the trail says of where a deed came from.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

from flask import current_app, g, request

HEADER: Final = "X-Request-Id"
PROXIES: Final = "REQUEST_ID_PROXIES"
"""Flask's setting: the networks whose header is believed, by default none."""

# Without 0 O 1 I L U: it is read over the telephone.
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_GIVEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def reference() -> str:
    """The reference of this request."""
    if "reference" not in g:
        g.reference = _given() or _made()
    found: str = g.reference
    return found


def _made() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _given() -> str | None:
    """What a trusted proxy calls this request; one that is oddly written is no reference."""
    networks: Sequence[IPv4Network | IPv6Network] = current_app.config.get(PROXIES, ())
    if not networks or not _is_among(networks):
        return None
    given = request.headers.get(HEADER, "")
    return given if _GIVEN.fullmatch(given) else None


def _is_among(networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether the connection itself comes from one of them, whatever a header says."""
    before = request.environ.get("werkzeug.proxy_fix.orig", request.environ)
    try:
        peer = ip_address(before.get("REMOTE_ADDR") or "")
    except ValueError:
        return False
    return any(peer in network for network in networks)
