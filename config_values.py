"""How a setting is read from its environment variable: addresses, keys, names, networks.

Each reader raises ValueError with half a sentence, which `config.load` puts behind the variable.
"""

import base64
import binascii
import re
from ipaddress import ip_network
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

KEY_BYTES: Final = 32
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class CodeKey(NamedTuple):
    """A server key for one-time codes and letter codes, with the id saved beside its use."""

    id: str
    secret: bytes


def database_url(value: str) -> str:
    """Accept what hosting providers hand out and make it an address of our one driver."""
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise ValueError("is not a database address") from error
    if url.drivername not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("must be a PostgreSQL address, like postgresql://user:password@host/name")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def base64_key(value: str) -> bytes:
    """Read a key of enough bytes from base64."""
    try:
        key = base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("is not base64") from error
    if len(key) < KEY_BYTES:
        raise ValueError(f"holds {len(key)} bytes; {KEY_BYTES} are needed")
    return key


def code_keys(value: Any) -> Any:
    """Read `id:base64,id:base64`: the first makes new codes, the others still verify."""
    if not isinstance(value, str):
        return value
    keys = []
    for part in value.split(","):
        name, colon, secret = part.strip().partition(":")
        if not colon or not re.fullmatch(r"[a-z0-9-]{1,32}", name):
            raise ValueError("must be id:base64,id:base64 with ids of a-z, 0-9 and -")
        keys.append(CodeKey(name, base64_key(secret)))
    if len({key.id for key in keys}) != len(keys):
        raise ValueError("holds the same id twice")
    return tuple(keys)


def anchor_key(value: Any) -> Any:
    """Read the 32 bytes of an Ed25519 seed from base64."""
    if not isinstance(value, str):
        return value
    seed = base64_key(value)
    if len(seed) != KEY_BYTES:
        raise ValueError(f"must hold exactly {KEY_BYTES} bytes, an Ed25519 seed")
    return seed


def names(value: Any) -> Any:
    """Read names separated by commas."""
    if not isinstance(value, str):
        return value
    return tuple(name.strip() for name in value.split(",") if name.strip())


def networks(value: Any) -> Any:
    """Read network addresses and networks separated by commas."""
    if not isinstance(value, str):
        return value
    try:
        return tuple(ip_network(name) for name in names(value))
    except ValueError:
        raise ValueError("must be addresses or networks, like 10.0.0.5,10.1.0.0/16") from None


def address(value: str) -> str:
    """Take the address of a server, and nothing behind it."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError("must be an address without a path, like https://portal.example.ca")
    return f"{parts.scheme}://{parts.netloc}"


def store(value: str) -> str:
    """Refuse what is neither a folder nor a bucket."""
    parts = urlsplit(value)
    folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    bucket = parts.scheme == "s3" and _BUCKET.fullmatch(parts.netloc) is not None
    if not (folder or bucket) or parts.query or parts.fragment or ".." in unquote(parts.path):
        raise ValueError(
            "must be a folder or a bucket, like file:///srv/guichet/documents or s3://bucket/folder"
        )
    return value


def scanner(value: str) -> str:
    """Refuse what is neither a host with a port nor the path of a socket."""
    host, colon, port = value.rpartition(":")
    if value.startswith("/") or (host and colon and port.isdecimal() and 0 < int(port) < 65536):
        return value
    raise ValueError("must be host:port or the path of a socket, like /run/clamav/clamd.ctl")
