"""`flask programs show`: who may do what, how a case moves and what is asked, as plain text."""

import re

import pytest

from app.ops.programs.show.layout import WIDTH
from app.ops.programs.words import COLON
from app.programs import library
from tests.programs.conftest import MARK, delegation, renamed, tree
from tests.programs.test_cases import definition as with_a_permit

PIP = library.definition("pip")


def lines(result):
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def below(shown, beginning, count=1):
    """The lines after the one that begins so."""
    (at,) = [n for n, line in enumerate(shown) if line.strip().startswith(beginning)]
    return [line.strip() for line in shown[at + 1 : at + 1 + count]]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_whole_program_is_told_in_lines_that_fit_the_page(run, language):
    shown = lines(run("show", "pip", "--lang", language))
    assert max(map(len, shown)) <= WIDTH
    whole = re.sub(" +", " ", " ".join(shown))
    for role in PIP.roles.values():
        assert role.label.say(language) in whole
    for case in PIP.cases.values():
        for state in case.states.values():
            assert f"{state.label.say(language)} ({state.code})" in whole
        for section in case.sections.values():
            for topic in (section.topics or {}).values():
                assert f"{topic.label.say(language)} ({topic.code})" in whole
                for code, question in topic.questions.items():
                    assert f"– {question.text.say(language)}" in whole
                    assert f" {code}{COLON[language]}" in whole


def test_the_matrix_marks_how_far_each_line_carries_each_role(run):
    shown = lines(run("show", "pip"))
    rows = {line[:60].strip(): line[60:].split() for line in shown if line[:1].isalpha()}
    assert rows["View users in the portal"] == ["●", "●", "●", "●"]
    assert rows["Modify users in the portal"] == ["●", "◐", "◐", "○"]
    assert rows["Submit the application"] == ["●", "–", "–", "–"]
    owner = "Account owner (account_owner); at most one person; never nobody; gives 2, 3 and 4"
    assert f"   1  {owner}" in shown
    assert "  users.view  See who has access to the account" in shown


def test_a_role_that_only_proposes_is_said_to(run):
    assert any("proposes 3 and 4" in line for line in lines(run("show", "pip")))
    assert any("propose 3 et 4" in line for line in lines(run("show", "pip", "--lang", "fr")))


def test_each_move_is_told_with_who_makes_it_when_and_whom_it_tells(run, save):
    shown = lines(run("show", save(with_a_permit())))
    assert below(shown, "→ Filed: File (file)", 4) == [
        "who: Account owner (application.submit)",
        "only when: every section is complete and a code was entered a moment ago",
        "keeps: what was answered, as it is then, under a number",
        "tells: the account owner: Filed",
    ]
    assert any(
        "(filed); from here runs: Decision on an application for membership, 180 b" in line
        for line in shown
    )
    french = lines(run("show", save(with_a_permit()), "--lang", "fr"))
    assert below(french, "→ Déposée\u00a0: Déposer (file)", 4) == [
        "qui\u00a0: Propriétaire du compte (application.submit)",
        "conditions\u00a0: toutes les sections sont remplies et un code vient d’être saisi",
        "conserve\u00a0: les réponses telles qu’elles sont à ce moment, sous un numéro",
        "avise\u00a0: la personne propriétaire du compte\u00a0: Déposée",
    ]


def test_a_move_says_what_it_asks_for_and_what_the_account_becomes(run, save):
    value = with_a_permit()
    value["cases"]["permit"]["moves"]["grant"]["declaration"] = {"en": "I do", "fr": "Oui"}
    shown = lines(run("show", save(value)))
    told = below(shown, "→ Granted: Grant (grant)", 3)
    assert told[0].endswith("staff.cases.decide") or told[0].endswith("(staff.cases.decide)")
    assert told[1:] == ["asks for: a declaration and a reason", "the account becomes: Active"]
    assert "Granted (granted); no move leaves it" in shown
    assert "Draft (draft); every case begins here" in shown


def test_questions_are_told_with_type_bounds_choices_and_when_they_are_asked(run, save):
    shown = lines(run("show", save(with_a_permit())))
    assert below(shown, "– Height", 2) == [
        "height: number, in metres, at least 0, at most 9.5, 1 decimal",
        "asked when “Is it fenced” is yes",
    ]
    assert below(shown, "– Kinds", 2) == [
        "kinds: several choices", "Steel (steel), Wood (wood) and Neither (none)",
    ]  # fmt: skip
    assert below(shown, "Gates (gates)", 1) == ["asked when “Kinds” is Steel or Neither"]
    assert below(shown, "gates: table", 2) == ["– Name", "name: short text"]
    assert below(shown, "2. People (people)", 2)[1] == (
        "complete when nobody who was added still waits"
    )
    french = lines(run("show", save(with_a_permit()), "--lang", "fr"))
    assert below(french, "– Hauteur", 2) == [
        "height\u00a0: nombre, en mètres, au moins 0, au plus 9,5, 1\u00a0décimale",
        "posée lorsque la réponse à «\u00a0Est-elle clôturée\u00a0» est oui",
    ]


def test_a_section_that_is_repeated_says_by_what(run, save):
    shown = lines(run("show", save(with_a_permit())))
    assert (
        "   filled in once for each name that the client gives (Yard);"
        " one may begin as a copy of another"
    ) in shown
    assert any("filled in once for each line of business" in line for line in shown)
    assert any(line.startswith("   Fences (fences); may be said not to apply") for line in shown)


def test_what_another_business_may_do_is_told_level_by_level(run, save):
    value = delegation("looking", reading=["view_users", "company_profile"])
    value["acting"]["looking"]["may"] = ["view_users"]
    shown = lines(run("show", save(tree() | {"delegation": value})))
    above = "Reading (reading); reaches the whole account"
    assert below(shown, above, 2) == [
        "– View users in the portal",
        "– View and update the company profile",
    ]
    assert below(shown, "Reading (looking)", 1) == ["– View users in the portal"]


def test_a_program_with_other_codes_is_shown_with_them(run, save):
    shown = lines(run("show", save(renamed(tree()) | {"code": "other"})))
    assert shown[0].startswith("Partners in Protection (other)")
    assert any(f"Account owner ({MARK}account_owner)" in line for line in shown)


def test_a_published_version_is_shown_as_it_was_published(portal):
    shown = lines(portal("show", f"pip@{PIP.version}"))
    assert shown[0] == f"Partners in Protection (pip), version {PIP.version}"
    gone = portal("show", "pip@99")
    assert gone.exit_code == 1
    assert "No database that answers has published pip@99." in gone.output


def test_what_is_neither_a_file_nor_a_program_is_said_to_be_neither(run):
    result = run("show", "csa")
    assert result.exit_code == 1
    assert "There is no file csa, and no such program among carm, pip." in result.output


def test_a_definition_that_cannot_be_read_tells_its_mistakes(run, save):
    result = run("show", save(tree() | {"zone": "Mars"}))
    assert result.exit_code == 1
    assert ", zone: expected a time zone" in result.output


@pytest.mark.parametrize(
    ("language", "title", "ending"),
    [("en", "Scenarios", "denied, with its reason"), ("fr", "Scénarios", "refusée, avec un motif")],
)
def test_the_scenarios_are_listed_at_the_end(run, save, language, title, ending):
    shown = lines(run("show", "pip", "--lang", language))
    assert title in shown
    assert ending in shown[-1] + shown[-2]
    assert title not in lines(run("show", save(tree()), "--lang", language))
