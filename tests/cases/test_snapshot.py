"""What is kept of a case, and what differs between two of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cases.rules.at_once import current, places, to_submit
from app.cases.rules.comparing import BACKWARDS, Difference, compare
from app.cases.rules.history import Step, returned, turn
from app.cases.rules.snapshot import (
    Evidence,
    Filed,
    PartKept,
    Reply,
    Snapshot,
    TopicKept,
    as_json,
    canonical,
    digest,
    from_json,
    take,
)
from tests.support.definitions import transferring

words = st.text(min_size=1, max_size=8)
values = st.one_of(
    st.none(),
    words,
    st.lists(words, max_size=3),
    st.dictionaries(words, words, max_size=3),
    st.lists(st.dictionaries(words, words, max_size=2), max_size=2),
)
evidence = st.builds(
    Evidence,
    id=st.integers(1, 6),
    name=words,
    kind=st.sampled_from(["pdf", "png"]),
    size=st.integers(1, 9),
    sha256=st.sampled_from(["a" * 64, "b" * 64]),
)
QUESTIONS = {"t1": ["q1", "q2"], "t2": ["q3"], "t3": ["q4"]}


@st.composite
def topics(draw):
    found = []
    for code, questions in QUESTIONS.items():
        if not draw(st.booleans()):
            continue
        aside = draw(st.none() | words)
        asked = [] if aside is not None else [q for q in questions if draw(st.booleans())]
        documents = st.lists(evidence, max_size=2, unique_by=lambda one: (one.id, one.sha256))
        replies = tuple(Reply(q, draw(values), tuple(draw(documents))) for q in asked)
        found.append(TopicKept(code, replies, aside))
    return tuple(found)


@st.composite
def snapshots(draw):
    marks = draw(
        st.lists(
            st.tuples(st.sampled_from(["yard", "dock"]), st.booleans(), st.integers(1, 3)),
            unique=True,
            max_size=4,
        )
    )
    parts = tuple(
        PartKept(
            section,
            f"k{number}",
            number,
            named,
            {"en": (name := draw(words)), "fr": name},
            draw(topics()),
        )
        for section, named, number in marks
    )
    return Snapshot("permit", draw(st.integers(1, 9)), parts)


@given(snapshots())
def test_what_is_kept_is_read_again_as_it_was(one):
    through = json.loads(json.dumps(as_json(one)))
    assert from_json(through) == one
    assert digest(through) == digest(as_json(one))


@given(snapshots(), st.randoms())
def test_the_text_does_not_depend_on_the_order_of_keys(one, chance):
    def shuffled(value):
        if isinstance(value, dict):
            pairs = [(key, shuffled(inner)) for key, inner in value.items()]
            chance.shuffle(pairs)
            return dict(pairs)
        return [shuffled(inner) for inner in value] if isinstance(value, list) else value

    kept = json.loads(json.dumps(as_json(one)))
    assert canonical(shuffled(kept)) == canonical(kept)


def test_the_fingerprint_is_the_sha256_of_a_text_that_anybody_can_write():
    one = Snapshot("p", 1, (PartKept("s", "", None, False, {"en": "É", "fr": "È"}, ()),))
    text = (
        '{"case_type":"p","form":1,"parts":[{"key":"","name":{"en":"É","fr":"È"},"named":false,'
        '"number":null,"section":"s","topics":[]}],"version":1}'
    )
    assert canonical(as_json(one)) == text
    assert digest(as_json(one)) == hashlib.sha256(text.encode()).hexdigest()


def test_a_form_that_is_not_known_is_not_guessed_at():
    kept = as_json(Snapshot("p", 1, ())) | {"form": 2}
    with pytest.raises(ValueError, match="form 2"):
        from_json(kept)


@given(snapshots())
def test_nothing_differs_between_a_snapshot_and_itself(one):
    assert compare(one, one) == ()


def told(differences):
    return sorted(
        (d.kind, d.part.mark, d.question, repr(d.before), repr(d.after)) for d in differences
    )


@settings(max_examples=200)
@given(snapshots(), snapshots())
def test_what_differs_one_way_differs_the_other_way_backwards(old, new):
    mirrored = [
        Difference(BACKWARDS[d.kind], d.part, d.topic, d.question, d.after, d.before)
        for d in compare(new, old)
    ]
    assert told(compare(old, new)) == told(mirrored)


@given(snapshots(), snapshots())
def test_two_snapshots_without_a_difference_hold_the_same(old, new):
    if compare(old, new) == () and [p.mark for p in old.parts] == [p.mark for p in new.parts]:
        assert contents(old) == contents(new)


def contents(snapshot):
    """What was answered, with the names that clients gave; no matter where it is asked."""
    return {
        part.mark: (
            part.name if part.named else None,
            {t.topic: t.aside for t in part.topics if t.aside is not None},
            {
                r.question: (r.value, {(d.id, d.sha256) for d in r.documents})
                for t in part.topics
                for r in t.replies
                if r.value is not None or r.documents
            },
        )
        for part in snapshot.parts
    }


def part(*topics, key="", number=None, named=False, name="Yard", section="yard"):
    return PartKept(section, key, number, named, {"en": name, "fr": name}, topics)


def of(*parts):
    return Snapshot("permit", 1, parts)


def test_each_kind_of_difference_is_told_with_what_was_and_what_is():
    pdf, png = (Evidence(n, f"{n}.pdf", "pdf", 9, str(n) * 64) for n in (1, 2))
    old = of(
        part(
            TopicKept("a", (Reply("same", "x"), Reply("old", "1"), Reply("gone", "g"))),
            TopicKept("b", (), "never"),
            TopicKept("c", (), "so"),
            TopicKept("d", (Reply("papers", None, (pdf,)),)),
            key="quay",
            number=7,
            named=True,
            name="Quay",
        ),
        part(key="rail", number=8),
    )
    new = of(
        part(
            TopicKept("a", (Reply("same", "x"), Reply("old", "2"), Reply("new", "n"))),
            TopicKept("b"),
            TopicKept("c", (), "thus"),
            TopicKept("d", (Reply("papers", None, (png,)),)),
            TopicKept("e", (), "none"),
            key="pier",
            number=7,
            named=True,
            name="Pier",
        ),
        part(key="road", number=9),
    )
    found = [(d.kind, d.topic, d.question, d.before, d.after) for d in compare(old, new)]
    assert found == [
        ("part_renamed", "", "", {"en": "Quay", "fr": "Quay"}, {"en": "Pier", "fr": "Pier"}),
        ("topic_brought_back", "b", "", "never", None),
        ("reason_changed", "c", "", "so", "thus"),
        ("topic_set_aside", "e", "", None, "none"),
        ("answer_changed", "a", "old", "1", "2"),
        ("answer_added", "a", "new", None, "n"),
        ("document_added", "d", "papers", None, png),
        ("document_removed", "d", "papers", pdf, None),
        ("answer_gone", "a", "gone", "g", None),
        ("part_added", "", "", None, None),
        ("part_removed", "", "", None, None),
    ]


def test_a_name_that_is_the_line_s_own_is_no_name_that_a_client_changed():
    old, new = (part(key="rail", name=name) for name in ("Rail", "Railway"))
    assert compare(of(old), of(new)) == ()


def test_a_line_that_was_taken_out_and_put_back_is_the_same_part():
    old, new = (part(TopicKept("a", (Reply("q", "x"),)), key="rail", number=n) for n in (1, 2))
    assert compare(of(old), of(new)) == ()
    assert len(compare(of(replace(old, named=True)), of(replace(new, named=True)))) == 2


# ── what is taken ───────────────────────────────────────────────────────────────────────


def test_what_is_asked_is_kept_and_what_is_hidden_is_not(yard):
    program = transferring()
    pdf = Evidence(1, "a.pdf", "pdf", 9, "a" * 64)
    filed = Filed(
        yard,
        answers={"fenced": "no", "height": "low", "gates": "two"},
        aside={"dogs": "We have none.", "gates": "never asked"},
        documents={"dogs": (pdf,)},
    )
    (kept,) = take(program, "permit", [filed]).parts
    assert kept.topics == (
        TopicKept("fences", (Reply("fenced", "no"), Reply("note"))),
        TopicKept("dogs", (), "We have none."),
    )
    (kept,) = take(program, "permit", [replace(filed, aside={})]).parts
    assert kept.topics[-1] == TopicKept("dogs", (Reply("dogs", None, (pdf,)), Reply("names")))


def test_a_part_is_called_by_its_name_its_line_or_its_section(yard):
    program = transferring()
    line, other = list(program.lines)[:2]
    by_lines = next(
        section
        for kind in program.cases.values()
        for section in kind.sections.values()
        if section.repeated is not None and section.repeated.by == "lines"
    )
    filed = [
        Filed(yard),
        Filed(yard, key=line),
        Filed(by_lines, key=other),
        Filed(by_lines, key="gone"),
        Filed(yard, key="quay 12", label="Quay 12", number=3),
    ]
    snapshot = take(program, "permit", filed)
    label, own = program.lines[other].label, {"en": yard.label.en, "fr": yard.label.fr}
    assert snapshot.version == program.version
    assert [one.name for one in snapshot.parts] == [
        own,
        own,
        {"en": label.en, "fr": label.fr},
        {"en": by_lines.label.en, "fr": by_lines.label.fr},
        {"en": "Quay 12", "fr": "Quay 12"},
    ]
    assert [one.named for one in snapshot.parts] == [False, False, False, False, True]
    assert snapshot.parts[-1].mark == ("yard", "3")


# ── what counts at once ─────────────────────────────────────────────────────────────────


AT_ONCE = {("yard", "contact")}


def contact(value, other="x", number=1, documents=()):
    replies = (Reply("contact", value, documents), Reply("other", other))
    return part(TopicKept("a", replies), number=number)


def test_the_primary_contact_counts_as_soon_as_it_is_saved():
    submitted, draft = of(contact("Ann")), of(contact("Zoé", other="y"))
    assert current(submitted, draft, AT_ONCE) == of(contact("Zoé"))
    left = to_submit(compare(submitted, draft), AT_ONCE)
    assert [(one.question, one.after) for one in left] == [("other", "y")]


def test_a_contact_that_was_emptied_or_whose_part_is_gone_still_counts():
    submitted = of(contact("Ann"))
    assert current(submitted, of(contact(None)), AT_ONCE) == submitted
    assert current(submitted, of(), AT_ONCE) == submitted
    assert current(submitted, of(contact("Zoé")), frozenset()) == submitted
    paper = (Evidence(1, "a", "pdf", 1, "a" * 64),)
    assert current(submitted, of(contact(None, documents=paper)), AT_ONCE) == of(
        contact(None, documents=paper)
    )


def test_the_definition_says_which_questions_count_at_once():
    kind = next(iter(transferring().cases.values()))
    found = places(kind)
    asked = {
        (section.code, question.code)
        for section in kind.sections.values()
        for topic in (section.topics or {}).values()
        for question in topic.questions.values()
    }
    assert found
    assert found < asked


# ── what a case has been through ────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def kind():
    return next(iter(transferring().cases.values()))


def made(kind, *moves, at=datetime(2026, 11, 2, 15, tzinfo=UTC)):
    return [
        Step(
            code, kind.moves[code].goes_to, at, "Because." if kind.moves[code].asks_reason else None
        )
        for code in moves
    ]


def by(kind, **wanted):
    """The code of the first move of which all of this is true."""
    return next(
        code
        for code, move in kind.moves.items()
        if all(bool(getattr(move, name)) == value for name, value in wanted.items())
    )


@pytest.fixture(scope="module")
def ways(kind):
    """Submitting, beginning a review, returning, approving, by what they do."""
    submits = by(kind, submits=True)
    filed = kind.moves[submits].goes_to
    begins = next(c for c, m in kind.moves.items() if m.by == "staff" and filed in m.comes_from)
    reviewed = kind.moves[begins].goes_to
    out = {c: m for c, m in kind.moves.items() if m.by == "staff" and reviewed in m.comes_from}
    returns = next(
        c for c, m in out.items()
        if m.asks_reason and not kind.states[m.goes_to].final
    )  # fmt: skip
    approves = next(c for c, m in out.items() if m.standing)
    denies = next(c for c, m in out.items() if kind.states[m.goes_to].final)
    return submits, begins, returns, approves, denies


def test_it_is_the_clients_turn_until_they_submit_and_when_it_comes_back(kind, ways):
    submits, begins, returns, approves, denies = ways
    first = next(code for code, one in kind.states.items() if one.initial)
    assert turn(kind, first, []) == "client"
    for way, whose in (
        ([submits], "agency"),
        ([submits, begins], "agency"),
        ([submits, begins, returns], "client"),
        ([submits, begins, approves], "nobody"),
        ([submits, begins, denies], "nobody"),
    ):
        steps = made(kind, *way)
        assert turn(kind, steps[-1].to_state, steps) == whose, way


def test_the_reason_is_told_while_the_case_is_back_and_not_longer(kind, ways):
    submits, begins, returns, approves, denies = ways
    steps = made(kind, submits, begins, returns)
    assert returned(kind, steps[-1].to_state, steps) == "Because."
    assert returned(kind, steps[-1].to_state, []) is None
    again = [*steps, *made(kind, submits)]
    assert returned(kind, again[-1].to_state, again) is None
    assert returned(kind, steps[-1].to_state, again) is None
    for last in (approves, denies):
        over = made(kind, submits, begins, last)
        assert returned(kind, over[-1].to_state, over) is None
