"""The demonstration: somebody for every role, something in every state, put in once."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.authority.models import Membership, OwnershipTransfer, StaffAssignment
from app.authority.staff import STAFF_ROLES
from app.base.db import User
from app.base.identifiers import parse_bn, parse_client_number, parse_urn
from app.cases.models import CaseMove, Submission
from app.cases.rules import moves
from app.correspondence.models import Announcement, Notice
from app.enrolment.models import ActivationCode, Letter, Registration
from app.enrolment.rules.states import CodeState, LetterState, OfficerReason, State
from app.ops import demo
from app.ops.demo import people
from app.ops.demo.stage import line_codes, program_shown, registry_rows
from app.parties.models import Account, ClientNumber, Party, Person, RegistryEntry
from app.programs import library
from app.programs.library import definitions
from app.programs.rules.identifiers import identifier_for, stored_form
from config import ConfigError
from tests.support.definitions import transferring
from tests.support.second import FILE as SECOND

PASSWORD = "grand-duc-4417"


@pytest.fixture
def values(settings):
    return settings.model_copy(update={"demo_password": PASSWORD, "env": "development"})


def _states(world, column):
    return set(world.db.scalars(select(column).distinct()))


def test_it_is_put_in_once(app, values, world):
    with app.app_context():
        assert demo.load(values)
        before = world.db.scalar(select(func.count()).select_from(Party))
        assert not demo.load(values)
    world.db.rollback()
    assert world.db.scalar(select(func.count()).select_from(Party)) == before


def test_it_is_put_in_whole_or_not_at_all(app, values, world, monkeypatch):
    def fail(_stage):
        raise RuntimeError("the lights go out")

    monkeypatch.setattr(demo, "announce", fail)
    with app.app_context(), pytest.raises(RuntimeError):
        demo.load(values)
    assert world.db.scalar(select(func.count()).select_from(Person)) == 0
    monkeypatch.undo()
    with app.app_context():
        assert demo.load(values)


@pytest.mark.parametrize("wrong", [{"env": "production"}, {"demo_password": None}])
def test_it_is_refused_where_real_people_may_be(app, values, wrong):
    with app.app_context(), pytest.raises(ConfigError, match="DEMO_PASSWORD"):
        demo.load(values.model_copy(update=wrong))


def test_somebody_is_there_for_every_role_and_every_kind_of_staff(demonstration, world):
    listed = demo.accounts()
    roles = transferring().roles.values()
    assert [(english, french) for _, english, french in listed[: len(roles)]] == [
        (role.label.en, role.label.fr) for role in roles
    ]
    names = {name for name, _, _ in listed}
    for who in (people.CONSULTANT, people.NEWCOMER, people.WAITING):
        assert who.sign_in_name in names
    assert {people.STAFF[kind].sign_in_name for kind in STAFF_ROLES} <= names
    held = set(world.db.scalars(select(StaffAssignment.staff_role)))
    assert held == set(STAFF_ROLES)
    for name in names:
        assert world.db.scalar(select(User.id).where(User.username == name)) is not None


def test_it_is_of_the_program_that_knows_its_businesses_whatever_stands_beside_it(
    tmp_path, monkeypatch
):
    shipped = transferring()
    for path in (*library.DEFINITIONS.glob("*.yaml"), SECOND):
        shutil.copy(path, tmp_path / path.name)
    monkeypatch.setattr(library, "DEFINITIONS", tmp_path)
    assert {one.code for one in definitions()} > {shipped.code}
    assert program_shown().code == shipped.code
    assert demo.accounts()[0][1] == next(iter(shipped.roles.values())).label.en


def test_each_is_named_in_both_languages():
    for name, english, french in demo.accounts():
        assert english, name
        assert french, name
    staff = demo.accounts()[-len(STAFF_ROLES) :]
    assert all(english != french for _, english, french in staff)


def test_each_role_is_held_as_the_list_says(demonstration, world):
    for name, _, _ in demo.accounts()[: len(world.roles())]:
        place = [one for one, _, _ in demo.accounts()].index(name)
        found = world.db.scalars(
            select(Membership.role_code)
            .join(Person, Person.id == Membership.person_id)
            .join(User, User.id == Person.user_id)
            .where(User.username == name, Membership.status == "active")
        ).all()
        assert world.roles()[place].code in found


def test_the_newcomer_has_no_business_and_the_consultant_several(demonstration, world):
    counts = {}
    for who in (people.NEWCOMER, people.CONSULTANT):
        counts[who.sign_in_name] = world.db.scalar(
            select(func.count(Membership.id))
            .join(Person, Person.id == Membership.person_id)
            .join(User, User.id == Person.user_id)
            .where(User.username == who.sign_in_name, Membership.status == "active")
        )
    assert counts[people.NEWCOMER.sign_in_name] == 0
    assert counts[people.CONSULTANT.sign_in_name] >= 4


def test_something_is_there_in_every_state(demonstration, world):
    # The program of the demonstration mails codes, and asks for no facts.
    assert transferring().enrolment.shared_facts is None
    assert _states(world, Registration.state) == set(State) - {State.PROVED}
    reasons = set(OfficerReason) - {OfficerReason.NO_FACTS}
    assert _states(world, Registration.officer_reason) - {None} == reasons
    assert _states(world, Letter.state) == {state.value for state in LetterState}
    assert _states(world, ActivationCode.state) == {state.value for state in CodeState}
    every = {"offered", "waiting", "active", "suspended", "ended"}
    assert _states(world, Membership.status) == every
    assert "offered" in _states(world, OwnershipTransfer.state)
    assert len(_states(world, Account.standing_code)) >= 4
    assert _states(world, Person.state) >= {"active", "disabled"}
    assert world.db.scalar(select(func.count(Announcement.id))) >= 3
    assert world.db.scalar(select(func.count(Notice.id))) >= 5


def test_every_number_is_a_right_one(demonstration, world):
    one = transferring()
    for row in registry_rows():
        base = next(iter(one.bases)) if row["base"] == "CA" else list(one.bases)[1]
        if row["bn"]:
            assert parse_bn(row["bn"]) == row["bn"], row["legal_name"]
        if row["carrier_code"]:
            asked = identifier_for(one, base, line_codes(one, row["lines"]))
            field = next(iter(asked.fields.values()))
            assert stored_form(field, row["carrier_code"]) == row["carrier_code"]
    for urn in world.db.scalars(select(Person.urn)):
        assert parse_urn(urn) == urn
    for number in world.db.scalars(select(ClientNumber.number)):
        assert parse_client_number(number) == number


def test_the_registry_is_in_both_languages_and_both_countries(demonstration, world):
    assert world.db.scalar(select(func.count(RegistryEntry.id))) >= 40
    assert _states(world, RegistryEntry.language) == {"en", "fr"}
    assert _states(world, RegistryEntry.base) == {"CA", "US"}
    lines = {code for row in world.db.scalars(select(RegistryEntry)) for code in row.lines}
    assert lines == set(transferring().lines)


def test_the_trail_tells_of_it_and_every_actor_exists(demonstration, world):
    entries = world.db.scalars(select(Entry)).all()
    events = {entry.event for entry in entries}
    assert {"assignment.given", "account.activated", "announcement.written"} <= events
    actors = {entry.actor_id for entry in entries} - {None}
    assert actors <= set(world.db.scalars(select(Person.id)))


def test_anybody_of_it_signs_in_with_the_one_password(demonstration, world, mailbox, client):
    owner = demo.accounts()[0][0]
    client.post_form(
        "/sign-in", {"sign_in_name": owner, "password": PASSWORD}, expect=303, to="/sign-in/code"
    )


def test_one_application_is_in_review_and_one_was_sent_back_with_its_reason(app, values, world):
    with app.app_context():
        assert demo.load(values)
    made = world.db.scalars(select(CaseMove).order_by(CaseMove.ordinal))
    found = list({one.case_id: one for one in made}.values())  # the last of each case
    kind = next(iter(transferring().cases.values()))
    assert sorted(moves.waits_for_staff(kind, one.to_state) for one in found) == [False, True]
    assert [one.reason is not None for one in found if one.reason] == [True]
    numbers = world.db.scalars(select(Submission.number)).all()
    assert len(numbers) == len(set(numbers)) == 2
