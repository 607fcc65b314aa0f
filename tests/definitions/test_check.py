"""`flask programs check`: all that is wrong in a definition file, at once and in its place."""

import copy
import os
import re
import subprocess
import sys

import pytest

from app.programs import library
from app.programs.loader import DefinitionError, parse, read_tree
from app.programs.schema.definition import Definition
from config import ROOT
from tests.programs.conftest import MARK, renamed, tree, written
from tests.programs.test_cases import PERMIT

NOW = library.definition("pip").version


@pytest.fixture
def value():
    """The shipped definition, shortened, with a permit that clients file."""
    value = tree()
    value["cases"]["permit"] = read_tree(PERMIT, "permit")[1]
    for deed in ("view", "edit"):
        value["matrix"]["view_status"]["actions"][f"yard.{deed}"] = {"en": deed, "fr": deed}
    return value


def told(run, save, value):
    """Each mistake as key and sentence, the file and its line taken off and checked."""
    path = save(value)
    result = run("check", path)
    assert result.exit_code == 1
    *lines, last = result.output.splitlines()
    assert last.startswith(f"{path}: ")
    found = []
    text = path.read_text(encoding="utf-8").splitlines()
    for line in lines:
        where, _, rest = line.partition(", line ")
        number, _, mistake = rest.partition(", ")
        assert where == str(path)
        assert 1 <= int(number) <= len(text)
        found.append(tuple(mistake.split(": ", 1)))
    return found, last.removeprefix(f"{path}: ")


def test_a_definition_in_order_is_told_in_one_calm_sentence(run, save, value):
    path = save(value)
    result = run("check", path)
    assert result.exit_code == 0
    assert result.output == (
        f"{path}: version {NOW} of “Partners in Protection” is in order."
        " No database answers: it was not compared with what is published.\n"
    )


def every_mistake(value):
    permit = value["cases"]["permit"]
    del value["names"]["short"]["fr"]
    value["matrix"]["add_users"]["actions"]["users.juggle"] = {"en": "Juggle", "fr": "Jongler"}
    state = {"label": {"en": "a", "fr": "b"}, "source": {"page": "decision"}}
    permit["states"] |= {code: copy.deepcopy(state) for code in ("asleep", "awake", "stuck")}

    def move(origin, goal):
        there = copy.deepcopy(permit["moves"]["grant"])
        return there | {"comes_from": [origin], "goes_to": goal}

    permit["moves"]["wake"] = move("asleep", "awake")
    permit["moves"]["doze"] = move("awake", "asleep")
    permit["moves"]["stick"] = move("filed", "stuck")
    permit["moves"]["file"]["guards"] = ["moon_is_full"]
    questions = permit["sections"]["yard"]["topics"]["fences"]["questions"]
    questions["fenced"]["shown_when"] = [{"question": "kinds", "among": ["steel"]}]
    for role in value["roles"].values():
        role["required"] = "no"
    owner = value["transfer"]["role"]
    value["roles"][owner]["exclusive"] = "no"
    value["users"]["colour"] = "blue"
    value["transfer"]["accept_within"] = "7 days"
    return owner


def test_every_mistake_is_told_at_once_with_file_line_key_and_sentence(run, save, value):
    owner = every_mistake(value)
    found, last = told(run, save, value)
    here = "cases.permit"
    expected = {
        "names.short.fr": "expected this key, and it is missing",
        "matrix.add_users.actions.users.juggle": "expected an action the portal knows",
        f"{here}.states.asleep": "expected moves that lead here from the initial state",
        f"{here}.states.awake": "expected moves that lead here from the initial state",
        f"{here}.states.stuck": "expected a move that leaves this state, or final: yes",
        f"{here}.moves.file.guards.1": "expected all_sections_complete, documents_scanned",
        f"{here}.sections.yard.topics.fences.questions.fenced.shown_when.1.question":
            "expected a question asked before this one",
        "roles": "expected one role with required: yes, that of the account’s owner",
        f"roles.{owner}.required": "expected yes: no account may be without this role",
        "transfer.role": "expected an exclusive role",
        "users.colour": "expected no such key here",
        "transfer.accept_within": "expected a number of days with their kind",
    }  # fmt: skip
    told_at = dict(found)
    assert len(found) == len(expected)
    for key, sentence in expected.items():
        assert told_at[key].startswith(sentence), (key, told_at)
    assert last == f"{len(expected)} mistakes."


def test_every_line_that_is_named_holds_the_key_that_is_named(run, save, value):
    every_mistake(value)
    path = save(value)
    lines = path.read_text(encoding="utf-8").splitlines()
    for line in run("check", path).output.splitlines()[:-1]:
        number, _, rest = line.partition(", line ")[2].partition(", ")
        if "it is missing" in rest:
            continue
        last = rest.partition(": ")[0].rpartition(".")[2]
        stands = lines[int(number) - 1]
        assert last.isdecimal() or f"{last}:" in stands or "juggle" in stands, (line, stands)


def test_a_mistake_that_hides_others_is_told_with_a_word_that_more_may_come(run, save, value):
    value["matrix"]["add_users"]["actions"]["users.juggle"] = {"en": "Juggle", "fr": "Jongler"}
    value["standings"]["member"]["initial"] = "perhaps"
    found, last = told(run, save, value)
    assert found == [("standings.member.initial", "expected yes or no")]
    assert last == "one mistake. Whether the parts fit together can be told once it is corrected."
    value["standings"]["member"]["benefits"] = "perhaps"
    _, last = told(run, save, value)
    assert last.endswith("can be told once they are corrected.")


def test_a_role_other_than_the_owner_s_cannot_be_required(run, save, value):
    value["roles"]["full_access_user"]["required"] = "yes"
    found, _ = told(run, save, value)
    assert found == [
        (
            "roles.full_access_user.required",
            "expected no: an account begins with account_owner alone",
        )
    ]


def test_whoever_activates_an_account_is_its_owner(run, save, value):
    value["enrolment"]["mailed_code"]["role"] = "full_access_user"
    found, _ = told(run, save, value)
    expected = "expected account_owner: an account begins with it"
    assert found == [("enrolment.mailed_code.role", expected)]


def test_an_action_in_a_row_that_no_role_has_is_nobody_s(run, save, value):
    for role in value["roles"].values():
        role["may"] = [row for row in role["may"] if row != "submit_application"]
    found, _ = told(run, save, value)
    assert {key for key, _ in found} == {
        "cases.permit.moves.file.action",
        "cases.membership.moves.submit.action",
        "cases.membership.moves.withdraw.action",
    }


def test_a_notice_leaves_holes_only_for_what_a_move_knows(run, save, value):
    body = {"en": "%(reason)s", "fr": "%(reason)s"}
    value["cases"]["permit"]["moves"]["file"]["notices"][0]["body"] = body
    found, _ = told(run, save, value)
    assert found == [
        (
            "cases.permit.moves.file.notices.1.body",
            "expected placeholders among business, number, not reason",
        )
    ]
    value["cases"]["permit"]["moves"]["file"]["asks_reason"] = "yes"
    assert run("check", save(value)).exit_code == 0


def test_the_file_is_named_after_its_code_and_keeps_to_the_portal_s_limits(run, save, value):
    value["enrolment"]["mailed_code"]["valid"] = "400 calendar days"
    path = save(value, "other")
    result = run("check", path)
    assert result.exit_code == 1
    assert ", code: expected other, the name of the file\n" in result.output
    assert ", enrolment.mailed_code.valid: expected 45 calendar days at most\n" in result.output


def test_several_files_are_checked_one_after_the_other(run, save, value):
    good, bad = save(value), save(tree() | {"code": "bad", "zone": "Mars"})
    result = run("check", good, bad)
    assert result.exit_code == 1
    assert "is in order" in result.output
    assert "zone: expected a time zone" in result.output
    assert "bad.yaml: one mistake." in result.output


def test_what_is_no_text_and_no_yaml_is_told_at_its_line(run, save, tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes("code: latin\nname: é\n".encode("latin-1"))
    assert f"{path}, line 2: expected text in UTF-8\n" in run("check", path).output
    assert "line 1: expected YAML" in run("check", save("a: \x07\n", "bell")).output
    repeated = run("check", save("a: 1\na: 2\nb: 1\nb: 2\n", "twice")).output
    assert "line 2, a: expected each key once" in repeated
    assert "line 4, b: expected each key once" in repeated
    assert "code: expected this key" in repeated


def test_the_portal_s_own_file_can_be_checked(run):
    path = library.DEFINITIONS / "portal.yaml"
    assert run("check", path).output == f"{path}: version 1 of the portal is in order.\n"


def test_a_file_that_is_not_there_is_said_to_be(run, tmp_path):
    result = run("check", tmp_path / "none.yaml")
    assert result.exit_code == 2
    assert "does not exist" in result.output


def test_a_program_with_other_codes_is_checked_like_any_other(run, save, value):
    other = renamed(value) | {"code": "other"}
    assert run("check", save(other)).exit_code == 0
    del other["roles"][MARK + "account_owner"]["label"]["fr"]
    found, _ = told(run, save, other)
    assert found == [
        (f"roles.{MARK}account_owner.label.fr", "expected this key, and it is missing")
    ]


# ── what is published ───────────────────────────────────────────────────────────────────


def test_what_is_published_stands_and_a_changed_text_needs_its_own_version(portal, save):
    source = library.source("pip")
    published = portal("check", save(source, "pip"))
    assert published.exit_code == 0
    assert f"version {NOW} of “Partners in Protection” is in order, as it was published on" in (
        published.output
    )
    changed = portal("check", save(source + "# one more word\n", "pip"))
    assert changed.exit_code == 1
    assert f", version: expected {NOW + 1}: version {NOW} was published on" in changed.output
    newer = source.replace(f"version: {NOW}\n\nnames", f"version: {NOW + 1}\n\nnames")
    fresh = portal("check", save(newer, "pip"))
    assert fresh.exit_code == 0
    assert "is in order, and not published yet." in fresh.output
    older = source.replace(f"version: {NOW}\n\nnames", "version: 1\n\nnames")
    assert f", version: expected {NOW + 1}: version {NOW} is in force" in (
        portal("check", save(older, "pip")).output
    )


def test_terms_that_people_accepted_keep_their_words_under_their_version(portal, save):
    value = tree() | {"version": str(NOW + 1)}
    assert portal("check", save(value)).exit_code == 0
    value["terms"]["title"]["en"] += ", as amended"
    result = portal("check", save(value))
    assert result.exit_code == 1
    assert ", terms.version: expected 2: terms of version 1 were published on" in result.output
    value["terms"]["version"] = "2"
    assert portal("check", save(value)).exit_code == 0


def _consent(value):
    return next(iter(value["consents"].items()))


@pytest.mark.parametrize("part", ["text", "declaration", "shares"])
def test_words_that_people_consented_to_are_told_with_their_line_until_their_number_is_raised(
    portal, save, part
):
    value = tree() | {"version": str(NOW + 1)}
    code, consent = _consent(value)
    match part:
        case "text":
            consent["text"][0]["fr"] += " Et davantage."
        case "declaration":
            consent["declaration"]["en"] += " And more."
        case _:
            consent["shares"]["telephone"] = {
                "label": {"en": "a", "fr": "b"}, "source": {"page": "application_page"},
            }  # fmt: skip
    file = save(value)
    result = portal("check", file)
    assert result.exit_code == 1
    told = next(one for one in result.output.splitlines() if f", consents.{code}.wording: " in one)
    number, sentence = re.fullmatch(r".*line (\d+), [\w.]+: (.*)", told).groups()
    assert "wording: " in file.read_text().splitlines()[int(number) - 1]
    assert sentence.startswith("expected 2: wording 1 was published on")
    consent["wording"] = "2"
    assert portal("check", save(value)).exit_code == 0


def test_a_partner_more_needs_no_new_number_of_the_wording(portal, save):
    value = tree() | {"version": str(NOW + 1)}
    _code, consent = _consent(value)
    consent["partners"]["new_partner"] = {
        "label": {"en": "a", "fr": "b"}, "source": {"page": "application_page"},
    }  # fmt: skip
    assert portal("check", save(value)).exit_code == 0


# ── the drafts that a new version must have a place for ─────────────────────────────────


def gone_state(value):
    (case,) = value["cases"].values()
    del value["scenarios"]
    case["states"]["begun"] = case["states"].pop("written")
    case["moves"]["lodge"]["comes_from"] = ["begun"]


def ending_state(value):
    (case,) = value["cases"].values()
    del value["scenarios"]
    case["states"]["begun"] = case["states"]["written"] | {"label": {"en": "a", "fr": "b"}}
    case["states"]["written"] = {
        "label": {"en": "c", "fr": "d"}, "final": "yes", "source": {"page": "harbour_rules"},
    }  # fmt: skip
    case["moves"]["lodge"]["comes_from"] = ["begun"]
    case["moves"]["leave"] = case["moves"]["lodge"] | {
        "submits": "no", "goes_to": "written", "notices": [{
            "to": "owner", "subject": {"en": "a", "fr": "b"}, "body": {"en": "a", "fr": "b"},
        }],
    }  # fmt: skip
    for key in ("source", "label", "guards", "comes_from", "declaration"):
        case["moves"]["leave"][key] = copy.deepcopy(case["moves"]["lodge"][key])


def repeated_section(value):
    section = value["cases"]["stay"]["sections"]["nights"]
    section["repeated"] = {"by": "name", "label": {"en": "Night", "fr": "Nuit"}}


def gone_case(value):
    del value["scenarios"]
    value["cases"]["visit"] = value["cases"].pop("stay")


@pytest.mark.parametrize(
    ("change", "key", "sentence"),
    [
        (gone_state, "cases.stay.states",
         "expected the state written to stay, and not to be final: 2 drafts need it"),
        (ending_state, "cases.stay.states",
         "expected the state written to stay, and not to be final: 2 drafts need it"),
        (repeated_section, "cases.stay.sections",
         "expected the section nights to stay, repeated as it was: one draft needs it"),
        (gone_case, "cases", "expected stay to stay: 2 drafts need it"),
    ],
)  # fmt: skip
def test_a_version_without_a_place_for_its_drafts_is_refused(
    portal, berths, second, save, change, key, sentence
):
    berths.draft()
    berths.draft({"boat": {}})
    path = save(second.changed(change), "night_berths")
    result = portal("check", path)
    assert result.exit_code == 1
    lines = path.read_text(encoding="utf-8").splitlines()
    (line,) = result.output.splitlines()[:-1]
    number = int(re.fullmatch(f"{path}, line (\\d+), {key}: {sentence}", line)[1])
    assert lines[number - 1].strip() == f"{key.rpartition('.')[2]}:"


def test_what_only_cases_under_review_or_nobody_needs_may_go(portal, berths, second, save):
    case = berths.draft({})
    berths.world.set(case, state="lodged")
    assert portal("check", save(second.changed(gone_state), "night_berths")).exit_code == 0
    other = berths.draft({"boat": {}})
    text = second.changed(repeated_section)
    assert portal("check", save(text, "night_berths")).exit_code == 0
    assert other.definition_version == 1


def test_a_version_in_force_still_tells_which_drafts_it_has_no_place_for(portal, berths, second):
    berths.draft()
    second.publish(repeated_section)
    result = portal("check", second.file)
    assert result.exit_code == 1
    assert "expected the section nights to stay, repeated as it was: one draft needs it" in (
        result.output
    )


# ── mending: one mistake hides no other, and none is invented ───────────────────────────


def leaves(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(item, dict | list):
            yield from leaves(item, (*path, key))
        else:
            yield (*path, key)


def test_a_text_that_misses_a_language_is_one_mistake_wherever_it_stands():
    whole = tree()
    spots = [path for path in leaves(whole) if path[-1] == "fr"]
    assert len(spots) > 300
    for path in spots[::40]:
        value = tree()
        place = value
        for key in path[:-1]:
            place = place[key]
        del place["fr"]
        with pytest.raises(DefinitionError) as caught:
            parse(Definition, written(value), "x.yaml")
        dotted = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
        assert [(slip.path, slip.expected) for slip in caught.value.slips] == [
            (dotted, "expected this key, and it is missing")
        ]
        assert caught.value.compared


def test_it_needs_neither_settings_nor_a_folder_of_its_own(tmp_path, save):
    """As an analyst starts it: another process, nothing in its environment, somewhere else."""
    path = save(tree())
    clean = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        [sys.executable, "-m", "app.ops.programs", "check", str(path)],
        cwd=tmp_path, env=clean | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "No database answers" in done.stdout
