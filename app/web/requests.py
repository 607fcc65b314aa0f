"""What a request may bring: keys that a table can hold, and text that a page can show."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, current_app
from flask import Request as FlaskRequest
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter
from werkzeug.utils import cached_property

View = TypeVar("View", bound=Callable[..., Any])

LARGEST_KEY = 2**63 - 1
"""A larger number is in no table: PostgreSQL would refuse the question itself."""


# NUL, which PostgreSQL keeps in no text; other controls and what Unicode calls no character, which
# HTML has no place for.
_NO_TEXT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def takes_up_to(octets: int) -> Callable[[View], View]:
    """Let a page take larger bodies than others: one that files are sent to."""

    def mark(view: View) -> View:
        view.largest_body = octets  # type: ignore[attr-defined]
        return view

    return mark


def _of_the_page(endpoint: str | None) -> int | None:
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "largest_body", None)


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
    """A request whose parameters can be asked of the database, and shown on the page again."""

    @property
    def max_content_length(self) -> int | None:
        """The most octets of a body, those of a plain form being few.

        Werkzeug holds plain forms to no limit of their own, and sixteen megabytes of them are
        millions of fields, each of which costs a hundred times its length.
        """
        most = _of_the_page(self.endpoint) or super().max_content_length
        if self.mimetype != "application/x-www-form-urlencoded" or most is None:
            return most
        return min(most, self.max_form_memory_size or most)

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        FlaskRequest.max_content_length.fset(self, value)  # type: ignore[attr-defined]

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The parameters of the address."""
        given = super().args.items(multi=True)
        return ImmutableMultiDict((_NO_TEXT.sub("", k), _NO_TEXT.sub("", v)) for k, v in given)


def install(app: Flask) -> None:
    """Before the first address is registered."""
    app.request_class = Request
    app.url_map.converters |= {
        "default": WordConverter,
        "string": WordConverter,
        "int": KeyConverter,
    }
