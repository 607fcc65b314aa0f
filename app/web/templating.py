"""How templates are found and written: ours only, and without the blank lines of their tags."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import flask_appbuilder
from flask import Flask
from jinja2 import BaseLoader, Environment, TemplateNotFound

_STOCK: Final = Path(flask_appbuilder.__file__).resolve().parent


class OwnTemplates(BaseLoader):
    """Every loader of the app but AppBuilder's own templates.

    They hold inline scripts, nameless links and English; a page that still asked for one fails
    in its first test instead of showing it.
    """

    def __init__(self, inner: BaseLoader) -> None:
        self.inner = inner

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The template's text, or TemplateNotFound when only AppBuilder has one of that name."""
        source, name, fresh = self.inner.get_source(environment, template)
        if name is not None and _STOCK in Path(name).resolve().parents:
            raise TemplateNotFound(template, f"{template} is AppBuilder's own: write ours")
        return source, name, fresh

    def list_templates(self) -> list[str]:
        """The names of all templates that may be used."""
        return self.inner.list_templates()


def install(app: Flask) -> None:
    """Set the environment before its first template is read."""
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    if environment.loader is not None:
        environment.loader = OwnTemplates(environment.loader)
