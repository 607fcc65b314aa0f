"""Where it is measured: a throw-away PostgreSQL, a database a size, the portal on one of them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app import WIRING, create_app
from app.base import db as base
from app.ops import schema
from config import load as load_settings
from tools.bench.load import load
from tools.bench.world import World
from tools.postgres import APPLICATION, OWNER, SUPERUSER, EmbeddedPostgres

OFFICER = 5
"""The person who works for the agency, as an officer of the first program."""


class Place:
    """A server of our own in a folder of its own, gone afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = EmbeddedPostgres(folder / "pg", for_tests=True)

    @contextmanager
    def running(self) -> Iterator[Place]:
        """Start the server; destroy it and its data at the end."""
        self.server.start()
        try:
            yield self
        finally:
            base.session.remove()
            self.server.destroy()

    def make(self, n: int) -> World:
        """A database with a world of ``n`` people."""
        name = self.name(n)
        self.server.create_database(name)
        owner = self.server.url(OWNER, name)
        schema.upgrade(owner)
        for module in (*WIRING, "app.authority.staff_roles", "app.web.staff.sync"):
            if find_spec(module):
                import_module(module)
        from app.programs.service import sync

        engine = base.connect(owner)
        base.deed(sync)()
        base.session.remove()
        engine.dispose()
        world = load(self._plain(SUPERUSER, name), n)
        self._appoint(owner, world)
        return world

    def _appoint(self, owner: str, world: World) -> None:
        from app.authority.models import StaffAssignment
        from app.authority.staff_roles import follow_assignments

        def appoint(db: Any) -> None:
            post = StaffAssignment(
                person_id=OFFICER, program_id=world.first.id, staff_role="program_officer"
            )
            db.add(post)
            db.flush()
            follow_assignments(db, OFFICER)

        engine = base.connect(owner)
        base.deed(appoint)()
        base.session.remove()
        engine.dispose()

    @staticmethod
    def name(n: int) -> str:
        """The name of the database of a size."""
        return f"bench_{n}"

    def app_url(self, n: int) -> str:
        """The address of a size's database, in the application's role."""
        return self.server.url(APPLICATION, self.name(n))

    def owner_url(self, n: int) -> str:
        """The same in the owner's role."""
        return self.server.url(OWNER, self.name(n))

    def superuser_url(self, n: int) -> str:
        """The same in the superuser's, for the driver alone."""
        return self._plain(SUPERUSER, self.name(n))

    def _plain(self, role: str, name: str) -> str:
        return self.server.url(role, name).replace("postgresql+psycopg", "postgresql")

    def described(self, n: int) -> dict[str, str]:
        """What another process must know to use a size's database."""
        return {
            "n": str(n),
            "app": self.app_url(n),
            "owner": self.owner_url(n),
            "plain": self._plain(APPLICATION, self.name(n)),
            "folder": str(self.folder),
        }


def portal_on(place: dict[str, str]) -> Flask:
    """The portal, whole, on a size's database. One a process."""
    folder = Path(place["folder"])
    values = load_settings(
        {
            "env": "test",
            "secret_key": secrets.token_hex(32),
            "code_keys": "bench:" + base64.b64encode(secrets.token_bytes(32)).decode(),
            "anchor_key": base64.b64encode(secrets.token_bytes(32)).decode(),
            "base_url": "http://localhost",
            "mail_from": "guichet@portal.example",
            "database_url": place["app"],
            "instance_dir": folder / "instance",
            "anchor_dir": folder / "anchors",
        }
    )
    return create_app(values)


def signed_in(app: Flask, person_id: int) -> FlaskClient:
    """A browser with a session of this person, as signing in leaves it."""
    from sqlalchemy import func

    from app.identity import cookie, sessions
    from app.identity.models import SignInSession

    token = secrets.token_urlsafe(32)
    with app.app_context():
        row = SignInSession(
            token_hash=sessions.hash_of(token),
            person_id=person_id,
            stage="full",
            purpose="sign_in",
            factor="email_code",
            code_verified_at=func.guichet_now(),
            full_at=func.guichet_now(),
            device="bench",
            address="127.0.0.1",
        )
        base.session.add(row)
        base.session.commit()
        name = cookie.name()
    client = app.test_client()
    client.set_cookie(name, token, domain="localhost")
    return client
