"""The pure rules: states, waiting times, and what a person is shown."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.days import BusinessDays, CalendarDays
from app.base.errors import Conflict, TooMany
from app.enrolment.rules.states import (
    LETTER_MOVES,
    MOVES,
    UNCONFIRMED,
    UNPOSTED,
    WAITING,
    LastCode,
    LetterState,
    OfficerReason,
    Shown,
    State,
    looks_waiting_for_letter,
    move,
    move_letter,
    outcome,
    shown,
)
from app.enrolment.rules.times import (
    Asked,
    age,
    expiry,
    lapse,
    late_from,
    may_ask_anew,
    reminders_due,
)

ZONE = ZoneInfo("America/Toronto")
LIMITS = {"after": BusinessDays(2), "most": 4, "within": CalendarDays(60), "zone": ZONE}
START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 5 * 365 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))


def at(day: date, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ZONE)


def test_the_code_expires_45_days_after_it_is_made_at_the_end_of_the_day():
    made = at(date(2026, 10, 23), 23, 50)
    assert expiry(made, CalendarDays(45), ZONE) == at(date(2026, 12, 7), 23, 59, 59)


@given(moments)
def test_a_code_made_at_any_hour_of_a_day_expires_with_the_others_of_that_day(moment):
    day = moment.astimezone(ZONE).date()
    first = expiry(at(day, 0), CalendarDays(45), ZONE)
    assert expiry(moment, CalendarDays(45), ZONE) == first
    assert (first.astimezone(ZONE).date() - day).days == 45


def test_a_letter_is_late_after_two_business_days():
    friday = at(date(2026, 10, 23))
    assert late_from(friday, BusinessDays(2), ZONE) == at(date(2026, 10, 27), 23, 59, 59)


def test_a_registration_lapses_some_days_after_its_code():
    last = at(date(2026, 12, 7), 23, 59, 59)
    assert lapse(last, CalendarDays(60), ZONE) == at(date(2027, 2, 5), 23, 59, 59)


@pytest.mark.parametrize(("days", "sent"), [(29, 0), (30, 1), (39, 1), (40, 2), (45, 2)])
def test_reminders_are_due_on_their_days_and_not_before(days, sent):
    made = at(date(2026, 10, 23), 23, 59)
    moment = at(date(2026, 10, 23), 0, 1) + timedelta(days=days)
    assert reminders_due(made, moment, [CalendarDays(30), CalendarDays(40)], ZONE) == sent


def letter(day: date, **changes: object) -> Asked:
    made = {"made_at": at(day), "by_person": True, "state": "posted", "asked_at": at(day, 9)}
    return Asked(**{**made, **changes})


def test_a_new_letter_may_be_asked_for_after_two_business_days():
    friday = date(2026, 10, 23)
    with pytest.raises(TooMany) as refused:
        may_ask_anew([letter(friday)], at(date(2026, 10, 27), 23, 59, 59), **LIMITS)
    assert refused.value.retry_at == at(date(2026, 10, 28), 0)
    may_ask_anew([letter(friday)], refused.value.retry_at, **LIMITS)


@pytest.mark.parametrize("state", sorted(UNPOSTED))
def test_no_new_letter_is_asked_for_while_one_is_still_in_the_house(state):
    with pytest.raises(Conflict):
        may_ask_anew([letter(date(2026, 1, 5), state=state)], at(date(2026, 6, 1)), **LIMITS)


def test_four_letters_in_sixty_days_are_the_most():
    first = date(2026, 3, 2)
    history = [letter(first + timedelta(days=7 * n)) for n in range(4)]
    with pytest.raises(TooMany) as refused:
        may_ask_anew(history, at(date(2026, 4, 20)), **LIMITS)
    assert refused.value.retry_at == at(first + timedelta(days=60), 0)
    may_ask_anew(history, refused.value.retry_at, **LIMITS)
    with pytest.raises(TooMany):
        may_ask_anew(history, refused.value.retry_at - timedelta(seconds=1), **LIMITS)


def test_letters_made_anew_by_staff_do_not_count_against_the_person():
    first = date(2026, 3, 2)
    history = [letter(first + timedelta(days=7 * n), by_person=n == 0) for n in range(4)]
    may_ask_anew(history, at(date(2026, 4, 20)), **LIMITS)


@given(st.lists(moments, max_size=8), moments)
def test_whenever_a_new_letter_is_refused_it_is_allowed_from_the_instant_that_is_told(
    asked, moment
):
    history = [Asked("posted", one, one, True) for one in asked if one <= moment]
    opens = moment
    for _ in range(4):  # when one limit ends, another may begin to hold
        later = refused_until(history, opens)
        if later is None:
            break
        assert later > opens
        opens = later
    assert refused_until(history, opens) is None


def refused_until(history: list[Asked], moment: datetime) -> datetime | None:
    try:
        may_ask_anew(history, moment, **LIMITS)
    except TooMany as refused:
        return refused.retry_at
    return None


@given(st.lists(st.sampled_from(list(State)), max_size=12))
def test_an_ended_registration_never_moves_again(path):
    state = State.DRAFT
    for to in path:
        ended = not MOVES[state]
        try:
            state = move(state, to)
        except Conflict:
            continue
        assert not ended


@given(st.lists(st.sampled_from(list(LetterState)), max_size=12))
def test_a_letter_is_posted_only_after_it_was_confirmed_on_paper(path):
    state, passed = LetterState.DUE, [LetterState.DUE]
    for to in path:
        try:
            state = move_letter(state, to)
        except Conflict:
            continue
        passed.append(state)
    if LetterState.POSTED in passed:
        before = passed[: passed.index(LetterState.POSTED)]
        assert before[-1] == LetterState.PRINTED
        assert LetterState.PREPARED in before
    if LetterState.DELIVERED in passed or LetterState.RETURNED in passed:
        assert passed[-2] == LetterState.POSTED


def test_every_state_has_its_moves_and_every_move_leads_to_a_state():
    assert set(MOVES) == set(State)
    assert set(LETTER_MOVES) == set(LetterState)
    proved = {State.DRAFT, State.LETTER, State.PROVED}  # by facts, by a code, by an officer
    assert {s for s in State if State.ACTIVATED in MOVES[s]} == proved


@pytest.mark.parametrize("in_registry", [True, False])
@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("referred", [True, False])
def test_whoever_registers_an_active_business_sees_exactly_what_they_would_see_otherwise(
    in_registry, same, referred
):
    facts = {"in_registry": in_registry, "same_address": same, "referred": referred}
    free = outcome(**facts, already_active=False)
    taken = outcome(**facts, already_active=True)
    for letter_state in [None, *LetterState]:
        for code in (None, LastCode(at(date(2026, 12, 7)), 0), LastCode(at(date(2026, 1, 7)), 5)):
            views = {
                shown(
                    one.state,
                    one.reason,
                    letter=letter_state,
                    code=code,
                    tries_allowed=5,
                    moment=at(date(2026, 11, 1)),
                )
                for one in (free, taken)
            }
            assert len(views) == 1
    if not (in_registry and same and not referred):
        assert free == taken


def test_only_a_business_of_the_registry_at_its_address_gets_a_letter_without_an_officer():
    assert outcome(
        in_registry=True, same_address=True, referred=False, already_active=False
    ).state == (State.LETTER)
    for facts, reason in (
        ({"in_registry": False}, OfficerReason.NOT_IN_REGISTRY),
        ({"same_address": False}, OfficerReason.ADDRESS),
        ({"referred": True}, OfficerReason.ANSWERS),
        ({"already_active": True}, OfficerReason.ALREADY_ACTIVE),
    ):
        normal = {
            "in_registry": True,
            "same_address": True,
            "referred": False,
            "already_active": False,
        }
        decided = outcome(**{**normal, **facts})
        assert (decided.state, decided.reason) == (State.OFFICER, reason)


@pytest.mark.parametrize(
    ("letter_state", "code", "seen"),
    [
        ("due", None, Shown.PREPARING),
        ("withheld", None, Shown.PREPARING),
        ("printed", (7, 0), Shown.PREPARING),
        ("posted", (7, 0), Shown.POSTED),
        ("delivered", (7, 0), Shown.DELIVERED),
        ("returned", (7, 0), Shown.RETURNED),
        ("posted", (7, 5), Shown.LOCKED),
        ("delivered", (-1, 0), Shown.EXPIRED),
    ],
)
def test_the_person_sees_state_and_dates_of_the_letter(letter_state, code, seen):
    now = at(date(2026, 11, 1))
    last = LastCode(now + timedelta(days=code[0]), code[1]) if code else None
    view = shown("letter", None, letter=letter_state, code=last, tries_allowed=5, moment=now)
    assert view == seen


def test_a_registration_held_because_the_business_is_active_looks_like_one_with_a_letter():
    assert looks_waiting_for_letter("officer", "already_active")
    assert not looks_waiting_for_letter("officer", "address")


def test_a_registration_moves_like_this_and_in_no_other_way():
    assert {state: {to.value for to in moves} for state, moves in MOVES.items()} == {
        "draft": {
            "draft", "ineligible", "routed", "officer", "letter", "activated", "lapsed",
            "withdrawn",
        },
        "ineligible": {"draft"},
        "routed": {"draft"},
        "officer": {"letter", "proved", "refused", "withdrawn"},
        "proved": {"activated", "lapsed", "withdrawn"},
        "letter": {"activated", "officer", "lapsed", "withdrawn"},
        "activated": set(),
        "refused": set(),
        "lapsed": set(),
        "withdrawn": set(),
    }  # fmt: skip


def test_a_letter_moves_like_this_and_in_no_other_way():
    assert {state: {to.value for to in moves} for state, moves in LETTER_MOVES.items()} == {
        "due": {"prepared", "withheld", "cancelled"},
        "withheld": {"due", "cancelled"},
        "prepared": {"printed", "replaced", "withheld", "cancelled"},
        "printed": {"posted", "replaced", "withheld", "cancelled"},
        "posted": {"delivered", "returned"},
        "delivered": set(),
        "returned": set(),
        "replaced": set(),
        "cancelled": set(),
    }
    assert {"prepared", "printed"} == UNCONFIRMED
    assert {"due", "withheld", "prepared", "printed"} == UNPOSTED
    assert {"officer", "letter", "proved"} == WAITING


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        ("draft", Shown.ANSWERING),
        ("ineligible", Shown.INELIGIBLE),
        ("routed", Shown.BY_EMAIL),
        ("officer", Shown.WITH_OFFICER),
        ("proved", Shown.PROVED),
        ("activated", Shown.ACTIVATED),
        ("refused", Shown.REFUSED),
        ("lapsed", Shown.LAPSED),
        ("withdrawn", Shown.WITHDRAWN),
    ],
)
def test_the_person_is_told_where_the_registration_stands(state, seen):
    now = at(date(2026, 11, 1))
    assert shown(state, None, letter=None, code=None, tries_allowed=5, moment=now) == seen


def test_a_code_opens_to_its_last_instant():
    now = at(date(2026, 12, 7), 23, 59, 59)
    last = LastCode(now, 0)
    seen = shown("letter", None, letter="posted", code=last, tries_allowed=5, moment=now)
    assert seen == Shown.POSTED


def test_a_refused_letter_says_which_limit_it_met():
    friday = date(2026, 10, 23)
    with pytest.raises(Conflict, match=r"^letter_waiting$"):
        may_ask_anew([letter(friday, state="due")], at(friday), **LIMITS)
    with pytest.raises(TooMany, match=r"^letter_code\.new_letter_after$"):
        may_ask_anew([letter(friday)], at(friday), **LIMITS)
    four = [letter(date(2026, 9, 1) + timedelta(days=n)) for n in range(4)]
    with pytest.raises(TooMany, match=r"^letter_code\.letters$"):
        may_ask_anew(four, at(friday), **LIMITS)


def test_two_business_days_are_counted_from_the_last_letter_that_was_made():
    made = [letter(date(2026, 9, 1)), letter(date(2026, 10, 23))]
    for history in (made, made[::-1]):
        with pytest.raises(TooMany) as refused:
            may_ask_anew(history, at(date(2026, 10, 26)), **LIMITS)
        assert refused.value.retry_at == at(date(2026, 10, 28), 0)


def test_a_letter_that_was_cancelled_does_not_count():
    four = [letter(date(2026, 9, 1) + timedelta(days=n)) for n in range(4)]
    three = [letter(date(2026, 9, 1), state="cancelled"), *four[1:]]
    may_ask_anew(three, at(date(2026, 10, 23)), **LIMITS)


def test_the_age_of_a_letter_is_counted_in_business_days():
    friday, tuesday = at(date(2026, 10, 23), 23), at(date(2026, 10, 27), 1)
    assert age(friday, friday, ZONE) == 0
    assert age(friday, tuesday, ZONE) == 2
