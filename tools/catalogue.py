"""The catalogues: every package brings its own texts, this makes one catalogue a language.

`translations/<language>/fragments/<package>.po` are the sources. Merged and compiled they are
`translations/<language>/LC_MESSAGES/messages.{po,mo}`, which are built, never edited.

    python -m tools.catalogue           merge and compile
    python -m tools.catalogue --check   and compare with the texts that the program uses
"""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from config import ROOT

TRANSLATIONS: Final = ROOT / "translations"
FRAMEWORK: Final = "framework"
"""The fragment that overrides texts of FAB and WTForms, which our own code does not use."""

# French counts 0 as one: « 0 demande ». FAB's own French header is wrong about it.
PLURALS: Final = {"en": "nplurals=2; plural=(n != 1);", "fr": "nplurals=2; plural=(n > 1);"}
KEYWORDS: Final = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_p": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "lazy_npgettext": ((1, "c"), 2, 3),
}
METHODS: Final = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**/templates/**.svg", "jinja2"),
]
OPTIONS: Final = {
    "**/templates/**": {"silent": "false", "extensions": "jinja2.ext.i18n,jinja2.ext.do"},
}

MessageId = str | tuple[str, ...] | list[str]


class Key(NamedTuple):
    """What tells two entries apart: the context and the (singular) English text."""

    context: str | None
    text: str

    def __str__(self) -> str:
        return f"{self.text!r}" + (f" (context {self.context!r})" if self.context else "")


def _key(message_id: MessageId, context: str | None) -> Key:
    return Key(context or None, message_id if isinstance(message_id, str) else message_id[0])


class CatalogueError(Exception):
    """The fragments cannot be merged; one line a problem."""


def fragments(language: str, translations: Path = TRANSLATIONS) -> list[Path]:
    """Return the source files of a language, in order."""
    return sorted((translations / language / "fragments").glob("*.po"))


def merge(language: str, translations: Path = TRANSLATIONS) -> Catalog:
    """Put the fragments of a language together.

    Raises CatalogueError for entries that are empty, fuzzy, badly formatted, or translated in
    two ways.
    """
    merged = Catalog(locale=language, fuzzy=False)
    problems: list[str] = []
    origin: dict[Key, tuple[Path, object]] = {}
    for path, message in _entries(language, translations):
        key = _key(message.id, message.context)
        if key in origin and origin[key][1] != message.string:
            problems.append(f"{path.name}: {key} is translated otherwise in {origin[key][0].name}")
        problems += [f"{path.name}: {key} {fault}" for fault in _faults(message, merged)]
        origin[key] = (path, message.string)
        merged.add(message.id, message.string, context=message.context, flags=message.flags)
    if problems:
        raise CatalogueError("\n".join(problems))
    return merged


def _entries(language: str, translations: Path) -> Iterator[tuple[Path, Message]]:
    for path in fragments(language, translations):
        try:
            with path.open("rb") as file:
                catalogue = read_po(file, locale=language, abort_invalid=True)
        except (PoFileError, UnicodeDecodeError) as error:
            raise CatalogueError(f"{path.name}: {error}") from error
        for message in catalogue:
            if message.id:
                yield path, message


def _faults(message: Message, catalogue: Catalog) -> Iterator[str]:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    if not all(strings):
        yield "has no translation"
        return
    if message.fuzzy:
        yield "is marked fuzzy"
    if message.pluralizable and len(strings) != 2:
        yield "needs both plural forms"
    yield from (str(error) for error in message.check(catalogue))


def build(language: str, translations: Path = TRANSLATIONS) -> None:
    """Write the merged catalogue and its compiled form."""
    catalogue = merge(language, translations)
    folder = translations / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_po(text, catalogue, width=100, no_location=True, omit_header=True, sort_output=True)
    header = (
        f"# Made by `make catalogue` from ../fragments. Do not edit.\n"
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n'
        f'"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {PLURALS[language]}\\n"\n\n'
    ).encode()
    whole = header + text.getvalue()
    _replace(folder / "messages.po", whole)
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(whole), locale=language))
    _replace(folder / "messages.mo", compiled.getvalue())


def _replace(path: Path, content: bytes) -> None:
    """Put a file in place whole: another process may be reading the old one."""
    making = path.with_name(f"{path.name}.{os.getpid()}")
    making.write_bytes(content)
    making.replace(path)


def compile_stale(translations: Path = TRANSLATIONS) -> None:
    """Build the catalogues that are missing or older than one of their fragments."""
    for language in PLURALS:
        compiled = translations / language / "LC_MESSAGES" / "messages.mo"
        folder = translations / language / "fragments"
        # The folder's own time tells that a fragment was taken away.
        sources = [*fragments(language, translations), *([folder] if folder.exists() else [])]
        newest = max((path.stat().st_mtime_ns for path in sources), default=0)
        if not compiled.exists() or compiled.stat().st_mtime_ns < newest:
            build(language, translations)


def used(program: Path = ROOT / "app") -> dict[Key, str]:
    """Return every text that the program asks gettext for, with one place where it does."""
    found: dict[Key, str] = {}
    for file, line, message_id, _comments, context in extract_from_dir(
        program, METHODS, OPTIONS, KEYWORDS
    ):
        found.setdefault(_key(message_id, context), f"{file}:{line}")
    return found


def compare(program: Path = ROOT / "app", translations: Path = TRANSLATIONS) -> list[str]:
    """Return what is missing in French and what nobody uses any more, one line each."""
    asked = used(program)
    known = {_key(m.id, m.context) for _, m in _entries("fr", translations)}
    ours = (
        (path, _key(m.id, m.context))
        for path, m in _entries("fr", translations)
        if path.stem != FRAMEWORK
    )
    missing = [
        f"app/{place}: no French for {key}" for key, place in asked.items() if key not in known
    ]
    unused = [f"fr/{path.name}: nobody uses {key}" for path, key in ours if key not in asked]
    return sorted(missing) + sorted(unused)


def main(arguments: Iterable[str]) -> int:
    """Build, and with `--check` compare; return the exit status."""
    try:
        for language in PLURALS:
            build(language)
        problems = compare() if "--check" in arguments else []
    except CatalogueError as error:
        problems = str(error).splitlines()
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print(f"catalogue: {len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
