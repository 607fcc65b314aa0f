"""Saving answers: a topic at a time, nobody's words lost, everything told to the trail."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.cases import queries
from app.cases.models import Answer, CasePart, ClientCase
from app.cases.rules.saving import fingerprint
from app.cases.service import answering
from app.cases.service.answering import Disputed
from app.cases.service.common import Place
from tests.support.race import race


def test_the_first_answer_begins_the_case(filing, owner, world):
    saved = filing.save(owner, {filing.text: " Vergers du Suroît "})
    assert saved.changed == (filing.text,)
    case = world.db.scalars(select(ClientCase)).one()
    assert (case.account_id, case.case_type, case.only_one) == (
        filing.account.id, filing.type, True,
    )  # fmt: skip
    assert filing.answer() == "Vergers du Suroît"


def test_two_people_who_save_the_first_answer_at_once_begin_one_case(filing, owner, world):
    proxy = world.person_of(world.member(filing.account, 1))
    questions = [
        one.code
        for one in filing.section.topics[filing.topic].questions.values()
        if one.type == "short_text" and not one.shown_when
    ][:2]
    done = race(
        lambda: filing.save(owner, {questions[0]: "a"}),
        lambda: filing.save(proxy, {questions[1]: "b"}),
    )
    assert [one for one in done if isinstance(one, Exception)] == []
    assert world.db.scalar(select(func.count()).select_from(ClientCase)) == 1
    assert world.db.scalar(select(func.count()).select_from(Answer)) == 2


def test_an_answer_that_cannot_be_read_keeps_nothing_of_the_page(filing, owner, world):
    too_long = "x" * 5_000
    with pytest.raises(Invalid) as told:
        filing.save(owner, {filing.text: too_long})
    assert told.value.errors == {filing.text: "too_long"}
    assert world.db.scalar(select(func.count()).select_from(ClientCase)) == 0


def test_what_a_colleague_changed_since_is_not_written_over(filing, owner, world):
    proxy = world.person_of(world.member(filing.account, 1))
    filing.save(owner, {filing.text: "first"})
    drawn = {filing.text: fingerprint("first")}
    filing.save(proxy, {filing.text: "theirs"}, drawn)
    with pytest.raises(Disputed) as told:
        filing.save(owner, {filing.text: "mine"}, drawn)
    assert told.value.questions == (filing.text,)
    assert filing.answer() == "theirs"
    filing.save(owner, {filing.text: "mine"}, drawn, chosen={filing.text: fingerprint("theirs")})
    assert filing.answer() == "mine"


def test_an_answer_left_as_it_was_shown_stays_as_the_colleague_saved_it(filing, owner, world):
    proxy = world.person_of(world.member(filing.account, 1))
    filing.save(owner, {filing.text: "first"})
    drawn = {filing.text: fingerprint("first")}
    filing.save(proxy, {filing.text: "theirs"}, drawn)
    saved = filing.save(owner, {filing.text: "first"}, drawn)
    assert (saved.changed, saved.between) == ((), (filing.text,))
    assert filing.answer() == "theirs"


def test_an_emptied_answer_keeps_who_emptied_it(filing, owner, world):
    proxy = world.person_of(world.member(filing.account, 1))
    filing.save(owner, {filing.text: "first"})
    filing.save(proxy, {filing.text: ""}, {filing.text: fingerprint("first")})
    row = world.db.scalars(select(Answer).where(Answer.question == filing.text)).one()
    assert (row.value, row.changed_by) == (None, proxy.id)


def test_only_those_who_may_edit_the_section_save(filing, world, account):
    role = next(code for code in filing.program.roles if code not in filing.editors)
    person = world.person_of(world.member(account, role))
    with pytest.raises(Refused):
        filing.save(person, {filing.text: "x"})
    with pytest.raises(Refused):
        filing.save(world.person(), {filing.text: "x"})


def test_a_section_or_a_topic_that_there_is_not_is_not_found(filing, owner):
    with pytest.raises(NotFound):
        filing.save(owner, {}, place=Place(filing.type, "elsewhere"))
    with pytest.raises(NotFound):
        filing.save(owner, {}, place=Place(filing.type, filing.section.code, "none"))
    with pytest.raises(NotFound):
        filing.save(owner, {}, place=Place("elsewhere", filing.section.code))
    with pytest.raises(Conflict, match="not_asked"):
        filing.save(owner, {}, topic="elsewhere")


def test_questions_of_another_topic_are_not_taken_from_a_page(filing, owner, world):
    other = next(
        question.code
        for topic in filing.section.topics.values()
        for question in topic.questions.values()
        if topic.code != filing.topic and question.type == "short_text"
    )
    saved = filing.save(owner, {other: "x"})
    assert saved.changed == ()
    assert filing.answer(other) is None


def test_the_trail_tells_which_questions_and_keeps_the_words_apart(filing, owner, world):
    filing.save(owner, {filing.text: "Vergers"})
    entry = world.db.scalars(
        select(Entry).where(Entry.event == "case_part.answered").order_by(Entry.seq.desc())
    ).first()
    assert entry.account_id == filing.account.id
    assert filing.text in entry.changes["questions"][1]
    assert "Vergers" in entry.personal["answers_given"][1]
    assert "Vergers" not in str(entry.changes)


def test_a_colleague_who_may_not_see_a_section_finds_nothing_of_it(filing, owner, world):
    filing.save(owner, {filing.text: "x"})
    everything = {f"{filing.section.code}.view", "account.view"}
    seen = queries.folder(world.db, owner.id, filing.account, filing.type, everything)
    assert seen.part(filing.section.code, "").answers == {filing.text: "x"}
    assert (
        filing.section.code
        not in queries.folder(
            world.db, owner.id, filing.account, filing.type, {"account.view"}
        ).parts
    )
    stranger = world.person()
    hidden = queries.folder(world.db, stranger.id, filing.account, filing.type, everything)
    assert hidden.case is None
    assert hidden.part(filing.section.code, "").answers == {}
    assert world.db.scalar(select(func.count()).select_from(CasePart)) == 1


def test_a_topic_is_set_aside_with_a_reason_and_comes_back_with_its_answers(filing, owner):
    place, topic, text = filing.named(owner, "Quay 12")
    filing.save(owner, {text: "before"}, place=place, topic=topic)
    answering.set_aside(owner.id, filing.account.id, place, topic, " We have none. ")
    part = filing.folder(owner).part(place.section, place.key)
    assert part.aside == {topic: "We have none."}
    assert [one.applies for one in part.asked if one.topic.code == topic] == [False]
    with pytest.raises(Conflict, match="set_aside"):
        filing.save(owner, {text: "x"}, place=place, topic=topic)
    answering.bring_back(owner.id, filing.account.id, place, topic)
    part = filing.folder(owner).part(place.section, place.key)
    assert (part.aside, part.answers[text]) == ({}, "before")
    told = filing.told("case_part.topic_set_aside", "case_part.topic_brought_back")
    assert [entry.personal["reason_given"] for entry in told] == [
        [None, "We have none."], ["We have none.", None],
    ]  # fmt: skip


def test_the_same_reason_again_and_a_return_from_nowhere_change_nothing(filing, owner):
    place, topic, _text = filing.named(owner, "Quay 12")
    answering.bring_back(owner.id, filing.account.id, place, topic)
    for _ in range(2):
        answering.set_aside(owner.id, filing.account.id, place, topic, "None.")
    assert len(filing.told("case_part.topic_set_aside", "case_part.topic_brought_back")) == 1


@pytest.mark.parametrize(("reason", "word"), [(" ", "empty"), ("x" * 2_001, "too_long")])
def test_a_topic_is_not_set_aside_without_a_reason_that_can_be_read(filing, owner, reason, word):
    place, topic, _text = filing.named(owner, "Quay 12")
    with pytest.raises(Invalid) as told:
        answering.set_aside(owner.id, filing.account.id, place, topic, reason)
    assert told.value.errors == {"reason": word}
    answering.set_aside(owner.id, filing.account.id, place, topic, "x" * 2_000)


def test_only_a_topic_that_may_not_apply_and_that_is_asked_is_set_aside(filing, owner):
    with pytest.raises(Conflict, match="may_not"):
        answering.set_aside(owner.id, filing.account.id, filing.place, filing.topic, "None.")
    with pytest.raises(Conflict, match="not_asked"):
        answering.set_aside(owner.id, filing.account.id, filing.place, "elsewhere", "None.")


def test_a_case_that_its_users_begin_does_not_begin_by_itself(filing, owner, monkeypatch):
    by_client = filing.kind.model_copy(update={"opened": "by_client"})
    changed = filing.program.model_copy(update={"cases": {filing.type: by_client}})
    monkeypatch.setattr("app.cases.service.common.definition", lambda _code: changed)
    with pytest.raises(Conflict, match="not_begun"):
        filing.save(owner, {filing.text: "x"})
    with pytest.raises(Conflict, match="not_begun"):
        filing.named(owner, "Quay 12")


def test_a_kind_of_case_that_the_program_does_not_have_is_not_found(filing, owner):
    with pytest.raises(NotFound):
        queries.folder(filing.world.db, owner.id, filing.account, "elsewhere", set())
    with pytest.raises(NotFound):
        filing.folder(owner).part(filing.section.code, "none")
