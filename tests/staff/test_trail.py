"""The trail on the screens of staff: in words, by name, and the same in a file."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.audit.events import Event
from app.audit.models import Entry
from app.audit.reasons import TYPED
from app.audit.service import record
from app.base.db import deed
from app.web.staff.trail import AS_WRITTEN, lines_of
from app.web.staff.trail_names import Names

LANGUAGES = ("en", "fr")
CODE = re.compile(r"[a-z]+([_.][a-z]+)*|\{.*|\[.*")
"""What the trail keeps in place of words: a code, or JSON."""


@deed
def _write(db, event, **told):
    record(db, event, **told)


@pytest.fixture
def auditor(world, sign_in):
    person = world.staff("auditor")
    sign_in(person)
    return person


@pytest.fixture
def suspended(world, acting):
    """A user of an account, suspended by its owner: one entry that names both."""
    account = world.account(business=world.business("Érablière du Nord Ltée"))
    row = world.member(account, 2, world.person("Zoé", "Ouellet"))
    owner = world.owner(account)
    _write(
        Event.MEMBERSHIP_SUSPENDED,
        actor=owner.id,
        target=row,
        role=world.roles()[0].code,
        changes={
            "person_id": row.person_id,
            "role": row.role_code,
            "status": ("active", "suspended"),
        },
    )
    return account, row, owner


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_entry_of_the_demonstration_shows_a_code_or_the_number_of_a_person(
    app, demonstration, world, lang
):
    """Everything the demonstration writes, read as the trail's page reads it."""
    entries = world.db.scalars(select(Entry)).all()
    assert len(entries) > 50
    with app.test_request_context(f"/{lang}/"), force_locale(lang):
        names = Names()
        names.learn(entries)
        for entry in entries:
            for line in lines_of(entry, names):
                assert line.label != line.name, line.name
                if line.name in AS_WRITTEN or (line.name == "reason" and entry.event in TYPED):
                    continue
                for words in (line.before, line.after):
                    assert not (words and CODE.fullmatch(words)), f"{entry.event} {line}"
                    if words and line.name.endswith(("person_id", "owner_id", "party_id")):
                        assert not words.isdigit(), f"{entry.event} {line}"


def _entry_page(client, world, event, lang):
    world.db.rollback()
    seq = world.db.scalars(select(Entry.seq).where(Entry.event == event)).one()
    return client.get(f"/staff/trail/show/{seq}", lang=lang).main


def test_an_entry_is_read_in_the_readers_language(world, suspended, auditor, client):
    _account, row, owner = suspended
    role = world.roles()[2]
    french = _entry_page(client, world, "membership.suspended", "fr")
    for words in (owner.full_name, "Zoé Ouellet", role.label_fr, "Actif", "Suspendu"):
        assert words in french
    assert role.code not in french
    assert "suspended" not in french
    english = _entry_page(client, world, "membership.suspended", "en")
    for words in (role.label_en, "Active", "Suspended", "Érablière du Nord Ltée"):
        assert words in english
    assert str(row.person_id) not in re.findall(r"Person (\d+)", english)


def test_what_was_refused_is_named(world, suspended, auditor, client):
    account, _row, owner = suspended
    _write(
        Event.DEED_REFUSED,
        actor=owner.id,
        target=account,
        changes={"action": "users.modify", "reason": "role_not_given"},
        outcome="refused",
    )
    french = _entry_page(client, world, "deed.refused", "fr")
    assert "Le rôle ne permet pas d’accorder celui-ci" in french
    assert "users.modify" not in french
    assert "Modifier les coordonnées ou le rôle d’un utilisateur" in french


def test_a_page_refused_before_any_action_was_asked_is_named_by_its_screen(world, auditor, client):
    _write(
        Event.DEED_REFUSED,
        actor=auditor.id,
        target=world.program(),
        changes={"action": "LetterView.list", "reason": "no_such_permission"},
        outcome="refused",
    )
    page = _entry_page(client, world, "deed.refused", "fr")
    assert "LetterView" not in page
    assert "Lettres" in page


def test_an_export_is_told_with_the_words_of_the_lists_filters(world, auditor, client):
    token = client.token("/staff/letters/list/")
    client.post(
        "/staff/letters/export/csv?_flt_0_state=due", {"csrf_token": token}, lang="fr", expect=200
    )
    page = _entry_page(client, world, "screen.exported", "fr")
    assert "_flt_0" not in page
    assert "À envoyer" in page


# ── searching ───────────────────────────────────────────────────────────────────────────


def _events(answer):
    """The rows of a list, by what happened."""
    rows = list(answer.page.all("tr"))[1:]
    return [" ".join(" ".join(row.itertext()).split()) for row in rows]


@pytest.mark.parametrize("typed", ["ouellet-roy", "OUELLET zoe", "zoé"])
def test_the_trail_is_searched_by_who_did_it(world, auditor, client, typed):
    zoe, other = world.person("Zoé", "Ouellet-Roy"), world.person("Owen", "Côté")
    for person in (zoe, other):
        _write(Event.TERMS_ACCEPTED, actor=person.id, target=world.account(person))
    found = _events(client.get(f"/staff/trail/list/?_flt_0_actor.search={typed}"))
    assert len(found) == 1
    assert zoe.full_name in found[0]


def test_the_trail_is_searched_by_business(world, suspended, auditor, client):
    _write(
        Event.ACCOUNT_CLOSED,
        target=world.account(business=world.business("Boreal Lines Inc.")),
        changes={"state": ("authorised", "closed")},
    )
    path = "/staff/trail/list/?_flt_0_account.party.search=erabliere+nord"
    found = _events(client.get(path))
    assert len(found) == 1
    assert "Érablière du Nord Ltée" in found[0]


def test_the_filters_by_name_are_there_to_be_filled_in(auditor, client):
    fields = client.get("/staff/trail/list/").page.all("input")
    names = {field.get("name") for field in fields}
    assert {"_flt_0_actor.search", "_flt_0_account.party.search"} <= names


def test_a_persons_page_leads_to_what_concerns_them_and_to_nothing_else(world, sign_in, client):
    support = world.staff("supervisor")
    sign_in(support)
    account = world.account()
    person = world.owner(account)
    for number in (person.id, int(f"{person.id}1")):
        _write(
            Event.PERSON_UNLOCKED,
            actor=support.id,
            target=_target(number, world.program().id),
            changes={"reason": "at the counter"},
        )
    _write(Event.TERMS_ACCEPTED, actor=person.id, target=account)
    page = client.get(f"/staff/persons/show/{person.id}")
    links = {text: url for text, url in page.links().items() if text.startswith("Trail of")}
    assert set(links) == {"Trail of what this person did", "Trail of what concerns this person"}
    concerned = _events(client.get(related_of(links, "concerns")))
    assert len(concerned) == 1
    assert "Person unlocked" in concerned[0]
    did = _events(client.get(related_of(links, "did")))
    assert len(did) == 1
    assert "Terms accepted" in did[0]


def related_of(links, word):
    return next(url for text, url in links.items() if word in text).removeprefix("/en")


def _target(number, program_id):
    from app.audit.targets import Target

    return Target("person", str(number), None, program_id)


# ── as a file ───────────────────────────────────────────────────────────────────────────


def test_a_file_of_the_trail_names_people_and_businesses(world, suspended, auditor, client):
    _account, _row, owner = suspended
    token = client.token("/staff/trail/list/")
    where = "/staff/trail/export/csv?_flt_0_event=membership.suspended"
    answer = client.post(where, {"csrf_token": token}, lang="fr", expect=200)
    _head, line = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert owner.full_name in line
    assert "Érablière du Nord Ltée" in line
    assert str(owner.id) not in line


def test_the_names_of_a_file_are_read_in_batches(
    world, suspended, auditor, client, monkeypatch, statements
):
    account, _row, _owner = suspended
    people = world.people(11)
    for person in people:
        _write(Event.MEMBERSHIP_ACCEPTED, actor=person.id, target=account)
    monkeypatch.setattr("app.audit.admin.AT_ONCE", 4)
    token = client.token("/staff/trail/list/")
    where = "/staff/trail/export/csv?_flt_0_event=membership.accepted"
    with statements() as asked:
        answer = client.post(where, {"csrf_token": token}, expect=200)
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[1:]
    assert sorted(line[2] for line in lines) == sorted(person.full_name for person in people)
    assert sum("FROM party" in one and "entry" not in one for one in asked) == 3, "4, 4 and 3"
