"""Checking that every cited page is listed under `sources`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from app.programs.schema.base import Source

Path = tuple[str | int, ...]
Fault = tuple[Path, str]
"""Where in the definition, and one sentence on what was expected there."""


def walk(value: object, path: Path = ()) -> Iterator[tuple[Path, BaseModel]]:
    """Every model below `value`, with its key path."""
    if isinstance(value, BaseModel):
        yield path, value
        for name in type(value).model_fields:
            yield from walk(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))


def unknown_sources(definition: BaseModel, listed: Mapping[str, object]) -> Iterator[Fault]:
    """A fault for each citation of a page that `listed` lacks."""
    for path, model in walk(definition):
        if isinstance(model, Source) and model.page not in listed:
            yield (*path, "page"), f"expected a page listed under sources: {', '.join(listed)}"
