"""A business of the shipped program that asks for facts is enrolled: facts B3, step by step."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.authority.models import Membership
from app.authority.queries import may
from app.base.days import local_day
from app.enrolment.models import Letter
from app.parties.models import Account, ProgramAccount
from app.programs.models import Program
from app.programs.rules.eligibility import evaluate
from tests.enrolment.steps import answers_that
from tests.support.by_facts import ByFacts
from tests.support.definitions import delegating


class Shipped:
    """The program that asks for facts, as the tests of enrolment name one."""

    definition = delegating()

    def program(self, db):
        """Its row."""
        found = db.scalars(select(Program).filter_by(code=self.definition.code)).one()
        db.rollback()
        return found


@pytest.fixture
def facts(world):
    return ByFacts(world, Shipped())


def test_the_first_person_to_link_becomes_the_manager_and_every_program_account_is_linked(
    world, facts, acting
):
    """“Several RMs: validate one; CBSA links all others of the BN9 automatically.” (facts B3)"""
    person = world.person()
    acting(person)
    account = world.db.get(Account, facts.enrolled(person))
    held = world.db.scalars(select(Membership).filter_by(account_id=account.id)).one()
    assert (held.person_id, held.role_code) == (person.id, Shipped.definition.required_role.code)
    assert held.program_account_id is None
    linked = world.db.scalars(select(ProgramAccount.number).filter_by(account_id=account.id))
    assert sorted(linked) == ["RM0001", "RM0002"]
    assert world.db.scalars(select(Letter.kind)).all() == ["notice"]
    for action in ("requests.answer", "delegations.answer", "clients.ask", "register.review"):
        assert may(world.db, person.id, action, account)


@pytest.mark.parametrize("question", ["first", "last"])
def test_who_will_not_manage_it_or_lacks_the_numbers_is_told_what_to_do(world, question):
    definition = Shipped.definition
    asked = [one for one in definition.eligibility.questions.values() if one.type == "yes_no"]
    one = asked[0 if question == "first" else -1]
    day = local_day(world.now(), definition.zone)
    answers = answers_that("ok", definition, day) | {one.code: "no"}
    verdict = evaluate(definition, answers, day)
    assert verdict.kind == "fail"
    assert [finding.reason for finding in verdict.findings] == [one.consequences[0].reason]
