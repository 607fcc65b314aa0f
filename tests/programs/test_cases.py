"""What a definition may say of a case, and each way in which its parts may not fit together."""

import copy
import re

import pytest

from app.programs.loader import DefinitionError, parse, read_tree
from app.programs.rules.eligibility import NONE, possible_answers
from app.programs.schema.definition import Definition
from app.programs.schema.questions import Question
from config import ROOT
from tests.programs.conftest import tree, written

PERMIT = """
label: {en: Permit, fr: Permis}
opened: by_client
source: {page: decision}
sections:
  yard:
    label: {en: The yard, fr: La cour}
    lead: {en: Where it is., fr: Où elle est.}
    repeated: {by: name, label: {en: Yard, fr: Cour}, may_be_copied: yes}
    source: {page: decision}
    groups:
      place: {label: {en: Place, fr: Lieu}}
    topics:
      fences:
        label: {en: Fences, fr: Clôtures}
        group: place
        may_not_apply: yes
        source: {page: decision, item: "1"}
        questions:
          fenced:
            type: yes_no
            text: {en: Is it fenced, fr: Est-elle clôturée}
          height:
            type: number
            unit: {en: metres, fr: mètres}
            least: "0"
            most: "9.5"
            decimals: "1"
            shown_when: [{question: fenced, among: [yes]}]
            text: {en: Height, fr: Hauteur}
          kinds:
            type: several_of
            choices:
              steel: {label: {en: Steel, fr: Acier}}
              wood: {label: {en: Wood, fr: Bois}}
            none_of_these: {en: Neither, fr: Ni l’un ni l’autre}
            text: {en: Kinds, fr: Genres}
      gates:
        label: {en: Gates, fr: Portails}
        group: place
        shown_when: [{question: kinds, among: [steel, none]}]
        source: {page: decision, item: "2"}
        questions:
          gates:
            type: table
            most_rows: "20"
            columns:
              name: {type: short_text, text: {en: Name, fr: Nom}}
              width: {type: number, text: {en: Width, fr: Largeur}}
            text: {en: Gates, fr: Portails}
  people:
    kind: users
    label: {en: People, fr: Personnes}
    lead: {en: Who works here., fr: Qui travaille ici.}
    source: {page: decision}
states:
  draft: {label: {en: Draft, fr: Ébauche}, initial: yes, source: {page: decision}}
  filed: {label: {en: Filed, fr: Déposée}, clock: application, source: {page: decision}}
  granted: {label: {en: Granted, fr: Accordée}, final: yes, source: {page: decision}}
moves:
  file:
    label: {en: File, fr: Déposer}
    by: client
    action: application.submit
    comes_from: [draft]
    goes_to: filed
    guards: [all_sections_complete, fresh_code]
    submits: yes
    notices:
      - {to: owner, subject: {en: Filed, fr: Déposée}, body: {en: It is filed., fr: C’est déposé.}}
    source: {page: decision}
  grant:
    label: {en: Grant, fr: Accorder}
    by: staff
    action: staff.cases.decide
    comes_from: [filed]
    goes_to: granted
    asks_reason: yes
    standing: member
    source: {page: decision}
"""


def definition(**changes):
    """The file with a permit in it; `changes`: dotted path → value, `None` takes the key out."""
    value = copy.deepcopy(tree())
    value["cases"]["permit"] = copy.deepcopy(read_tree(PERMIT, "permit")[1])
    for deed in ("view", "edit"):
        value["matrix"]["view_status"]["actions"][f"yard.{deed}"] = {"en": deed, "fr": deed}
    for path, new in changes.items():
        *way, last = path.split("/")
        place = value
        for key in way:
            place = place[int(key) if isinstance(place, list) else key]
        if new is None:
            del place[last]
        else:
            place[int(last) if isinstance(place, list) else last] = new
    return value


def slips(**changes):
    with pytest.raises(DefinitionError) as caught:
        parse(Definition, written(definition(**changes)), "x.yaml")
    return [(slip.path, slip.expected) for slip in caught.value.slips]


NEITHER = {"en": "Neither", "fr": "Ni l’un ni l’autre"}
FENCES = "cases/permit/sections/yard/topics/fences"
GATES = "cases/permit/sections/yard/topics/gates"
Q = f"{FENCES}/questions"


def test_a_case_is_read_with_its_sections_questions_states_and_moves():
    permit = parse(Definition, written(definition()), "x.yaml").cases["permit"]
    yard = permit.sections["yard"]
    assert list(yard.topics["fences"].questions) == ["fenced", "height", "kinds"]
    assert yard.topics["fences"].questions["fenced"].required
    assert yard.repeated.may_be_copied
    assert permit.moves["file"].submits
    assert permit.states["filed"].clock == "application"


@pytest.mark.parametrize(
    ("path", "new", "where", "sentence"),
    [
        (f"{Q}/height/currencies", ["CAD"], "height", "no currencies at a question of type number"),
        (f"{Q}/fenced/longest", "30", "fenced", "no longest at a question of type yes_no"),
        (f"{Q}/kinds/choices", None, "kinds", "either choices or choices_from"),
        (f"{Q}/kinds/choices_from", "lines", "kinds", "either choices or choices_from"),
        (f"{Q}/height/least", "10", "height", "least no greater than most"),
        (f"{Q}/height/most", "many", "most", "a number, like 0, 250 or 2.5"),
        (f"{Q}/height/decimals", "5", "decimals", "how many decimals may be given, from 0 to 4"),
        (f"{GATES}/questions/gates/columns", None, "gates", "the columns of the table"),
        (
            f"{GATES}/questions/gates/columns/name/type", "address", "gates",
            "a simple question as a column, and name is not",
        ),
        (f"{Q}/height/type", "money", "height", "no decimals at a question of type money"),
        ("cases/permit/sections/yard/topics", None, "yard", "topics in a section of questions"),
        ("cases/permit/sections/people/repeated", {"by": "name", "label": {"en": "a", "fr": "b"}},
         "people", "one section of users, not one that is repeated"),
        ("cases/permit/sections/yard/repeated/by", "lines", "repeated", "the question that the"),
        ("cases/permit/sections/yard/repeated/question", "fenced", "repeated", "only there"),
    ],
)  # fmt: skip
def test_a_question_says_what_its_type_needs_and_nothing_else(path, new, where, sentence):
    found = slips(**{path: new})
    assert any(one.endswith(where) and sentence in expected for one, expected in found), found


@pytest.mark.parametrize(
    ("path", "new", "where", "sentence"),
    [
        (
            f"{Q}/fenced/shown_when", [{"question": "kinds", "among": ["steel"]}],
            "fences.questions.fenced.shown_when.1.question", "a question asked before this one",
        ),
        (
            f"{Q}/height/shown_when/0/among", ["maybe"],
            "height.shown_when.1.among.1", "an answer to it, not maybe",
        ),
        (
            f"{GATES}/shown_when/0/question", "roof",
            "gates.shown_when.1.question", "a question asked before this one",
        ),
        (
            f"{GATES}/questions/fenced", {"type": "yes_no", "text": {"en": "a", "fr": "b"}},
            "gates.questions.fenced", "each code once in a section; it is asked above",
        ),
        (f"{GATES}/group", "sky", "gates.group", "one of the section’s groups"),
        (f"{GATES}/group", None, "gates", "a group: the section has groups"),
        (
            "cases/permit/sections/yard/groups/sky", {"label": {"en": "a", "fr": "b"}},
            "yard.groups.sky", "a topic in every group",
        ),
        (
            "matrix/view_status/actions/yard.edit", None,
            "sections.yard", "the action yard.edit in a row of the matrix",
        ),
        (
            "matrix/view_status/actions/roof.edit", {"en": "a", "fr": "b"},
            "actions.roof.edit", "an action the portal knows instead of roof.edit",
        ),
        ("cases/permit/states/granted/initial", "yes", "permit.states", "one state with initial"),
        ("cases/permit/states/draft/initial", None, "permit.states", "one state with initial"),
        ("cases/permit/moves/grant", None, "states.granted", "a move that goes to this state"),
        (
            "cases/permit/states/granted/final", None,
            "states.granted", "a move that leaves this state, or final",
        ),
        (
            "cases/permit/states/filed/final", "yes",
            "states.filed", "no move that leaves a final state",
        ),
        ("cases/permit/states/filed/clock", "tea", "filed.clock", "one of the service standards"),
        ("cases/permit/moves/file/comes_from/0", "x", "comes_from.1", "one of the states, not x"),
        ("cases/permit/moves/file/goes_to", "y", "file.goes_to", "one of the states, not y"),
        ("cases/permit/moves/file/action", "tea.make", "file.action", "not tea.make"),
        ("cases/permit/moves/grant/action", "application.submit", "grant.action", "staff.cases"),
        ("cases/permit/moves/grant/standing", "king", "grant.standing", "one of the standings"),
        ("cases/permit/moves/file/guards/0", "moon_is_full", "file.guards.1", "documents_scanned"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_told_where_it_stands(path, new, where, sentence):
    found = slips(**{path: new})
    assert any(one.endswith(where) and sentence in expected for one, expected in found), found


def test_a_section_is_not_named_like_something_that_has_actions_already():
    value = definition()
    sections = value["cases"]["permit"]["sections"]
    sections["users"] = sections.pop("yard")
    with pytest.raises(DefinitionError) as caught:
        parse(Definition, written(value), "x.yaml")
    told = [slip.expected for slip in caught.value.slips]
    assert any("users has actions of its own already" in one for one in told)


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ({"type": "yes_no"}, {"yes", "no"}),
        ({"type": "short_text"}, set()),
        ({"type": "one_of", "choices_from": "lines"}, {"importer", "exporter"}),
        (
            {
                "type": "several_of",
                "choices_from": "lines",
                "none_of_these": {"en": "a", "fr": "b"},
            },
            {"importer", "exporter", NONE},
        ),
    ],
)
def test_the_possible_answers_of_a_question_are_those_of_its_list(question, answers):
    asked = Question.model_validate(
        question | {"code": "q", "text": {"en": "a", "fr": "b"}, "required": "yes"}
    )
    assert possible_answers(asked, {"lines": {"importer": 1, "exporter": 2}}) == answers


def test_none_of_these_is_an_answer_to_a_list_that_offers_it():
    kinds = parse(Definition, written(definition()), "x.yaml").cases["permit"].sections["yard"]
    asked = kinds.topics["fences"].questions["kinds"]
    assert possible_answers(asked, {}) == {"steel", "wood", NONE}


def test_the_example_of_the_guide_is_read_as_it_stands():
    page = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(cases:.*?)```", page, re.DOTALL)
    value = definition()
    whole = read_tree(example, "definitions.md")[1]["cases"]["permit"]
    permit = value["cases"]["permit"]
    permit["sections"] = whole["sections"]
    read = parse(Definition, written(value), "x.yaml").cases["permit"]
    assert whole["opened"] == read.opened
    assert list(read.sections["yard"].topics["fences"].questions) == ["fenced", "height"]


@pytest.mark.parametrize("code", ["code", "go", "present", "sin", "csrf_token", "password_policy"])
def test_a_question_has_no_name_that_forms_keep_for_something_else(code):
    text = {"en": "a", "fr": "b"}
    found = slips(**{f"{Q}/{code}": {"type": "yes_no", "text": text}})
    assert any(f"forms keep {code} for something else" in expected for _at, expected in found)
