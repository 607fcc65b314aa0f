"""Flask-AppBuilder's security, with its own ways to sign in walled up.

FAB logs a browser in for a password alone, keeps it in a cookie that outlives sign-out, and
offers the same to machines as a token. Here a person is whoever the *gate* found in a living and
complete sign-in session; FAB only reads that.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, g, redirect, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.sqla.manager import SecurityManager as FabSecurityManager
from flask_appbuilder.security.sqla.models import Role
from flask_login import LoginManager
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.base.db import User, session
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
            held.permission.name == permission_name and held.view_menu.name == view_name
            for held in self._permissions(role_ids)
        )

    def find_roles_permission_view_menus(
        self, permission_name: str, role_ids: list[int]
    ) -> list[Any]:
        """The screens on which the roles have the permission: for the menu, without asking."""
        return [
            one for one in self._permissions(role_ids) if one.permission.name == permission_name
        ]

    def _permissions(self, role_ids: list[int]) -> list[Any]:
        """What the roles of the signed-in user open; it was all read with the user."""
        user = self._signed_in()
        held = user.roles if user is not None else []
        return [one for role in held if role.id in role_ids for one in role.permissions]

    @staticmethod
    def _signed_in() -> Any | None:
        """The signed-in user with roles and permissions, in one statement a request."""
        person = g.get("person")
        if person is None:
            return None
        if "fab_user" not in g:
            whole = joinedload(User.roles).joinedload(Role.permissions)
            user = session.get(User, person.user_id, options=[whole])
            g.fab_user = user if user is not None and user.is_active else None
        return g.fab_user
