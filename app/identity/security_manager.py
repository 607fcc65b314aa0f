"""Flask-AppBuilder's security, with its own ways to sign in walled up.

FAB logs a browser in for a password alone, keeps it in a cookie that outlives sign-out, and
offers the same to machines as a token. Here a person is whoever the *gate* found in a living and
complete sign-in session; FAB only reads that.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from flask import Flask, g, redirect, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.sqla.manager import SecurityManager as FabSecurityManager
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
)
from flask_login import LoginManager
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm.attributes import set_committed_value
from werkzeug.wrappers import Response

from app.base.db import User, session
from app.base.prepared import PREPARED
from app.web.access import public


class SignInView(BaseView):
    """What FAB needs to have as its sign-in view: it leads to ours, and does nothing else."""

    route_base = "/staff/sign-in"
    default_view = "login"

    @public
    @expose("/")  # type: ignore[untyped-decorator]
    def login(self) -> Response:
        """Lead to the portal's own sign-in."""
        return redirect(url_for("identity.sign_in"))


class SecurityManager(FabSecurityManager):
    """Who is signed in comes from the sign-in session's row, never from a cookie of FAB's."""

    def create_login_manager(self, app: Flask) -> LoginManager:
        """Let Flask-Login ask for the session's user at each request, and remember nobody."""
        manager = super().create_login_manager(app)
        manager.login_view = "identity.sign_in"
        manager.session_protection = None  # the cookie that it would protect is not used
        manager.request_loader(lambda _request: self._signed_in())
        return manager

    def load_user(self, pk: int | str) -> Any | None:
        """The user of a Flask-Login cookie: only when the living session says the same."""
        user = self._signed_in()
        return user if user is not None and str(user.id) == str(pk) else None

    def load_user_jwt(self, _jwt_header: Any, _jwt_data: Any) -> None:
        """No token lets anybody in."""
        return

    def validate_api_key(self, _api_key_string: str) -> None:
        """No key lets anybody in."""
        return

    def auth_user_db(self, _username: str, _password: str) -> None:
        """FAB's own check of a password: nobody passes it, ours asks for a code as well."""
        return

    def reset_password(self, _userid: int, _password: str) -> None:
        """FAB would write a password of its own, unasked for the present one. Raises always."""
        raise NotImplementedError("passwords are changed in app.identity.service")

    def register_views(self) -> None:
        """Make the sign-in view that FAB refers to; none of its forms for passwords or users."""
        self.auth_view = SignInView()
        self.appbuilder.add_view_no_menu(self.auth_view)

    def get_user_roles(self, user: Any) -> list[Any]:
        """The roles of the staff assignments; FAB's groups are not used."""
        return list(user.roles) if user.is_authenticated else []

    def exist_permission_on_roles(
        self, view_name: str, permission_name: str, role_ids: list[int]
    ) -> bool:
        """Whether one of the roles has the permission: of the signed-in user, without asking."""
        return any(
            (permission_name, view_name) in held
            for role, held in self._held().items()
            if role.id in role_ids
        )

    def find_roles_permission_view_menus(
        self, permission_name: str, role_ids: list[int]
    ) -> list[Any]:
        """The screens on which the roles have the permission: for the menu, without asking."""
        return [
            SimpleNamespace(view_menu=SimpleNamespace(name=view))
            for role, held in self._held().items()
            if role.id in role_ids
            for name, view in held
            if name == permission_name
        ]

    def _held(self) -> Mapping[Role, frozenset[tuple[str, str]]]:
        """What each role of the signed-in user opens; it was all read with the user."""
        return {} if self._signed_in() is None else g.fab_held

    @staticmethod
    def _signed_in() -> Any | None:
        """The signed-in user with their roles, in one statement a request."""
        person = g.get("person")
        if person is None:
            return None
        if "fab_user" not in g:
            g.fab_user = _read(person.user_id)
        return g.fab_user


# A role opens some two hundred things: as rows of four tables each they would take longer to make
# into objects than the rest of a list's page takes to read.
_PAIRS = (
    select(func.array_agg(array([Permission.name, ViewMenu.name])))
    .select_from(assoc_permissionview_role)
    .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
    .join(Permission, Permission.id == PermissionView.permission_id)
    .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
    .where(assoc_permissionview_role.c.role_id == Role.id)
    .correlate(Role)
    .scalar_subquery()
)
_USER = (
    select(User, Role, _PAIRS)
    .outerjoin(User.roles)
    .where(User.id == bindparam("user_id"))
    .execution_options(**PREPARED)
)


def _read(user_id: int) -> Any | None:
    """The user with roles, and beside it what the roles open; None for one who is shut out."""
    found = session.execute(_USER, {"user_id": user_id}).all()
    if not found or not found[0][0].is_active:
        return None
    user, held = found[0][0], {}
    for _user, role, pairs in found:
        if role is not None:
            held[role] = frozenset((name, view) for name, view in pairs or ())
    set_committed_value(user, "roles", list(held))
    g.fab_held = held
    return user
