"""One profile a line of business, one a division: adding, naming, copying, removing them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.cases.models import CasePart
from app.cases.rules import parts
from app.cases.service import answering, parting
from app.cases.service.common import Place
from tests.support.race import race


@pytest.fixture
def lines(filing):
    return Place(filing.type, filing.repeated("lines").code)


@pytest.fixture
def names(filing):
    return Place(filing.type, filing.repeated("name").code)


def at(place, key):
    return Place(place.case_type, place.section, key)


def a_line(filing):
    return parts.lines_left(filing.program, "CA", ())[0]


def test_a_line_of_business_is_added_once(filing, owner, lines):
    line = a_line(filing)
    parting.add_line(owner.id, filing.account.id, at(lines, line))
    (part,) = filing.folder(owner).parts[lines.section]
    assert (part.key, part.label) == (line, None)
    assert part.known[filing.repeated("lines").repeated.question] == line
    with pytest.raises(Conflict, match="there_already"):
        parting.add_line(owner.id, filing.account.id, at(lines, line))


@pytest.mark.parametrize(("key", "word"), [("", "empty"), ("elsewhere", "unknown")])
def test_a_line_that_the_program_does_not_have_is_not_added(filing, owner, lines, key, word):
    with pytest.raises(Invalid) as told:
        parting.add_line(owner.id, filing.account.id, at(lines, key))
    assert told.value.errors == {"line": word}


def test_two_people_who_add_one_line_at_once_add_it_once(filing, owner, lines, world):
    proxy = world.person_of(world.member(filing.account, 1))
    there = at(lines, a_line(filing))
    done = race(
        lambda: parting.add_line(owner.id, filing.account.id, there),
        lambda: parting.add_line(proxy.id, filing.account.id, there),
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "int"]


def test_a_line_takes_no_name_and_a_name_no_line(filing, owner, lines, names):
    with pytest.raises(NotFound):
        parting.add_named(owner.id, filing.account.id, lines, "Quay 12")
    with pytest.raises(NotFound):
        parting.add_line(owner.id, filing.account.id, at(names, a_line(filing)))
    with pytest.raises(NotFound):
        parting.add_line(owner.id, filing.account.id, at(filing.place, a_line(filing)))
    parting.add_line(owner.id, filing.account.id, at(lines, a_line(filing)))
    with pytest.raises(NotFound):
        parting.rename(owner.id, filing.account.id, at(lines, a_line(filing)), "Quay 12")


def test_a_division_begins_as_a_copy_and_then_stands_alone(filing, owner, names):
    place, topic, text = filing.named(owner, "Quay 12")
    other = next(
        one.code
        for one in filing.repeated("name").topics.values()
        if one.may_not_apply and not one.shown_when and one.code != topic
    )
    filing.save(owner, {text: "first"}, place=place, topic=topic)
    answering.set_aside(owner.id, filing.account.id, place, other, "None.")
    source = filing.folder(owner).part(place.section, place.key).row.id
    copy, _topic, _text = filing.named(owner, "Quay 13", copied_from=source)
    part = filing.folder(owner).part(copy.section, copy.key)
    assert (part.answers, part.aside) == ({text: "first"}, {other: "None."})
    assert part.row.copied_from_id == source
    filing.save(owner, {text: "second"}, part_shown(part, text), place=copy, topic=topic)
    assert filing.folder(owner).part(place.section, place.key).answers == {text: "first"}


def part_shown(part, text):
    from app.cases.rules.saving import fingerprint

    return {text: fingerprint(part.answers[text])}


def test_only_a_part_of_the_same_section_that_is_there_is_copied(filing, owner, names, lines):
    parting.add_line(owner.id, filing.account.id, at(lines, a_line(filing)))
    (line,) = filing.folder(owner).parts[lines.section]
    with pytest.raises(Conflict, match="not_copied"):
        parting.add_named(owner.id, filing.account.id, names, "Quay 12", line.row.id)
    with pytest.raises(Conflict, match="not_copied"):
        parting.add_named(owner.id, filing.account.id, names, "Quay 12", 987_654)


def test_two_names_that_read_alike_are_one(filing, owner, names):
    place, _topic, _text = filing.named(owner, "Québec-Est")
    with pytest.raises(Invalid) as told:
        parting.add_named(owner.id, filing.account.id, names, "QUEBEC EST")
    assert told.value.errors == {"label": "taken"}
    assert parting.rename(owner.id, filing.account.id, place, "Quebec – Est") == "quebec est"
    assert parting.rename(owner.id, filing.account.id, place, "Lévis") == "levis"
    assert len(filing.told("case_part.renamed")) == 2
    with pytest.raises(NotFound):
        parting.rename(owner.id, filing.account.id, place, "Lévis")


def test_the_same_name_again_is_not_told(filing, owner):
    place, _topic, _text = filing.named(owner, "Lévis")
    parting.rename(owner.id, filing.account.id, place, "Lévis")
    assert filing.told("case_part.renamed") == []


def test_there_is_an_end_to_the_divisions(filing, owner, names, monkeypatch):
    monkeypatch.setattr(parts, "MOST", 1)
    filing.named(owner, "Quay 12")
    with pytest.raises(Conflict, match="too_many_parts"):
        parting.add_named(owner.id, filing.account.id, names, "Quay 13")


def test_what_is_removed_is_kept_and_its_name_is_free_again(filing, owner, world):
    place, topic, text = filing.named(owner, "Quay 12")
    filing.save(owner, {text: "x"}, place=place, topic=topic)
    parting.remove(owner.id, filing.account.id, place)
    assert filing.folder(owner).parts[place.section] == ()
    row = world.db.scalars(select(CasePart).where(CasePart.section == place.section)).one()
    assert (row.removed_by, row.removed_at is not None) == (owner.id, True)
    assert filing.answer(text) == "x"
    again, _topic, _text = filing.named(owner, "Quay 12")
    assert filing.folder(owner).part(again.section, again.key).answers == {}


def test_a_section_that_is_not_repeated_cannot_be_removed(filing, owner):
    filing.save(owner, {filing.text: "x"})
    with pytest.raises(NotFound):
        parting.remove(owner.id, filing.account.id, filing.place)


def test_only_those_who_may_edit_the_section_change_its_parts(filing, owner, names, world):
    place, _topic, _text = filing.named(owner, "Quay 12")
    role = next(code for code in filing.program.roles if code not in filing.editors)
    person = world.person_of(world.member(filing.account, role))
    for deed in (
        lambda: parting.add_named(person.id, filing.account.id, names, "Quay 13"),
        lambda: parting.rename(person.id, filing.account.id, place, "Quay 13"),
        lambda: parting.remove(person.id, filing.account.id, place),
    ):
        with pytest.raises(Refused):
            deed()


def test_an_account_has_a_profile_for_each_line_it_registered_with(filing, owner, world):
    """`open_with_account` is called in the deed that activates the account."""
    from app.base.db import deed
    from app.cases.service.opening import open_with_account
    from app.parties.models import Account

    line = a_line(filing)

    @deed
    def activate(db):
        account = db.get_one(Account, filing.account.id)
        open_with_account(db, owner.id, account, [line, "gone"])

    activate()
    folder = filing.folder(owner)
    assert [part.key for part in folder.parts[filing.repeated("lines").code]] == [line]
    assert folder.case.opened_by is None
    (told,) = filing.told("case.opened")
    assert told.account_id == filing.account.id
