"""What a request may bring: keys that a table can hold, and no NUL, which no text of ours holds."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask import Request as FlaskRequest
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter
from werkzeug.utils import cached_property

LARGEST_KEY = 2**63 - 1
"""A larger number is in no table: PostgreSQL would refuse the question itself."""


class KeyConverter(IntegerConverter):
    """A number of a row; a number that none can have leads to no page (404)."""

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        super().__init__(url_map, *args, **{"max": LARGEST_KEY} | options)


class WordConverter(UnicodeConverter):
    """A part of an address without control characters."""

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        super().__init__(url_map, *args, **options)
        self.regex = self.regex.replace("[^/]", r"[^/\x00-\x1f\x7f]")


class Request(FlaskRequest):
    """A request whose parameters hold no NUL: nobody types one, and PostgreSQL keeps none."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The parameters of the address."""
        given = super().args.items(multi=True)
        return ImmutableMultiDict((k.replace("\x00", ""), v.replace("\x00", "")) for k, v in given)


def install(app: Flask) -> None:
    """Before the first address is registered."""
    app.request_class = Request
    app.url_map.converters |= {
        "default": WordConverter,
        "string": WordConverter,
        "int": KeyConverter,
    }
