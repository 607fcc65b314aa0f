"""Everything that differs between two definitions is told as a change, and nothing else is."""

import copy

import pytest

from app.programs.loader import parse
from app.programs.rules.changes import Change, Kind, compare
from app.programs.schema.base import Text
from app.programs.schema.definition import Definition
from app.programs.schema.sources import walk
from tests.programs.conftest import rename, renamed, written
from tests.programs.test_cases import definition

YARD = ("cases", "permit", "sections", "yard")
FENCES = (*YARD, "topics", "fences", "questions")
GATES = (*YARD, "topics", "gates", "questions")
TEXT = {"en": "a", "fr": "b"}
SOURCE = {"page": "decision"}


def read(value):
    return parse(Definition, written(value), "x.yaml")


@pytest.fixture(scope="module")
def before():
    return read(definition())


def changes(before, **paths):
    return compare(before, read(definition(**paths)))


def brief(found):
    return [(change.kind.value, *change.path[-2:]) for change in found]


def test_the_same_definition_has_no_changes(before):
    assert compare(before, read(definition())) == ()


def test_another_number_and_other_scenarios_change_nothing_for_anybody(before):
    assert changes(before, version="77") == ()
    scenario = {
        "label": dict(TEXT), "case": "permit", "begins": "2026-11-02",
        "persona": "account_owner", "steps": [{"move": "file", "expect": {"told": []}}],
    }  # fmt: skip
    assert changes(before, scenarios={"one": scenario}) == ()


@pytest.mark.parametrize(
    ("path", "new", "expected"),
    [
        ("transfer/accept_within", "5 calendar days", [("changed", "transfer", "accept_within")]),
        ("zone", "America/Halifax", [("changed", "zone")]),
        ("names/short/en", "PiP", [("changed", "names", "short")]),
        ("roles/full_access_user/label/fr", "Autre", [("changed", "full_access_user", "label")]),
        ("cases/permit/moves/file/guards", ["fresh_code"], [("lost", "file", "guards")]),
        ("cases/permit/moves/file/guards", ["fresh_code", "all_sections_complete"],
         [("reordered", "file", "guards")]),
        ("cases/permit/moves/grant/guards", ["one_owner"], [("gained", "grant", "guards")]),
        ("cases/permit/moves/grant/asks_reason", None, [("changed", "grant", "asks_reason")]),
        ("cases/permit/moves/grant/standing", None, [("changed", "grant", "standing")]),
        ("cases/permit/moves/file/notices", None, [("changed", "file", "notices")]),
        ("cases/permit/states/filed/clock", None, [("changed", "filed", "clock")]),
        ("cases/permit/sections/yard/repeated", None, [("changed", "yard", "repeated")]),
        ("cases/permit/sections/yard/repeated/may_be_copied", "no",
         [("changed", "repeated", "may_be_copied")]),
        ("/".join((*FENCES, "height", "most")), "10", [("changed", "height", "most")]),
    ],
)  # fmt: skip
def test_each_difference_is_one_change_in_its_place(before, path, new, expected):
    assert brief(changes(before, **{path: new})) == expected


def test_a_role_that_gains_and_loses_lines_is_told_line_by_line(before):
    rows = [*before.roles["full_access_user"].may]
    rows.remove("add_users")
    found = changes(before, **{"roles/full_access_user/may": [*rows, "view_activity"]})
    may = ("roles", "full_access_user", "may")
    assert found == (
        Change(Kind.LOST, may, "add_users"),
        Change(Kind.GAINED, may, None, "view_activity"),
    )


def test_roles_that_change_places_rank_otherwise(before):
    value = definition()
    roles = value["roles"]
    value["roles"] = {code: roles[code] for code in ["account_owner", *reversed([*roles][1:])]}
    for code in roles:
        value["roles"][code].pop("gives", None)
    found = compare(before, read(value))
    (order,) = [change for change in found if change.kind is Kind.REORDERED]
    assert order.path == ("roles",)
    assert order.before == tuple(roles)
    assert order.after == tuple(value["roles"])


def test_a_question_that_is_new_gone_or_of_another_type_is_told(before):
    new = {"type": "yes_no", "text": TEXT}
    (added,) = changes(before, **{"/".join((*GATES, "locked")): new})
    assert (added.kind, added.path, added.question) == (
        Kind.ADDED, (*GATES, "locked"), ("yard", "locked"),
    )  # fmt: skip
    (gone,) = changes(before, **{"/".join((*FENCES, "height")): None})
    assert (gone.kind, gone.question) == (Kind.GONE, ("yard", "height"))
    assert (
        gone.before == before.cases["permit"].sections["yard"].topics["fences"].questions["height"]
    )
    other = {
        "type": "short_text", "longest": "9", "text": dict(TEXT), "help": dict(TEXT),
        "required": "no", "counts_at_once": "yes",
    }  # fmt: skip
    found = changes(before, **{"/".join((*FENCES, "height")): other})
    assert found[0] == Change(Kind.CHANGED, (*FENCES, "height", "type"), "number", "short_text")
    assert found[0].question == ("yard", "height")
    assert {change.path[-1] for change in found} == {
        "type", "text", "shown_when", "help", "required", "counts_at_once",
    }  # fmt: skip


def test_a_choice_that_is_gone_or_new_is_a_change_of_its_question(before):
    choices = "/".join((*FENCES, "kinds", "choices"))
    (gone,) = changes(before, **{f"{choices}/wood": None})
    assert (gone.kind, gone.question) == (Kind.GONE, ("yard", "kinds"))
    (added,) = changes(before, **{f"{choices}/stone": {"label": TEXT}})
    assert (added.kind, added.question) == (Kind.ADDED, ("yard", "kinds"))
    (none,) = changes(
        before, **{
            "/".join((*FENCES, "kinds", "none_of_these")): None,
            "/".join((*YARD, "topics", "gates", "shown_when")): [
                {"question": "kinds", "among": ["steel"]}
            ],
        },
    )[:1]  # fmt: skip
    assert (none.path[-1], none.question) == ("none_of_these", ("yard", "kinds"))


def test_a_column_that_is_gone_or_new_is_a_change_of_its_question(before):
    columns = "/".join((*GATES, "gates", "columns"))
    (gone,) = changes(before, **{f"{columns}/width": None})
    assert (gone.kind, gone.question) == (Kind.GONE, ("yard", "gates"))
    (added,) = changes(before, **{f"{columns}/colour": {"type": "short_text", "text": TEXT}})
    assert (added.kind, added.question) == (Kind.ADDED, ("yard", "gates"))
    (typed,) = changes(before, **{f"{columns}/width/type": "date"})
    assert typed.path[-2:] == ("width", "type")


def test_a_line_of_business_that_is_gone_can_no_longer_be_chosen_where_lines_are():
    value = definition(**{f"{'/'.join(FENCES)}/which": {
        "type": "several_of", "choices_from": "lines", "text": dict(TEXT),
    }})  # fmt: skip
    value["lines"]["baker"] = {"label": dict(TEXT), "bases": ["canada"], "source": dict(SOURCE)}
    with_bakers = read(value)
    del value["lines"]["baker"]
    found = compare(with_bakers, read(value))
    assert found[0].path == ("lines", "baker")
    gone = {change.path: change.question for change in found[1:]}
    assert gone[*FENCES, "which", "choices", "baker"] == ("yard", "which")
    assert {change.kind for change in found} == {Kind.GONE}
    assert ("yard", "kinds") not in gone.values()
    assert not [change for change in compare(read(value), with_bakers) if change.question]


def test_what_a_column_offers_is_of_its_question_and_its_type_is_one_change(before):
    columns = "/".join((*GATES, "gates", "columns"))
    offered = {"a": {"label": dict(TEXT)}, "b": {"label": dict(TEXT)}}
    column = {"type": "one_of", "choices": offered, "text": dict(TEXT)}
    value = definition(**{f"{columns}/sort": column})
    old = read(value)
    del offered["b"]
    (gone,) = compare(old, read(value))
    assert (gone.kind, gone.path[-2:]) == (Kind.GONE, ("choices", "b"))
    assert gone.question == ("yard", "gates")
    (typed,) = changes(before, **{f"{columns}/width": {
        "type": "short_text", "longest": "9", "text": {"en": "Width", "fr": "Largeur"},
    }})  # fmt: skip
    assert typed.path[-2:] == ("width", "type")


def test_choices_from_another_list_are_a_change_of_the_question():
    asked = {"type": "one_of", "choices_from": "lines", "text": dict(TEXT)}
    from_lines = read(definition(**{"/".join((*FENCES, "which")): dict(asked)}))
    asked["choices_from"] = "bases"
    (changed,) = compare(
        from_lines, read(definition(**{"/".join((*FENCES, "which")): dict(asked)}))
    )
    assert (changed.path[-1], changed.question) == ("choices_from", ("yard", "which"))


def test_headings_that_go_are_told_one_by_one_even_when_all_do(before):
    topics = "/".join((*YARD, "topics"))
    paths = {f"{topics}/{one}/group": None for one in ("fences", "gates")}
    found = changes(before, **paths, **{"/".join((*YARD, "groups")): None})
    assert (Kind.GONE, (*YARD, "groups", "place")) in {(one.kind, one.path) for one in found}


def test_words_and_limits_of_a_question_are_changes_of_it(before):
    for key, new in (("text", TEXT), ("most", "9"), ("required", "no")):
        (change,) = changes(before, **{"/".join((*FENCES, "height", key)): new})
        assert change.question == ("yard", "height")
    (role,) = changes(before, **{"roles/full_access_user/label": TEXT})
    assert role.question is None
    (topic,) = changes(before, **{"/".join((*YARD, "topics", "fences", "label")): TEXT})
    assert topic.question is None


def test_a_question_asked_under_another_topic_has_moved_and_is_not_new(before):
    value = definition()
    topics = value["cases"]["permit"]["sections"]["yard"]["topics"]
    height = topics["fences"]["questions"].pop("height")
    topics["gates"]["questions"]["height"] = height
    (moved,) = compare(before, read(value))
    assert moved == Change(Kind.MOVED, (*GATES, "height"), "fences", "gates")
    height["most"] = "12"
    found = compare(before, read(value))
    assert [change.kind for change in found] == [Kind.MOVED, Kind.CHANGED]
    assert found[1].path == (*GATES, "height", "most")


def test_what_goes_takes_its_questions_along_and_each_is_told(before):
    value = definition()
    del value["cases"]["permit"]["sections"]["yard"]["topics"]["gates"]
    found = compare(before, read(value))
    assert [change.path for change in found] == [GATES[:-1], (*GATES, "gates")]
    assert found[1].question == ("yard", "gates")
    del value["cases"]["permit"]
    for deed in ("view", "edit"):
        del value["matrix"]["view_status"]["actions"][f"yard.{deed}"]
    gone = [change for change in compare(before, read(value)) if change.path[0] == "cases"]
    assert gone[0].path == ("cases", "permit")
    assert {change.path[-1] for change in gone[1:]} == {"fenced", "height", "kinds", "gates"}
    assert {change.kind for change in gone} == {Kind.GONE}


def test_what_is_new_is_one_change_with_all_that_is_in_it(before):
    value = definition()
    fences = copy.deepcopy(value["cases"]["permit"]["sections"]["yard"]["topics"]["fences"])
    del fences["may_not_apply"]
    fences["questions"] = {"roofed": {"type": "yes_no", "text": TEXT}}
    value["cases"]["permit"]["sections"]["yard"]["topics"]["roofs"] = fences
    (added,) = compare(before, read(value))
    assert (added.kind, added.path) == (Kind.ADDED, (*YARD, "topics", "roofs"))


def test_renaming_every_code_is_told_as_renamed_things_and_says_no_less(before):
    found = compare(before, read(renamed(definition()) | {"code": "other"}))
    assert ("code",) in {change.path for change in found}
    gone = {change.path for change in found if change.kind is Kind.GONE}
    added = {change.path for change in found if change.kind is Kind.ADDED}
    for code in before.roles:
        assert ("roles", code) in gone
        assert ("roles", rename(code)) in added


def other(value):
    """Another value of the same sort; None where there is none to think of."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return value + "x"
        case Text():
            return Text(en=value.en + "x", fr=value.fr)
        case tuple() if value:
            return value[1:]
        case dict() if value:
            return dict(list(value.items())[1:])
    return None


def test_no_difference_goes_untold(before):
    """Every field of every part, one by one, is changed in a copy, and the change is told."""
    mutable = read(definition())
    spots = [
        (path, model, name)
        for path, model in walk(mutable)
        for name in type(model).model_fields
        if other(getattr(model, name)) is not None
        and (name != "code" or not path)
        and path[:1] != ("scenarios",)
        and (*path, name) not in {("version",), ("scenarios",)}
    ]
    assert len(spots) > 2_000
    for path, model, name in spots[::9]:
        kept = model.__dict__[name]
        model.__dict__[name] = other(kept)
        try:
            assert compare(before, mutable), (*path, name)
            assert compare(mutable, before), (*path, name)
        finally:
            model.__dict__[name] = kept
    assert compare(before, mutable) == ()
