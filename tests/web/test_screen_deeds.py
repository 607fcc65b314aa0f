"""Deeds of staff screens, and lists as files."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import true

from app.base.errors import Conflict, Invalid, Refused, StepUpNeeded
from app.web.admin import scope, set_exported
from app.web.admin.export import harmless
from tests.support.world import World
from tests.web.checker import Page, check_page, text_of
from tests.web.screens import done

LIST = "/en/staff/registry/list/"


def token(desk: FlaskClient, path: str) -> str:
    page = Page(desk.get(path).text)
    return next(str(e.get("value")) for e in page.all("input") if e.get("name") == "csrf_token")


def post(desk: FlaskClient, path: str, **fields: str) -> object:
    """Send the form of the page at ``path``."""
    return desk.post(path, data={"csrf_token": token(desk, path), **fields})


def test_a_deed_is_asked_once_more_and_done_by_post(desk, world: World):
    row = world.registry_entry("Acme")
    path = f"/en/staff/registry/deed/mark/{row.id}"
    page = check_page((answer := desk.get(path)).text, "en", answer.status_code, answer.headers)
    assert "Acme" in text_of(page.one("h1"))
    assert done.deeds == []
    answer = post(desk, path)
    assert answer.location == f"/en/staff/registry/show/{row.id}"
    assert done.deeds == [("mark", [row.id])]


def test_a_deed_without_its_token_is_not_done(desk, world: World):
    row = world.registry_entry("Acme")
    assert desk.post(f"/en/staff/registry/deed/mark/{row.id}").status_code == 400
    assert done.deeds == []


def test_a_deed_that_the_person_may_not_do_is_refused_and_not_offered(screens: Flask, desk, world):
    row = world.registry_entry("Acme")
    scope.set_scope(screens, lambda _model, _action: true(), lambda _action, _row: False)
    for path in (f"deed/mark/{row.id}", f"bulk?deed=many&row={row.id}"):
        assert desk.get(f"/en/staff/registry/{path}").status_code == 403
    assert "/deed/" not in desk.get(f"/en/staff/registry/show/{row.id}").text


def test_an_unknown_deed_is_a_page_not_found(desk, world: World):
    row = world.registry_entry("Acme")
    assert desk.get(f"/en/staff/registry/deed/none/{row.id}").status_code == 404
    assert desk.get(f"/en/staff/registry/bulk?deed=mark&row={row.id}").status_code == 404


def test_what_a_service_finds_wrong_is_shown_at_the_field_and_nothing_typed_is_lost(desk, world):
    row = world.registry_entry("Acme")
    done.fails = Invalid({"legal_name": "taken"})
    path = f"/en/staff/registry/deed/rename/{row.id}"
    answer = post(desk, path, legal_name="Acme & Sons")
    page = check_page(answer.text, "en", answer.status_code, answer.headers)
    (field,) = [i for i in page.all("input") if i.get("name") == "legal_name"]
    assert field.get("value") == "Acme & Sons"
    assert field.get("aria-invalid") == "true"
    assert text_of(page.one("title")).startswith("Errors: 1 – ")


def test_a_state_that_no_longer_allows_the_deed_has_its_page(desk, world: World):
    row = world.registry_entry("Acme")
    done.fails = Conflict("already_done")
    answer = post(desk, f"/en/staff/registry/deed/mark/{row.id}")
    check_page(answer.text, "en", answer.status_code, answer.headers, expect=409)


def test_several_rows_are_named_before_a_deed_is_done_to_them(desk, world: World):
    first, second = world.registry_entry("Acme"), world.registry_entry("Boréal")
    path = f"/en/staff/registry/bulk?deed=many&row={first.id}&row={second.id}&row={first.id}"
    answer = desk.get(path)
    page = check_page(answer.text, "en", answer.status_code, answer.headers)
    said = text_of(page.one("main"))
    assert "2 rows selected" in said
    assert "Acme" in said
    assert "Boréal" in said
    assert done.deeds == []
    assert post(desk, path).location == "/en/result/1"
    assert done.deeds == [("many", [first.id]), ("many", [second.id])]


def test_a_page_that_is_sent_twice_is_done_once(screens: Flask, desk, world: World):
    row = world.registry_entry("Acme")
    path = f"/en/staff/registry/bulk?deed=many&row={row.id}"
    for _ in range(2):
        assert post(desk, path, run="the-same-page-again").location == "/en/result/1"
    assert done.deeds == [("many", [row.id])]


def test_without_anybody_who_keeps_results_nothing_is_done_to_many(screens: Flask, desk, world):
    row = world.registry_entry("Acme")
    screens.extensions.pop("guichet.ledger")  # each test is handed one
    assert desk.get(f"/en/staff/registry/bulk?deed=many&row={row.id}").status_code == 404


def test_no_row_selected_leads_back_and_says_what_to_do(desk, world: World):
    world.registry_entry("Acme")
    answer = desk.get("/en/staff/registry/bulk?deed=many")
    assert answer.location == LIST
    assert "Select at least one row" in desk.get(LIST).text


# ── files ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def told(screens: Flask) -> list[tuple[object, str, dict[str, object]]]:
    """What the trail was told of exports."""
    heard: list[tuple[object, str, dict[str, object]]] = []
    set_exported(screens, lambda *what: heard.append(what))
    return heard


def export(desk: FlaskClient, kind: str, lang: str = "en", query: str = "") -> object:
    listed = f"/{lang}/staff/registry/list/"
    return desk.post(
        f"/{lang}/staff/registry/export/{kind}?{query}",
        data={"csrf_token": token(desk, listed)},
    )


def test_a_file_holds_what_the_filters_show_on_all_pages(desk, world: World, told):
    for number in range(30):
        world.registry_entry(f"Firm {number:02}", base="US")
    world.registry_entry("Boréal", base="CA")
    answer = export(desk, "csv", query="_flt_0_base=US&page_Registry=1")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["Legal name", "Business number (BN)", "Carrier", "Email"]
    assert [row[0] for row in rows[1:]] == [f"Firm {number:02}" for number in range(30)]
    assert rows[1][2] == "U.S."
    assert told[0][2]["rows"] == 30
    assert told[0][2]["filters"] == {"_flt_0_base": "US"}


def test_a_file_has_its_heads_in_the_reader_s_language(desk, world: World, told):
    world.registry_entry("Boréal")
    answer = export(desk, "csv", "fr")
    assert answer.data.decode("utf-8-sig").splitlines()[0].split(",")[0] == "Dénomination sociale"


def test_a_spreadsheet_keeps_text_as_text_and_runs_nothing(desk, world: World, told):
    world.registry_entry('=HYPERLINK("http://evil.example","Acme")')
    book = openpyxl.load_workbook(io.BytesIO(export(desk, "xlsx").data))
    cell = book.active["A2"]
    assert cell.data_type == "s"
    assert cell.value == '\'=HYPERLINK("http://evil.example","Acme")'


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "|cmd", "%0"]
)
def test_what_looks_like_a_formula_begins_with_an_apostrophe(text):
    assert harmless(text).startswith("'")


def test_a_number_stays_a_number_and_a_name_a_name():
    assert harmless(-5) == -5
    assert harmless("Aciéries Beauharnois inc.") == "Aciéries Beauharnois inc."


def test_there_is_no_file_while_nobody_hears_of_it(desk, world: World):
    world.registry_entry("Acme")
    assert export(desk, "csv").status_code == 404


def test_a_file_is_not_had_by_opening_an_address(desk, told):
    assert desk.get("/en/staff/registry/export/csv").status_code == 405
    assert told == []


def test_a_file_that_needs_a_fresh_code_leads_there_and_back_to_the_list(screens, desk, world):
    world.registry_entry("Acme")

    def ask(*_what: object) -> None:
        raise StepUpNeeded

    set_exported(screens, ask)
    answer = export(desk, "csv", query="_flt_0_base=US")
    assert answer.location == (
        "/en/step-up?next=%2Fen%2Fstaff%2Fregistry%2Flist%2F%3F_flt_0_base%3DUS"
    )


def test_a_refused_file_is_a_page(screens: Flask, desk, world: World):
    world.registry_entry("Acme")

    def refuse(*_what: object) -> None:
        raise Refused("staff.export")

    set_exported(screens, refuse)
    answer = export(desk, "xlsx")
    check_page(answer.text, "en", answer.status_code, answer.headers, expect=403)
