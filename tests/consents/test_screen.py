"""The staff's screen says which consents have effect today, also in a file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from app.base.days import local_day


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_staff_read_which_consents_have_effect_today(
    filed, owner, world, client, sign_in, in_force, monkeypatch, lang
):
    gone, ended, coming, kept, dropped, *_others = filed.partners
    filed.choose(owner, gone, ended, coming, kept, dropped)
    filed.choose(owner, gone, ended, coming, kept)
    day = local_day(world.now(), filed.program.zone)
    in_force(
        filed,
        partners={
            gone: None,
            ended: {"ends": day},
            coming: {"begins": day + timedelta(days=1)},
        },
    )
    monkeypatch.setattr("app.consents.admin.definition_here", lambda _key: filed.program)
    sign_in(world.staff("supervisor"))
    page = client.get("/staff/consents/list/", lang=lang)
    words = {
        "en": {"In effect": 1, "Not in effect yet": 1, "No longer in effect": 2},
        "fr": {"Plus en vigueur": 2, "Pas encore en vigueur": 1},
    }[lang]
    for text, how_often in words.items():
        assert page.main.count(text) == how_often, text
    file = page.submit({}, action="/staff/consents/export/csv", expect=200)
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    told = {"en": "No longer in effect", "fr": "Plus en vigueur"}[lang]
    assert sum(told in row for row in rows) == 2
