"""The pages of registering a business and activating its account, and the officer's deeds."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("enrolment", __name__, template_folder="../templates")

# Each module adds its pages to the blueprint.
import app.enrolment.pages.activate  # noqa: E402
import app.enrolment.pages.facts  # noqa: E402
import app.enrolment.pages.mine  # noqa: E402
import app.enrolment.pages.register  # noqa: E402
import app.enrolment.pages.registry  # noqa: E402
import app.enrolment.pages.staff  # noqa: E402
import app.enrolment.pages.turns  # noqa: E402, F401
