"""Enrolment by shared facts: who proves a business, how often one may fail, and what is kept."""

import logging
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from app.authority.models import Membership
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.base.identifiers import parse_bn
from app.enrolment.models import ActivationCode, BusinessTries, Registration
from app.enrolment.rules.facts import Answer
from app.enrolment.service import (
    fact_tries,
    lapsing,
    letters,
    members,
    officers,
    proving,
    registering,
    requests,
    sending,
)
from app.enrolment.service.paper import Paper
from app.enrolment.service.proof import LIFE
from app.parties.models import Account, Party, ProgramAccount
from app.parties.models_terms import TermsAcceptance
from app.programs.limits import limits
from tests.enrolment.steps import as_person, draft
from tests.support.by_facts import OWED_ON, PAID_ON, RIGHT, ByFacts
from tests.support.race import losers, race, winners
from tests.support.second import second

__all__ = ["second"]

LIMIT = limits().shared_facts
WRONG = Answer("payment", Decimal("731.43"), dated=PAID_ON)


@pytest.fixture
def facts(at_work, world, second):
    return ByFacts(world, second)


@pytest.fixture
def boss(facts, world):
    """An officer of the program."""
    return world.staff("program_officer", program=facts.program)


def errors_of(work) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        work()
    return refused.value.errors


def reason_of(work) -> str:
    with pytest.raises(Conflict) as refused:
        work()
    return refused.value.reason


def fail(facts, person, entry=None):
    """One failure of name and address; the error."""
    number = facts.draft(person, entry, name="Another name inc.")
    with pytest.raises(Invalid) as refused:
        proving.match(person.id, number)
    return refused.value


def count(model) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model))


def trail(event):
    session.rollback()
    rows = session.execute(
        text("SELECT changes FROM audit.entry WHERE event = :event ORDER BY seq"), {"event": event}
    )
    return [{name: pair[1] for name, pair in row.changes.items()} for row in rows]


# ── from name and address to the account ────────────────────────────────────────────────────────


def test_whoever_knows_the_records_has_the_account_at_once(facts, registrant):
    account_id = facts.enrolled(registrant)
    account = session.get_one(Account, account_id)
    owner = session.scalars(select(Membership).where(Membership.account_id == account_id)).one()
    assert (owner.person_id, owner.role_code) == (registrant.id, facts.rule.role)
    assert session.get_one(Party, account.party_id).name == facts.entry.legal_name
    accepted = session.scalars(select(TermsAcceptance).where(TermsAcceptance.kind == "program"))
    assert [one.person_id for one in accepted] == [registrant.id]
    row = session.scalars(select(Registration)).one()
    assert (row.state, row.attested_at) == ("activated", row.activated_at)


def test_one_program_account_links_all_the_others_of_the_business(facts, registrant):
    account_id = facts.enrolled(registrant)
    wanted = select(ProgramAccount).where(ProgramAccount.account_id == account_id)
    found = {one.number: one.label for one in session.scalars(wanted)}
    assert found == {"RM0001": "Ferries", "RM0002": None}


def test_the_person_and_the_trail_are_told(facts, registrant):
    account_id = facts.enrolled(registrant)
    told = session.execute(text("SELECT template, account_id FROM notice")).all()
    assert [tuple(one) for one in told] == [("account_activated", account_id)]
    assert [one["reason"] for one in trail("facts.right")] == ["name_and_address", "facts"]
    assert len(trail("account.activated")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Traversiers J-P. Côté & Fils, s.e.n.c."},
        {"street": "12 rue St-Paul O., bur. 4"},
        {"postal_code": "G5L 1A2"},
        {"account": "RM0003"},
    ],
    ids=str,
)
def test_a_sign_of_name_address_or_account_that_differs_is_an_error_that_says_not_which(
    facts, registrant, change
):
    number = facts.draft(registrant, **change)
    with pytest.raises(Invalid) as refused:
        proving.match(registrant.id, number)
    assert refused.value.errors == {"": "name_and_address"}
    assert refused.value.values == {"left": LIMIT.failures_a_person - 1}
    assert facts.row(number).matched_at is None


def test_extra_spaces_are_forgiven(facts, registrant):
    number = facts.draft(
        registrant, name=f"  {facts.entry.legal_name.replace(' ', '  ')}", city=" Rimouski "
    )
    assert proving.match(registrant.id, number) == "draft"
    assert facts.row(number).matched_at is not None


def test_a_number_that_the_registry_lacks_answers_like_a_name_that_differs(
    facts, registrant, world
):
    unknown = world.registry_entry(facts.entry.legal_name, bn=world.bn())  # of another program
    number = facts.draft(registrant, unknown)
    assert errors_of(lambda: proving.match(registrant.id, number)) == {"": "name_and_address"}
    assert facts.tries(unknown).failures == 1


def test_no_fact_is_asked_for_before_name_and_address_are_right(facts, registrant):
    number = facts.draft(registrant)
    assert reason_of(lambda: proving.asked(session, facts.row(number))) == "not_matched"
    assert reason_of(lambda: facts.prove(registrant, number)) == "not_matched"
    assert facts.tries() is None


def test_nothing_tells_of_an_account_before_everything_is_right(facts, registrant, world):
    facts.enrolled(registrant)
    other = world.person("Paul", "Roy")
    assert fail(facts, other).errors == {"": "name_and_address"}
    number = facts.matched(other)
    wrong = errors_of(lambda: proving.prove(other.id, number, [RIGHT["transaction"], WRONG]))
    assert wrong == {"": "facts"}
    assert reason_of(lambda: facts.prove(other, number)) == "has_account"
    assert count(Account) == 1


@pytest.mark.parametrize(
    ("kinds", "needed"),
    [
        (("transaction", "payment", "statement"), 2),
        (("payment", "statement"), 2),
        (("payment",), 1),
    ],
)
def test_only_what_the_ledger_holds_is_asked_for_and_never_more(facts, registrant, kinds, needed):
    entry = facts.business(*kinds)
    number = facts.matched(registrant, entry)
    assert [one.kind for one in proving.asked(session, facts.row(number))] == list(kinds)
    few = [RIGHT[kind] for kind in kinds[: needed - 1]]
    assert errors_of(lambda: proving.prove(registrant.id, number, few)) == {"": "too_few"}
    assert facts.tries(entry).failures == 0
    assert facts.prove(registrant, number, *kinds[:needed])


@pytest.mark.parametrize("chosen", [("transaction", "statement"), ("statement", "payment"),
                                    ("transaction", "payment", "statement")])  # fmt: skip
def test_the_person_chooses_which(facts, registrant, chosen):
    assert facts.prove(registrant, facts.matched(registrant), *chosen)


@pytest.mark.parametrize(
    "wrong",
    [
        WRONG,
        Answer("payment", Decimal("731.42"), dated=OWED_ON),
        Answer("statement", Decimal("58.31"), dated=OWED_ON),
        Answer("statement", Decimal("-58.31"), dated=PAID_ON),
    ],
    ids=["another amount", "another day", "another sign", "another statement"],
)
def test_one_wrong_answer_is_an_error_that_says_not_which(facts, registrant, wrong):
    number = facts.matched(registrant)
    with pytest.raises(Invalid) as refused:
        proving.prove(registrant.id, number, [RIGHT["transaction"], wrong])
    assert refused.value.errors == {"": "facts"}
    assert refused.value.values == {"left": LIMIT.failures_a_person - 1}


def test_a_third_answer_that_is_wrong_spoils_two_that_are_right(facts, registrant):
    number = facts.matched(registrant)
    answers = [RIGHT["transaction"], RIGHT["statement"], WRONG]
    assert errors_of(lambda: proving.prove(registrant.id, number, answers)) == {"": "facts"}


def test_zero_is_an_answer_for_a_transaction_and_none_for_a_balance(facts, registrant):
    number = facts.matched(registrant)
    nothing = Answer("statement", Decimal(0), dated=OWED_ON)
    answers = [RIGHT["transaction"], nothing]
    assert errors_of(lambda: proving.prove(registrant.id, number, answers)) == {"statement": "zero"}
    assert facts.tries().failures == 0
    assert facts.prove(registrant, number, "transaction", "payment")


def test_a_statement_without_a_balance_is_not_offered(facts, registrant, world):
    entry = facts.business("payment")
    world.ledger_line(entry, "statement", "0.00", program_account="RM0001")
    number = facts.matched(registrant, entry)
    assert [one.kind for one in proving.asked(session, facts.row(number))] == ["payment"]


def test_one_fact_twice_is_not_two(facts, registrant):
    number = facts.matched(registrant)
    twice = [RIGHT["payment"], RIGHT["payment"]]
    assert reason_of(lambda: proving.prove(registrant.id, number, twice)) == "not_offered"


def test_lines_of_another_program_account_prove_nothing(facts, registrant):
    number = facts.draft(registrant, account="RM0002")
    assert proving.match(registrant.id, number) == "officer"


# ── what is typed anew, or too late ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("anew", ["identify", "address", "answer"])
def test_what_is_typed_anew_is_compared_anew(facts, registrant, anew):
    number = facts.matched(registrant)
    token = facts.prove(registrant, number)
    facts.draft(registrant, name="Another name inc." if anew == "identify" else None)
    assert facts.row(number).matched_at is None
    assert reason_of(lambda: facts.accept(registrant, number, token)) == "proof_ended"
    assert reason_of(lambda: facts.prove(registrant, number)) == "not_matched"


def test_a_proof_of_one_business_opens_no_other(facts, registrant):
    number = facts.matched(registrant)
    token = facts.prove(registrant, number)
    other = facts.business(name="Remorqueurs Belle-Île ltée")
    assert facts.matched(registrant, other) == number
    assert reason_of(lambda: facts.accept(registrant, number, token)) == "proof_ended"
    assert count(Account) == 0


def test_a_registry_that_changed_since_is_compared_again(facts, registrant, world):
    number = facts.matched(registrant)
    facts.entry.street = "14, rue St-Paul O."
    world.db.commit()
    assert reason_of(lambda: facts.prove(registrant, number)) == "not_matched"
    assert facts.tries().failures == 0


def test_a_proof_lives_for_its_time_and_in_its_session_only(facts, registrant, clock):
    number = facts.matched(registrant)
    token = facts.prove(registrant, number)
    with as_person(registrant, session_id=7):
        assert reason_of(lambda: facts.accept(registrant, number, token)) == "proof_ended"
    clock.move(LIFE + timedelta(seconds=1))
    assert reason_of(lambda: facts.accept(registrant, number, token)) == "proof_ended"
    assert facts.accept(registrant, number, facts.prove(registrant, number))


def test_nobody_else_can_use_registration_or_proof(facts, registrant, world):
    other = world.person("Paul", "Roy")
    number = facts.matched(registrant)
    token = facts.prove(registrant, number)
    for work in (
        lambda: proving.match(other.id, number),
        lambda: facts.prove(other, number),
        lambda: facts.accept(other, number, token),
    ):
        with pytest.raises(NotFound):
            work()
    assert reason_of(lambda: facts.accept(registrant, number, "")) == "proof_ended"


def test_without_attestation_or_with_other_terms_there_is_no_account(facts, registrant):
    number = facts.matched(registrant)
    token = facts.prove(registrant, number)
    assert errors_of(lambda: facts.accept(registrant, number, token, attested=False)) == {
        "attested": "empty"
    }
    assert errors_of(lambda: facts.accept(registrant, number, token, version=9)) == {
        "terms": "changed"
    }
    assert count(Account) == 0


def test_of_two_people_with_proof_the_first_to_accept_holds_the_account(facts, registrant, world):
    other = world.person("Paul", "Roy")
    drafts = [(one, facts.matched(one)) for one in (registrant, other)]
    proved = [(one, number, facts.prove(one, number)) for one, number in drafts]
    results = race(*[lambda p=p: facts.accept(*p) for p in proved])
    assert len(winners(results)) == 1
    (lost,) = losers(results)
    assert isinstance(lost, Conflict)
    assert lost.reason == "has_account"
    assert (count(Account), count(Membership)) == (1, 1)


def test_the_same_form_twice_makes_one_account(facts, registrant):
    number = facts.matched(registrant)
    token = facts.prove(registrant, number)
    results = race(*[lambda: facts.accept(registrant, number, token) for _ in range(2)])
    assert len(winners(results)) == 1
    assert count(Account) == 1


# ── how often one may fail ───────────────────────────────────────────────────────────────────────


def test_five_failures_lock_this_person_for_this_business_for_a_day(
    facts, registrant, world, clock
):
    lefts = [fail(facts, registrant).values.get("left") for _ in range(LIMIT.failures_a_person - 1)]
    assert lefts == [4, 3, 2, 1]
    fifth = fail(facts, registrant)
    assert fifth.errors == {"": "locked"}
    number = facts.draft(registrant)  # right this time
    with pytest.raises(Invalid) as refused:
        proving.match(registrant.id, number)
    assert refused.value.errors == {"": "locked"}
    assert refused.value.values["until"] == fifth.values["until"]
    assert facts.tries().failures == LIMIT.failures_a_person
    other = facts.business(name="Remorqueurs Belle-Île ltée")
    assert facts.matched(registrant, other)  # not for another business
    assert facts.matched(world.person("Paul", "Roy"))  # nor anybody else
    clock.move(LIMIT.locked - timedelta(minutes=5))
    facts.draft(registrant)
    assert errors_of(lambda: proving.match(registrant.id, number)) == {"": "locked"}
    clock.move(timedelta(minutes=10))
    assert proving.match(registrant.id, number) == "draft"


def test_failures_of_name_and_of_facts_count_together(facts, registrant):
    for _ in range(LIMIT.failures_a_person - 2):
        fail(facts, registrant)
    number = facts.matched(registrant)
    answers = [RIGHT["transaction"], WRONG]
    with pytest.raises(Invalid) as refused:
        proving.prove(registrant.id, number, answers)
    assert refused.value.values == {"left": 1}
    assert errors_of(lambda: proving.prove(registrant.id, number, answers)) == {"": "locked"}
    assert errors_of(lambda: facts.prove(registrant, number)) == {"": "locked"}


def test_what_is_right_costs_no_try_and_gives_none_back(facts, registrant):
    fail(facts, registrant)
    number = facts.matched(registrant)
    facts.prove(registrant, number)
    assert facts.tries().failures == 1
    assert fail(facts, registrant).values == {"left": LIMIT.failures_a_person - 2}


def locked_business(facts, world):
    """As many people as it takes fail as often as each may."""
    per, most = LIMIT.failures_a_person, LIMIT.failures_an_account
    found = None
    for n in range(-(-most // per)):
        person = world.person(f"Stranger {n}")
        for _ in range(min(per, most - n * per)):
            found = fail(facts, person)
    return found


def test_fifteen_failures_lock_the_business_for_everybody_until_staff_unlock_it(
    facts, registrant, world, clock, boss
):
    assert locked_business(facts, world).errors == {"": "business_locked"}
    assert facts.tries().failures == LIMIT.failures_an_account
    assert facts.tries().locked_at is not None
    number = facts.draft(registrant)
    clock.move(timedelta(days=40))
    assert errors_of(lambda: proving.match(registrant.id, number)) == {"": "business_locked"}
    fact_tries.unlock(boss.id, facts.tries().id, "The owner called from the number we have.")
    row = facts.tries()
    assert (row.failures, row.locked_at, row.unlocked_by) == (0, None, boss.id)
    assert trail("facts.unlocked")[0]["reason"] == "The owner called from the number we have."
    assert proving.match(registrant.id, number) == "draft"


def test_the_fourteenth_failure_locks_no_business(facts, registrant, world):
    most = LIMIT.failures_an_account
    for n in range(most - 1):
        left = fail(facts, world.person(f"Stranger {n}")).values["left"]
    assert left == 1
    assert facts.matched(registrant)
    assert facts.tries().failures == most - 1
    assert facts.tries().locked_at is None


def test_only_who_may_decide_unlocks_with_a_reason_and_never_their_own(facts, world, boss):
    locked_business(facts, world)
    key = facts.tries().id
    support = world.staff("technical_support", program=facts.program)
    with pytest.raises(Refused):
        fact_tries.unlock(support.id, key, "Because.")
    with pytest.raises(NotFound):
        fact_tries.unlock(world.staff("program_officer").id, key, "Because.")
    assert errors_of(lambda: fact_tries.unlock(boss.id, key, "  ")) == {"reason": "empty"}
    long = "x" * (fact_tries.LONGEST_REASON + 1)
    assert errors_of(lambda: fact_tries.unlock(boss.id, key, long)) == {"reason": "too_long"}
    facts.draft(boss)
    with pytest.raises(Refused):
        fact_tries.unlock(boss.id, key, "Because.")
    assert facts.tries().locked_at is not None
    other = world.staff("program_officer", program=facts.program)
    fact_tries.unlock(other.id, key, "Because.")
    assert reason_of(lambda: fact_tries.unlock(other.id, key, "Because.")) == "not_locked"


def test_tries_at_the_same_instant_are_counted_one_by_one(facts, world):
    person = world.person("Stranger")
    number = facts.draft(person, name="Another name inc.")
    results = race(*[lambda: proving.match(person.id, number) for _ in range(8)])
    told = [one.errors[""] for one in losers(results)]
    assert len(told) == 8
    assert facts.tries().failures == LIMIT.failures_a_person
    assert told.count("name_and_address") < LIMIT.failures_a_person


def test_a_locked_try_is_told_to_the_trail_once_an_hour(facts, registrant):
    for _ in range(LIMIT.failures_a_person):
        fail(facts, registrant)
    for _ in range(3):
        fail(facts, registrant)
    assert len(trail("facts.wrong")) == LIMIT.failures_a_person
    assert len(trail("facts.locked")) == 2  # the one that locked, and the first one after it


# ── the officer's way, and the letter's ──────────────────────────────────────────────────────────


def test_without_records_an_officer_proves_the_business_and_its_person_goes_on(
    facts, registrant, boss
):
    empty = facts.draft(registrant, account="RM0002")
    assert proving.match(registrant.id, empty) == "officer"
    assert facts.row(empty).officer_reason == "no_facts"
    officers.approve(boss.id, empty, Paper("P-1", "Seen."))
    row = facts.row(empty)
    assert (row.state, row.decided_at is not None) == ("proved", True)
    assert facts.letters(empty) == []
    assert facts.accept(registrant, empty)
    assert facts.row(empty).state == "activated"
    assert [one.kind for one in facts.letters(empty)] == ["notice"]


def test_an_approval_that_nobody_takes_up_lapses(facts, registrant, boss, clock):
    number = facts.draft(registrant, account="RM0002")
    proving.match(registrant.id, number)
    officers.approve(boss.id, number, Paper("P-1", "Seen."))
    clock.move(timedelta(days=facts.rule.draft_life.count - 1))
    assert not lapsing.lapse_one(number)
    clock.move(timedelta(days=2))
    assert number in lapsing.overdue()
    assert lapsing.lapse_one(number)
    assert facts.row(number).state == "lapsed"


def test_an_approved_business_that_somebody_else_proved_is_theirs(facts, registrant, world, boss):
    other = world.person("Paul", "Roy")
    number = facts.draft(other, account="RM0002")
    proving.match(other.id, number)
    officers.approve(boss.id, number, Paper("P-1", "Seen."))
    facts.enrolled(registrant)
    assert reason_of(lambda: facts.accept(other, number)) == "has_account"
    assert facts.row(number).state == "proved"


def test_an_unfinished_registration_lapses_and_forgets_what_was_typed(facts, registrant, clock):
    number = facts.matched(registrant)
    clock.move(timedelta(days=facts.rule.draft_life.count + 1))
    assert lapsing.lapse_one(number)
    row = facts.row(number)
    assert (row.state, row.address, row.matched_at) == ("lapsed", None, None)


def test_nothing_goes_by_letter_where_no_codes_are_mailed(facts, registrant, boss, world):
    number = facts.matched(registrant)
    assert reason_of(lambda: sending.send(registrant.id, number)) == "unfinished"
    assert reason_of(lambda: requests.request_new_code(registrant.id, number)) == "not_waiting"
    made = {"entry_id": facts.entry.id, "urn": "", "family_name": "", "paper": Paper("P", "N")}
    assert reason_of(lambda: members.create(boss.id, facts.program.id, **made)) == "no_letters"


def test_unmatched_unfinished_or_sent_registrations_are_not_compared(facts, registrant):
    number = registering.begin(registrant.id, facts.program.id)
    assert reason_of(lambda: proving.match(registrant.id, number)) == "unfinished"
    number = facts.draft(registrant)
    registering.withdraw(registrant.id, number)
    assert reason_of(lambda: proving.match(registrant.id, number)) == "not_a_draft"
    assert facts.tries() is None


@pytest.mark.parametrize("gone", ["address = NULL", "answers = '{}'"])
def test_whatever_is_missing_is_not_compared(facts, registrant, gone):
    number = facts.draft(registrant)
    session.execute(text(f"UPDATE registration SET {gone}"))
    session.commit()
    assert reason_of(lambda: proving.match(registrant.id, number)) == "unfinished"
    assert facts.tries() is None


def test_what_is_typed_anew_while_it_is_compared_is_not_taken_for_right(
    facts, registrant, monkeypatch
):
    number = facts.draft(registrant)
    take_back = fact_tries.take_back

    def meanwhile(place):
        facts.draft(registrant, name="Another name inc.")
        take_back(place)

    monkeypatch.setattr(fact_tries, "take_back", meanwhile)
    assert reason_of(lambda: proving.match(registrant.id, number)) == "not_matched"
    assert facts.row(number).matched_at is None


def test_a_program_that_asks_for_no_facts_compares_none(registrant, world):
    entry = world.registry_entry("Quincaillerie Boréale inc.")
    number = draft(world, registrant, entry)
    assert reason_of(lambda: proving.match(registrant.id, number)) == "no_facts"


# ── the notice by post ───────────────────────────────────────────────────────────────────────────


def test_a_notice_goes_to_the_legal_address_through_the_same_hands(facts, registrant, boss):
    facts.enrolled(registrant)
    (row,) = session.scalars(select(Registration)).all()
    (letter,) = facts.letters(row.id)
    assert (letter.kind, letter.state, letter.language) == ("notice", "due", "fr")
    letters.make(boss.id, [letter.id])
    letters.confirm_printed(boss.id, [letter.id])
    letters.post(boss.id, letter.id, "RN123456785CA")
    letters.deliver(boss.id, letter.id)
    (letter,) = facts.letters(row.id)
    assert letter.state == "delivered"
    assert letter.address == {"name": facts.entry.legal_name, **facts.entry.address}
    assert count(ActivationCode) == 0
    told = session.scalars(text("SELECT template FROM notice WHERE person_id = :p"),
                           {"p": registrant.id}).all()  # fmt: skip
    assert told == ["account_activated"]


def test_a_notice_that_comes_back_or_is_made_anew_stays_a_notice(facts, registrant, boss):
    facts.enrolled(registrant)
    (row,) = session.scalars(select(Registration)).all()
    (letter,) = facts.letters(row.id)
    letters.make(boss.id, [letter.id])
    letters.make_anew(boss.id, [letter.id])
    old, new = facts.letters(row.id)
    assert (old.state, new.kind, new.state) == ("replaced", "notice", "prepared")
    letters.confirm_printed(boss.id, [new.id])
    letters.post(boss.id, new.id, "RN123456785CA")
    letters.take_back(boss.id, new.id)
    assert facts.letters(row.id)[1].state == "returned"
    assert count(ActivationCode) == 0


def test_the_database_lets_no_notice_carry_a_code(facts, registrant, owner_engine):
    facts.enrolled(registrant)
    letter = session.execute(text("SELECT id, registration_id, program_id FROM letter")).one()
    with owner_engine.connect() as owner, pytest.raises(Exception, match="letter_kind"):
        owner.execute(
            text(
                "INSERT INTO activation_code (registration_id, letter_id, program_id, key_id,"
                " digest, expires_at) VALUES (:r, :l, :p, 'k', '', now())"
            ),
            {"r": letter.registration_id, "l": letter.id, "p": letter.program_id},
        )


# ── nothing is kept ──────────────────────────────────────────────────────────────────────────────


def everything(engine) -> str:
    """All rows of all tables, the trail's included, as text."""
    with engine.connect() as owner:
        tables = owner.execute(
            text(
                "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name)"
                " FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
                " AND table_schema IN ('public', 'audit')"
            )
        ).scalars()
        return "\n".join(
            str(row) for table in tables for row in owner.execute(text(f"SELECT t FROM {table} t"))
        )


def test_what_is_typed_for_a_fact_is_kept_nowhere(facts, registrant, owner_engine, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    number = facts.matched(registrant)
    typed = Answer("payment", Decimal("918273.64"), dated=PAID_ON)
    secret = Answer("transaction", Decimal("564738.29"), number="77777123777")
    errors_of(lambda: proving.prove(registrant.id, number, [typed, secret]))
    session.rollback()
    kept = everything(owner_engine) + caplog.text + "".join(capsys.readouterr())
    assert facts.entry.bn in kept
    for sign in ("918273", "564738", "77777123777"):
        assert sign not in kept


def test_the_numbers_used_here_are_real_ones(facts):
    assert parse_bn(facts.entry.bn)
    assert count(BusinessTries) == 0
