"""What each reader sees of a program account's ledger: lists, totals, files, direct addresses."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.audit.events import Outcome
from app.audit.models import Entry
from app.authority.models_delegation import Delegation
from app.base.db import session
from app.base.errors import NotFound
from app.ledger import queries_lines
from app.ledger.queries_lines import balance, line, lines, page, recent, sides, totals
from tests.support.importer import Importer, amounts_of_example

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])


@pytest.fixture
def importer(app, world):
    return Importer(world, "RM0001", "RM0002")


def of(importer, person, part="RM0001"):
    return lines(person.id, importer.parts[part])


def test_with_two_brokers_and_a_client_on_one_account_each_sees_other_totals(importer, world):
    first, anne = importer.broker("Courtage A inc.", sees_own=True)
    second, bruno = importer.broker(
        "Brokers B Ltd.", sees_own=True, sees_client=True, sees_others=False
    )
    amounts_of_example(importer, own=first.bn, other=second.bn)
    seen = {
        name: (totals(session, of(importer, one)).amount, totals(session, of(importer, one)).count)
        for name, one in {"client": importer.manager, "first": anne, "second": bruno}.items()
    }
    assert seen == {
        "client": (Decimal(15), 4),
        "first": (Decimal(1), 1),
        "second": (Decimal(2 + 4 + 8), 3),
    }
    part = importer.parts["RM0001"]
    assert [balance(session, one.id, part) for one in (importer.manager, anne, bruno)] == [
        Decimal(15), Decimal(1), Decimal(14),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({"sees_own": True, "sees_client": False, "sees_others": False}, 1),
        ({"sees_own": False, "sees_client": True, "sees_others": False}, 2 + 4),
        ({"sees_own": False, "sees_client": False, "sees_others": True}, 8),
        ({"sees_own": True, "sees_client": True, "sees_others": True}, 15),
        ({"sees_own": False, "sees_client": False, "sees_others": False}, 0),
    ],
)
def test_each_switch_lets_through_what_one_of_the_three_submitted(importer, switches, expected):
    broker, anne = importer.broker("Courtage A inc.", **switches)
    amounts_of_example(importer, own=broker.bn, other="100000066")
    assert totals(session, of(importer, anne)).amount == expected


def test_a_hidden_line_has_no_address_of_its_own(importer):
    broker, anne = importer.broker("Courtage A inc.", sees_own=True)
    mine, theirs = importer.line("1.00", broker.bn), importer.line("2.00", importer.bn)
    part = importer.parts["RM0001"]
    assert line(session, anne.id, part, mine.id).id == mine.id
    with pytest.raises(NotFound):
        line(session, anne.id, part, theirs.id)
    assert line(session, importer.manager.id, part, theirs.id).id == theirs.id


def test_a_line_is_shown_under_its_own_program_account_only(importer):
    there = importer.line("1.00", part="RM0002")
    with pytest.raises(NotFound):
        line(session, importer.manager.id, importer.parts["RM0001"], there.id)


def test_whoever_works_on_one_program_account_sees_nothing_of_another(importer):
    reader = importer.on_part(3)
    importer.line("1.00")
    importer.line("2.00", part="RM0002")
    assert totals(session, of(importer, reader)).amount == 1
    assert totals(session, of(importer, reader, "RM0002")).count == 0


def test_a_broker_of_one_program_account_sees_nothing_of_another(importer):
    _, anne = importer.broker("Courtage A inc.", "RM0001", sees_client=True)
    importer.line("1.00", importer.bn)
    importer.line("2.00", importer.bn, part="RM0002")
    assert totals(session, of(importer, anne)).amount == 1
    assert totals(session, of(importer, anne, "RM0002")).count == 0


def test_balances_of_statements_and_what_is_paid_or_cancelled_are_not_owed(importer):
    importer.line("100.00")
    importer.line("40.00", state="arrears")
    importer.line("-30.00", kind="payment", state="open")
    importer.line("7.00", state="paid")
    importer.line("9.00", state="cancelled")
    importer.line("500.00", kind="statement")
    part = importer.parts["RM0001"]
    assert balance(session, importer.manager.id, part) == Decimal("110.00")
    assert totals(session, of(importer, importer.manager)).amount == Decimal("126.00")


def test_pages_go_forth_and_back_by_day_and_number(importer, monkeypatch):
    monkeypatch.setattr(queries_lines, "PAGE", 3)
    days = [1, 1, 1, 1, 2, 3, 3, 4]
    for number, day in enumerate(days):
        importer.line("1.00", number=str(number), dated=date(2026, 9, day))
    shown, pages, key = of(importer, importer.manager), [], None
    while True:
        found = page(session, shown, older=key, newer=None)
        pages.append([one.number for one in found.lines])
        last, key = found, found.older
        if key is None:
            break
    assert [number for one in pages for number in one] == ["7", "6", "5", "4", "3", "2", "1", "0"]
    assert [len(one) for one in pages] == [3, 3, 2]
    back = page(session, shown, older=None, newer=last.newer)
    assert [one.number for one in back.lines] == pages[1]
    first = page(session, shown, older=None, newer=back.newer)
    assert [one.number for one in first.lines] == pages[0]
    assert first.newer is None


def test_too_many_lines_are_counted_to_a_limit_and_not_added_up(importer, monkeypatch):
    monkeypatch.setattr(queries_lines, "MOST_COUNTED", 2)
    for _ in range(2):
        importer.line("1.00")
    assert totals(session, of(importer, importer.manager)) == queries_lines.Totals(2, False, 2)
    importer.line("1.00")
    assert totals(session, of(importer, importer.manager)) == queries_lines.Totals(2, True, None)


def test_the_newest_lines_come_first(importer):
    for day in (3, 9, 5):
        importer.line("1.00", number=str(day), dated=date(2026, 9, day))
    found = recent(session, of(importer, importer.manager), 2)
    assert [one.number for one in found] == ["9", "5"]


# ── pages ───────────────────────────────────────────────────────────────────────────────


def rows_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


@both_languages
def test_the_home_page_shows_recent_transactions_and_the_balance_of_what_one_sees(
    importer, client, sign_in, lang
):
    broker, anne = importer.broker("Courtage A inc.", sees_own=True)
    amounts_of_example(importer, own=broker.bn, other="100000066")
    sign_in(anne)
    told = client.get(importer.url(), lang=lang).main
    assert {"en": "$1.00", "fr": "1,00\u00a0$"}[lang] in told
    assert {"en": "$2.00", "fr": "2,00\u00a0$"}[lang] not in told
    assert {
        "en": "The delegation does not show lines submitted by: the client, other service",
        "fr": "La délégation ne montre pas les lignes soumises par",
    }[lang] in told
    sign_in(importer.manager)
    told = client.get(importer.url(), lang=lang).main
    assert {"en": "$15.00", "fr": "15,00\u00a0$"}[lang] in told
    assert {"en": "You see a part", "fr": "Vous voyez une partie"}[lang] not in told


@both_languages
def test_an_empty_ledger_says_so(importer, client, sign_in, lang):
    sign_in(importer.manager)
    words = {"en": "No transaction is recorded yet.", "fr": "Aucune transaction n’est consignée"}
    assert words[lang] in client.get(importer.url(), lang=lang).main
    assert words[lang] in client.get(importer.url(below="transactions"), lang=lang).main


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kind": "payment"}, {"3"}),
        ({"state": "arrears"}, {"2"}),
        ({"since": "2026-09-02"}, {"2", "3", "4"}),
        ({"until": "2026-09-02"}, {"1", "2"}),
        ({"least": "0", "most": "20"}, {"1", "2"}),
        ({"least": "-50.00", "most": "-50.00"}, {"3"}),
        ({"words": "interet"}, {"2"}),
        ({"words": "4"}, {"4"}),
        ({"words": "100%"}, set()),
        ({"by": "client"}, {"1", "2", "3"}),
        ({"by": "others"}, {"4"}),
        ({"kind": "transaction", "until": "2026-09-01"}, {"1"}),
    ],
)
def test_filters_narrow_the_list_its_total_and_its_file(importer, client, sign_in, asked, expected):
    importer.line("10.00", number="1", dated=date(2026, 9, 1))
    importer.line(
        "20.00", importer.bn, number="2", dated=date(2026, 9, 2), state="arrears",
        description="Intérêt (IN)",
    )  # fmt: skip
    importer.line("-50.00", number="3", kind="payment", dated=date(2026, 9, 3), description="EFT")
    importer.line("40.00", "100000066", number="4", dated=date(2026, 9, 4))
    sign_in(importer.manager)
    at = importer.url(below="transactions")
    file = rows_of(client.get(f"{at}.csv", query_string=asked))
    assert {row[2] for row in file[1:]} == expected
    told = client.get(at, query_string=asked).main
    many = f"{len(expected)} result" + ("" if len(expected) == 1 else "s")
    assert many in told
    total = sum({"1": 10, "2": 20, "3": -50, "4": 40}[one] for one in expected)
    assert f"Total: {'-' if total < 0 else ''}${abs(total)}.00" in told


def test_a_mistaken_filter_is_said_at_its_field_and_kept_and_narrows_nothing(
    importer, client, sign_in
):
    importer.line("10.00")
    sign_in(importer.manager)
    asked = {"since": "2026-02-30", "least": "ten", "state": "arrears", "kind": "nothing"}
    page = client.get(importer.url(below="transactions"), query_string=asked)
    assert "Enter a date that exists, like 2026-08-31." in page.main
    assert "Enter an amount in digits, like 1234.56." in page.main
    assert 'value="2026-02-30"' in page.html
    assert "0 results" in page.main  # the state alone counts


def test_a_last_day_before_the_first_is_said(importer, client, sign_in):
    sign_in(importer.manager)
    asked = {"since": "2026-09-02", "until": "2026-09-01"}
    page = client.get(importer.url(below="transactions"), query_string=asked)
    assert "The last day is before the first." in page.main


@both_languages
def test_a_file_has_translated_heads_iso_days_signed_amounts_and_no_formula(
    importer, client, sign_in, lang
):
    importer.line("10.00", importer.bn, number="1", description="=1+1", due_on=date(2026, 10, 1))
    importer.line("-5.50", "100000066", number="2", kind="payment", dated=date(2026, 8, 1))
    sign_in(importer.manager)
    heads, first, second = rows_of(client.get(importer.url(below="transactions.csv"), lang=lang))
    assert heads[0] == "Date"
    assert heads[7] == {"en": "Submitted by", "fr": "Soumission par"}[lang]
    assert first[0] == "2026-09-01"
    assert first[2:5] == ["1", "'=1+1", "10.00"]
    assert first[6] == "2026-10-01"
    assert first[7] == {"en": "This business", "fr": "Cette entreprise"}[lang]
    assert second[4] == "-5.50"
    assert second[7] == "100000066"
    assert second[8] == f"{importer.bn}RM0001"


def test_the_list_its_file_and_the_home_page_tell_two_brokers_and_a_client_other_totals(
    importer, client, sign_in
):
    first, anne = importer.broker("Courtage A inc.", sees_own=True)
    second, bruno = importer.broker("Brokers B Ltd.", sees_own=True, sees_client=True)
    amounts_of_example(importer, own=first.bn, other=second.bn)
    for person, total, found in (
        (importer.manager, "15.00", {"1.00", "2.00", "4.00", "8.00"}),
        (anne, "1.00", {"1.00"}),
        (bruno, "14.00", {"2.00", "4.00", "8.00"}),
    ):
        sign_in(person)
        assert f"Total: ${total}" in client.get(importer.url(below="transactions")).main
        file = rows_of(client.get(importer.url(below="transactions.csv")))
        assert {row[4] for row in file[1:]} == found
        assert f"Current open balance${total}" in client.get(importer.url()).main
        elsewhere = client.get(importer.url("RM0002"))
        assert "Current open balance$0.00" in elsewhere.main


def test_a_file_holds_the_selected_lines_alone_and_none_that_is_hidden(importer, client, sign_in):
    broker, anne = importer.broker("Courtage A inc.", sees_own=True)
    mine = importer.line("1.00", broker.bn, number="mine")
    importer.line("2.00", broker.bn, number="another")
    theirs = importer.line("4.00", importer.bn, number="theirs")
    sign_in(anne)
    at = importer.url(below="transactions.csv")
    file = rows_of(client.get(at, query_string={"line": [str(mine.id), str(theirs.id)]}))
    assert [row[2] for row in file[1:]] == ["mine"]
    file = rows_of(client.get(at, query_string={"line": "no number"}))
    assert file[1:] == []


@both_languages
def test_a_line_has_a_page_of_its_own(importer, client, sign_in, lang):
    row = importer.line("10.00", due_on=date(2026, 10, 1), description="Droits")
    sign_in(importer.manager)
    page = client.get(importer.url(below="transactions"), lang=lang).click(row.number)
    assert "2026-10-01" in page.main
    assert {"en": "The Agency", "fr": "L’Agence"}[lang] in page.main


def test_a_hidden_line_and_one_that_does_not_exist_answer_alike(importer, client, sign_in):
    _, anne = importer.broker("Courtage A inc.", sees_own=True)
    theirs = importer.line("4.00", importer.bn)
    sign_in(anne)
    client.get(importer.url(below=f"transactions/{theirs.id}"), expect=404)
    client.get(importer.url(below="transactions/999999"), expect=404)


def test_a_broker_says_its_own_and_the_client_s_lines_by_their_names(importer, client, sign_in):
    broker, anne = importer.broker(
        "Courtage A inc.", sees_own=True, sees_client=True, sees_others=True
    )
    amounts_of_example(importer, own=broker.bn, other="100000066")
    sign_in(anne)
    told = client.get(importer.url(below="transactions")).main
    for words in ("Your business", "The client", "The Agency", "100000066"):
        assert words in told
    assert "You see a part" not in told
    own = client.get(importer.url(below="transactions"), query_string={"by": "own"}).main
    assert "1 result" in own


def test_a_switch_turned_off_is_felt_by_the_next_click(importer, client, sign_in, world):
    _, anne = importer.broker("Courtage A inc.", sees_client=True)
    row = importer.line("4.00", importer.bn)
    sign_in(anne)
    at = importer.url(below=f"transactions/{row.id}")
    client.get(at)
    world.set(world._read(select(Delegation)), sees_client=False)
    client.get(at, expect=404)


def test_the_sides_of_a_reader_who_acts_for_nobody_are_the_client_and_others(importer):
    whose = sides(session, importer.parts["RM0001"], [])
    assert [whose.of(one) for one in (None, importer.bn, "100000066")] == [
        "client", "client", "others",
    ]  # fmt: skip


@both_languages
def test_whoever_may_not_view_transactions_reads_who_may_and_opens_none(
    importer, world, client, sign_in, lang
):
    row = importer.line("10.00")
    clerk = world.role("clerk", ["account.view"], reach="program_account", program=importer.program)
    person = importer.on_part(clerk)
    sign_in(person)
    told = client.get(importer.url(), lang=lang).main
    assert {"en": "Transaction history", "fr": "Historique des transactions"}[lang] in told
    assert importer.manager.full_name in told
    assert {"en": "Current open balance", "fr": "Solde d’ouverture"}[lang] not in told
    for below in ("transactions", "transactions.csv", f"transactions/{row.id}"):
        client.get(importer.url(below=below), lang=lang, expect=403)


def test_the_trail_tells_who_asked_for_a_line_that_was_hidden_from_them(
    importer, world, client, sign_in
):
    _, anne = importer.broker("Courtage A inc.", sees_own=True)
    theirs = importer.line("4.00", importer.bn)
    sign_in(anne)
    client.get(importer.url(below=f"transactions/{theirs.id}"), expect=404)
    asked = select(Entry).where(Entry.actor_id == anne.id, Entry.outcome == Outcome.REFUSED.value)
    found = world._read(asked)
    assert (found.target_kind, found.target_id) == ("ledger_line", str(theirs.id))
