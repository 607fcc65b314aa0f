"""Pages for everybody: the front page, contact, privacy, accessibility."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from app.programs import library
from app.programs.schema.definition import Definition
from app.web.access import public
from app.web.admin.menu import staff_menu
from app.web.context import at, current_viewer

pages = Blueprint("front", __name__)


@pages.get("/")
@public
def home() -> str | Response:
    """Visitors learn what this is; a signed-in person goes to their businesses."""
    if current_viewer() is not None:
        inside = at("/staff/") if staff_menu() else at("/businesses")
        if inside:
            return redirect(inside)
    return render_template("public/home.html", programs=_programs())


@pages.get("/contact")
@public
def contact() -> str:
    """How to reach the agency, by kind of question."""
    return render_template("public/contact.html", portal=library.portal(), programs=_programs())


@pages.get("/privacy")
@public
def privacy() -> str:
    """What is kept about a person, why, and for how long."""
    return render_template("public/privacy.html", portal=library.portal())


@pages.get("/accessibility")
@public
def accessibility() -> str:
    """What the portal conforms to, what is not tried yet, and whom to tell."""
    return render_template("public/accessibility.html")


def _programs() -> list[Definition]:
    return list(library.definitions())
