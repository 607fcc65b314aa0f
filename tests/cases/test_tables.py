"""What the tables of cases refuse, attacked in SQL with the application's own role."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.support.definitions import transferring

OPEN = (
    "INSERT INTO client_case"
    " (account_id, program_id, definition_version, case_type, state, only_one, closed_at)"
    " SELECT a.id, a.program_id, p.version, :type, :state, true, :closed"
    " FROM account a JOIN program p ON p.id = a.program_id WHERE a.id = :account RETURNING id"
)


@pytest.fixture
def kind():
    """A kind of case that the program has, by its code."""
    return next(iter(transferring().cases.items()))


@pytest.fixture
def attack(world):
    """`attack(sql, values)`: the name of what refused the statement, or its first value."""

    def run(statement, **values):
        try:
            found = world.db.execute(text(statement), values)
            return found.scalar() if found.returns_rows else None
        except DBAPIError as refused:
            return refused.orig.diag.constraint_name

    yield run
    world.db.rollback()


def begin(attack, account, kind, **other):
    code, case = kind
    start = next(one.code for one in case.states.values() if one.initial)
    values = {"account": account.id, "type": code, "state": start, "closed": None}
    return attack(OPEN, **(values | other))


def steps(case):
    return {(start, move.goes_to) for move in case.moves.values() for start in move.comes_from}


def test_a_case_begins_in_its_initial_state_and_nowhere_else(attack, world, kind):
    account = world.account()
    later = next(one.code for one in kind[1].states.values() if not one.initial and not one.final)
    assert begin(attack, account, kind, state=later) == "case_begins_initial"


def test_a_case_goes_where_a_move_of_its_version_leads_and_nowhere_else(attack, world, kind):
    case = begin(attack, world.account(), kind)
    _code, definition = kind
    start = next(one.code for one in definition.states.values() if one.initial)
    onward = next(to for at, to in steps(definition) if at == start)
    strange = next(
        one
        for one, state in definition.states.items()
        if one != start and not state.final and (start, one) not in steps(definition)
    )
    change = "UPDATE client_case SET state = :state WHERE id = :case"
    world.db.begin_nested()
    assert attack(change, state=strange, case=case) == "case_state_follows_moves"
    world.db.rollback()
    case = begin(attack, world.account(), kind)
    assert attack(change, state=onward, case=case) is None


def test_a_case_is_closed_where_no_move_leads_on_and_only_there(attack, world, kind):
    case = begin(attack, world.account(), kind)
    closing = "UPDATE client_case SET closed_at = guichet_now() WHERE id = :case"
    assert attack(closing, case=case) == "case_closed_when_final"


def test_an_account_has_one_open_case_of_a_kind_that_comes_with_it(attack, world, kind):
    account = world.account()
    assert isinstance(begin(attack, account, kind), int)
    assert begin(attack, account, kind) == "uq_client_case_open"


def test_a_case_cannot_be_in_a_state_that_its_program_does_not_have(attack, world, kind):
    case = begin(attack, world.account(), kind)
    refused = attack("UPDATE client_case SET state = 'elsewhere' WHERE id = :case", case=case)
    assert refused == "case_state_follows_moves"


SENT = (
    "INSERT INTO document (part_id, question, key, name, kind, size, sha256, scan, scanned_at,"
    " sent_by) SELECT p.id, 'q', :key, 'x.pdf', 'pdf', 1, repeat('a', 64), :scan, guichet_now(),"
    " :person FROM case_part p RETURNING id"
)


@pytest.mark.parametrize("verdict", ["clean", "infected"])
def test_what_the_scanner_said_of_a_document_stays(attack, world, kind, verdict):
    account = world.account()
    person = world.owner(account)
    begin(attack, account, kind)
    attack("INSERT INTO case_part (case_id, section, key) SELECT id, 's', '' FROM client_case")
    sent = attack(SENT, key="documents/1", scan=verdict, person=person.id)
    other = {"clean": "infected", "infected": "clean"}[verdict]
    change = "UPDATE document SET scan = :scan WHERE id = :document"
    assert attack(change, scan=other, document=sent) == "document_verdict_stays"


def test_a_document_that_could_not_be_scanned_may_be_scanned_again(attack, world, kind):
    account = world.account()
    person = world.owner(account)
    begin(attack, account, kind)
    attack("INSERT INTO case_part (case_id, section, key) SELECT id, 's', '' FROM client_case")
    sent = attack(SENT, key="documents/1", scan="could_not_scan", person=person.id)
    change = "UPDATE document SET scan = 'clean' WHERE id = :document"
    assert attack(change, document=sent) is None
