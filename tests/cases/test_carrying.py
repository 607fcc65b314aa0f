"""Drafts go on under a new version of their program: a deed a case, and the worker's job."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from app.audit.models import Entry
from app.base.db import session
from app.cases import following
from app.cases.models import CasePart, ClientCase, TopicAside
from app.cases.rules.saving import fingerprint
from app.cases.service import answering, carrying, moving
from app.cases.service.common import Place
from app.cases.service.submitting import seen_of
from app.ops import worker
from app.ops.programs.drafts import touched
from app.parties.models import Person
from app.programs.loader import parse
from app.programs.schema.definition import Definition
from tests.support.race import race


def section_of(value, place=0):
    """The case's section of the tree, by its place."""
    (case,) = value["cases"].values()
    return list(case["sections"].values())[place]


def questions_of(value, place=0, topic=0):
    return list(section_of(value, place)["topics"].values())[topic]["questions"]


def without(code, place=0, topic=0):
    return lambda value: questions_of(value, place, topic).pop(code)


def retyped(code, kind, place=0, topic=0, **options):
    def change(value):
        asked = questions_of(value, place, topic)
        asked[code] = {"type": kind, "text": asked[code]["text"], **options}

    return change


def added(code, place=0, topic=0, **more):
    text = {"en": "New", "fr": "Nouveau"}
    question = {"type": "short_text", "text": text, **more}
    return lambda value: questions_of(value, place, topic).__setitem__(code, question)


# ── the deed ────────────────────────────────────────────────────────────────────────────


def test_a_draft_goes_on_under_the_version_in_force_with_every_answer(berths, second):
    case = berths.draft()
    before = berths.answers(case)
    assert second.publish() == 2
    assert carrying.carry_case(case.id)
    assert berths.version(case) == 2
    assert berths.answers(case) == before
    (entry,) = berths.entries()
    assert entry.changes == {"definition_version": ["1", "2"]}
    assert (entry.target_kind, entry.target_id) == ("client_case", str(case.id))
    assert entry.account_id == case.account_id
    assert entry.actor_id is None


def test_an_answer_that_fits_no_more_is_kept_aside_word_for_word(berths, second):
    case = berths.draft()
    before = berths.answers(case)

    def change(value):
        without("boat_flag")(value)
        retyped("boat_name", "long_text")(value)
        questions_of(value, 1)["quay"]["choices"].pop("north")

    second.publish(change)
    carrying.carry_case(case.id)
    after = berths.answers(case)
    assert {code: value for code, (value, _) in after.items()} == {
        code: value for code, (value, _) in before.items()
    }
    aside = {code: since for code, (_, since) in after.items() if since is not None}
    assert aside == {"boat_flag": 2, "boat_name": 2, "quay": 2}
    (entry,) = berths.entries()
    assert entry.changes["questions_aside"] == [None, '["boat_flag", "boat_name", "quay"]']


def test_whoever_answered_stays_whoever_answered(berths, second, world):
    case = berths.draft()
    wanted = text("SELECT question, changed_by, changed_at FROM answer ORDER BY question")
    before = world.db.execute(wanted).all()
    world.db.rollback()
    second.publish(without("boat_flag"))
    carrying.carry_case(case.id)
    assert world.db.execute(wanted).all() == before


def test_an_answer_comes_back_with_the_version_that_takes_it_again(berths, second):
    case = berths.draft()
    before = berths.answers(case)
    original = second.tree
    second.publish(without("boat_flag"))
    carrying.carry_case(case.id)
    second.publish()
    carrying.carry_case(case.id)
    assert berths.answers(case)["boat_flag"] == ("CA", 2)
    second.publish(lambda value: value.update(original | {"version": value["version"]}))
    carrying.carry_case(case.id)
    assert berths.version(case) == 4
    assert berths.answers(case) == before
    assert berths.entries()[-1].changes["questions_back"] == [None, '["boat_flag"]']


def test_a_draft_that_missed_versions_is_carried_through_each_of_them(berths, second):
    """What is kept aside names the version that would not take it: the one before has its words."""
    case = berths.draft()
    second.publish()
    second.publish(retyped("boat_name", "yes_no"))
    second.publish(retyped("boat_name", "country"))
    carrying.carry_case(case.id)
    assert berths.version(case) == 4
    assert berths.answers(case)["boat_name"] == ("Example", 3)


def test_an_answer_that_was_aside_and_that_a_version_took_may_go_aside_again(berths, second):
    case = berths.draft()
    second.publish(retyped("boat_name", "yes_no"))
    carrying.carry_case(case.id)
    second.publish(retyped("boat_name", "short_text"))
    second.publish(retyped("boat_name", "date"))
    carrying.carry_case(case.id)
    assert berths.answers(case)["boat_name"] == ("Example", 4)


def test_a_draft_that_follows_already_is_left_in_peace(berths):
    case = berths.draft()
    row_version = case.row_version
    assert not carrying.carry_case(case.id)
    assert berths.world.fresh(case).row_version == row_version
    assert berths.entries() == []


def lodged(berths, case):
    """As the trigger sees it, the client submitted it."""
    (state,) = {move.goes_to for move in berths.kind.moves.values() if move.submits}
    return berths.world.set(case, state=state)


def test_what_is_under_review_stays_under_the_version_it_was_submitted_under(berths, second):
    case = lodged(berths, berths.draft())
    second.publish(without("boat_flag"))
    assert not carrying.carry_case(case.id)
    assert berths.version(case) == 1
    assert berths.answers(case)["boat_flag"] == ("CA", None)


def test_a_case_that_is_over_stays_as_it_was_decided(berths, second, world):
    case = lodged(berths, berths.draft())
    (end,) = (code for code, one in berths.kind.states.items() if one.final)
    world.set(case, state=end, closed_at=world.now())
    second.publish()
    assert not carrying.carry_case(case.id)
    assert berths.version(case) == 1


def rename_state(value):
    (case,) = value["cases"].values()
    case["states"] = {
        ("begun" if code == "written" else code): one for code, one in case["states"].items()
    }
    case["moves"]["lodge"]["comes_from"] = ["begun"]
    for step in value["scenarios"]["a_ferry_stays"]["steps"]:
        if step["expect"].get("comes_to") == "written":
            step["expect"]["comes_to"] = "begun"


def rename_section(value):
    (case,) = value["cases"].values()
    case["sections"]["evenings"] = case["sections"].pop("nights")
    actions = value["matrix"]["plan_nights"]["actions"]
    value["matrix"]["plan_nights"]["actions"] = {
        code.replace("nights", "evenings"): label for code, label in actions.items()
    }
    del value["scenarios"]


def rename_case(value):
    value["cases"]["visit"] = value["cases"].pop("stay")
    del value["scenarios"]


@pytest.mark.parametrize("change", [rename_state, rename_section, rename_case])
def test_a_draft_whose_place_is_gone_stays_whole_under_its_version(berths, second, change):
    case = berths.draft()
    before = berths.answers(case)
    second.publish(change)
    assert not carrying.carry_case(case.id)
    assert berths.version(case) == 1
    assert berths.answers(case) == before
    assert berths.entries() == []


def test_a_part_that_was_taken_out_stands_in_nobody_s_way(berths, second, world):
    case = berths.draft()
    wanted = select(CasePart).where(CasePart.case_id == case.id, CasePart.section == "nights")
    part = world.db.scalars(wanted).one()
    world.set(part, removed_at=world.now(), removed_by=case.opened_by)
    second.publish(rename_section)
    assert carrying.carry_case(case.id)


# ── who is told ─────────────────────────────────────────────────────────────────────────


def test_whoever_may_fill_in_what_is_incomplete_again_is_told_once(berths, second, world):
    case = berths.draft()
    account = world.db.get_one(type(case.account), case.account_id)
    people = world.with_each_role(account)
    second.publish(added("mooring", place=1))
    carrying.carry_case(case.id)
    assert not carrying.carry_case(case.id)
    assert berths.told() == sorted(one.id for one in people.values())


def test_only_those_who_may_fill_the_section_in_are_told(berths, second, world):
    boat = berths.whole()["boat"]
    del section_of(second.tree)["topics"]["papers"]
    del second.tree["scenarios"]
    second.publish()
    case = berths.draft({"boat": boat})
    people = world.with_each_role(world.db.get_one(type(case.account), case.account_id))
    second.publish(added("mast"))
    carrying.carry_case(case.id)
    assert people["dispatcher"].id not in berths.told()
    assert len(berths.told()) == 2


@pytest.mark.parametrize(
    "change",
    [
        None,
        added("mooring", place=1, required="no"),
        added("mooring", place=1, shown_when=[{"question": "quay", "among": ["south"]}]),
        without("noise_reason", place=1, topic=1),
    ],
)
def test_nobody_is_told_of_a_version_that_asks_for_nothing_more(berths, second, change):
    def changed(value):
        if change is not None:
            change(value)
        if not questions_of(value, 1, 1):
            del section_of(value, 1)["topics"]["noise"]
            del value["scenarios"]

    case = berths.draft()
    second.publish(changed)
    assert carrying.carry_case(case.id)
    assert berths.told() == []


def test_nobody_is_told_of_a_section_that_was_not_complete_anyway(berths, second):
    nights = berths.whole()["nights"]
    del nights["watch"]
    case = berths.draft({"nights": nights})
    second.publish(added("mooring", place=1))
    carrying.carry_case(case.id)
    assert berths.told() == []


def test_an_answer_that_went_aside_makes_its_section_incomplete_again(berths, second):
    case = berths.draft()
    second.publish(retyped("watch", "country", place=1))
    carrying.carry_case(case.id)
    assert berths.told() == [case.opened_by]


def new_section(value):
    (case,) = value["cases"].values()
    topic = {"label": {"en": "A", "fr": "B"}, "source": {"page": "harbour_rules"}}
    question = {"type": "yes_no", "text": {"en": "A?", "fr": "B?"}}
    case["sections"]["crew"] = {
        "label": {"en": "A", "fr": "B"}, "lead": {"en": "A", "fr": "B"},
        "source": {"page": "harbour_rules"},
        "topics": {"one": topic | {"questions": {"crew_sleeps": question}}},
    }  # fmt: skip
    for action in ("crew.view", "crew.edit"):
        value["matrix"]["plan_nights"]["actions"][action] = {"en": "A", "fr": "B"}


def test_a_new_section_is_told_where_all_the_others_were_complete(berths, second):
    complete = berths.draft({"nights": berths.whole()["nights"]})
    half = berths.whole()["nights"]
    del half["watch"]
    partial = berths.draft({"nights": half})
    second.publish(new_section)
    for case in (complete, partial):
        carrying.carry_case(case.id)
    assert berths.told() == [complete.opened_by]


def test_a_topic_that_does_not_apply_asks_for_nothing(berths, second, world):
    nights = berths.whole()["nights"]
    del nights["noise_reason"]
    case = berths.draft({"nights": nights})
    part = world.db.scalars(select(CasePart).where(CasePart.case_id == case.id)).one()
    world.db.add(TopicAside(part_id=part.id, topic="noise", reason="x", said_by=case.opened_by))
    world.db.commit()
    second.publish(added("bells", place=1, topic=1))
    carrying.carry_case(case.id)
    assert berths.told() == []
    second.publish(added("mooring", place=1))
    carrying.carry_case(case.id)
    assert berths.told() == [case.opened_by]


# ── what people read ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_fits_no_more_is_shown_with_the_question_it_answered(
    berths, second, client, sign_in, world, lang
):
    case = berths.draft()
    place = f"/a/{case.account_id}/case/stay/{{}}/0/check"

    def change(value):
        without("boat_flag")(value)
        retyped("watch", "country", place=1)(value)

    second.publish(change)
    carrying.carry_case(case.id)
    sign_in(world.db.get_one(Person, case.opened_by))
    boat = client.get(place.format("boat"), lang=lang).main
    nights = client.get(place.format("nights"), lang=lang).main
    if lang == "en":
        assert "1 answer does not fit the questions any more" in boat
        assert "FlagCanada" in boat
        assert "Who keeps watch?Missing" in nights
        assert "Who keeps watch?Made Upmade.up@example.ca" in nights
    else:
        assert "1\N{NO-BREAK SPACE}réponse ne convient plus aux questions" in boat
        assert "PavillonCanada" in boat
        assert "Qui veille?Made Upmade.up@example.ca" in nights


def test_words_typed_under_the_version_before_are_shown_again_with_what_is_wrong(
    berths, second, client, sign_in, world
):
    """The page was open while the version changed: nothing typed is lost."""
    case = berths.draft({"boat": {}})
    sign_in(world.db.get_one(Person, case.opened_by))
    path = f"/a/{case.account_id}/case/stay/boat/0/topic/hull"
    page = client.get(path)
    second.publish(retyped("boat_name", "number"))
    carrying.carry_case(case.id)
    answer = page.submit(
        {"boat_name": "Fleur de mai", "boat_length": "12.5"}, "boat_name", expect=200
    )
    assert "Fleur de mai" in answer.response.text
    assert "Enter a number, like 250." in answer.main
    assert berths.answers(case) == {}


@pytest.mark.parametrize(("lang", "flag", "name"), [
    ("en", "Flag", "Name of the boat"), ("fr", "Pavillon", "Nom du bateau"),
])  # fmt: skip
def test_the_trail_still_reads_what_was_answered_to_questions_as_they_were(
    berths, second, client, sign_in, world, acting, lang, flag, name
):
    """One is gone, and one now asks for a number: its old answer is none."""
    case = berths.draft({"boat": {}})
    owner = world.db.get_one(Person, case.opened_by)
    acting(owner)
    typed = {"boat_name": {"": ["Fleur de mai"]}, "boat_flag": {"": ["CA"]}}
    shown = dict.fromkeys(typed, fingerprint(None))
    place = Place("stay", "boat")
    answering.save_topic(owner.id, case.account_id, place, "hull", answering.Page(typed, shown))

    def change(value):
        without("boat_flag")(value)
        retyped("boat_name", "number")(value)

    second.publish(change)
    carrying.carry_case(case.id)
    sign_in(world.staff("auditor", berths.program))
    seqs = world.db.execute(
        select(Entry.event, Entry.seq).where(
            Entry.event.in_(["case_part.answered", "case.carried"])
        )
    ).all()
    world.db.rollback()
    pages = {event: client.get(f"/staff/trail/show/{seq}", lang=lang).main for event, seq in seqs}
    assert f"{flag} Canada; {name} Fleur de mai" in pages["case_part.answered"]
    assert f"{flag}; {name}" in pages["case.carried"]


# ── what `flask programs diff` foretells ─────────────────────────────────────────────────


def test_what_the_comparison_foretells_of_drafts_is_what_the_job_does(berths, second, world):
    """Of drafts whole, begun, older by a version, submitted, and of those that cannot go on."""
    whole = berths.whole()
    older = berths.draft()
    second.publish(without("boat_towed"))
    cases = [older, berths.draft(), berths.draft({"boat": whole["boat"]}), berths.draft({})]
    south = whole["nights"] | {"quay": "south"}
    cases.append(berths.draft({"nights": south}))
    submitted = lodged(berths, berths.draft())
    emptied = berths.draft({"nights": south})
    part = world.db.scalars(select(CasePart).where(CasePart.case_id == emptied.id)).one()
    world.set(part, removed_at=world.now(), removed_by=emptied.opened_by)

    def change(value):
        without("boat_flag")(value)
        retyped("boat_name", "long_text")(value)
        questions_of(value, 1)["quay"]["choices"].pop("north")
        questions_of(value)["boat_length"]["least"] = "3"

    new = parse(Definition, second.changed(change), "x.yaml")
    changed = [("boat", code) for code in ("boat_flag", "boat_name", "boat_length")]
    found = touched(new, [*changed, ("nights", "quay"), ("nights", "watch")])
    second.publish(change)
    following.carry(berths.program_id, 0)
    everyone = [*cases, submitted, emptied]
    assert found.carried == sum(berths.version(case) == 3 for case in everyone) == 6
    assert found.left == 0
    aside = [
        code for case in cases for code, (_, since) in berths.answers(case).items() if since == 3
    ]
    assert {code: number for (_, code), number in found.aside.items()} == {
        "boat_flag": 3, "boat_name": 3, "boat_length": 3, "quay": 2, "watch": 0,
    }  # fmt: skip
    for (_, code), number in found.aside.items():
        assert aside.count(code) == number, code


@pytest.mark.parametrize(("change", "left"), [(rename_state, 2), (rename_section, 1)])
def test_drafts_that_cannot_go_on_are_foretold(berths, second, change, left):
    cases = [berths.draft(), berths.draft({"boat": berths.whole()["boat"]})]
    found = touched(parse(Definition, second.changed(change), "x.yaml"), [])
    assert (found.carried, found.left) == (2 - left, left)
    second.publish(change)
    following.carry(berths.program_id, 0)
    assert sum(berths.version(case) == 1 for case in cases) == left


def test_of_a_program_that_was_never_published_no_draft_is_touched(berths, second):
    berths.draft()
    value = second.changed(lambda tree: tree.update(code="other"))
    found = touched(parse(Definition, value, "other.yaml"), [("boat", "boat_flag")])
    assert (found.carried, found.left, found.aside) == (0, 0, {})


# ── the job ─────────────────────────────────────────────────────────────────────────────


def queued(world):
    rows = world.db.execute(
        text("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
    ).all()
    world.db.rollback()
    return [(name, args) for name, args in rows if name.startswith("cases.")]


def run(world):
    """Do the jobs that wait, and those that they put in, as the worker does."""
    done = 0
    while waiting := world.db.execute(
        text(
            "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = (SELECT min(id) FROM"
            " procrastinate_jobs WHERE status = 'todo' AND task_name LIKE 'cases.%')"
            " RETURNING task_name, args"
        )
    ).all():
        world.db.commit()
        for name, args in waiting:
            args.pop("_request", None)
            worker.find_job(name).work(**args)
            session.remove()
            done += 1
    return done


def test_publishing_a_version_has_the_drafts_of_the_one_before_carried(berths, second, world):
    cases = [berths.draft() for _ in range(3)]
    assert queued(world) == []
    second.publish()
    assert [name for name, _ in queued(world)] == ["cases.carry"]
    assert run(world) == 1
    assert [berths.version(case) for case in cases] == [2, 2, 2]
    assert len(berths.entries()) == 3


def test_a_sync_that_finds_every_draft_in_its_place_puts_no_job_in(berths, second, world):
    berths.draft()
    second.publish(first=True)
    assert queued(world) == []


def test_a_program_s_drafts_are_carried_batch_by_batch(berths, second, world, monkeypatch):
    monkeypatch.setattr(following, "BATCH", 2)
    cases = [berths.draft({}) for _ in range(5)]
    second.publish()
    assert run(world) == 3
    assert {berths.version(case) for case in cases} == {2}


def test_a_job_that_runs_twice_carries_once(berths, second):
    case = berths.draft()
    second.publish()
    for _ in range(2):
        following.carry(berths.program_id, 0)
    assert berths.version(case) == 2
    assert len(berths.entries()) == 1


class Killed(BaseException):
    """What is left of a worker: nothing of its transaction."""


def test_a_worker_killed_in_the_middle_leaves_each_draft_whole_and_another_goes_on(
    berths, second, monkeypatch
):
    cases = [berths.draft() for _ in range(3)]
    second.publish(without("boat_flag"))
    keep, done = carrying._keep, []

    def killed(*arguments):
        keep(*arguments)
        done.append(1)
        if len(done) == 2:
            raise Killed

    monkeypatch.setattr(carrying, "_keep", killed)
    with pytest.raises(Killed):
        following.carry(berths.program_id, 0)
    session.remove()
    assert [berths.version(case) for case in cases] == [2, 1, 1]
    assert [berths.answers(case)["boat_flag"][1] for case in cases] == [2, None, None]
    following.carry(berths.program_id, 0)
    assert [berths.version(case) for case in cases] == [2, 2, 2]
    assert [berths.answers(case)["boat_flag"][1] for case in cases] == [2, 2, 2]
    assert len(berths.entries()) == 3


def test_two_workers_at_once_carry_each_draft_once(berths, second):
    cases = [berths.draft() for _ in range(6)]
    second.publish(without("boat_flag"))

    def work():
        following.carry(berths.program_id, 0)

    assert race(work, work) == [None, None]
    assert {berths.version(case) for case in cases} == {2}
    assert len(berths.entries()) == 6
    assert {berths.answers(case)["boat_flag"] for case in cases} == {("CA", 2)}


def test_a_draft_that_cannot_be_carried_keeps_no_other_from_it(berths, second, monkeypatch, caplog):
    cases = [berths.draft({}) for _ in range(3)]
    second.publish()
    carry = carrying.carry_case

    def fails(case_id):
        if case_id == cases[1].id:
            raise ValueError("a draft like no other")
        return carry(case_id)

    monkeypatch.setattr(carrying, "carry_case", fails)
    following.carry(berths.program_id, 0)
    assert [berths.version(case) for case in cases] == [2, 1, 2]
    assert f"case {cases[1].id} was not carried" in caplog.text


def test_what_stood_in_the_way_is_looked_at_again_every_hour(berths, second, world):
    case = berths.draft()
    original = second.tree
    second.publish(rename_state)
    run(world)
    assert berths.version(case) == 1
    second.publish(lambda value: value.update(original | {"version": value["version"]}))
    world.db.execute(
        text("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE status = 'todo'")
    )
    world.db.commit()
    following.follow()
    run(world)
    assert berths.version(case) == 3


def send_back(value):
    (case,) = value["cases"].values()
    move = {"label": {"en": "Send back", "fr": "Renvoyer"}, "by": "staff"}
    move |= {"comes_from": ["lodged"], "goes_to": "written", "source": {"page": "harbour_rules"}}
    case["moves"]["send_back"] = move | {"action": "staff.cases.examine"}


def test_a_case_that_staff_send_back_is_carried_when_it_comes_back(berths, second, world):
    second.publish(send_back)
    case = lodged(berths, berths.draft())
    officer = world.staff(program=berths.program)
    second.publish(without("boat_flag"))
    run(world)
    assert berths.version(case) == 2
    moving.move_by_staff(officer.id, case.id, "send_back", moving.Sent(seen_of(case, 0)))
    assert run(world) == 1
    assert berths.version(case) == 3
    assert berths.answers(case)["boat_flag"] == ("CA", 3)


def test_a_case_that_comes_back_to_its_clients_is_carried_then(berths, second, world, db):
    case = lodged(berths, berths.draft())
    other = berths.draft({})
    second.publish()
    run(world)
    assert (berths.version(case), berths.version(other)) == (1, 2)
    carrying.catch_up(db(), db().get_one(ClientCase, other.id))
    assert queued(world) == []
    carrying.catch_up(db(), db().get_one(ClientCase, case.id))
    db().commit()
    assert queued(world) == [("cases.carry", {"program_id": case.program_id, "after": case.id - 1})]
