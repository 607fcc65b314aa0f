"""Giving and withdrawing: who, when, what is kept of it, and two at the same instant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app.audit.events import Event
from app.base.days import local_day
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded
from app.consents.models import GivenConsent
from app.consents.queries import effective_on, sheet
from app.consents.rules import Change
from app.programs.models import ConsentPartner, Program, ProgramVersion
from app.programs.rules.roles import actions_of
from tests.consents.consenting import Consenting
from tests.support.race import losers, race, winners


def today(filed):
    return local_day(filed.world.now(), filed.program.zone)


# ── giving ──────────────────────────────────────────────────────────────────────────────


def test_the_owner_gives_consent_to_the_partners_chosen_and_to_no_other(filed, owner):
    first, second, *_others = filed.partners
    found = filed.choose(owner, second, first, language="fr")
    assert found == Change(given=(first, second))
    assert filed.standing() == {first, second}
    row = filed.rows()[0]
    assert (row.given_by, row.language, row.wording) == (owner.id, "fr", filed.consent.wording)
    assert row.definition_version == filed.program.version
    assert row.withdrawn_at is None


def test_only_those_who_are_granted_it_give_a_consent(filed, world, account, acting):
    """By inference the owner: who may bind the business."""
    deed = f"{filed.code}.give"
    for role, person in world.with_each_role(account).items():
        granted = deed in actions_of(filed.program, role)
        acting(person)
        if granted:
            assert filed.choose(person, filed.partners[0]).given
        else:
            with pytest.raises(Refused):
                filed.choose(person, *filed.partners)
    assert filed.standing() == {filed.partners[0]}


def test_nobody_gives_the_consent_of_another_account(filed, world, owner, acting):
    theirs = world.account()
    other = Consenting(world, theirs).file(world.owner(theirs))
    acting(owner)
    with pytest.raises(Refused):
        other.choose(owner, filed.partners[0])
    assert other.standing() == set()


def test_a_consent_that_the_program_does_not_have_is_not_there(filed, owner):
    filed.code = "none_such"
    with pytest.raises(NotFound):
        filed.choose(owner, filed.partners[0])


def test_the_sheet_of_a_consent_that_there_is_not_is_not_found(filed, owner, world):
    with pytest.raises(NotFound):
        sheet(session, owner.id, world.fresh(filed.account), "none_such")


def test_nothing_is_given_before_the_application_is_submitted(consenting, owner, acting):
    """ "Étape 5", after "Étape 4 : Soumettre la demande"."""
    acting(owner)
    for begin in (lambda: None, lambda: consenting.begin(owner)):
        begin()
        with pytest.raises(Conflict, match="not_yet"):
            consenting.choose(owner, consenting.partners[0])
    assert consenting.standing() == set()


def test_it_may_be_given_in_each_state_that_the_definition_names_and_in_no_other(
    consenting, owner, acting
):
    acting(owner)
    consenting.begin(owner)
    for state in consenting.kind.states:
        world, account = consenting.world, consenting.world.account()
        person = world.owner(account)
        acting(person)
        one = Consenting(world, account).begin(person).bring_to(state)
        if state in one.consent.given_in:
            assert one.choose(person, one.partners[0]).given
        else:
            with pytest.raises(Conflict, match="not_yet"):
                one.choose(person, one.partners[0])


def test_an_account_of_a_standing_that_the_definition_names_needs_no_application(
    consenting, owner, world, acting
):
    """A member from before the portal."""
    acting(owner)
    for standing in consenting.program.standings:
        world.set(consenting.account, standing_code=standing)
        if standing in consenting.consent.or_standing:
            assert consenting.choose(owner, consenting.partners[0]).given
            assert consenting.choose(owner).withdrawn
        else:
            with pytest.raises(Conflict, match="not_yet"):
                consenting.choose(owner, consenting.partners[0])


def test_giving_asks_for_the_declaration_and_for_a_fresh_code(filed, owner, acting):
    with pytest.raises(Invalid) as problem:
        filed.choose(owner, filed.partners[0], declared=False)
    assert problem.value.errors == {"declared": "empty"}
    acting(owner, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        filed.choose(owner, filed.partners[0])
    assert filed.standing() == set()


def test_what_is_no_partner_on_the_day_cannot_be_chosen(filed, owner, in_force):
    gone, ended, coming, *_others = filed.partners
    day = today(filed)
    in_force(
        filed,
        partners={
            gone: None,
            ended: {"ends": day},
            coming: {"begins": day + timedelta(days=1)},
        },
    )
    for code in (gone, ended, coming, "none_such"):
        with pytest.raises(Invalid) as problem:
            filed.choose(owner, code)
        assert problem.value.errors == {"partners": "unknown"}


# ── withdrawing ─────────────────────────────────────────────────────────────────────────


def test_one_or_all_are_withdrawn_at_any_time_without_a_code(filed, owner, acting):
    first, second, third, *_others = filed.partners
    filed.choose(owner, first, second, third)
    final = next(code for code, state in filed.kind.states.items() if state.final)
    filed.bring_to(final)
    acting(owner, code_verified_at=None)
    assert filed.choose(owner, first, third, declared=False).withdrawn == (second,)
    assert filed.standing() == {first, third}
    assert set(filed.choose(owner, declared=False).withdrawn) == {first, third}
    assert filed.standing() == set()
    assert {row.withdrawn_by for row in filed.rows()} == {owner.id}


def test_what_stands_is_kept_whatever_became_of_its_partner(filed, owner, in_force):
    first, second, third, *_others = filed.partners
    filed.choose(owner, first, second)
    in_force(filed, partners={first: None, second: {"ends": today(filed)}})
    assert filed.choose(owner, first, second, third).given == (third,)
    assert set(filed.choose(owner, third).withdrawn) == {first, second}


def test_given_anew_it_is_another_consent(filed, owner):
    (code, *_others) = filed.partners
    filed.choose(owner, code)
    filed.choose(owner)
    filed.choose(owner, code)
    assert [row.withdrawn_at is None for row in filed.rows()] == [False, True]


# ── sent twice, and at the same instant ─────────────────────────────────────────────────


def test_the_same_choice_sent_twice_is_one_and_is_told_once(filed, owner):
    page = filed.shown()
    assert filed.choose(owner, filed.partners[0], shown=page).given
    assert filed.choose(owner, filed.partners[0], shown=page).is_none
    assert len(filed.rows()) == len(filed.told()) == 1


def test_a_page_drawn_before_somebody_else_s_change_changes_nothing(filed, owner):
    first, second, *_others = filed.partners
    page = filed.shown()
    filed.choose(owner, first)
    with pytest.raises(Conflict, match="stale"):
        filed.choose(owner, second, shown=page)
    assert filed.standing() == {first}


def test_a_page_with_an_earlier_wording_gives_nothing(filed, owner, in_force):
    page = filed.shown()
    in_force(filed, wording=filed.consent.wording + 1)
    with pytest.raises(Conflict, match="stale"):
        filed.choose(owner, filed.partners[0], shown=page)


def test_two_tabs_that_give_the_same_at_once_give_it_once(filed, owner):
    page = filed.shown()
    works = [lambda: filed.choose(owner, filed.partners[0], shown=page)] * 3
    results = race(*works)
    assert losers(results) == []
    assert sorted(len(one.given) for one in results) == [0, 0, 1]
    assert len(filed.rows()) == 1


def test_of_two_tabs_that_choose_otherwise_at_once_one_is_told_of_the_other(filed, owner):
    first, second, *_others = filed.partners
    page = filed.shown()
    results = race(
        lambda: filed.choose(owner, first, shown=page),
        lambda: filed.choose(owner, second, shown=page),
    )
    assert [error.reason for error in losers(results)] == ["stale"]
    assert filed.standing() == set(winners(results)[0].given)


def test_withdrawing_and_giving_at_once_leave_what_one_of_them_chose(filed, owner):
    first, second, *_others = filed.partners
    filed.choose(owner, first)
    page = filed.shown()
    results = race(
        lambda: filed.choose(owner, shown=page),
        lambda: filed.choose(owner, first, second, shown=page),
    )
    assert len(winners(results)) == 1
    assert filed.standing() in (set(), {first, second})


# ── what is told ────────────────────────────────────────────────────────────────────────


def test_the_trail_tells_what_was_given_and_what_was_withdrawn(filed, owner):
    first, second, *_others = filed.partners
    filed.choose(owner, first)
    filed.choose(owner, second)
    (given, *both) = filed.told()
    assert given[:2] == (Event.CONSENT_GIVEN.value, owner.id)
    assert given[2]["consent"] == [None, filed.code]
    assert first in given[2]["partners"][1]
    assert given[2]["wording"] == [None, str(filed.consent.wording)]
    assert [event for event, *_rest in both] == [
        Event.CONSENT_WITHDRAWN.value,
        Event.CONSENT_GIVEN.value,
    ]


def test_the_owner_is_told_of_each_change_in_both_languages(filed, owner):
    (code, *_others) = filed.partners
    filed.choose(owner, code)
    filed.choose(owner)
    given, withdrawn = filed.notices(owner)
    assert (given.template, withdrawn.template) == ("consent_given", "consent_withdrawn")
    label = filed.consent.partners[code].label
    assert withdrawn.facts["partners"] == {"en": label.en, "fr": label.fr}
    assert given.facts["by"] == owner.full_name
    assert given.path == filed.path


def test_a_partner_that_is_gone_is_named_as_it_was(filed, owner, in_force):
    (code, *_others) = filed.partners
    label = filed.consent.partners[code].label
    filed.choose(owner, code)
    in_force(filed, partners={code: None})
    filed.choose(owner)
    assert filed.notices(owner)[-1].facts["partners"] == {"en": label.en, "fr": label.fr}


# ── what the database holds by itself ───────────────────────────────────────────────────


def attack(world, statement, **values):
    """What the database says to this statement."""
    with pytest.raises(DBAPIError) as refused:
        world.db.execute(text(statement), values)
    world.db.rollback()
    return refused.value.orig.diag.constraint_name or refused.value.orig.sqlstate


def test_a_consent_cannot_be_given_twice_past_the_deed(filed, owner, world):
    filed.choose(owner, filed.partners[0])
    again = (
        "INSERT INTO given_consent (account_id, program_id, consent, partner, definition_version,"
        " wording, language, given_by) SELECT account_id, program_id, consent, partner,"
        " definition_version, wording, language, given_by FROM given_consent"
    )
    assert attack(world, again) == "uq_given_consent_standing"


def test_a_consent_to_nobody_whom_the_definition_names_is_refused(filed, owner, world):
    filed.choose(owner, filed.partners[0])
    other = (
        "INSERT INTO given_consent (account_id, program_id, consent, partner, definition_version,"
        " wording, language, given_by) SELECT account_id, program_id, consent, 'none_such',"
        " definition_version, wording, language, given_by FROM given_consent"
    )
    assert attack(world, other) == "fk_given_consent_partner"


def test_a_withdrawal_is_for_good_and_nothing_is_removed(filed, owner, world):
    filed.choose(owner, filed.partners[0])
    filed.choose(owner)
    undo = "UPDATE given_consent SET withdrawn_at = NULL, withdrawn_by = NULL"
    assert attack(world, undo) == "23001"
    assert attack(world, "DELETE FROM given_consent") == "42501"


# ── what has effect ─────────────────────────────────────────────────────────────────────


def rows_on(filed, person, day, action="staff.cases.read"):
    program = session.get_one(Program, filed.account.program_id)
    found = session.scalars(effective_on(person.id, action, program, day)).all()
    told = [(row.partner, row.account_id) for row in found]
    session.rollback()
    return told


def test_the_agency_reads_which_consents_have_effect_on_a_day(filed, owner, world, clock):
    officer, day = world.staff("program_officer"), today(filed)
    first, second, third, *_others = sorted(filed.partners)
    filed.choose(owner, first, second, third)
    filed.choose(owner, first, third)
    here = filed.account.id
    assert rows_on(filed, officer, day) == [(first, here), (third, here)]
    assert rows_on(filed, officer, day - timedelta(days=1)) == []
    assert rows_on(filed, owner, day) == [], "an action of the staff"
    clock.move(days=1)
    filed.choose(owner)
    assert rows_on(filed, officer, day) == [(first, here), (third, here)], "as it was then"
    assert rows_on(filed, officer, day + timedelta(days=1)) == []


def test_staff_of_another_program_read_none(filed, owner, world):
    away = world.staff("program_officer", world.other_program())
    filed.choose(owner, filed.partners[0])
    assert rows_on(filed, away, today(filed)) == []


def test_rows_and_rules_agree_on_which_consents_have_effect(filed, owner, world, in_force):
    """Before, on and after each first and last day that a new version may name."""
    filed.choose(owner, *filed.partners)
    day, officer = today(filed), world.staff("program_officer")
    spans = [
        {"begins": begins, "ends": ends}
        for begins in (None, day - timedelta(days=1), day, day + timedelta(days=1))
        for ends in (None, day, day + timedelta(days=1), day + timedelta(days=2))
        if begins is None or ends is None or begins < ends
    ]
    told = dict(zip(filed.partners, spans, strict=False))
    others = filed.partners[len(told) :]
    in_force(filed, partners=told | dict.fromkeys(others))
    _publish(world, filed)
    account = world.fresh(filed.account)
    for offset in range(3):
        at = day + timedelta(days=offset)
        found = sheet(session, owner.id, account, filed.code)
        partners = filed.consent.partners
        expected = {code for code in partners if partners[code].in_force(at)}
        assert {code for code, _account in rows_on(filed, officer, at)} == expected
        if offset == 0:
            said = {row.partner for row in found.rows if found.effect(row) == "effective"}
            assert said == expected
        session.rollback()


def _publish(world, filed):
    """Another version of the program, with the partners that the definition has by now."""
    version = filed.program.version + 1
    base = {"program_id": filed.account.program_id, "version": version}
    with world.as_owner() as db:
        db.execute(insert(ProgramVersion).values(**base, source="x", sha256="x"))
        for code, partner in filed.consent.partners.items():
            row = ConsentPartner(
                **base,
                consent=filed.code,
                wording=filed.consent.wording,
                partner=code,
                label_en=partner.label.en,
                label_fr=partner.label.fr,
                begins=partner.begins,
                ends=partner.ends,
            )
            db.add(row)
        db.execute(update(Program).where(Program.id == base["program_id"]).values(version=version))


def test_whoever_may_not_view_the_consent_reads_none_of_it(filed, owner, world, account):
    filed.choose(owner, filed.partners[0])
    for role, person in world.with_each_role(account).items():
        granted = f"{filed.code}.view" in actions_of(filed.program, role)
        found = sheet(session, person.id, world.fresh(account), filed.code)
        assert bool(found.rows) is granted
        session.rollback()
    assert session.scalar(select(GivenConsent.id)) is not None
