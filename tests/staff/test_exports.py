"""A list as a file: what the filter shows, translated, harmless, and known to the trail."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta

import pytest

from tests.staff.conftest import MARK


def _export(client, path, kind="csv", lang="en", expect=200):
    token = client.token(path.partition("?")[0])
    base, _, query = path.partition("?")
    where = base.replace("/list/", f"/export/{kind}") + (f"?{query}" if query else "")
    return client.post(where, {"csrf_token": token}, lang=lang, expect=expect)


def _lines(answer):
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.fixture
def officer(world, sign_in):
    person = world.staff("program_officer")
    sign_in(person)
    return person


def test_a_file_holds_what_the_filter_shows(world, officer, client):
    world.registry_entry("Maple Mills Ltd.", city="Regina")
    world.registry_entry("Harbour Works Ltd.")
    head, *rows = _lines(_export(client, "/staff/registry/list/?_flt_0_search=maple"))
    assert head[0] == "Legal name"
    assert [row[0] for row in rows] == ["Maple Mills Ltd."]
    assert "Regina" in rows[0]


def test_heads_and_words_are_in_the_readers_language(world, officer, client):
    world.registry_entry()
    answer = _export(client, "/staff/registry/list/", lang="fr")
    assert _lines(answer)[0][:3] == [
        "Dénomination sociale", "Numéro d’entreprise", "Code de transporteur",
    ]  # fmt: skip
    assert "registre.csv" in answer.response.headers["Content-Disposition"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "\t="])
def test_no_cell_is_run_as_a_formula(start, world, officer, client):
    world.registry_entry(f"{start}HYPERLINK(1) Ltd.")
    name = _lines(_export(client, "/staff/registry/list/"))[1][0]
    assert name.startswith("'")


def test_a_workbook_holds_text_and_no_formula(world, officer, client):
    world.registry_entry("=1+1 Ltd.")
    answer = _export(client, "/staff/registry/list/", "xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "1+1" in sheet or "1+1" in _strings(answer.data)


def _strings(data):
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read("xl/sharedStrings.xml").decode()


def test_the_trail_knows_who_took_which_rows_away(world, officer, client, trail):
    world.registry_entry("Maple Mills Ltd.")
    _export(client, "/staff/registry/list/?_flt_0_search=maple&_flt_0_base=CA")
    (entry,) = trail("screen.exported")
    assert entry.actor_id == officer.id
    assert entry.program_id == world.program().id
    assert entry.role == "program_officer"
    assert entry.changes["screen"] == [None, "registry_entry"]
    assert entry.changes["rows"] == [None, "1"]
    assert entry.changes["format"] == [None, "csv"]
    assert "_flt_0_base" in entry.changes["filters"][1]
    # What was typed may name somebody: it is kept where it can be erased.
    assert "maple" not in str(entry.changes)
    assert "maple" in str(entry.personal["search"])


def test_a_kind_that_does_not_export_gets_no_file(world, sign_in, client, trail):
    sign_in(world.staff("technical_support"))
    _export(client, "/staff/letters/list/", expect=403)
    assert trail("screen.exported") == []


def test_who_may_export_in_one_program_takes_no_rows_of_another_with_them(
    filled, world, sign_in, client, trail
):
    """Officer there, technical support here: a file would hold rows that may only be read."""
    person = world.staff("program_officer", world.other_program())
    world.staff("technical_support", person=person)
    sign_in(person)
    assert MARK in client.get("/staff/letters/list/").html
    _export(client, "/staff/letters/list/", expect=403)
    refusal = trail("deed.refused", "refused")[-1]
    assert refusal.changes["action"] == [None, "staff.export"]
    assert refusal.role == "program_officer"


def test_an_export_asks_for_a_code_of_the_last_minutes(world, sign_in, client, trail):
    person = world.staff("supervisor")
    sign_in(person, code_verified_at=world.now() - timedelta(hours=1))
    world.registry_entry()
    answer = _export(client, "/staff/registry/list/", expect=303)
    assert answer.location == "/step-up"
    assert trail("screen.exported") == []


def test_a_file_is_not_given_for_a_link(world, officer, client):
    """By POST only: nobody exports by opening an address."""
    world.registry_entry()
    client.get("/staff/registry/export/csv", expect=405)
