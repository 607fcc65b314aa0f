"""Views that come with a program's definition: found by its staff, checked against the screens."""

from __future__ import annotations

import pytest

from app.desk.admin.shipped import slips_of
from app.programs import library
from app.programs.loader import DefinitionError
from app.programs.service import sync
from tests.programs.conftest import tree, written
from tests.staff.test_saved_views import heads, tab, tabs


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The shipped definitions, in a folder where a test may change them."""
    for path in library.DEFINITIONS.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(library, "DEFINITIONS", tmp_path)
    return tmp_path


def ship(folder, **view):
    """The definition with one view, in place of its own."""
    whole = {"screen": "letters", "label": {"en": "Mine", "fr": "Mien"}, "where": {"state": "due"}}
    value = tree("pip") | {"version": "9", "staff_views": {"mine": whole | view}}
    (folder / "pip.yaml").write_text(written(value), encoding="utf-8")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_program_s_views_stand_at_their_lists_in_the_reader_s_language(
    filled, world, sign_in, client, lang
):
    sign_in(world.staff("program_officer"))
    views = library.definition("pip").staff_views.values()
    assert len(views) == 3
    for view in views:
        page = client.get(f"/staff/{view.screen}/list/", lang=lang)
        client.get(address_in(page, lang, view.label.say(lang)), lang=lang)


def test_a_shipped_view_brings_its_order_and_its_columns(filled, folder, world, sign_in, client):
    columns = ["registration.legal_name", "mail_number", "language"]
    ship(folder, columns=columns, order="due_at asc")
    sign_in(world.staff("program_officer"))
    url = tab(client.get("/staff/letters/list/"), "Mine 1")
    assert "_oc_LetterView=due_at&_od_LetterView=asc" in url
    assert heads(client.get(url))[1:] == ["Legal name", "Registered mail", "Language"]


def tabs_in(page, lang):
    name = {"en": "Views of this list", "fr": "Vues de cette liste"}[lang]
    nav = next(e for e in page.page.all("nav") if e.get("aria-label") == name)
    return {
        " ".join("".join(link.itertext()).split()): link.get("href")
        for link in nav.iter("{http://www.w3.org/1999/xhtml}a")
    }


def address_in(page, lang, label):
    return next(url for words, url in tabs_in(page, lang).items() if words.startswith(label))


def test_a_shipped_view_shows_the_rows_of_its_own_program_alone(
    filled, folder, world, sign_in, client
):
    ship(folder)
    both = world.staff("program_officer")
    world.staff("program_officer", world.other_program(), person=both)
    sign_in(both)
    page = client.get("/staff/letters/list/")
    url = tab(page, "Mine 1")
    assert f"_flt_0_program={filled.program.id}" in url
    assert "1 result" in client.get(url).main


def test_staff_of_another_program_do_not_find_it(folder, world, sign_in, client):
    ship(folder)
    sign_in(world.staff("supervisor", world.other_program()))
    assert not any(words.startswith("Mine") for words in tabs(client.get("/staff/letters/list/")))


def test_a_view_comes_and_goes_with_its_definition(folder, world, sign_in, client):
    sign_in(world.staff("program_officer"))
    assert not any(words.startswith("Mine") for words in tabs(client.get("/staff/letters/list/")))
    ship(folder)
    assert tab(client.get("/staff/letters/list/"), "Mine")


def test_the_views_that_are_shipped_fit_the_screens():
    assert [slip for one in library.definitions() for slip in slips_of(one)] == []


@pytest.mark.parametrize(
    ("view", "key", "expected"),
    [
        ({"screen": "envelopes"}, "screen", "letters"),
        ({"where": {"colour": "red"}}, "where.colour", "state"),
        ({"where": {"state": "burnt"}}, "where.state", "due"),
        ({"where": {"registration_id": "1"}}, "where.registration_id", "state"),
        ({"where": {"due_at": "2026-08-31"}}, "where.due_at", "a choice"),
        ({"order": "address asc"}, "order", "due_at"),
        ({"columns": ["state"]}, "columns", "registration.legal_name first"),
        ({"columns": ["registration.legal_name", "digest"]}, "columns", "mail_number"),
    ],
)
def test_a_view_that_no_screen_knows_stops_the_publication_and_says_where(
    folder, owner_db, view, key, expected
):
    ship(folder, **view)
    with pytest.raises(DefinitionError) as refused:
        sync(owner_db)
    assert f"pip.yaml, line 1, staff_views.mine.{key}: expected" in str(refused.value)
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ({"screen": "/staff/letters"}, "expected a list of the staff by its address"),
        ({"order": "due_at"}, "expected a column and its direction"),
        ({"where": {}}, "expected at least one column"),
        ({"label": {"en": "Mine"}}, "label.fr"),
    ],
)
def test_a_view_that_is_written_wrong_is_told_with_its_key(folder, view, told):
    ship(folder, **view)
    with pytest.raises(DefinitionError, match=told):
        library.definition("pip")
