"""What is left in plain letters, on a page, in a message or in a file, while `pseudo` is spoken.

Plain letters may stand in data (names that people typed), in what the formats write (dates, times,
numbers with their letters), and in the few names that are the same in every language. All else
was written into the program where no translator finds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser

from babel.dates import get_month_names
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.base import countries
from app.parties.rules import addresses

_LETTER = re.compile(r"[A-Za-zÀ-ÖØ-Ýß-öø-ýÿŒœ]")  # our own letters, þ among them, are none

PARTED = re.compile(r"[\s,()·]+")

SPOKEN = ("title", "alt", "placeholder", "label", "data-label", "summary", "abbr")
"""Attributes that are shown or read out, beside every `aria-…` that holds words."""
_SCRIPTED = ("data-one", "data-two", "data-over")
"""Attributes that a script of ours shows."""
_ARIA = ("aria-label", "aria-description", "aria-roledescription", "aria-valuetext")
_BUTTONS = ("submit", "button", "reset")
_SILENT = ("script", "style")


class _Texts(HTMLParser):
    """Everything of a page that somebody can read or hear, piece by piece."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        given = {name: value for name, value in attrs if value}
        self.found += [given[name] for name in (*SPOKEN, *_ARIA, *_SCRIPTED) if name in given]
        if tag == "input" and given.get("type") in _BUTTONS and "value" in given:
            self.found.append(given["value"])
        if tag == "meta" and given.get("name") == "description":
            self.found.append(given.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def texts_of(html: str) -> Iterator[str]:
    """Every text of a page, spaces made single."""
    reader = _Texts()
    reader.feed(html)
    reader.close()
    yield from (" ".join(one.split(" ")).strip() for one in reader.found if one.strip())


# ── what may stay ───────────────────────────────────────────────────────────────────────

_MONTHS = {lang: "|".join(get_month_names("wide", locale=lang).values()) for lang in ("en", "fr")}
_NB = "[ \u00a0]"
FORMATS = (
    rf"(?:{_MONTHS['en']}){_NB}\d{{1,2}}, \d{{4}}",  # of app.web.formats, which has its own tests
    rf"(?:\d{{1,2}}(?:er)?)?{_NB}?(?:{_MONTHS['fr']}){_NB}\d{{4}}",
    rf"\d{{1,2}}:\d\d{_NB}[ap]m(?:{_NB}E[SD]?T)?|(?:noon|midnight){_NB}ET",
    rf"\d{{1,2}}{_NB}h(?:{_NB}\d\d)?(?:{_NB}\(H[EN]?E\))?|(?:midi|minuit){_NB}\(HE\)",
    rf"\d{_NB}[KMG][Bo]\b",
    r"https?://\S+|[\w.+…-]+@[\w-]+\.[\w.-]*\w",  # addresses
    r"\b(?:localhost|portal\.example)(?:/(?:en|fr)/\S*|:\d+)",
    r"\b(?:Edge|Opera|Firefox|Chrome|Safari), (?:Windows|Android|i\w+|macOS|ChromeOS|Linux)\b",
    r"\b[0-9a-f]{64}\b",  # a fingerprint
    r"\b[NS]-\d{7}-[A-Z]\b|\bL-\d{4}-\d{6}\b|\b[A-Z]{2}\d{9}CA\b",  # numbers with letters
    r"\b\d{9}(?:RM\d{4})?\b|\b[A-Z]\d[A-Z][ \u00a0]\d[A-Z]\d\b",
    r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b",  # an error's reference
)
"""What the formats write: they know both languages, and a catalogue would not help them."""

NAMES = {
    "Guichet": "what the portal is called, in both languages",
    "English": "a language is offered in itself",
    "Français": "a language is offered in itself",
    "Continue in English": "the page before a language is chosen speaks both",
    "Continuer en français": "the page before a language is chosen speaks both",
    "er": "the raised end of « 1er »",
    "CSV": "a kind of file",
    "CAD": "a currency, by its code",
    "USD": "a currency, by its code",
    "Example": "an answer that is made up for the gallery of questions",
    "Example.pdf": "a file that is made up for the same",
    "Excel": "a kind of file",
    "PDF": "a kind of file",
    "DOCX": "a kind of file",
    "HEIC": "a kind of file",
    "JPEG": "a kind of file",
    "PNG": "a kind of file",
    "XLSX": "a kind of file",
    "SHA-256": "how a fingerprint is made",
}
"""What stays as it is, word for word, and why."""


def regions() -> set[str]:
    """Provinces, states and countries: official names, kept in both languages."""
    found = {"UNITED STATES", "ÉTATS-UNIS"}
    for language in ("en", "fr"):
        named = [*countries.names(language), *addresses.listed_regions(language)]
        found |= {" ".join(_words(name)) for _code, name in named}
    for table in addresses.REGIONS.values():
        for code, names in table.items():
            found |= {code, *names}
    return found


_COLUMNS = {
    "party": ("name",),
    "person": ("given_name", "family_name", "email"),
    "ab_user": ("username", "first_name", "last_name", "email"),
    "registry_entry": ("legal_name", "street", "city", "postal_code", "carrier_code"),
    "registration": (
        "legal_name",
        "paper_reference",
        "officer_note",
        "address->>'street'",
        "address->>'city'",
    ),
    "case_part": ("label",),
    "access_request": ("comment", "reason"),
    "client_ask": ("comment",),
    "delegation_request": ("comment",),
    "case_move": ("reason",),
    "document": ("name",),
    "announcement": ("title_en", "title_fr", "body_en", "body_fr"),
    "registry_import": ("file_name", "sha256"),
    "registry_upload": ("file_name",),
    "ledger_line": ("number", "description"),
    "program_account": ("number", "label"),
    "ledger_import": ("file_name", "sha256"),
    "ledger_upload": ("file_name",),
    "saved_view": ("name",),
    "membership": ("contact_title", "contact_email"),
    "bulk_line": ("row_name",),
    "program": ("code",),
}
_ANSWERS = (
    "SELECT DISTINCT leaf #>> '{}' FROM answer, jsonb_path_query(value, 'strict $.**') AS leaf"
    " WHERE jsonb_typeof(leaf) = 'string' AND leaf #>> '{}' !~ '^[a-z0-9_]+$'"
)
"""Whatever stands in answers, a table's cells and a person's parts too; no code of a choice."""


def typed_into(owner: Session) -> set[str]:
    """What people typed: the values of the columns that hold names, addresses and notes."""
    asked = [
        f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL"
        for table, columns in _COLUMNS.items()
        for column in columns
    ]
    found = {
        line
        for statement in (*asked, _ANSWERS)
        for (value,) in owner.execute(text(statement))
        for line in _lines(value)
    }
    return {one for one in found if _LETTER.search(one)}


def _lines(value: str) -> Iterable[str]:
    return [value, *value.splitlines()]


def _words(text: str) -> list[str]:
    """The words in plain letters; not « a. », nor the signs that are refused."""
    return [word for word in PARTED.split(text) if _LETTER.search(word) and len(word) > 1]


class Plain:
    """Finds what is left in plain letters, beside these data."""

    def __init__(self, data: Iterable[str] = (), names: Mapping[str, str] = NAMES) -> None:
        known = sorted({*data, *names}, key=len, reverse=True)
        words = "|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in known)
        self._known = re.compile("|".join(part for part in (words, *FORMATS) if part))
        self._regions = regions()

    def left(self, text: str) -> str:
        """What is in plain letters of a text, or nothing."""
        if not _LETTER.search(text) or " ".join(_words(text)) in self._regions:
            return ""  # whole, since a person may be called as a part of an island is
        rest = self._known.sub(" ", text)
        cells = (" ".join(_words(cell)) for cell in rest.split("·"))  # of a row in one line
        return " ".join(cell for cell in cells if cell and cell not in self._regions)

    def on(self, html: str) -> Iterator[str]:
        """Every text of a page that has something left."""
        yield from (one for one in texts_of(html) if self.left(one))
