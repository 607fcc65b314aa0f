"""What a definition may say of acting for others: its mistakes, and its changes in sentences."""

from __future__ import annotations

import copy

import pytest

from app.programs import library
from app.programs.loader import read_tree
from tests.support.definitions import delegating

DEFINITION = delegating()
CODE = DEFINITION.code
MANAGER = DEFINITION.required_role.code
PART = next(one.code for one in DEFINITION.roles.values() if one.reach != "account")
LEVELS, ACTING = DEFINITION.delegation.levels, DEFINITION.delegation.acting
_TREE = read_tree(library.source(CODE), CODE)[1]


@pytest.fixture
def value():
    """The shipped definition that has a delegation, as plain keys and text."""
    return copy.deepcopy(_TREE)


@pytest.fixture
def slips(run, save):
    """`slips(tree)`: what `check` says of it, key and sentence."""

    def ask(value):
        result = run("check", save(value))
        assert result.exit_code == 1, result.output
        lines = result.output.splitlines()[:-1]
        return [tuple(one.partition(", line ")[2].partition(", ")[2].split(": ", 1))
                for one in lines]  # fmt: skip

    return ask


def test_the_shipped_definition_is_in_order(run, save, value):
    assert run("check", save(value)).exit_code == 0


@pytest.mark.parametrize("kind", ["levels", "acting"])
def test_a_level_or_an_acting_role_grants_rows_that_exist(slips, value, kind):
    code = next(iter(value["delegation"][kind]))
    value["delegation"][kind][code]["may"].append("no_such_row")
    ((key, said),) = slips(value)
    assert key.startswith(f"delegation.{kind}.{code}.may.")
    assert said == "expected a row of the matrix, not no_such_row"


def test_an_acting_role_grants_only_what_some_level_does(slips, value):
    granted = {row for level in LEVELS.values() for row in level.may}
    other = next(row for row in DEFINITION.matrix if row not in granted)
    code = next(iter(ACTING))
    value["delegation"]["acting"][code]["may"].append(other)
    ((key, said),) = slips(value)
    assert key == f"delegation.acting.{code}.may.{len(ACTING[code].may) + 1}"
    assert said == f"expected a row that some level grants, not {other}"


def test_an_acting_role_is_not_called_as_a_level(slips, value):
    level, acting = next(iter(LEVELS)), next(iter(ACTING))
    value["delegation"]["acting"][level] = value["delegation"]["acting"].pop(acting)
    ((key, said),) = slips(value)
    assert key == f"delegation.acting.{level}"
    assert said == f"expected another code: {level} is a level"


def test_reminders_come_closer_to_the_end(slips, value):
    value["delegation"]["reminders"] = ["7 calendar days", "7 calendar days", "30 calendar days"]
    assert slips(value) == [
        ("delegation.reminders.2", "expected fewer days than 7"),
        ("delegation.reminders.3", "expected fewer days than 7"),
    ]


def test_a_required_role_reaches_the_whole_account(slips, value):
    value["roles"][MANAGER]["reach"] = "program_account"
    value["roles"][MANAGER]["gives"] = [MANAGER]
    found = slips(value)
    expected = "expected account: a role that is required answers for all of it"
    assert (f"roles.{MANAGER}.reach", expected) in found


def test_who_holds_a_part_gives_nothing_that_reaches_further(slips, value):
    roles = value["roles"]
    lower = list(roles)[-1]
    roles[lower]["reach"] = "account"
    givers = [code for code in DEFINITION.roles[PART].gives if code == lower]
    assert givers, "the first role of a part gives the lowest"
    assert [said for key, said in slips(value) if key.startswith(f"roles.{PART}.gives")] == [
        f"expected a role that reaches no further, not {lower}"
    ]


def test_without_a_transfer_no_required_role_is_for_one_person(slips, value):
    value["roles"][MANAGER]["exclusive"] = "yes"
    assert slips(value) == [
        (
            f"roles.{MANAGER}.exclusive",
            "expected no, or a transfer: its first holder could never be replaced",
        )
    ]


def test_without_a_transfer_the_required_role_is_given_by_its_holders(slips, value):
    value["roles"][MANAGER]["gives"].remove(MANAGER)
    assert slips(value) == [
        (
            f"roles.{MANAGER}.gives",
            f"expected {MANAGER} among them: nobody else could make a second one",
        )
    ]


def test_without_a_transfer_one_role_is_required(slips, value):
    lower = list(value["roles"])[-1]
    value["roles"][lower] |= {"required": "yes", "reach": "account", "gives": [lower]}
    found = dict(slips(value))
    assert (
        found[f"roles.{lower}.required"] == f"expected no: an account begins with {MANAGER} alone"
    )
    for role in value["roles"].values():
        role["required"] = "no"
    assert dict(slips(value))["roles"].startswith("expected one role with required: yes")


def test_an_account_begins_with_the_required_role(slips, value):
    value["enrolment"]["shared_facts"]["role"] = PART
    expected = f"expected {MANAGER}: an account begins with it"
    assert slips(value) == [("enrolment.shared_facts.role", expected)]


@pytest.mark.parametrize(
    ("part", "action"),
    [
        ("users", "users.add"),
        ("transfer", "ownership.transfer"),
        ("access_requests", "requests.answer"),
        ("delegation", "clients.ask"),
        ("delegation", "delegations.answer"),
    ],
)
def test_no_role_may_do_what_the_definition_has_no_rules_for(slips, value, part, action):
    value.pop(part, None)
    if not any(action in row["actions"] for row in value["matrix"].values()):
        first = next(iter(value["matrix"].values()))
        first["actions"][action] = {"en": "Do it", "fr": "Le faire"}
    said = [sentence for key, sentence in slips(value) if key.startswith("roles.")]
    assert f"expected no {action} here, or {part}" in said


# ── what changed, in sentences ──────────────────────────────────────────────────────────


@pytest.fixture
def changed(run, save, value):
    """`changed(change)`: the sentences of `diff` in English, after `change` altered the tree."""

    def ask(change):
        old = save(value, "old")
        new = copy.deepcopy(value)
        change(new)
        result = run("diff", old, save(new, "new"), "--lang", "en")
        assert result.exit_code == 0, result.output
        joined = result.output.replace("\n  ", " ")
        return [line[2:] for line in joined.splitlines() if line.startswith("– ")]

    return ask


def test_that_a_switch_is_on_at_first_is_told_with_its_name(changed):
    label = DEFINITION.delegation.switches.others.label.en

    def on(tree):
        tree["delegation"]["switches"]["others"]["default"] = "yes"

    assert changed(on) == [f"“{label}”: shown at first."]


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("groups", "no", "People are no longer put on clients by groups."),
        ("reminders", ["30 calendar days"], "The reminders go out on other days."),
        (
            "opens_after",
            "10 business days",
            (
                "Delegation to another business, delay before the first delegation: was 5 business"
                " days, and is now 10 business days."
            ),
        ),
        (
            "asked_at_once",
            "20",
            "Delegation to another business, clients on one list: was 500, and is now 20.",
        ),
    ],
)
def test_a_change_of_delegation_is_one_plain_sentence(changed, key, text, said):
    assert changed(lambda tree: tree["delegation"].update({key: text})) == [said]


def test_a_part_that_is_gone_and_one_that_is_new_are_told_whole(run, save, value):
    without = copy.deepcopy(value)
    for key in ("delegation", "access_requests"):
        without.pop(key)
    for role in without["roles"].values():
        role["may"] = [row for row in role["may"] if not _asks(without["matrix"][row])]
    old, new = save(value, "old"), save(without, "new")
    gone, there = (run("diff", *pair, "--lang", "en").output for pair in ((old, new), (new, old)))
    assert "– Businesses no longer act for each other." in gone
    assert "– People no longer ask a business for access." in gone
    assert "– Businesses may now act for each other." in there
    assert "– People may now ask a business for access." in there


def _asks(row):
    begins = ("clients.", "delegations.", "requests.")
    return any(action.startswith(begins) for action in row["actions"])


def test_a_new_acting_role_and_another_reach_are_told(changed):
    code, one = next(iter(ACTING.items()))

    def second(tree):
        tree["delegation"]["acting"]["another"] = copy.deepcopy(_TREE["delegation"]["acting"][code])
        tree["delegation"]["levels"][list(LEVELS)[-1]]["reach"] = "account"

    level = list(LEVELS.values())[-1].label.en
    assert changed(second) == [
        f"“{level}” now reaches more, or less, than before.",
        f"The role of those who act for a client “{one.label.en}” is new.",
    ]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_show_tells_requests_levels_acting_roles_and_switches(run, save, value, language):
    told = run("show", save(value), "--lang", language).output
    rule = DEFINITION.delegation
    for one in (*rule.levels.values(), *rule.acting.values()):
        assert f"{one.label.say(language)} ({one.code})" in told
    for switch in (rule.switches.own, rule.switches.client, rule.switches.others):
        assert switch.label.say(language) in told
    words = {"en": "by the number of the business", "fr": "par le numéro de l’entreprise"}
    assert words[language] in told
