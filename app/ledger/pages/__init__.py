"""The pages of the ledger: a program account's home and its lines; the officer's import."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("ledger", __name__, template_folder="../templates")

# Each module adds its pages to the blueprint.
import app.ledger.pages.home  # noqa: E402
import app.ledger.pages.importing  # noqa: E402
import app.ledger.pages.transactions  # noqa: E402, F401
