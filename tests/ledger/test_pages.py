"""The officer's pages and screens of the ledger, in both languages."""

from __future__ import annotations

import csv
import io

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.base.db import session
from app.ledger.models import LedgerLine, LedgerUpload
from app.ledger.rules.files import LAYOUT
from app.ledger.rules.lines import COLUMNS
from app.ledger.words import error_words
from app.parties import uploading
from tests.ledger.conftest import file_of, imported, line
from tests.staff.conftest import related
from tests.support.client import without_language

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])
NBSP = "\u00a0"


def words(lang: str, english: str, french: str) -> str:
    return french if lang == "fr" else english


def lines() -> list[LedgerLine]:
    session.rollback()
    return list(session.scalars(select(LedgerLine).order_by(LedgerLine.number)))


def send_file(client, content: bytes, lang: str, expect: int = 303):
    token = client.token("/staff/ledger/import")
    data = {"file": (io.BytesIO(content), "grand-livre.csv"), "csrf_token": token}
    return client.post("/staff/ledger/import", data, lang=lang, expect=expect)


def own_form(page):
    return page.form(action=without_language(page.path))


@both_languages
def test_a_file_is_read_previewed_then_imported_and_each_time_tells_how_far_it_is(
    world, officer, client, sign_in, mailbox, lang
):
    entry = world.registry_entry("Café Nord inc.")
    imported(officer, world.program(), line(entry.bn, "1"))
    sign_in(officer)
    sent = send_file(
        client, file_of(line(entry.bn, "1", state="paid"), line(entry.bn, "2", amount="-5")), lang
    )
    page = sent.follow()
    assert words(lang, "0 of 3 lines are read", "0 sur 3") in page.main
    assert page.response.headers["Refresh"] == "3"
    mailbox.run_jobs()
    page = sent.follow()
    assert "Refresh" not in page.response.headers
    assert "Café Nord inc." in page.main
    assert words(lang, "-$5.00", f"-5,00{NBSP}$") in page.main.replace("\u2212", "-")
    assert words(lang, "Open", "Solde ouvert") in page.main
    assert words(lang, "Paid", "Solde acquitté") in page.main
    assert len(lines()) == 1
    page = own_form(page).submit(expect=303).follow()
    assert words(lang, "The file is being imported", "en cours d’importation") in page.text
    mailbox.run_jobs()
    done = client.get(page.path, lang=lang, expect=303)
    assert done.location == "/staff/ledger/list/"
    assert [one.state for one in lines()] == ["paid", "open"]


@both_languages
def test_the_errors_of_a_file_say_how_to_mend_it_and_can_be_downloaded(
    world, officer, client, sign_in, mailbox, lang
):
    sign_in(officer)
    entry = world.registry_entry()
    bad = line(entry.bn, "2", kind="payment", amount="100.00", description="=1+1", due_on="=2+2")
    sent = send_file(client, file_of(line(entry.bn), bad), lang)
    mailbox.run_jobs()
    page = sent.follow()
    sentence = words(
        lang,
        "Put a minus before what was paid, like -1234.56.",
        "Mettez un moins devant ce qui a été payé, comme -1234,56.",
    )
    assert sentence in page.main
    assert all(without_language(form.action) != page.path for form in page.forms())
    number = session.scalars(select(LedgerUpload.id)).one()
    file = client.get(f"/staff/ledger/import/{number}/errors.csv", lang=lang)
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert rows[0][0] == words(lang, "Line", "Ligne")
    assert [row[0] for row in rows[1:]] == ["3", "3"]
    assert "'=2+2" in [row[3] for row in rows]
    assert sentence in [row[2] for row in rows]


@both_languages
def test_a_file_that_cannot_be_kept_is_refused_at_its_field(
    officer, client, sign_in, monkeypatch, lang
):
    sign_in(officer)
    monkeypatch.setattr(uploading, "LARGEST", 9)
    assert send_file(client, b"", lang, expect=200).errors == [
        words(lang, "Select a CSV file.", "Sélectionnez un fichier CSV.")
    ]
    assert send_file(client, b"x" * 10, lang, expect=200).errors == [
        words(
            lang,
            "Select a file of 15 MB at most.",
            f"Sélectionnez un fichier de 15{NBSP}Mo au plus.",
        )
    ]


@both_languages
def test_a_file_may_name_its_columns_as_the_page_lists_them(app, lang):
    with app.test_request_context(), force_locale({"en": "en_CA", "fr": "fr_CA"}[lang]):
        listed = error_words().columns
    assert tuple(listed) == COLUMNS
    assert {LAYOUT.column(name): column for column, name in listed.items()} == {
        column: column for column in COLUMNS
    }


@both_languages
def test_each_line_says_who_submitted_it_and_what_it_amounts_to(
    world, officer, client, sign_in, lang
):
    broker = world.bn()
    entry = world.registry_entry("Café Nord inc.", program_accounts=["RM0001 Importer"])
    given = {"program_account": "RM0001", "amount": "1234.5"}
    imported(
        officer,
        world.program(),
        line(entry.bn, "1", submitted_by=broker, **given),
        line(entry.bn, "2", state="arrears", **given),
    )
    one, other = lines()
    sign_in(officer)
    page = client.get(f"/staff/ledger/show/{one.id}", lang=lang)
    for told in (broker, "RM0001", "Café Nord inc.", words(lang, "$1,234.50", f"1{NBSP}234,50")):
        assert told in page.main
    page = client.get(f"/staff/ledger/show/{other.id}", lang=lang)
    assert words(lang, "The Agency", "L’Agence") in page.main
    assert words(lang, "In arrears", "En souffrance") in page.main


def test_a_list_of_the_ledger_is_searched_by_business_number_and_state(
    world, officer, client, sign_in
):
    entry, other = world.registry_entry("Café Nord inc."), world.registry_entry("Other Ltd.")
    program = world.program()
    imported(officer, program, line(entry.bn, "TX-A"), line(entry.bn, "TX-B", state="paid"))
    imported(officer, program, line(other.bn, "TX-C"))
    sign_in(officer)
    for asked, found in (
        ("_flt_0_entry.search=cafe", {"TX-A", "TX-B"}),
        ("_flt_0_number=x-c", {"TX-C"}),
        ("_flt_0_state=paid", {"TX-B"}),
        ("_flt_0_kind=payment", set()),
        ("_flt_0_dated=2026-09-01&_flt_1_dated=2026-09-01", {"TX-A", "TX-B", "TX-C"}),
    ):
        page = client.get(f"/staff/ledger/list/?{asked}").main
        assert {one for one in ("TX-A", "TX-B", "TX-C") if one in page} == found, asked


def test_a_business_of_the_registry_leads_to_its_lines_and_a_file_to_those_it_wrote(
    world, officer, client, sign_in
):
    entry, other = world.registry_entry("Café Nord inc."), world.registry_entry("Other Ltd.")
    imported(officer, world.program(), line(entry.bn, "TX-A"))
    last = imported(officer, world.program(), line(other.bn, "TX-C"), line(other.bn, "TX-D"))
    sign_in(officer)
    page = client.get(f"/staff/registry/show/{entry.id}")
    assert "1 result" in client.get(related(page, "ledger")).main
    page = client.get(f"/staff/ledger-imports/show/{last}")
    assert "2 results" in client.get(related(page, "ledger")).main


@both_languages
def test_the_trail_tells_what_has_become_of_a_line_in_words(world, officer, client, sign_in, lang):
    entry, program = world.registry_entry(), world.program()
    imported(officer, program, line(entry.bn))
    imported(officer, program, line(entry.bn, state="paid", due_on="2026-10-31"))
    sign_in(officer)
    page = client.get("/staff/trail/list/?_flt_0_event=ledger.line_changed", lang=lang)
    assert words(lang, "Ledger line changed", "Ligne du grand livre modifiée") in page.main
