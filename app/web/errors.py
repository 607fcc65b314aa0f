"""Error pages."""

from flask import Flask


def install(app: Flask) -> None: ...
