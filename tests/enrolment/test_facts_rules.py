"""The rules of shared facts: what agrees, what is asked for, and when one may not try again."""

import hmac
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.enrolment.rules import facts
from app.enrolment.rules.facts import (
    Answer,
    agrees,
    all_agree,
    amount_fault,
    as_recorded,
    has_program_account,
    locked_until,
    needed,
    offered,
    tries_left,
)
from app.programs.loader import parse
from app.programs.schema.definition import Definition
from tests.support.second import FILE

DEFINED = parse(Definition, FILE.read_text(encoding="utf-8"), FILE.name).enrolment.shared_facts
FACTS = tuple(DEFINED.facts.values())
KINDS = [fact.kind for fact in FACTS]
NAME = "Traversiers J.-P. Côté & Fils, s.e.n.c."
ADDRESS = {
    "street": "12, rue St-Paul O., bur. 4",
    "city": "Trois-Rivières",
    "region": "QC",
    "postal_code": "G9A 5H7",
    "country": "CA",
}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
amounts = st.decimals(Decimal("-999999999999.99"), facts.MOST, places=2)
times = st.lists(st.integers(0, 72 * 60), max_size=12).map(
    lambda minutes: [NOW - timedelta(minutes=one) for one in sorted(minutes)]
)


def matches(name=NAME, **parts):
    return as_recorded(name, {**ADDRESS, **parts}, NAME, ADDRESS)


def test_name_and_address_as_recorded_agree():
    assert matches()


@pytest.mark.parametrize("part", range(len(NAME)))
def test_a_name_without_any_one_of_its_signs_is_another(part):
    changed = NAME[:part] + NAME[part + 1 :]
    assert matches(changed) is (changed.split() == NAME.split())


@pytest.mark.parametrize(
    "name",
    [
        "Traversiers J-P. Côté & Fils, s.e.n.c.",
        "Traversiers J.-P. Cote & Fils, s.e.n.c.",
        "TRAVERSIERS J.-P. CÔTÉ & FILS, S.E.N.C.",
        "Traversiers J.-P. Côté et Fils, s.e.n.c.",
        "Traversiers J.-P. Côté & Fils s.e.n.c.",
        "",
    ],
)
def test_punctuation_accents_and_capitals_of_the_name_count(name):
    assert not matches(name)


@pytest.mark.parametrize(
    ("part", "typed"),
    [
        ("street", "12 rue St-Paul O., bur. 4"),
        ("street", "12, rue Saint-Paul O., bur. 4"),
        ("street", "12, rue St-Paul Ouest, bur. 4"),
        ("city", "Trois Rivières"),
        ("region", "ON"),
        ("country", "US"),
        ("postal_code", "G9A 5H8"),
        ("street", ""),
    ],
)
def test_every_part_of_the_address_counts_and_no_short_form_is_forgiven(part, typed):
    assert not matches(**{part: typed})


def test_only_outer_and_repeated_spaces_are_forgiven():
    assert matches(f"  {NAME.replace(' ', '   ')} ", street=" 12,  rue St-Paul O.,\u00a0bur. 4 ")
    assert matches(postal_code="g9a5h7")
    assert not matches(NAME.replace("& Fils", "&Fils"))


def test_nothing_typed_agrees_with_nothing():
    assert not as_recorded("", {}, NAME, ADDRESS)
    assert not as_recorded(NAME, {}, NAME, dict.fromkeys(ADDRESS, "~"))


def test_all_parts_are_compared_though_the_first_differs(monkeypatch):
    seen = []
    compare = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: seen.append(b) or compare(a, b))
    as_recorded("Another", {}, NAME, ADDRESS)
    assert len(seen) == 1 + len(ADDRESS)


@pytest.mark.parametrize(
    ("typed", "asked", "agreed"),
    [
        ("RM0001", True, True),
        ("RM0002", True, True),
        ("RM0003", True, False),
        ("RT0001", True, False),
        ("", True, False),
        ("", False, True),
    ],
)
def test_the_program_account_is_one_that_the_registry_gives_the_business(typed, asked, agreed):
    known = ["RM0001 Imports", "RM0002"]
    assert has_program_account(typed, known, asked=asked) is agreed
    assert has_program_account(typed, [], asked=asked) is not asked


@given(st.sets(st.sampled_from(KINDS)))
def test_only_questions_for_which_the_ledger_holds_data_are_offered(held):
    assert {fact.kind for fact in offered(FACTS, held)} == held


@given(st.integers(1, 5), st.integers(0, 5))
def test_as_many_are_needed_as_are_asked_for_and_never_more_than_are_offered(ask, there):
    least = needed(ask, there)
    assert least <= ask
    assert least <= there
    assert least in {ask, there}


def test_two_of_three_are_needed_and_one_where_only_one_can_be():
    assert [needed(DEFINED.ask, n) for n in (3, 2, 1, 0)] == [2, 2, 1, 0]


@pytest.mark.parametrize(
    ("kind", "typed", "fault"),
    [
        ("transaction", "0.00", None),
        ("payment", "0", "zero"),
        ("statement", "-0.00", "zero"),
        ("statement", "-12.50", None),
        ("transaction", "0.01", None),
        ("transaction", "0.001", "format"),
        ("transaction", "1000000000000.00", "format"),
        ("transaction", "999999999999.99", None),
    ],
)
def test_zero_counts_for_a_transaction_and_not_for_a_payment_or_a_balance(kind, typed, fault):
    (fact,) = offered(FACTS, {kind})
    assert amount_fault(Decimal(typed), zero=fact.zero) == fault


@given(amounts, st.lists(amounts, max_size=6))
def test_an_amount_agrees_exactly_when_it_is_one_of_those_on_record(typed, candidates):
    assert agrees(typed, candidates) is (typed in candidates)
    assert agrees(typed, [*candidates, typed])


@given(amounts, st.lists(amounts, max_size=6))
def test_every_candidate_is_compared_and_none_at_all_costs_a_comparison_too(typed, candidates):
    seen = []
    compare = hmac.compare_digest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hmac, "compare_digest", lambda a, b: seen.append((a, b)) or compare(a, b))
        agrees(typed, [typed, *candidates])
        assert len(seen) == 1 + len(candidates)
        seen.clear()
        assert not agrees(typed, [])
    assert len(seen) == 1
    assert len({len(octets) for pair in seen for octets in pair}) == 1


right = st.tuples(st.just(True), amounts).map(lambda pair: (pair[1], [pair[1]]))
wrong = amounts.map(lambda amount: (amount, []))


@given(st.lists(right, max_size=3), st.integers(1, 3))
def test_as_many_right_answers_as_are_needed_prove_it(answers, least):
    assert all_agree(answers, least) is (len(answers) >= least)


@given(st.lists(right, max_size=3), st.lists(wrong, min_size=1, max_size=3), st.integers(0, 3))
def test_one_wrong_answer_spoils_all_that_were_given(good, bad, least):
    assert not all_agree([*good, *bad], least)
    assert not all_agree([*bad, *good], least)


def test_no_answer_proves_nothing_even_where_nothing_is_needed():
    assert not all_agree([], 0)


@given(times, st.integers(0, 96 * 60))
def test_five_failures_within_a_day_lock_for_a_day_from_the_fifth_and_four_never(failures, later):
    moment = NOW + timedelta(minutes=later)
    until = locked_until(failures, moment, most=5, length=DAY)
    if until is None:
        few = len(failures) < 5 or failures[4] <= failures[0] - DAY
        assert few or moment >= failures[0] + DAY
    else:
        assert until == failures[0] + DAY > moment
        assert sum(one > failures[0] - DAY for one in failures) >= 5


def test_the_lock_ends_a_day_after_the_fifth_failure_to_the_second():
    failures = [NOW - timedelta(hours=hours) for hours in (0, 1, 2, 20, 23)]
    end = NOW + DAY
    locked = [
        locked_until(failures, moment, most=5, length=DAY)
        for moment in (NOW, end - timedelta(seconds=1), end)
    ]
    assert locked == [end, end, None]


def test_failures_a_whole_day_apart_do_not_add_up():
    apart = [NOW - timedelta(hours=hours) for hours in (0, 1, 2, 3, 24)]
    assert locked_until(apart, NOW, most=5, length=DAY) is None
    apart[-1] += timedelta(seconds=1)
    assert locked_until(apart, NOW, most=5, length=DAY) == NOW + DAY


@given(times)
def test_tries_left_count_the_failures_of_the_last_day_only(failures):
    left = tries_left(failures, NOW, most=5, length=DAY)
    assert left == max(0, 5 - len([one for one in failures if NOW - one < DAY]))
    assert tries_left([NOW - DAY], NOW, most=5, length=DAY) == 5


def test_an_answer_has_no_printable_form():
    assert "98.76" not in repr(Answer("payment", Decimal("98.76")))
