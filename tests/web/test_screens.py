"""What all staff screens share: scope, filters, order, pages. Each exploit of FAB.md fails."""

from __future__ import annotations

import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder import ModelView
from sqlalchemy import event, false
from sqlalchemy.engine import Engine

from app.parties.models import Account, RegistryEntry
from app.programs.models import Program
from app.web.admin import SafeModelView, SafeSQLAInterface, listing, scope
from app.web.admin.contract import Incomplete
from tests.support.world import World
from tests.web.checker import Page, check_page, text_of
from tests.web.screens import Accounts, Registry

LIST = "/en/staff/registry/list/"


def page_of(desk: FlaskClient, path: str, lang: str = "en", expect: int = 200) -> Page:
    answer = desk.get(path)
    return check_page(answer.text, lang, answer.status_code, answer.headers, expect=expect)


def names(page: Page) -> list[str]:
    """The names of the rows shown, in their order."""
    return [text_of(h) for h in page.all("th") if h.get("scope") == "row"]


def entry(world: World, name: str, **columns: object) -> RegistryEntry:
    return world.registry_entry(name, **columns)


def only_ours(screens: Flask, world: World) -> int:
    """Only the rows of the first program are visible; returns its id."""
    ours = world.program().id

    def scoped(model: type, _action: str) -> object:
        return (model.id if model is Program else model.program_id) == ours

    scope.set_scope(screens, scoped, lambda _action, _row: True)
    return ours


# ── scope ───────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_visible_until_somebody_decides(screens: Flask, desk, world):
    entry(world, "Acme Freight")
    del screens.extensions["guichet.scope"]
    assert names(page_of(desk, LIST)) == []


def test_a_list_shows_the_rows_of_the_scope_and_no_others(screens: Flask, desk, world: World):
    entry(world, "Ours")
    entry(world, "Theirs", program=world.other_program())
    only_ours(screens, world)
    page = page_of(desk, LIST)
    assert names(page) == ["Ours"]
    assert "1 result" in text_of(page.one("main"))


def test_the_scope_is_asked_for_the_model_and_the_action_of_the_screen(screens: Flask, desk):
    asked = []

    def scoped(model: type, action: str) -> object:
        asked.append((model, action))
        return false()

    scope.set_scope(screens, scoped, lambda _action, _row: False)
    page_of(desk, LIST)
    assert (RegistryEntry, "staff.registry.read") in asked


def test_a_row_out_of_scope_is_a_page_not_found(screens: Flask, desk, world: World):
    hidden = entry(world, "Theirs", program=world.other_program())
    only_ours(screens, world)
    for path in ("show", "deed/mark"):
        page_of(desk, f"/en/staff/registry/{path}/{hidden.id}", expect=404)
    page_of(desk, f"/en/staff/registry/bulk?deed=many&row={hidden.id}", expect=404)


@pytest.mark.parametrize("key", ["0", "abc", "-1", "1e9", "99999999999999999999", "1%20OR%201=1"])
def test_a_key_that_is_none_is_a_page_not_found(desk: FlaskClient, key):
    page_of(desk, f"/en/staff/registry/show/{key}", expect=404)


def test_a_drop_down_offers_only_rows_of_the_scope(screens: Flask, desk, world: World):
    entry(world, "Ours")
    other = world.other_program()
    ours = only_ours(screens, world)
    page = page_of(desk, LIST)
    offered = [
        o.get("value") for s in page.all("select") if s.get("name") == "_flt_0_program" for o in s
    ]
    assert offered == ["", str(ours)]
    assert other.code not in text_of(page.one("main"))


def test_a_related_row_out_of_scope_cannot_be_read_through_the_interface(screens, world: World):
    hidden = world.other_program()
    ours = only_ours(screens, world)
    interface = SafeSQLAInterface(RegistryEntry, "staff.registry.read")
    with screens.test_request_context():
        assert interface.get_related_obj("program", ours) is not None
        assert interface.get_related_obj("program", hidden.id) is None


def test_fab_s_own_ways_around_the_scope_are_closed(screens: Flask):
    interface = SafeSQLAInterface(Account, "staff.accounts.read")
    closed = ("add", "edit", "delete", "delete_all", "query_simple_group", "query_month_group")
    with screens.test_request_context():
        for name in closed:
            with pytest.raises(NotImplementedError):
                getattr(interface, name)(None)


def test_a_screen_is_read_only_unless_it_says_otherwise(screens: Flask):
    routes = {
        r.endpoint.split(".")[1] for r in screens.url_map.iter_rules() if "Accounts." in r.endpoint
    }
    assert routes == {"list", "show", "export"}
    assert not {"add", "edit", "delete", "action", "action_post", "download"} & routes


def test_no_screen_changes_anything_by_get(screens: Flask, desk, world: World):
    row = entry(world, "Acme")
    statements: list[str] = []
    listen = lambda *args: statements.append(args[2])  # noqa: E731
    bound = world.db.get_bind()
    event.listen(bound, "before_cursor_execute", listen)
    for rule in screens.url_map.iter_rules():
        if rule.endpoint.startswith(("Registry.", "Accounts.")) and "GET" in rule.methods:
            name = "mark" if "<name>" in rule.rule else ""
            path = rule.rule.replace("<name>", name).replace("<pk>", str(row.id))
            desk.get(f"/en{path}?deed=many&row={row.id}")
    event.remove(bound, "before_cursor_execute", listen)
    assert statements
    assert [s for s in statements if s.split()[0] in {"INSERT", "UPDATE", "DELETE"}] == []


# ── filters ─────────────────────────────────────────────────────────────────────────────────


def test_a_name_is_found_by_the_beginning_of_its_words_without_accents(desk, world: World):
    entry(world, "Aciéries Beauharnois inc.")
    entry(world, "Minoterie Saint-Faustin ltée")
    assert names(page_of(desk, f"{LIST}?_flt_0_search=acieries")) == ["Aciéries Beauharnois inc."]
    assert names(page_of(desk, f"{LIST}?_flt_0_search=BEAU+aci")) == ["Aciéries Beauharnois inc."]
    assert names(page_of(desk, f"{LIST}?_flt_0_search=faustin")) == ["Minoterie Saint-Faustin ltée"]
    assert names(page_of(desk, f"{LIST}?_flt_0_search=harnois")) == []


@pytest.mark.parametrize("typed", ["'", "a & | ! (", "%", "\\", "<->", ":*", "\u00e9\u0301'"])
def test_a_search_holds_whatever_is_typed(desk, world: World, typed):
    entry(world, "Acme")
    answer = desk.get(LIST, query_string={"_flt_0_search": typed, "_flt_0_bn": typed})
    check_page(answer.text, "en", answer.status_code, answer.headers)


def test_a_percent_sign_matches_itself_only(desk, world: World):
    entry(world, "Acme")
    assert names(page_of(desk, f"{LIST}?_flt_0_bn=%25")) == []


def test_a_choice_is_filtered_by_its_value_and_shown_by_its_word(desk, world: World):
    entry(world, "North", base="CA")
    entry(world, "South", base="US")
    page = page_of(desk, f"{LIST}?_flt_0_base=US")
    assert names(page) == ["South"]
    (chip,) = [a for a in page.all("a") if a.get("class") == "chip"]
    assert text_of(chip) == "Remove the filter Carrier: U.S."


def test_a_day_is_filtered_from_its_first_instant_to_its_last_in_eastern_time(
    desk, world: World, clock
):
    from datetime import UTC, datetime

    for name, hour in (("Evening", 3), ("Next day", 5)):
        entry(world, name, as_of=datetime(2026, 8, 2, hour, 30, tzinfo=UTC))
    assert names(page_of(desk, f"{LIST}?_flt_1_as_of=2026-08-01")) == ["Evening"]
    assert names(page_of(desk, f"{LIST}?_flt_0_as_of=2026-08-02")) == ["Next day"]


def test_a_date_that_does_not_exist_is_told_at_its_field(desk, world: World):
    entry(world, "Acme")
    page = page_of(desk, f"{LIST}?_flt_0_as_of=2026-02-30")
    assert "Enter a date that exists, like 2026-08-31." in text_of(page.one("main"))
    assert names(page) == ["Acme"]
    (field,) = [i for i in page.all("input") if i.get("name") == "_flt_0_as_of"]
    assert field.get("value") == "2026-02-30"


def test_a_filter_on_a_column_that_is_not_searched_is_not_applied(desk, world: World):
    entry(world, "Acme", paper_reference="secret-1")
    for column in ("paper_reference", "street", "nonsense"):
        assert names(page_of(desk, f"{LIST}?_flt_0_{column}=other&_flt_9_bn=x")) == ["Acme"]


def test_a_filter_passes_relationships(desk, world: World):
    world.account(name="Éclair Transport")
    world.account(name="Fundy Cold Storage")
    page = page_of(desk, "/en/staff/accounts/list/?_flt_0_party.search=eclair")
    assert names(page) == ["Éclair Transport"]


# ── order and pages ─────────────────────────────────────────────────────────────────────────


def test_names_are_sorted_without_their_accents(desk, world: World):
    for name in ("Zoé", "Émile", "Anne"):
        entry(world, name)
    assert names(page_of(desk, LIST)) == ["Anne", "Émile", "Zoé"]
    down = page_of(desk, f"{LIST}?_oc_Registry=legal_name&_od_Registry=desc")
    assert names(down) == ["Zoé", "Émile", "Anne"]


@pytest.mark.parametrize("column", ["paper_reference", "street", "id", "program.code", "x"])
def test_a_hidden_column_does_not_sort(desk, world: World, column):
    """Sorting by a hidden column tells its values, row by row."""
    entry(world, "Anne", paper_reference="2", street="2")
    entry(world, "Zoé", paper_reference="1", street="1")
    for direction in ("asc", "desc"):
        page = page_of(desk, f"{LIST}?_oc_Registry={column}&_od_Registry={direction}")
        assert names(page) == ["Anne", "Zoé"]


def test_a_list_sorts_by_a_column_behind_a_relationship(desk, world: World):
    for name in ("Zoé", "Émile", "Anne"):
        world.account(name=name)
    page = page_of(desk, "/en/staff/accounts/list/")
    assert names(page) == ["Anne", "Émile", "Zoé"]


@pytest.mark.parametrize("size", ["abc", "-1", "0", "20000", "1e3", "25.5", "", "٥٠", "9" * 30])
def test_a_page_size_that_is_not_offered_is_the_default(desk, world: World, size):
    for number in range(27):
        entry(world, f"Firm {number:02}")
    assert len(names(page_of(desk, f"{LIST}?psize_Registry={size}"))) == 25


def test_a_page_size_that_is_offered_is_taken(desk, world: World):
    for number in range(27):
        entry(world, f"Firm {number:02}")
    assert len(names(page_of(desk, f"{LIST}?psize_Registry=50"))) == 27


@pytest.mark.parametrize("key", ["abc", "-5", "0", "999999999", "9" * 30, "end", "", "٥"])
@pytest.mark.parametrize("side", ["after", "before", "page"])
def test_a_page_beside_a_row_that_is_none_is_the_first(desk, world: World, side, key):
    entry(world, "Acme")
    assert names(page_of(desk, f"{LIST}?{side}_Registry={key}")) == ["Acme"]


def test_every_row_stands_on_one_page_exactly(desk, world: World):
    for _ in range(60):
        entry(world, "The same name")
    seen: list[str] = []
    address: str | None = LIST
    while address:
        shown = page_of(desk, address)
        seen += [str(a.get("href")) for a in shown.all("a") if "/show/" in str(a.get("href"))]
        address = onward(shown, "next")
    assert len(seen) == len(set(seen)) == 60


def onward(page: Page, rel: str) -> str | None:
    """The address of the next, or the previous, page."""
    return next((str(a.get("href")) for a in page.all("a") if a.get("rel") == rel), None)


def test_the_next_page_keeps_filters_order_and_size(desk, world: World):
    for number in range(60):
        entry(world, f"Firm {number:02}", base="US")
    path = f"{LIST}?_flt_0_base=US&_oc_Registry=legal_name&_od_Registry=desc"
    page = page_of(desk, path)
    there = onward(page, "next")
    assert there is not None
    asked = parse_qs(urlsplit(there).query)
    assert asked.pop("after_Registry")[0].isdigit()
    assert asked == {
        "_flt_0_base": ["US"],
        "_oc_Registry": ["legal_name"],
        "_od_Registry": ["desc"],
        "page_Registry": ["1"],
    }
    assert names(page_of(desk, there))[0] == "Firm 34"


def test_counting_stops_at_ten_thousand(desk, world: World, owner_engine: Engine, monkeypatch):
    for number in range(7):
        entry(world, f"Firm {number}")
    monkeypatch.setattr("app.web.admin.interface.MOST_COUNTED", 5)
    monkeypatch.setattr("app.web.admin.lists.MOST_COUNTED", 5)
    statements: list[str] = []
    bound = world.db.get_bind()
    listen = lambda *args: statements.append(args[2])  # noqa: E731
    event.listen(bound, "before_cursor_execute", listen)
    page = page_of(desk, LIST)
    event.remove(bound, "before_cursor_execute", listen)
    assert "More than 5 results" in text_of(page.one("main"))
    counts = [s for s in statements if "count(" in s]
    assert counts
    assert all("LIMIT" in s for s in counts)


def test_a_page_asks_the_same_number_of_statements_whatever_its_length(desk, world: World):
    def statements() -> int:
        found: list[str] = []
        bound = world.db.get_bind()
        listen = lambda *args: found.append(args[2])  # noqa: E731
        event.listen(bound, "before_cursor_execute", listen)
        page_of(desk, "/en/staff/accounts/list/")
        event.remove(bound, "before_cursor_execute", listen)
        return len(found)

    world.account(name="One")
    few = statements()
    for number in range(20):
        world.account(name=f"Firm {number}")
    assert statements() == few
    assert few <= 6


# ── threads ─────────────────────────────────────────────────────────────────────────────────


def test_two_readers_at_the_same_instant_keep_their_own_filters(screens, world, monkeypatch):
    """FAB keeps one Filters object a view: 655 of 900 pages showed another's search terms.

    The interleaving is forced: both requests have read their parameters before either asks.
    """
    entry(world, "Anne")
    entry(world, "Zoé")
    both_have_read = threading.Barrier(2)
    read = listing.read

    def wait_for_the_other(*args: object) -> listing.Asked:
        asked = read(*args)
        if asked.values:
            both_have_read.wait(10)
        return asked

    monkeypatch.setattr(listing, "read", wait_for_the_other)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        answer = screens.test_client().get(LIST, query_string={"_flt_0_search": name})
        found[name] = names(Page(answer.text))

    readers = [threading.Thread(target=look, args=(name,)) for name in ("anne", "zoe")]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(20)
    assert found == {"anne": ["Anne"], "zoe": ["Zoé"]}


def test_fab_s_shared_filters_are_never_shared(screens: Flask):
    view = next(v for v in screens.extensions["appbuilder"].baseviews if isinstance(v, Registry))
    with screens.test_request_context():
        mine, yours = view._filters, view._filters
        mine.add_filter("bn", view.datamodel.FilterEqual, "1")
    assert mine is not yours
    assert yours.filters == []


# ── contract ────────────────────────────────────────────────────────────────────────────────


def incomplete(**changes: object) -> str:
    """What a screen is told that is the test's own but for these attributes."""
    kept = {k: v for k, v in vars(Registry).items() if not k.startswith("__")}
    for name, value in changes.items():
        if value is None:
            del kept[name]
        else:
            kept[name] = value
    with pytest.raises((Incomplete, AttributeError)) as refused:
        type("Careless", (SafeModelView,), kept)()
    return str(refused.value)


def test_a_screen_that_leaves_something_to_chance_does_not_start(screens: Flask):
    with screens.app_context():
        for attribute in ("list_columns", "show_columns", "search_columns", "order_columns"):
            assert attribute in incomplete(**{attribute: None})
        assert "list_title" in incomplete(list_title=None)
        assert "empty" in incomplete(empty="")
        assert "base_order" in incomplete(base_order=None)
        assert "/staff/" in incomplete(route_base="/registry")
        assert "no label for street" in incomplete(show_columns=("street",))
        assert "nonsense" in incomplete(
            list_columns=("nonsense",), label_columns={**Registry.label_columns, "nonsense": "x"}
        )
        assert "cannot sort" in incomplete(order_columns=("address",))
        assert "add_action" in incomplete(add_form=object)


def test_an_unscoped_interface_is_refused(screens: Flask):
    from flask_appbuilder.models.sqla.interface import SQLAInterface

    with screens.app_context():
        assert "SafeSQLAInterface" in incomplete(datamodel=SQLAInterface(RegistryEntry))


def test_a_screen_makes_no_form_from_its_table(screens: Flask):
    view = next(v for v in screens.extensions["appbuilder"].baseviews if isinstance(v, Accounts))
    assert view.add_form is None
    assert view.edit_form is None
    assert view.search_form is None
    assert isinstance(view, ModelView)


# ── look ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_page_of_a_screen_passes_the_checker(desk, world: World, lang):
    row = entry(world, "Acme")
    for path in (
        "list/",
        "list/?_flt_0_search=nobody",
        "list/?_flt_0_base=US&_oc_Registry=as_of&_od_Registry=asc",
        f"show/{row.id}",
        f"deed/mark/{row.id}",
        f"deed/rename/{row.id}",
        f"bulk?deed=many&row={row.id}",
    ):
        page_of(desk, f"/{lang}/staff/registry/{path}", lang)
    page_of(desk, f"/{lang}/staff/accounts/list/", lang)


def test_a_tab_says_how_many_rows_it_has(desk, world: World):
    entry(world, "North")
    entry(world, "South", base="US")
    page = page_of(desk, LIST)
    tabs = [
        a
        for a in page.all("a")
        if page.inside(a, "nav") is not None and "list/" in a.get("href", "")
    ]
    words = [text_of(a) for a in tabs]
    assert "Name 2" in words
    assert "Address 1" in words


def test_the_head_of_a_sorted_column_says_so(desk, world: World):
    entry(world, "Acme")
    page = page_of(desk, f"{LIST}?_oc_Registry=legal_name&_od_Registry=asc")
    (head,) = [h for h in page.all("th") if h.get("aria-sort")]
    assert head.get("aria-sort") == "ascending"
    assert "Legal name" in text_of(head)


def test_stock_markup_of_fab_cannot_be_shown(screens: Flask):
    from jinja2 import TemplateNotFound

    with screens.app_context():
        for name in ("appbuilder/base.html", "appbuilder/general/charts/chart.html"):
            with pytest.raises(TemplateNotFound):
                screens.jinja_env.get_template(name)
        screens.jinja_env.get_template("appbuilder/general/model/list.html")


def _switched(page: Page, changed: dict[str, list[str]]) -> list[tuple[str, str]]:
    """What the language switch of a list sends: the form it belongs to, with what was changed."""
    (form,) = [f for f in page.all("form") if f.get("id") == "asked"]
    sent: list[tuple[str, str]] = []
    for control in page.all("input", "select"):
        mine = control.get("form") == "asked" or page.inside(control, "form") is form
        name = control.get("name")
        if not mine or not name:
            continue
        if name in changed:
            if control.get("type") != "checkbox" or control.get("value") in changed[name]:
                sent += (
                    [(name, control.get("value") or "")]
                    if name == "row"
                    else [(name, value) for value in changed[name]]
                )
        elif control.get("type") == "hidden":
            sent.append((name, control.get("value") or ""))
    return sent


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_language_switch_keeps_filters_not_applied_rows_selected_and_the_order(
    desk, world: World, lang
):
    first, second = entry(world, "Acme Freight"), entry(world, "Acme Haulage")
    other = {"en": "fr", "fr": "en"}[lang]
    here = f"/{lang}/staff/registry/list/"
    page = page_of(
        desk, f"{here}?_oc_Registry=legal_name&_od_Registry=desc&psize_Registry=50", lang
    )
    (switch,) = [b for b in page.all("button") if b.get("lang") == other]
    assert switch.get("form") == "asked"
    address = str(switch.get("formaction")).partition("?")[0]
    assert address == f"/{other}/staff/registry/list/"
    name = next(
        str(i.get("name"))
        for i in page.all("input")
        if str(i.get("name")).startswith("_flt_") and i.get("type") == "search"
    )
    sent = _switched(page, {name: ["acme"], "row": [str(second.id)], "deed": ["many"]})
    query = "&".join(f"{key}={value}" for key, value in sent)
    shown = page_of(desk, f"{address}?{query}", other)
    assert names(shown) == ["Acme Haulage", "Acme Freight"]
    (typed,) = [i for i in shown.all("input") if i.get("name") == name]
    assert typed.get("value") == "acme"
    boxes = {b.get("value"): b.get("checked") for b in shown.all("input") if b.get("name") == "row"}
    assert boxes[str(second.id)] is not None
    assert boxes[str(first.id)] is None
    assert "psize_Registry" in {i.get("name") for i in shown.all("input")}


def test_applying_filters_leads_to_a_short_address_at_the_first_page(desk, world: World):
    entry(world, "Acme Freight")
    query = "?apply=yes&_flt_0_legal_name_folded=&psize_Registry=50&page_Registry=3&row=1&deed=many"
    answer = desk.get(LIST + query)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{LIST}?psize_Registry=50"


def test_the_rows_selected_reach_the_confirmation_from_the_form_of_the_filters(desk, world: World):
    one = entry(world, "Acme Freight")
    page = page_of(desk, LIST)
    (button,) = [b for b in page.all("button") if b.get("formaction", "").endswith("/bulk")]
    assert button.get("form") == "asked"
    sent = "&".join(
        f"{k}={v}" for k, v in _switched(page, {"row": [str(one.id)], "deed": ["many"]})
    )
    asked = page_of(desk, f"{button.get('formaction')}?{sent}")
    assert "Acme Freight" in text_of(asked.one("main"))
