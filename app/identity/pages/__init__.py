"""The pages of sign-in and of one's own account."""

from flask import Blueprint

pages = Blueprint("identity", "app.identity", template_folder="templates")

# Each module adds its pages to the blueprint.
from app.identity.pages import me, reset, sign_in, sign_up, step_up  # noqa: E402

__all__ = ["me", "pages", "reset", "sign_in", "sign_up", "step_up"]
