"""Flask-AppBuilder, with only the parts of it that Guichet uses."""

from __future__ import annotations

from flask import url_for
from flask_appbuilder import AppBuilder


class Desk(AppBuilder):
    """The generator of staff screens.

    FAB would also register pages that change the language by GET, list permissions to the
    world and describe a REST interface; none of them is reachable here, because none is made.
    """

    def _add_admin_views(self) -> None:
        """Register the sign-in view that FAB's own decorators redirect to, and nothing else."""
        self.sm.register_views()

    @property
    def get_url_for_index(self) -> str:
        """Where FAB sends people who have no business on a page."""
        return str(url_for("front.home"))
