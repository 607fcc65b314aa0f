"""What a laptop needs and a real service brings along: secrets, an environment, free ports."""

import base64
import hashlib
import json
import os
import secrets
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from config import DEVELOPMENT_MARK, ROOT, ConfigError, Settings
from tools.children import Supervisor

_ALPHABET: Final = "abcdefghjkmnpqrstvwxyz23456789"  # nothing that a screen or a hand confuses

_READY_SECONDS: Final = 60


def secrets_of(instance: Path) -> dict[str, str]:
    """Return the development secrets by variable, made once and kept readable by us alone.

    Each begins with a mark that a production start refuses, wherever it was copied to.
    """
    path = instance / "development.json"
    if not path.exists():
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = {
            "SECRET_KEY": DEVELOPMENT_MARK + secrets.token_urlsafe(32),
            "CODE_KEYS": f"development:{_marked_key()}",
            "ANCHOR_KEY": _marked_key(),
            "DEMO_PASSWORD": "".join(secrets.choice(_ALPHABET) for _ in range(14)),
        }
        making = path.with_suffix(".making")
        making.unlink(missing_ok=True)
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file, indent=2)
        making.rename(path)
    return dict(json.loads(path.read_text()))


def _marked_key() -> str:
    mark = DEVELOPMENT_MARK.encode()
    return base64.b64encode(mark + secrets.token_bytes(32 - len(mark))).decode()


def environment(instance: Path) -> dict[str, str]:
    """Return what `run.py` adds to the environment of a laptop; set variables win."""
    made = {
        "GUICHET_ENV": "development",
        "INSTANCE_DIR": str(instance),
        "ANCHOR_DIR": str(instance / "anchors"),
        "LOG_LEVEL": "WARNING",
        "PORT": "8000",
        "MAIL_PORT": "8025",
        "SMTP_PORT": "1025",
        **secrets_of(instance),
    }
    if "SMTP_HOST" not in os.environ:
        made |= {"MAIL_CATCHER": "true", "SMTP_HOST": "127.0.0.1"}
    return made | {name: os.environ[name] for name in made if os.environ.get(name)}


def program_mark() -> str:
    """Return a digest that changes with every change of what `run.py prepare` would write."""
    digest = hashlib.sha256(sys.version.encode())
    for folder in ("app", "migrations", "translations"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not {"__pycache__", "LC_MESSAGES"} & set(path.parts):
                stat = path.stat()
                digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


class Prepared:
    """A note beside a laptop's database: this very program has prepared it, with these people.

    Most of a second start would otherwise go into finding out that nothing is to be done.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "prepared.json"
        self._mark = program_mark()

    def people(self) -> list[list[str]] | None:
        """Return the demonstration's people, or None when `prepare` must run."""
        try:
            note = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return None
        people: list[list[str]] = note["people"]
        return people if note["program"] == self._mark else None

    def note(self, people: list[list[str]]) -> None:
        """Write the note, once everything is in the database."""
        self._path.write_text(json.dumps({"program": self._mark, "people": people}))


def refuse_taken_ports(ports: dict[str, int]) -> None:
    """Raise ConfigError when a port is in use, naming the variable that moves it."""
    for variable, port in ports.items():
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As servers do: a port whose last connections are still closing is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise ConfigError(f"{variable}: port {port} is in use, set another") from None


def check_ports(settings: Settings) -> None:
    """Raise ConfigError when a port that the parts will open is in use."""
    ports = {"PORT": settings.port}
    if settings.mail_catcher:
        ports |= {"MAIL_PORT": settings.mail_port, "SMTP_PORT": settings.smtp_port}
    refuse_taken_ports(ports)


def wait_until_ready(parts: Supervisor, settings: Settings) -> None:
    """Wait until the portal says so itself. Raises ConfigError when a part ends, or it is late."""
    address = f"http://127.0.0.1:{settings.port}/readyz"
    request = urllib.request.Request(address, headers={"Host": settings.trusted_hosts[0]})
    give_up = time.monotonic() + _READY_SECONDS

    def ready() -> bool:
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 (our own address)
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if time.monotonic() > give_up:
                raise ConfigError(f"the portal was not ready in {_READY_SECONDS} s") from None
            return False

    ended = parts.wait(stop=ready, every=0.1)
    if ended is not None:
        raise ConfigError(f"{ended.name} ended with status {ended.process.returncode}, see above")
