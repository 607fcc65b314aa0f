"""The pages on which people ask for access, and on which managers answer, change and end it."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("employees", __name__, template_folder="../templates")

# Each module adds its pages to the blueprint.
import app.employees.pages.asking  # noqa: E402
import app.employees.pages.changing  # noqa: E402
import app.employees.pages.home  # noqa: E402
import app.employees.pages.people  # noqa: E402
import app.employees.pages.requests  # noqa: E402
import app.employees.pages.turns  # noqa: E402, F401
