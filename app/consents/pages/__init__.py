"""The pages on which a client lets the agency share, and withdraws it."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("consents", __name__, template_folder="../templates")

# Each module adds its pages to the blueprint.
import app.consents.pages.board  # noqa: E402
import app.consents.pages.choosing  # noqa: E402
import app.consents.pages.history  # noqa: E402, F401
