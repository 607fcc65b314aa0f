"""What a definition says of the ways to an account: its mistakes told, its rules shown."""

import copy

import pytest

from app.programs.loader import parse, read_tree
from app.programs.schema.definition import Definition
from tests.definitions.test_check import told
from tests.programs.conftest import tree, written
from tests.support.second import CODE, FILE

FACTS = ("enrolment", "shared_facts")


@pytest.fixture
def value():
    """The invented program, enrolled by shared facts."""
    return copy.deepcopy(read_tree(FILE.read_text(encoding="utf-8"), FILE.name)[1])


@pytest.fixture
def save(tmp_path):
    def keep(value, name=CODE):
        path = tmp_path / f"{name}.yaml"
        path.write_text(written(value), encoding="utf-8")
        return path

    return keep


def mailed(value, **changes):
    """The same program, with letters too."""
    first = value["enrolment"]["shared_facts"]
    alike = ("role", "late_after", "draft_life", "identifiers", "attestation", "source")
    value["enrolment"]["mailed_code"] = {
        **{name: copy.deepcopy(first[name]) for name in alike},
        "valid": "30 calendar days",
        "expected_within": "10 calendar days",
        "remind_after": ["20 calendar days"],
        "lapse_after": "40 calendar days",
        **changes,
    }
    value["letters"]["activation"] = tree()["letters"]["activation"]


def test_a_program_may_have_both_ways(run, save, value):
    mailed(value)
    assert run("check", save(value)).exit_code == 0


def test_it_has_one_at_least(run, save, value):
    del value["enrolment"]["shared_facts"]
    found, _ = told(run, save, value)
    assert ("enrolment", "expected shared_facts or mailed_code, or both") in found


@pytest.mark.parametrize("name", ["late_after", "draft_life"])
def test_both_ways_ask_the_same_before_they_part(run, save, value, name):
    mailed(value, **{name: "9 business days" if name == "late_after" else "9 calendar days"})
    found, _ = told(run, save, value)
    assert found == [(f"enrolment.mailed_code.{name}", "expected the same as in shared_facts")]


def test_letters_are_there_for_the_ways_there_are_and_for_no_others(run, save, value):
    mailed(value)
    value["letters"]["notice"], other = value["letters"]["activation"], value["letters"]
    del value["enrolment"]["mailed_code"], value["letters"]["notice"]
    found, _ = told(run, save, value)
    assert set(found) == {
        ("letters.activation", "expected this letter with mailed_code only"),
        ("letters.notice", "expected the words of this letter, which shared_facts sends"),
    }
    del other["activation"]


def test_a_notice_says_who_and_when_and_has_no_holes_that_nothing_fills(run, save, value):
    value["letters"]["notice"]["closing"] = {"en": "%(last_day)s", "fr": "%(last_day)s"}
    found, _ = told(run, save, value)
    assert found == [
        (
            "letters.notice.closing",
            "expected placeholders among business, day, email, person, role, not last_day",
        )
    ]
    value["letters"]["notice"]["opening"] = {"en": "Hello.", "fr": "Bonjour."}
    found, _ = told(run, save, value)
    assert ("letters.notice", "expected the opening to name person") in found


def test_no_length_of_a_letter_is_filled_in_where_none_is_sent(run, save, value):
    texts = value["how_to_get_an_account"][0]["paragraphs"]
    texts[0] = {"en": "Within %(expected)s.", "fr": "Dans %(expected)s."}
    found, _ = told(run, save, value)
    key = "how_to_get_an_account.1.paragraphs.1"
    assert found == [(key, "expected placeholders among transfer, not expected")]


@pytest.mark.parametrize(
    ("change", "key", "expected"),
    [
        (lambda rule: rule.update(ask="4"), "ask",
         "expected at most 3, as many as there are facts"),
        (lambda rule: rule["facts"].update(more=copy.deepcopy(rule["facts"]["paid"])),
         "facts.more.kind",
         "expected each kind once: one payment would answer two questions"),
        (lambda rule: rule.update(role="second_agent"), "role",
         "expected harbour_agent: an account begins with it"),
        (lambda rule: rule["identifiers"]["federal_number"]["asked_of"][0].update(base="moon"),
         "identifiers.federal_number.asked_of.1.base", "expected one of the bases, not moon"),
        (lambda rule: rule["facts"]["dues"].update(
             dated=copy.deepcopy(rule["facts"]["paid"]["amount"])),
         "facts.dues", "expected number at a transaction; dated at a payment and at a statement"),
        (lambda rule: rule["facts"]["paid"].pop("dated"), "facts.paid",
         "expected number at a transaction; dated at a payment and at a statement"),
        (lambda rule: rule["facts"]["owed"].update(kind="dream"), "facts.owed.kind",
         "expected transaction, payment or statement"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_facts_is_told_at_its_line(run, save, value, change, key, expected):
    change(value["enrolment"]["shared_facts"])
    found, _ = told(run, save, value)
    assert (f"enrolment.shared_facts.{key}", expected) in found


def test_staff_make_accounts_where_letters_activate_them(run, save, value):
    value["enrolment"]["staff_created"] = tree()["enrolment"]["staff_created"] | {
        "role": "harbour_agent", "source": {"page": "harbour_rules"},
    }  # fmt: skip
    found, _ = told(run, save, value)
    assert found == [
        (
            "enrolment.staff_created",
            "expected mailed_code beside it: the account is activated by letter",
        )
    ]


@pytest.mark.parametrize(("language", "words"), [
    ("en", ("How a business gets its account", "then 2 of these", "zero counts", "by letter")),
    ("fr", ("Comment une entreprise obtient son compte", "puis 2 de ceux-ci", "zéro compte",
            "par lettre")),
])  # fmt: skip
def test_both_ways_are_shown(run, save, value, language, words):
    mailed(value)
    result = run("show", save(value), "--lang", language)
    shown = " ".join(result.output.split())
    for one in words:
        assert one in shown
    rule = parse(Definition, FILE.read_text(encoding="utf-8"), FILE.name).enrolment.shared_facts
    for fact in rule.facts.values():
        assert f"{fact.label.say(language)} ({fact.code})" in shown
