"""The block `consents` of a definition: what is wrong in one, and what is published of it."""

from __future__ import annotations

import copy

import pytest
from sqlalchemy import select

from app.programs import library
from app.programs.loader import DefinitionError, parse
from app.programs.models import ConsentPartner, Program
from app.programs.schema.definition import Definition
from tests.programs.conftest import tree, written

# Program, consent and wording → fingerprint of what people agreed to, in both languages. Changed
# words get a new number, which adds a line here; a line is never changed after a release.
AGREED = {
    (
        "pip",
        "mutual_recognition",
        1,
    ): "71c930377efc4ed4ad692e93000db697640bf7a85d00674815d14ce2119260cd",
}


@pytest.fixture
def value():
    """The shipped definition, shortened."""
    return tree()


def mistakes(value):
    """Key → what was expected there."""
    with pytest.raises(DefinitionError) as problem:
        parse(Definition, written(value), "pip.yaml")
    return {slip.path: slip.expected for slip in problem.value.slips}


def test_words_that_people_agreed_to_never_change_under_their_number():
    for program in library.definitions():
        for one in program.consents.values():
            assert AGREED[program.code, one.code, one.wording] == one.sha256()


def test_what_does_not_fit_together_is_told_in_its_place(value):
    ((code, consent),) = value["consents"].items()
    value["consents"] = {
        "account": copy.deepcopy(consent) | {"case": "none_such"},
        code: consent | {"given_in": ["asleep"], "or_standing": ["lying"]},
    }
    value["consents"][code]["declaration"] = {"en": "I, %(who)s", "fr": "Moi, %(who)s"}
    found = mistakes(value)
    assert found["consents.account.case"] == "expected one of the cases, not none_such"
    assert found["consents.account"].startswith("expected ")
    assert found[f"consents.{code}.given_in.1"] == "expected one of the states, not asleep"
    assert found[f"consents.{code}.or_standing.1"] == "expected one of the standings, not lying"
    assert found[f"consents.{code}.declaration"].startswith("expected a text without placeholders")


@pytest.mark.parametrize("deed", ["view", "give"])
def test_a_consent_that_no_role_may_view_or_give_is_refused(value, deed):
    (code,) = value["consents"]
    row = next(name for name, row in value["matrix"].items() if f"{code}.{deed}" in row["actions"])
    for role in value["roles"].values():
        role["may"] = [one for one in role["may"] if one != row]
    assert mistakes(value) == {
        f"consents.{code}": f"expected a row of the matrix, of some role, with {code}.{deed}"
    }


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"begins": "2026-05-02", "ends": "2026-05-02"}, "expected ends after begins"),
        ({"dated": "signed"}, "expected begins where dated says what that day is"),
        ({"begins": "2026-02-30"}, "expected a date that exists"),
        ({"begins": "2026-02-03", "dated": "dreamt"}, "expected in_force, year, signed"),
    ],
)
def test_days_that_cannot_be_are_told(value, days, sentence):
    (code,) = value["consents"]
    partners = value["consents"][code]["partners"]
    first = next(iter(partners))
    kept = {key: one for key, one in partners[first].items() if key not in {"begins", "dated"}}
    partners[first] = kept | days
    (told,) = mistakes(value).values()
    assert told.startswith(sentence)


def test_partners_are_published_with_their_version_and_the_words_agreed_to(world):
    for program in library.definitions():
        row = world.db.scalars(select(Program).filter_by(code=program.code)).one()
        wanted = select(ConsentPartner).filter_by(program_id=row.id, version=row.version)
        there = {
            (one.consent, one.wording, one.partner): (one.label_en, one.label_fr, one.begins)
            for one in world.db.scalars(wanted)
        }
        assert there == {
            (consent.code, consent.wording, code): (
                partner.label.en,
                partner.label.fr,
                partner.begins,
            )
            for consent in program.consents.values()
            for code, partner in consent.partners.items()
        }
