"""The fifteen tests of the language guide, on every text that has two languages.

They read the French catalogue (with the texts of the framework), the texts of every definition,
and the help pages. The fifteenth, on pages as they are shown, is part of the page checker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import flask_appbuilder
import flask_wtf
import pytest
import wtforms
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel, force_locale, ngettext

from app.programs import library
from app.programs.schema.base import Text
from app.programs.schema.sources import walk
from config import ROOT
from tests import french
from tools import catalogue


@dataclass(frozen=True)
class Pair:
    """One text in both languages, and where it stands."""

    where: str
    english: str
    french: str


def entries(path: Path) -> Catalog:
    return read_po(BytesIO(path.read_bytes()), locale="fr")


def catalogue_pairs() -> Iterator[Pair]:
    for path in catalogue.fragments("fr"):
        for message in entries(path):
            if not message.id:
                continue
            plural = isinstance(message.id, tuple | list)
            english = message.id if plural else (message.id,)
            texts = message.string if plural else (message.string,)
            for one, other in zip(english, texts, strict=True):
                yield Pair(f"{path.name}: {one!r}", one, other)


def definition_pairs() -> Iterator[Pair]:
    for definition in (library.portal(), *library.definitions()):
        name = getattr(definition, "code", library.PORTAL)
        for path, model in walk(definition):
            if isinstance(model, Text):
                yield Pair(f"{name}.yaml: {'.'.join(map(str, path))}", model.en, model.fr)


CATALOGUE = tuple(catalogue_pairs())
DEFINITIONS = tuple(definition_pairs())
TEXTS = CATALOGUE + DEFINITIONS

RULES = {
    "2: placeholders are the same": french.same_placeholders,
    "4: a colon follows U+00A0": french.colon,
    "5: no space before ; ? and !": french.no_space_before_signs,
    "6: « » hold U+00A0": french.quotation_marks,
    "7: the apostrophe is ’": french.apostrophe,
    "8: no double space": french.spaces,
    "9: U+00A0 after a number": french.number_and_word,
    "10: no ... and no !": french.no_three_points_nor_exclamation,
    "11: the same final punctuation": french.same_ending,
    "12: no banned word": french.banned_words,
    "13: translated": french.translated,
    "14: capitals": french.capitals,
}


def faults(rule: french.Rule, pairs: tuple[Pair, ...]) -> list[str]:
    found = ((pair, rule(pair.english, pair.french)) for pair in pairs)
    return [f"{pair.where}\n    {fault}: {pair.french}" for pair, fault in found if fault]


@pytest.mark.parametrize("rule", RULES)
def test_every_french_text_keeps_the_rule(rule):
    assert TEXTS
    problems = faults(RULES[rule], TEXTS)
    assert not problems, "\n".join(problems)


def test_every_text_that_the_program_uses_has_french_and_none_is_left_over():
    problems = catalogue.compare()
    assert not problems, "\n".join(problems)


def test_no_entry_is_empty_fuzzy_or_translated_in_two_ways():
    assert len(catalogue.merge("fr")) > 0  # raises CatalogueError, which names each
    for path in catalogue.fragments("fr"):
        text = path.read_text(encoding="utf-8")
        assert "#~" not in text, f"{path.name} keeps an obsolete entry"
        assert "#, fuzzy" not in text, f"{path.name} keeps a fuzzy entry"


@pytest.mark.parametrize("framework", [flask_appbuilder, wtforms, flask_wtf], ids=str)
def test_every_text_of_the_framework_is_ours_in_french(framework):
    theirs = catalogue.used(Path(framework.__file__).parent)
    assert theirs
    ours = {m.id[0] if isinstance(m.id, tuple) else m.id for m in catalogue.merge("fr")}
    assert not sorted({key.text for key in theirs} - ours)


def test_the_framework_does_not_speak_of_invalid_values_or_say_please_in_english():
    spoken = {
        (m.id[0] if isinstance(m.id, tuple) else m.id): m.string for m in catalogue.merge("en")
    }
    for framework in (flask_appbuilder, wtforms, flask_wtf):
        for key in catalogue.used(Path(framework.__file__).parent):
            said = str(spoken.get(key.text, key.text))
            assert not re.search(r"(?i)\b(in)?valid\b|please|log ?in\b|sorry", said), said


def test_none_is_singular_in_french_when_the_program_runs(tmp_path):
    assert "n > 1" in catalogue.PLURALS["fr"]
    folder = tmp_path / "fr" / "fragments"
    folder.mkdir(parents=True)
    for path in catalogue.fragments("fr"):
        (folder / path.name).write_bytes(path.read_bytes())
    catalogue.build("fr", tmp_path)
    app = Flask("catalogues")
    theirs = Path(flask_appbuilder.__file__).parent / "translations"
    directories = ";".join((str(theirs), str(tmp_path)))
    Babel(app, default_translation_directories=directories)
    with app.test_request_context(), force_locale("fr_CA"):
        days = ("%(num)s calendar day", "%(num)s calendar days")
        assert [ngettext(*days, n) for n in (0, 1, 2)] == [
            "0\u00a0jour civil",
            "1\u00a0jour civil",
            "2\u00a0jours civils",
        ]


def test_our_own_english_uses_the_typographic_apostrophe():
    straight = [p.where for p in DEFINITIONS if "'" in p.english]
    straight += [str(key) for key in catalogue.used() if "'" in key.text]
    assert not straight


def help_pages() -> list[Path]:
    """The help pages in French: each stands beside its English page."""
    return sorted(ROOT.glob("app/**/help/fr/**/*.md"))


MARKDOWN = re.compile(r"^\s*(#+|-|\d+\.)\s+|(?<=\])\([^)]*\)|[\[\]]")
STRONG = re.compile(r"\*\*(.+?)\*\*")


def unmarked(line: str) -> str:
    """A line of Markdown without its signs; strong words are names of buttons, as in « »."""
    return MARKDOWN.sub("", STRONG.sub("«\u00a0\\1\u00a0»", line))


PROSE = (
    french.colon,
    french.no_space_before_signs,
    french.quotation_marks,
    french.apostrophe,
    french.number_and_word,
    french.no_three_points_nor_exclamation,
    french.banned_words,
    french.capitals,
)


def test_help_is_written_in_both_languages_page_by_page():
    assert help_pages()
    english = {p.relative_to(ROOT) for p in ROOT.glob("app/**/help/en/**/*.md")}
    other = {Path(str(p.relative_to(ROOT)).replace("/help/fr/", "/help/en/")) for p in help_pages()}
    assert english == other


def test_help_in_french_keeps_the_rules():
    problems = [
        f"{page.relative_to(ROOT)}, line {number}: {fault}: {line}"
        for page in help_pages()
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        for fault in french.wrong(PROSE, "", unmarked(line))
    ]
    assert not problems, "\n".join(problems)


# ── the rules themselves ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "english", "bad"),
    [
        (french.same_placeholders, "%(a)s", "%(b)s"),
        (french.colon, "Subject: x", "Objet : x"),
        (french.colon, "Subject:", "Objet:"),
        (french.no_space_before_signs, "Sure?", "Certain ?"),
        (french.no_space_before_signs, "Sure?", "Certain\u00a0?"),
        (french.quotation_marks, "“a”", "« a »"),
        (french.quotation_marks, "“a”", '"a"'),
        (french.quotation_marks, "“a”", "“a”"),
        (french.apostrophe, "the code", "l'avis"),
        (french.spaces, "a b", "a  b"),
        (french.spaces, "a", "a "),
        (french.spaces, "a", "a\u202fb"),
        (french.number_and_word, "5 days", "5 jours"),
        (french.number_and_word, "%(num)s days", "%(num)s jours"),
        (french.number_and_word, "25%", "25 %"),
        (french.number_and_word, "25%", "25%"),
        (french.no_three_points_nor_exclamation, "…", "..."),
        (french.no_three_points_nor_exclamation, "Done", "Fait!"),
        (french.same_ending, "Save", "Enregistrer."),
        (french.same_ending, "Enter it.", "Entrez-le"),
        (french.banned_words, "email", "E-mail"),
        (french.banned_words, "member", "inscrit(e)"),
        (french.banned_words, "first", "la 1ère fois"),
        (french.banned_words, "number", "le n° 5"),
        (french.translated, "Sign in", "Sign in"),
        (french.capitals, "State", "Etat"),
        (french.capitals, "To do", "A faire"),
        (french.capitals, "Client number", "Numéro de Client"),
    ],
)
def test_the_rule_sees_the_fault(rule, english, bad):
    assert rule(english, bad)


@pytest.mark.parametrize(
    ("english", "good"),
    [
        ("Subject: a notice", "Objet\u00a0: avis"),
        ("Delete “%(name)s”?", "Supprimer «\u00a0%(name)s\u00a0»?"),
        ("Write to name@example.ca.", "Écrivez à nom@exemple.ca."),
        (
            "See https://guichet.example/fr: it says so.",
            "Voir https://guichet.example/fr\u00a0: oui.",
        ),
        ("%(num)s days and 5%", "%(num)s\u00a0jours et 5\u00a0%"),
        ("From 4 to 10", "De 4 à 10"),
        ("Trusted Trader Portal", "Portail des négociants dignes de confiance"),
        ("Write to the Agency.", "Écrivez à l’Agence."),
        ("Code", "Code"),
    ],
)
def test_good_french_passes_every_rule(english, good):
    assert not list(french.wrong(tuple(RULES.values()), english, good))
