"""The pages of third parties, for the client who lets them act and for the provider who acts."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("delegation", __name__, template_folder="../templates")

# Each module adds its pages to the blueprint.
import app.delegation.pages.answering  # noqa: E402
import app.delegation.pages.asking  # noqa: E402
import app.delegation.pages.assigning  # noqa: E402
import app.delegation.pages.changing  # noqa: E402
import app.delegation.pages.clients  # noqa: E402
import app.delegation.pages.grouping  # noqa: E402
import app.delegation.pages.home  # noqa: E402
import app.delegation.pages.third_parties  # noqa: E402
import app.delegation.pages.turns  # noqa: E402, F401
