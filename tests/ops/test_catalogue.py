"""One catalogue a language from many fragments, complete and without leftovers."""

import os
from gettext import GNUTranslations

import pytest
from jinja2 import TemplateSyntaxError

from tools import catalogue
from tools.catalogue import CatalogueError

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def fragment(tmp_path):
    def write(name, text, language="fr"):
        path = tmp_path / language / "fragments" / f"{name}.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER + text)
        return path

    return write


@pytest.fixture
def program(tmp_path):
    def write(python="", template=""):
        root = tmp_path / "program"
        (root / "templates").mkdir(parents=True, exist_ok=True)
        (root / "code.py").write_text(python)
        (root / "templates" / "page.html").write_text(template)
        return root

    return write


def compiled(tmp_path, language="fr"):
    with (tmp_path / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        return GNUTranslations(file)


def entry(english, french, context=None):
    lines = [f'msgctxt "{context}"'] if context else []
    return "\n".join([*lines, f'msgid "{english}"', f'msgstr "{french}"', "", ""])


DAYS = (
    'msgid "%(num)s day"\nmsgid_plural "%(num)s days"\n'
    'msgstr[0] "%(num)s jour"\nmsgstr[1] "%(num)s jours"\n\n'
)


def test_fragments_become_one_catalogue(fragment, tmp_path):
    fragment("parties", entry("Business", "Entreprise"))
    fragment("web", entry("Search", "Rechercher", "button") + entry("Search", "Recherche"))
    catalogue.build("fr", tmp_path)
    french = compiled(tmp_path)
    assert french.gettext("Business") == "Entreprise"
    assert french.pgettext("button", "Search") == "Rechercher"
    assert french.gettext("Search") == "Recherche"


@pytest.mark.parametrize(("count", "form"), [(0, "jour"), (1, "jour"), (2, "jours")])
def test_french_counts_zero_as_one(fragment, tmp_path, count, form):
    fragment("web", DAYS)
    catalogue.build("fr", tmp_path)
    assert compiled(tmp_path).ngettext("%(num)s day", "%(num)s days", count) == f"%(num)s {form}"


def test_english_counts_zero_as_many(fragment, tmp_path):
    fragment("web", DAYS, language="en")
    catalogue.build("en", tmp_path)
    english = compiled(tmp_path, "en")
    assert english.ngettext("%(num)s day", "%(num)s days", 0) == "%(num)s jours"


def test_the_merged_catalogue_does_not_depend_on_the_day_it_is_made(fragment, tmp_path):
    fragment("web", entry("Yes", "Oui") + DAYS)
    merged = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    catalogue.build("fr", tmp_path)
    first = merged.read_text()
    catalogue.build("fr", tmp_path)
    assert merged.read_text() == first
    assert '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"' in first
    assert "Date" not in first


def test_the_same_entry_twice_is_one(fragment, tmp_path):
    fragment("web", entry("Cancel", "Annuler"))
    fragment("parties", entry("Cancel", "Annuler"))
    assert len(catalogue.merge("fr", tmp_path)) == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (entry("Cancel", "Abandonner"), "is translated otherwise in parties.po"),
        (entry("Empty", ""), "has no translation"),
        ("#, fuzzy\n" + entry("Perhaps", "Peut-être"), "is marked fuzzy"),
        (entry("Hello %(name)s", "Bonjour %(nom)s"), "unknown named placeholder"),
        (DAYS.replace('msgstr[1] "%(num)s jours"\n', 'msgstr[1] ""\n'), "has no translation"),
        ('msgid "broken\n', "web.po"),
    ],
)
def test_a_faulty_entry_is_named_with_its_fragment(fragment, tmp_path, text, fault):
    fragment("parties", entry("Cancel", "Annuler"))
    fragment("web", text)
    with pytest.raises(CatalogueError) as caught:
        catalogue.merge("fr", tmp_path)
    assert fault in str(caught.value)
    assert str(caught.value).startswith("web.po: ")


def test_a_text_without_french_is_told_with_its_place(fragment, program, tmp_path):
    fragment("web", entry("Known", "Connu"))
    root = program('_("Known")\npgettext("column", "Date")\n', '{{ _("Sent") }}')
    assert catalogue.compare(root, tmp_path) == [
        "app/code.py:2: no French for 'Date' (context 'column')",
        "app/templates/page.html:1: no French for 'Sent'",
    ]


def test_every_way_of_asking_for_a_text_is_seen(program):
    root = program(
        '_("a"); _l("b"); gettext("c"); lazy_gettext("d"); ngettext("e", "es", 2)\n'
        'pgettext("x", "f"); lazy_pgettext("x", "g"); npgettext("x", "h", "hs", 2)\n'
        'lazy_ngettext("i", "is", 2); lazy_npgettext("x", "j", "js", 2)',
        '{% trans %}k{% endtrans %}{{ ngettext("l", "ls", n) }}{{ pgettext("x", "m") }}',
    )
    assert {key.text for key in catalogue.used(root)} == set("abcdefghijklm")


def test_a_broken_template_is_an_error_not_an_omission(program):
    with pytest.raises(TemplateSyntaxError):
        catalogue.used(program(template='{{ _("lost") }}{% if'))


def test_an_entry_that_nobody_uses_is_told_but_the_frameworks_stay(fragment, program, tmp_path):
    fragment("web", entry("Gone", "Parti"))
    fragment(catalogue.FRAMEWORK, entry("Add", "Ajouter"))
    assert catalogue.compare(program(), tmp_path) == ["fr/web.po: nobody uses 'Gone'"]


def test_a_missing_or_old_compiled_catalogue_is_made_at_start(fragment, tmp_path):
    path = fragment("web", entry("Yes", "Oui"))
    catalogue.compile_stale(tmp_path)
    assert compiled(tmp_path).gettext("Yes") == "Oui"
    path.write_text(HEADER + entry("Yes", "Ouais"))
    os.utime(path, (2_000_000_000, 2_000_000_000))
    catalogue.compile_stale(tmp_path)
    assert compiled(tmp_path).gettext("Yes") == "Ouais"


def test_a_fresh_compiled_catalogue_is_left_alone(fragment, tmp_path):
    fragment("web", entry("Yes", "Oui"))
    catalogue.compile_stale(tmp_path)
    made = tmp_path / "fr" / "LC_MESSAGES" / "messages.mo"
    before = made.stat().st_mtime_ns
    catalogue.compile_stale(tmp_path)
    assert made.stat().st_mtime_ns == before


def test_a_fragment_taken_away_leaves_the_catalogue(fragment, tmp_path):
    path = fragment("web", entry("Yes", "Oui"))
    fragment("parties", entry("No", "Non"))
    catalogue.compile_stale(tmp_path)
    path.unlink()
    os.utime(path.parent, (2_000_000_000, 2_000_000_000))
    catalogue.compile_stale(tmp_path)
    assert compiled(tmp_path).gettext("Yes") == "Yes"
