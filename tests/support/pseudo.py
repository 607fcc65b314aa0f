"""A pseudo-language: every text of ours in letters that nobody types.

While it is installed, whatever comes from the catalogues, the definitions and the help pages is
written in letters with marks (`Sīğń īń`). A plain letter that is left on a page, in a message or
in a file was never handed to a translator. Placeholders, elements and addresses stay as they are,
so that a value put into a sentence must have been translated by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_babel
import pytest
import yaml
from babel.support import Translations

from app.programs import library
from app.web import help_pages
from tools import catalogue

LANGUAGES = ("en", "fr")

# Each plain letter and its own; all of them stand in the letters' fonts, both cases exist.
_PLAIN = "abcdefghijklmnopqrstuvwxyz"
_OWN = "āđċďēŧğĥīĵķľŋńōþģřšţūŵẁżŷź"
_LETTERS = str.maketrans(_PLAIN + _PLAIN.upper(), _OWN + _OWN.upper())
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})

_ADDRESS = r"https?://[^\s<>\"]+|[\w.+-]+@[\w-]+\.[\w.-]*\w"
_IN_MESSAGES = re.compile(rf"%\(\w+\)[sd]|%[sd]|\{{\w*\}}|</?[a-z][^<>]*>|&\w+;|{_ADDRESS}")
_IN_MARKDOWN = re.compile(rf"\{{\{{\w+\}}\}}|\]\([^)\s]*\)|{_ADDRESS}")


def mark(text: str, keep: re.Pattern[str] = _IN_MESSAGES) -> str:
    """The text in our own letters; what `keep` finds stays as it is."""
    made, end = [], 0
    for found in keep.finditer(text):
        made += [_marked(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*made, _marked(text[end:])])


def _marked(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.translate(_LIGATURES))
    return "".join(sign for sign in bare if not unicodedata.combining(sign)).translate(_LETTERS)


# ── the catalogues ──────────────────────────────────────────────────────────────────────


class Pseudo(Translations):
    """A language's catalogue, marked. What is in no catalogue comes back as it was asked."""

    def __init__(self, language: str) -> None:
        super().__init__()
        own = {(m.context, _first(m.id)): m.string for m in catalogue.merge(language) if m.id}
        self._catalog: dict[Any, str] = {}
        for message in catalogue.merge("fr"):
            if not message.id:
                continue
            key = _first(message.id)
            said = own.get((message.context, key), message.id)
            if message.context:
                key = self.CONTEXT_ENCODING % (message.context, key)
            if isinstance(message.id, tuple | list):
                forms = said if isinstance(said, tuple | list) else (said, said)
                self._catalog |= {(key, place): mark(text) for place, text in enumerate(forms)}
            else:
                self._catalog[key] = mark(str(said))
        # As the real ones count: French takes none for one.
        self.plural = (lambda n: int(n > 1)) if language == "fr" else (lambda n: int(n != 1))


def _first(message_id: Any) -> str:
    return message_id if isinstance(message_id, str) else str(message_id[0])


def _speaking() -> Callable[[Any], Any]:
    said = {language: Pseudo(language) for language in LANGUAGES}
    real = flask_babel.Domain.get_translations

    def translations(domain: Any) -> Any:
        # Without a locale (no application) the real answer is the one that translates nothing.
        locale = flask_babel.get_locale()
        return real(domain) if locale is None else said[locale.language]

    return translations


# ── definitions and help ────────────────────────────────────────────────────────────────


def write_definitions(folder: Path) -> None:
    """The definitions with marked texts, each as the next version of what is published."""
    for path in library.DEFINITIONS.glob("*.yaml"):
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
        marked = _mark_texts(tree)
        marked["version"] = str(int(marked["version"]) + 1)
        text = yaml.safe_dump(marked, allow_unicode=True, sort_keys=False)
        (folder / path.name).write_text(text, encoding="utf-8")


def _mark_texts(tree: Any) -> Any:
    """A pair of languages is a text; so is a quotation, which is in the language of its page."""
    if isinstance(tree, list):
        return [_mark_texts(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    texts = set(tree) == {"en", "fr"} and all(isinstance(one, str) for one in tree.values())
    return {
        key: mark(value) if texts or key == "quote" else _mark_texts(value)
        for key, value in tree.items()
    }


def write_help(folder: Path) -> None:
    """The help pages, marked."""
    for path in help_pages.FOLDER.glob("*/*.md"):
        copy = folder / path.relative_to(help_pages.FOLDER)
        copy.parent.mkdir(exist_ok=True)
        text = mark(path.read_text(encoding="utf-8"), _IN_MARKDOWN)
        copy.write_text(text, encoding="utf-8")


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """Speak the pseudo-language in this process, from marked copies in `folder`."""
    definitions, help_folder = folder / "definitions", folder / "help"
    definitions.mkdir()
    help_folder.mkdir()
    write_definitions(definitions)
    write_help(help_folder)
    translations = _speaking()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flask_babel.Domain, "get_translations", translations)
        patch.setattr(library, "DEFINITIONS", definitions)
        patch.setattr(help_pages, "FOLDER", help_folder)
        help_pages.read.cache_clear()
        try:
            yield
        finally:
            help_pages.read.cache_clear()
