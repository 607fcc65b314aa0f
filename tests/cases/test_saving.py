"""Two people on one page: nobody's words are written over unseen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules.saving import Outcome, compare, fingerprint


def shown(**values):
    return {code: fingerprint(value) for code, value in values.items()}


def test_what_was_typed_is_kept_when_nobody_else_was_there():
    assert compare(shown(a="old"), {"a": "new"}, {"a": "old"}, {}) == Outcome({"a": "new"})


def test_an_emptied_answer_is_a_change_too():
    assert compare(shown(a="old"), {"a": None}, {"a": "old"}, {}) == Outcome({"a": None})


def test_what_stayed_the_same_is_not_written_again():
    assert compare(shown(a="old"), {"a": "old"}, {"a": "old"}, {}) == Outcome()


def test_an_answer_that_the_reader_did_not_touch_stays_as_the_colleague_saved_it():
    found = compare(shown(a="old"), {"a": "old"}, {"a": "theirs"}, {})
    assert found == Outcome(between=("a",))


def test_an_answer_that_both_changed_is_for_the_reader_to_choose():
    assert compare(shown(a="old"), {"a": "mine"}, {"a": "theirs"}, {}) == Outcome(disputed=("a",))


def test_both_having_written_the_same_is_no_dispute():
    assert compare(shown(a="old"), {"a": "same"}, {"a": "same"}, {}) == Outcome()


def test_mine_is_written_and_theirs_is_left_when_the_reader_chose():
    disputed = (shown(a="old"), {"a": "mine"}, {"a": "theirs"})
    assert compare(*disputed, {"a": fingerprint("theirs")}) == Outcome({"a": "mine"})
    assert compare(*disputed, {"a": "theirs"}) == Outcome()


def test_a_choice_made_before_yet_another_change_is_asked_again():
    typed, there = {"a": "mine"}, {"a": "a third"}
    found = compare(shown(a="old"), typed, there, {"a": fingerprint("theirs")})
    assert found == Outcome(disputed=("a",))


def test_a_page_that_tells_nothing_of_what_it_showed_writes_over_nothing():
    assert compare({}, {"a": "mine"}, {"a": "theirs"}, {}) == Outcome(disputed=("a",))
    assert compare({}, {"a": "mine"}, {}, {}) == Outcome(disputed=("a",))


VALUES = st.none() | st.sampled_from(["x", "y", "z"]) | st.lists(st.sampled_from("xy"), min_size=1)


@given(VALUES, VALUES, VALUES)
def test_a_colleague_s_change_is_never_lost_without_a_choice(old, mine, theirs):
    there = {} if theirs is None else {"a": theirs}
    found = compare({"a": fingerprint(old)}, {"a": mine}, there, {})
    if "a" in found.changed:
        assert old == theirs
    if mine not in (old, theirs) and old != theirs:
        assert found.disputed == ("a",)


def test_fingerprints_tell_an_empty_answer_from_a_short_one():
    assert len({fingerprint(one) for one in (None, "", "a", ["a"], {"a": "a"}, [{"a": "a"}])}) == 6
