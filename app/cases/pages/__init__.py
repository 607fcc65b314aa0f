"""The pages on which a client fills in a case."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("cases", __name__, template_folder="../templates")

# Each module adds its pages to the blueprint.
import app.cases.pages.aside  # noqa: E402
import app.cases.pages.board  # noqa: E402
import app.cases.pages.check  # noqa: E402
import app.cases.pages.files  # noqa: E402
import app.cases.pages.moving  # noqa: E402
import app.cases.pages.parting  # noqa: E402
import app.cases.pages.section  # noqa: E402
import app.cases.pages.submitted  # noqa: E402
import app.cases.pages.topic  # noqa: E402
import app.cases.pages.turns  # noqa: E402, F401
