"""Addresses that nobody would type: a list stays a list, and tells nothing it hides."""

from __future__ import annotations

from itertools import cycle

import pytest

from tests.staff.conftest import screens

HOSTILE = (
    "psize_{view}=abc", "psize_{view}=-1", "psize_{view}=99999999", "psize_{view}=0",
    "page_{view}=-5", "page_{view}=abc", "page_{view}=999999999999999999999",
    "_oc_{view}=password&_od_{view}=asc", "_oc_{view}=__class__&_od_{view}=asc",
    "_oc_{view}=id;drop&_od_{view}=desc", "_oc_{view}=&_od_{view}=", "_od_{view}=sideways",
    "_flt_0_password=x", "_flt_99_state=x", "_flt_x_state=y", "_flt_0_=1", "_flt_0_id=1",
    "_flt_0_state='; DROP TABLE letter; --", "_flt_0_program=abc", "_flt_0_program=-1",
    "_flt_0_program=99999999999999999999999", "_flt_0_person_id=1e9", "_flt_0_made_at=2026-13-45",
    "_flt_0_due_at=0000-00-00", "_flt_1_due_at=9999-12-31", "_flt_0_search=%26%7C!()%3A*",
    "_flt_0_legal_name=%25_%5C", "_flt_0_party.search=%00", "next=//evil.example",
)  # fmt: skip


@pytest.mark.parametrize("name", ["LetterView", "MembershipView", "RegistryView", "EntryView"])
def test_a_hostile_address_gets_a_list(name, filled, world, sign_in, client):
    sign_in(world.staff("supervisor"))
    (view,) = (one for one in screens() if one.__name__ == name)
    for query in HOSTILE:
        client.get(f"{view.route_base}/list/?{query.format(view=name)}")


def test_the_size_of_a_page_is_one_of_three(world, sign_in, client):
    for number in range(30):
        world.registry_entry(f"Entry {number:02}")
    sign_in(world.staff("supervisor"))
    for size, shown in (("20000", 25), ("50", 30), ("abc", 25)):
        page = client.get(f"/staff/registry/list/?psize_RegistryView={size}")
        assert f"Results 1 to {shown} of 30" in page.main


def test_a_key_that_is_none_is_not_found(world, sign_in, client):
    sign_in(world.staff("supervisor"))
    for view in screens():
        for key in ("0", "-1", "abc", "9" * 20, "1'", "%00", "1.5"):
            client.get(f"{view.route_base}/show/{key}", expect=404)


def test_rows_can_be_sorted_by_every_column_that_says_so(demonstration, somebody, sign_in, client):
    sign_in(somebody("c.beaulieu"))
    directions = cycle(("asc", "desc"))
    for view in screens():
        for column in view.order_columns:
            direction = next(directions)
            name = view.__name__
            client.get(f"{view.route_base}/list/?_oc_{name}={column}&_od_{name}={direction}")


def test_every_filter_of_every_screen_can_be_typed(demonstration, somebody, sign_in, client):
    sign_in(somebody("c.beaulieu"))
    values = cycle(("1", "2026-01-01", "é’&"))
    for view in screens():
        page = client.get(f"{view.route_base}/list/")
        names = [e.get("name") for e in page.page.all("input", "select")]
        for name in sorted({one for one in names if one and one.startswith("_flt_")}):
            value = next(values)
            client.get(f"{view.route_base}/list/", query_string={name: value})
        # Every one of them at once, each time with another value for each.
        for value in ("1", "2026-01-01", "é’&"):
            filled = {one: value for one in names if one and one.startswith("_flt_")}
            client.get(f"{view.route_base}/list/", query_string=filled)
