"""A piece of a screen's page, drawn by a template of ours."""

from __future__ import annotations

from typing import Any

from flask import render_template
from markupsafe import Markup


def drawn(template: str, **values: Any) -> Markup:
    """The template's text as markup: what it is given is escaped inside it."""
    return Markup(render_template(template, **values))  # noqa: S704 (a file of this program)
