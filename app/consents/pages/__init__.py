"""The pages on which a client lets the agency share, and withdraws it."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("consents", __name__, template_folder="../templates")
