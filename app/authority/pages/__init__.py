"""The pages of businesses and accounts: mine, one account's, its users, its owner."""

from flask import Blueprint

pages = Blueprint("authority", "app.authority", template_folder="templates")

# Each module adds its pages to the blueprint.
from app.authority.pages import (  # noqa: E402
    account,
    activity,
    businesses,
    changes,
    offers,
    opening,
    parts,
    transfer,
    turns,
    users,
    using,
)

__all__ = [
    "account",
    "activity",
    "businesses",
    "changes",
    "offers",
    "opening",
    "pages",
    "parts",
    "transfer",
    "turns",
    "users",
    "using",
]
