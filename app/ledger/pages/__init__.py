"""The officer's pages of the ledger: a file checked, shown and imported."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("ledger", __name__, template_folder="../templates")

# Each module adds its pages to the blueprint.
import app.ledger.pages.importing  # noqa: E402, F401
