"""What may be consented to, what a choice changes, what has effect: for any partners and day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.errors import Conflict, Invalid
from app.consents import rules
from app.programs.schema.consents import Consent

TEXT = {"en": "a", "fr": "b"}
SOURCE = {"page": "decision"}
TODAY = date(2026, 11, 22)
NEAR = st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3))
CODES = ("north", "south", "east", "west")


def consent(partners, **values):
    """A consent with these partners: code → its days."""
    return Consent.model_validate(
        {
            "code": "sharing",
            "label": TEXT,
            "short": TEXT,
            "wording": "1",
            "lead": TEXT,
            "text": [TEXT],
            "declaration": TEXT,
            "case": "permit",
            "given_in": ["filed"],
            "shares": {"name": {"label": TEXT, "source": SOURCE}},
            "partners": {
                code: {"label": TEXT, "source": SOURCE}
                | {name: day.isoformat() for name, day in days.items() if day is not None}
                for code, days in partners.items()
            },
            "source": SOURCE,
        }
        | values
    )


@st.composite
def days(draw):
    """When a partner is one: from a day or always, until a later day or for good."""
    begins = draw(st.none() | NEAR)
    after = (begins or TODAY - timedelta(days=3)) + timedelta(days=1)
    return {"begins": begins, "ends": draw(st.none() | st.dates(after, after + timedelta(days=6)))}


CONSENTS = st.dictionaries(st.sampled_from(CODES), days(), min_size=1).map(consent)
SETS = st.frozensets(st.sampled_from(CODES))


@given(CONSENTS, NEAR)
def test_a_partner_may_be_chosen_on_the_days_on_which_it_is_one_and_on_no_other(one, day):
    for code, partner in one.partners.items():
        begun = partner.begins is None or partner.begins <= day
        over = partner.ends is not None and partner.ends <= day
        assert (code in rules.open_today(one, day)) == (begun and not over)


@given(CONSENTS, SETS, SETS, NEAR)
def test_after_a_choice_consent_stands_for_what_was_wanted_and_nothing_else(
    one, standing, wanted, day
):
    possible = {*rules.open_today(one, day), *standing}
    if not wanted <= possible:
        with pytest.raises(Invalid) as problem:
            rules.change(one, standing, wanted, day)
        assert problem.value.errors == {"partners": "unknown"}
        return
    found = rules.change(one, standing, wanted, day)
    after = (standing | set(found.given)) - set(found.withdrawn)
    assert after == wanted
    assert set(found.kept) == standing & wanted
    assert set(found.given).isdisjoint(standing)
    assert set(found.withdrawn) <= standing
    assert found.is_none == (standing == wanted)
    assert rules.change(one, after, wanted, day).is_none, "sent again it changes nothing"


@given(CONSENTS, SETS, NEAR)
def test_everything_may_be_withdrawn_on_any_day(one, standing, day):
    assert set(rules.change(one, standing, (), day).withdrawn) == standing


@given(CONSENTS, NEAR)
def test_a_consent_has_effect_while_its_partner_is_one_and_nobody_withdrew_it(one, day):
    for code, partner in one.partners.items():
        effect = rules.effect_of(partner, day, withdrawn=False)
        assert (effect == "effective") == (code in rules.open_today(one, day))
        assert rules.effect_of(partner, day, withdrawn=True) == "withdrawn"


@pytest.mark.parametrize(
    ("partner", "effect"),
    [
        ({"ends": TODAY}, "ended"),
        ({"ends": TODAY + timedelta(days=1)}, "effective"),
        ({"begins": TODAY}, "effective"),
        ({"begins": TODAY + timedelta(days=1)}, "not_begun"),
        ({}, "effective"),
    ],
)
def test_the_first_and_the_last_day_of_an_arrangement(partner, effect):
    one = consent({"north": partner}).partners["north"]
    assert rules.effect_of(one, TODAY, withdrawn=False) == effect


def test_a_consent_to_a_partner_that_is_gone_has_no_effect_any_more():
    assert rules.effect_of(None, TODAY, withdrawn=False) == "ended"
    assert rules.effect_of(None, TODAY, withdrawn=True) == "withdrawn"


def test_what_is_given_is_told_in_the_order_of_the_definition_and_what_is_gone_last():
    one = consent({"west": {}, "east": {}})
    found = rules.change(one, {"zinc", "north"}, {"east", "west", "zinc"}, TODAY)
    assert found == rules.Change(("west", "east"), ("north",), ("zinc",))


def test_it_is_given_only_while_the_case_or_the_account_is_where_the_definition_says():
    one = consent({"north": {}}, or_standing=["member"])
    assert rules.may_be_given(one, "filed", "new")
    assert rules.may_be_given(one, None, "member")
    assert not rules.may_be_given(one, "draft", "new")
    assert not rules.may_be_given(one, None, "new")


@pytest.mark.parametrize("lacking", ["same", "possible", "declared"])
def test_giving_asks_for_the_page_as_it_was_for_the_time_and_for_the_declaration(lacking):
    found = rules.Change(given=("north",))
    met = {"same": True, "possible": True, "declared": True}
    rules.require(found, **met)
    reasons = {"same": "stale", "possible": "not_yet", "declared": {"declared": "empty"}}
    with pytest.raises((Conflict, Invalid)) as problem:
        rules.require(found, **met | {lacking: False})
    error = problem.value
    assert (error.errors if isinstance(error, Invalid) else error.reason) == reasons[lacking]


def test_withdrawing_asks_for_neither_the_time_nor_a_declaration():
    rules.require(rules.Change(withdrawn=("north",)), possible=False, same=True, declared=False)


def test_a_fingerprint_changes_with_the_words_the_partners_and_the_row():
    one = consent({"north": {}})
    told = {
        rules.fingerprint(one, {}),
        rules.fingerprint(one, {"north": 1}),
        rules.fingerprint(one, {"north": 2}),
        rules.fingerprint(consent({"north": {}}, wording="2"), {"north": 1}),
    }
    assert len(told) == 4
    assert rules.fingerprint(one, {"a": 1, "b": 2}) == rules.fingerprint(one, {"b": 2, "a": 1})
