"""What the tools tell of consents: shown, and what changed of them."""

from __future__ import annotations

import pytest

from tests.programs.conftest import tree


@pytest.fixture
def value():
    """The shipped definition, shortened; its consent has two partners."""
    value = tree()
    (consent,) = value["consents"].values()
    consent["partners"] = dict(list(consent["partners"].items())[:2])
    return value


@pytest.fixture
def compared(run, save, value):
    """`compared("en", change)`: the lines about a definition that was changed."""

    def compare(language, change):
        old = save(value, "old")
        change(next(iter(value["consents"].values())), value)
        result = run("diff", old, save(value, "new"), "--lang", language)
        assert result.exit_code == 0, result.output
        return result.output

    return compare


def test_a_consent_is_shown_with_what_is_shared_with_whom_and_when(run, save, value):
    (consent,) = value["consents"].values()
    first, second = consent["partners"].values()
    first |= {"begins": "2026-05-02", "ends": "2027-05-02"}
    for language, told in {
        "en": ["from 2026-05-02, until the day before 2027-05-02", "may be given: while"],
        "fr": ["dès le 2026-05-02, jusqu’à la veille du 2027-05-02", "peut être donné\u00a0: "],
    }.items():
        shown = run("show", save(value), "--lang", language).output
        for item in (*consent["shares"].values(), first, second):
            assert item["label"][language].split()[0] in shown
        for words in told:
            assert words in shown


def gone(consent, _value):
    del consent["partners"][next(iter(consent["partners"]))]


def earlier(consent, value):
    first = next(code for code, one in value["cases"][consent["case"]]["states"].items()
                 if one.get("initial") == "yes")  # fmt: skip
    consent["given_in"].append(first)


def stopped(_consent, value):
    """No consent any more, and nobody is granted its actions."""
    (code,) = value["consents"]
    del value["consents"]
    rows = [
        name
        for name, row in value["matrix"].items()
        if any(action.startswith(f"{code}.") for action in row["actions"])
    ]
    for name in rows:
        del value["matrix"][name]
    for role in value["roles"].values():
        role["may"] = [one for one in role["may"] if one not in rows]


def turned(consent, _value):
    consent["partners"] = dict(reversed(consent["partners"].items()))


def ended(consent, _value):
    next(iter(consent["partners"].values()))["ends"] = "2030-01-01"


@pytest.mark.parametrize(
    ("change", "english", "french"),
    [
        (gone, "the administration", "l’administration"),
        (earlier, "may now be given in the state", "peut maintenant se donner à l’état"),
        (stopped, "Clients may no longer let", "Les clients ne peuvent plus"),
        (turned, "order", "ordre"),
        (ended, "2030-01-01", "2030-01-01"),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_changes_of_a_consent_is_said_in_a_sentence(
    compared, change, english, french, language
):
    assert {"en": english, "fr": french}[language] in " ".join(
        compared(language, change).split()
    ).replace("\u00a0", " ")
