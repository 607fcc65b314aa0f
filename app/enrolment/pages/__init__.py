"""The pages of registering a business and activating its account, and the officer's deeds."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("enrolment", __name__, template_folder="../templates")

from app.enrolment.pages import activate, mine, register, staff  # noqa: E402, F401 (their routes)
