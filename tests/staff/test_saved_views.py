"""Saved views and chosen columns: whose they are, what they show, and what they never open."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.desk import rules
from app.desk.admin.views import all_lists
from app.desk.models import SavedView
from app.desk.service import views
from app.desk.service.views import Content
from app.web.admin.arranging import name_of, possible
from tests.staff.conftest import KINDS
from tests.support.race import losers, race, winners

DUE = Content(chosen={"_flt_0_state": "due"})


@pytest.fixture
def officer(world):
    return world.staff("program_officer")


def tabs(page):
    """Words of each tab → its address."""
    nav = next(e for e in page.page.all("nav") if e.get("aria-label") == "Views of this list")
    return {
        " ".join("".join(link.itertext()).split()): link.get("href")
        for link in nav.iter("{http://www.w3.org/1999/xhtml}a")
    }


def tab(page, name):
    return next(url for words, url in tabs(page).items() if words.startswith(name))


def heads(page):
    return ["".join(e.itertext()).split("Sort in")[0].strip() for e in page.page.all("th")
            if e.get("role") == "columnheader"]  # fmt: skip


def keep(client, query, expect=302, **fields):
    return client.post_form(f"/staff/views/keep/letters?{query}", fields, expect=expect)


# ── keeping one ─────────────────────────────────────────────────────────────────────────


def test_a_view_is_kept_at_its_list_and_found_there_as_a_tab(filled, officer, sign_in, client):
    sign_in(officer)
    query = "_flt_0_state=due&_oc_LetterView=due_at&_od_LetterView=asc"
    keep(client, query, name="Due soon", whose="own")
    page = client.get("/staff/letters/list/")
    url = tab(page, "Due soon (yours) 1")
    there = client.get(url)
    assert "1 result" in there.main
    assert "_flt_0_state=due" in url
    assert "_oc_LetterView=due_at" in url
    (opened,) = [e for e in there.page.all("a") if e.get("aria-current") == "page"
                 and "list" in e.get("href", "") and "_flt" in e.get("href", "")]  # fmt: skip
    assert "Due soon" in "".join(opened.itertext())


def test_a_view_keeps_its_columns_where_it_is_told_to(filled, officer, sign_in, client, acting):
    sign_in(officer)
    acting(officer)
    usual = heads(client.get("/staff/letters/list/"))
    shown = ["registration.legal_name", "state", "mail_number"]
    views.choose_columns(officer.id, "letters", shown)
    keep(client, "_flt_0_state=posted", name="By mail number", whose="own", with_columns="y")
    views.choose_columns(officer.id, "letters", None)
    page = client.get("/staff/letters/list/")
    assert heads(page) == usual
    there = client.get(tab(page, "By mail number"))
    assert heads(there)[1:] == ["Legal name", "Status", "Registered mail"]


def test_columns_chosen_are_the_reader_s_own_and_the_file_has_them(
    filled, officer, world, sign_in, client, new_client
):
    sign_in(officer)
    client.post_form(
        "/staff/views/columns/letters", {"columns": ["mail_number", "language"]}, to=None
    )
    assert heads(client.get("/staff/letters/list/"))[1:] == [
        "Legal name", "Language", "Registered mail",
    ]  # fmt: skip
    token = client.token("/staff/letters/list/")
    file = client.post("/staff/letters/export/csv", {"csrf_token": token}, expect=200)
    assert file.data.decode("utf-8-sig").splitlines()[0] == "Legal name,Language,Registered mail"
    other = new_client()
    sign_in(world.staff("program_officer"), other)
    assert "Mailed on" in heads(other.get("/staff/letters/list/"))


def test_the_usual_columns_come_back(filled, officer, sign_in, client):
    sign_in(officer)
    before = heads(client.get("/staff/letters/list/"))
    client.post_form("/staff/views/columns/letters", {"columns": ["language"]})
    assert heads(client.get("/staff/letters/list/")) != before
    page = client.get("/staff/views/columns/letters")
    page.form("columns").submit(button="Show the usual columns")
    assert heads(client.get("/staff/letters/list/")) == before


def test_an_open_view_that_is_filtered_further_says_so_and_can_be_replaced(
    filled, officer, sign_in, client
):
    sign_in(officer)
    keep(client, "_flt_0_state=due", name="Mine", whose="own")
    url = tab(client.get("/staff/letters/list/"), "Mine")
    altered = url.replace("_flt_0_state=due", "_flt_0_state=posted")
    assert tab(client.get(altered), "Mine (yours) (changed)")
    query = altered.partition("?")[2]
    keep(client, query, name="Mine", how="instead")
    assert "_flt_0_state=posted" in tab(client.get("/staff/letters/list/"), "Mine")
    keep(client, query, name="Another", how="new", whose="own")
    assert {words.split(" ")[0] for words in tabs(client.get("/staff/letters/list/"))} >= {
        "Mine", "Another",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Skip to the rows"), ("fr", "Passer aux lignes")]
)
def test_a_list_can_be_reached_past_its_views_and_filters(
    filled, officer, sign_in, client, lang, words
):
    sign_in(officer)
    page = client.get("/staff/letters/list/", lang=lang)
    assert page.links()[words] == "#rows"
    (rows,) = [e for e in page.page.all("div") if e.get("id") == "rows"]
    assert rows.get("tabindex") == "-1"
    assert len(list(rows.iter("{http://www.w3.org/1999/xhtml}table"))) == 1


# ── whose it is ─────────────────────────────────────────────────────────────────────────


def test_an_own_view_is_found_by_nobody_else(filled, officer, world, sign_in, client, acting):
    acting(officer)
    key = views.keep(officer.id, "letters", "Secret plan", DUE, None)
    for kind in KINDS:
        sign_in(world.staff(kind))
        assert "Secret plan" not in client.get("/staff/letters/list/").html
        assert "Secret plan" not in client.get("/staff/views/list/").html
        client.get(f"/staff/views/show/{key}", expect=404)
        client.get(f"/staff/views/open/{key}", expect=404)


def test_a_team_s_view_is_found_by_the_staff_of_its_program_and_by_no_other(
    filled, officer, world, sign_in, client, acting
):
    acting(officer)
    key = views.keep(officer.id, "letters", "For us all", DUE, world.program().id)
    sign_in(world.staff("auditor"))
    assert tab(client.get("/staff/letters/list/"), "For us all")
    assert "For us all" in client.get("/staff/views/list/").html
    sign_in(world.staff("supervisor", world.other_program()))
    assert "For us all" not in client.get("/staff/letters/list/").html
    assert "For us all" not in client.get("/staff/views/list/").html
    client.get(f"/staff/views/open/{key}", expect=404)


def test_a_view_opens_no_row_that_its_reader_may_not_see(
    filled, officer, world, sign_in, client, acting
):
    acting(officer)
    content = Content(chosen={"_flt_0_program": str(filled.program.id)})
    away = world.other_program()
    both = world.staff("program_officer", away)
    acting(both)
    views.keep(both.id, "letters", "Theirs", content, away.id)
    sign_in(both)
    page = client.get("/staff/letters/list/")
    there = client.get(tab(page, "Theirs 0"))
    assert "Zibeline" not in there.html


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_changes_things_arranges_the_team_s_lists_and_an_auditor_does_not(
    kind, world, acting
):
    person = world.staff(kind)
    acting(person)
    if kind == "auditor":
        with pytest.raises(Refused):
            views.keep(person.id, "letters", "Ours", DUE, world.program().id)
        assert views.keep(person.id, "letters", "Mine", DUE, None)
    else:
        assert views.keep(person.id, "letters", "Ours", DUE, world.program().id)


def test_a_team_s_view_is_changed_and_removed_by_a_colleague_and_by_nobody_elsewhere(
    world, officer, acting
):
    acting(officer)
    key = views.keep(officer.id, "letters", "Ours", DUE, world.program().id)
    stranger = world.staff("supervisor", world.other_program())
    acting(stranger)
    with pytest.raises(NotFound):
        views.change(stranger.id, key, "Ours no more", DUE)
    with pytest.raises(NotFound):
        views.remove(stranger.id, key)
    auditor = world.staff("auditor")
    acting(auditor)
    with pytest.raises(Refused):
        views.remove(auditor.id, key)
    colleague = world.staff("technical_support")
    acting(colleague)
    views.change(colleague.id, key, "Ours still", DUE)
    views.remove(colleague.id, key)
    assert world.db.get(SavedView, key) is None


def test_who_leaves_the_program_leaves_its_views_there(world, officer, acting):
    acting(officer)
    key = views.keep(officer.id, "letters", "Ours", DUE, world.program().id)
    world.db.execute(text("UPDATE staff_assignment SET ends_at = guichet_now()"))
    world.db.commit()
    with pytest.raises(NotFound):
        views.remove(officer.id, key)
    colleague = world.staff("program_officer")
    acting(colleague)
    views.remove(colleague.id, key)


def test_a_list_that_the_reader_does_not_have_has_no_views_either(world, sign_in, client):
    sign_in(world.staff("technical_support"))
    client.get("/staff/views/keep/trail", expect=404)
    client.get("/staff/views/columns/trail", expect=404)
    client.get("/staff/views/columns/no-such-list", expect=404)


# ── what it may be ──────────────────────────────────────────────────────────────────────


def test_two_views_of_a_list_have_two_names_whatever_their_accents(world, officer, acting):
    acting(officer)
    views.keep(officer.id, "letters", "Été", DUE, None)
    with pytest.raises(Invalid, match="name: taken"):
        views.keep(officer.id, "letters", "  ETE ", DUE, None)
    views.keep(officer.id, "registrations", "Été", DUE, None)
    views.keep(officer.id, "letters", "Été", DUE, world.program().id)


def test_one_list_has_at_most_a_dozen_views_of_one_owner(world, officer, acting):
    acting(officer)
    for number in range(rules.MOST_VIEWS):
        views.keep(officer.id, "letters", f"View {number}", DUE, None)
    with pytest.raises(Conflict, match="too_many_views"):
        views.keep(officer.id, "letters", "One more", DUE, None)


def test_what_stands_against_a_view_is_told_at_its_form(filled, officer, sign_in, client):
    sign_in(officer)
    page = keep(client, "_flt_0_state=due", 200, name=" ", whose="own")
    assert "Enter a name for the view." in page.main
    page = keep(client, "_flt_0_state=due", 200, name="x" * 41, whose="own")
    assert "Enter at most 40 characters." in page.main
    keep(client, "", name="Taken", whose="own")
    page = keep(client, "", 200, name="taken", whose="own")
    assert "Another view of this list has this name." in page.main


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ([], ["a"]),
        (["c", "b"], ["a", "b", "c"]),
        (["a"], ["a"]),
    ],
)
def test_columns_stand_in_the_screen_s_order_after_the_one_that_names_the_row(chosen, found):
    assert rules.columns_of(chosen, ["a", "b", "c"]) == found


def test_no_column_is_shown_that_the_screen_does_not_have():
    with pytest.raises(Invalid, match="columns: unknown"):
        rules.columns_of(["password"], ["a", "b"])
    assert rules.shown(["gone", "b"], ["a", "b"], ["a"]) == ["a", "b"]
    assert rules.shown(["gone"], ["a", "b"], ["a"]) == ["a"]
    assert rules.shown(None, ["a", "b"], ["a"]) == ["a"]


def test_more_columns_than_fit_are_refused():
    possible = [str(number) for number in range(20)]
    assert len(rules.columns_of(possible[: rules.MOST_COLUMNS], possible)) == rules.MOST_COLUMNS
    with pytest.raises(Invalid, match="columns: many"):
        rules.columns_of(possible[: rules.MOST_COLUMNS + 1], possible)


def test_every_column_that_may_be_chosen_can_be_shown(
    demonstration, somebody, app, sign_in, client
):
    """Each screen, with each of its columns, for the one who sees all screens."""
    with app.app_context():
        lists = [(name_of(one), one.route_base, possible(one)) for one in all_lists()]
    sign_in(somebody("c.beaulieu"))
    for name, address, columns in lists:
        for start in range(1, len(columns), rules.MOST_COLUMNS - 1):
            some = columns[start : start + rules.MOST_COLUMNS - 1]
            client.post_form(f"/staff/views/columns/{name}", {"columns": some}, lang="fr")
            client.get(f"{address}/list/", lang="fr")
    assert len(lists) > 15


# ── the database and the trail ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "columns",
    [
        "name = NULL",
        "name = NULL, name_folded = NULL",
        "filters = '[]'",
        "order_column = 'state'",
        "order_column = 'state', order_direction = 'up'",
        "columns = '{}'",
    ],
)
def test_the_database_refuses_a_view_that_is_none(world, officer, acting, columns):
    acting(officer)
    views.keep(officer.id, "letters", "Mine", DUE, None)
    with pytest.raises(IntegrityError):
        world.db.execute(text(f"UPDATE saved_view SET {columns}"))
    world.db.rollback()


def test_the_trail_tells_of_a_view_and_keeps_what_was_typed_erasable(world, officer, acting, trail):
    acting(officer)
    content = Content(typed={"_flt_0_number": "L-2026"}, chosen={"_flt_0_state": "due"})
    key = views.keep(officer.id, "letters", "Tremblay", content, world.program().id)
    views.remove(officer.id, key)
    (kept,), (removed,) = trail("view.kept"), trail("view.removed")
    assert kept.program_id == removed.program_id == world.program().id
    assert kept.target_id == str(key)
    assert kept.actor_id == officer.id
    assert "Tremblay" not in str(kept.changes)
    assert "L-2026" not in str(kept.changes)
    assert "due" in str(kept.changes)


def test_of_views_kept_at_the_same_instant_no_more_stay_than_may_be(world, officer, acting):
    acting(officer)
    for number in range(rules.MOST_VIEWS - 1):
        views.keep(officer.id, "letters", f"View {number}", DUE, None)

    def keep_one(name):
        return lambda: views.keep(officer.id, "letters", name, DUE, None)

    results = race(*(keep_one(f"Last {number}") for number in range(4)))
    assert len(winners(results)) == 1
    assert [one.reason for one in losers(results)] == ["too_many_views"] * 3
