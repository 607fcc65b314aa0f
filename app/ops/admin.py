"""The status page of the staff: how each part of the portal is, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_appbuilder import AppBuilder, BaseView
from flask_babel import lazy_gettext as _l

from app.base import settings
from app.ops.looks import looks
from app.ops.words import TAGS, line
from app.web.admin.routes import route
from app.web.staff.clock import moment
from app.web.staff.screens import Screens, add_screens


class StatusView(BaseView):
    """One line a part: a word, a figure, since when."""

    route_base = "/staff/status"
    default_view = "index"
    list_title = _l("Status of the portal")
    help_topic = "staff-status"
    actions: Mapping[str, str] = {"can_read": "staff.status.read"}

    @route("/", permission="read")
    def index(self) -> str:
        """What was found a moment ago; nothing is kept, and nothing is raised."""
        found = looks(settings.get())
        page = self.render_template(
            "staff/status.html",
            lines=[(line(one), one.state) for one in found],
            counts={state: sum(one.state == state for one in found) for state in TAGS},
            read=moment(),
            view=self,
        )
        return str(page)


SCREENS: Screens = ((StatusView, "status"),)


def register(builder: AppBuilder) -> None:
    """Put the page last into the staff menu."""
    add_screens(builder, SCREENS)
