"""What no text may hold is told at its field, in whichever form; a fault's text tells no values."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.base.limiting import LimitEvent, Window, spend
from app.base.text import showable
from app.parties.models import Person

SENTENCE = "Characters that cannot be shown were removed."


@pytest.mark.parametrize(
    "name",
    [
        "Ann\x00",
        "Ann\r\nBcc: x@evil.example",
        "Ann\nRoy",
        "Ann\u2028Roy",
        "\u202eyoR nnA",
        "A\x1b[1m",
    ],
)
def test_a_name_that_cannot_be_shown_is_told_at_its_field(name, world, sign_in, client):
    person = world.person("Ann", "Roy")
    sign_in(person)
    answer = client.get("/me").submit({"given_name": name}, "given_name", expect=200)
    assert any(SENTENCE in line for line in answer.errors)
    assert world.fresh(person).given_name == "Ann"


def test_the_sentence_is_french_in_french(world, sign_in, client):
    sign_in(world.person(language="fr"))
    answer = client.get("/me", lang="fr").submit({"family_name": "\x00"}, "family_name", expect=200)
    assert any("caractères qui ne peuvent pas être affichés" in line for line in answer.errors)


def test_an_unknown_username_with_nul_is_told_like_a_known_one(world, client):
    known = world.sign_in_name(world.person())
    told = [
        client.post_form("/sign-in", {"sign_in_name": name, "password": "x"}, expect=200).errors
        for name in (f"{known}\x00", "nobody-has-it\x00")
    ]
    assert told[0] == told[1] != []


@pytest.mark.parametrize("plain", ["Zoé O’Neill-Roy", "北海道", "Ma\u0308rz", "a\tb", "👩‍🔧 Ann"])
def test_what_people_write_passes(plain):
    assert showable(plain) == plain


def test_several_lines_are_for_text_areas_alone():
    assert showable("one\r\ntwo") == "onetwo"
    assert showable("one\r\ntwo", lines=True) == "one\r\ntwo"
    assert showable("one\x00two", lines=True) == "onetwo"


def test_a_limit_counts_a_name_however_long(engine, db):
    long = "".join(f"{number:x}" for number in range(5_000))
    for name in (long, f"{long}x", "a\x00b"):
        spend("password", name, [Window(1, _day())])
        with pytest.raises(Exception, match="password"):
            spend("password", name, [Window(1, _day())])
    assert len(set(db.scalars(select(LimitEvent.subject)))) == 3


def _day():
    from datetime import timedelta

    return timedelta(days=1)


def test_a_fault_of_the_database_tells_no_values(engine, world, caplog):
    person = world.person(email="secret.address@mail.example")
    with pytest.raises(DBAPIError) as problem, engine.begin() as connection:
        connection.execute(
            text("SELECT 1 / 0 FROM person WHERE email = :email"), {"email": person.email}
        )
    with caplog.at_level(logging.ERROR):
        logging.getLogger("guichet.errors").error("fault", exc_info=problem.value)
    assert "secret.address" not in caplog.text + str(problem.value)
    assert world.fresh(person).id == world.db.scalar(select(Person.id))
