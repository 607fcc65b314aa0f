"""Answers that are kept aside come back where people read and change them: on their topic."""

from __future__ import annotations

import pytest

from app.cases.models import Document
from app.cases.service import carrying
from app.parties.models import Person
from tests.cases.sending import Sending
from tests.cases.test_carrying import retyped, without
from tests.documents import files

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])


def hull(case):
    return f"/a/{case.account_id}/case/stay/boat/0/topic/hull"


def check(case):
    return f"/a/{case.account_id}/case/stay/boat/0/check"


@pytest.fixture
def draft(berths, sign_in, world):
    """A draft whose boat tows something, and its owner at the browser."""
    case = berths.draft({"boat": {"boat_tows": "yes", "boat_towed": "A barge"}})
    sign_in(world.db.get_one(Person, case.opened_by))
    return case


@both_languages
def test_an_answer_that_another_hides_stands_in_its_field_again_once_it_is_asked_for(
    draft, berths, client, lang
):
    stay = {"en": "Save", "fr": "Enregistrer"}[lang]
    page = client.get(hull(draft), lang=lang)
    assert page.form("boat_towed").values["boat_towed"] == "A barge"
    hidden = page.submit({"boat_tows": "no"}, "boat_towed", button=stay, expect=303).follow()
    assert "boat_towed" not in hidden.form("boat_tows").names
    assert "A barge" in client.get(check(draft), lang=lang).main
    assert berths.answers(draft)["boat_towed"] == ("A barge", None)
    back = hidden.submit({"boat_tows": "yes"}, "boat_tows", button=stay, expect=303).follow()
    assert back.form("boat_towed").values["boat_towed"] == "A barge"


def test_an_answer_that_is_hidden_survives_what_is_saved_beside_it(draft, berths, client):
    hidden = client.get(hull(draft)).submit(
        {"boat_tows": "no"}, "boat_towed", button="Save", expect=303
    )
    again = hidden.follow()
    again.submit({"boat_name": "Fleur de mai"}, "boat_name", button="Save", expect=303)
    again = client.get(hull(draft))
    back = again.submit({"boat_tows": "yes"}, "boat_tows", button="Save", expect=303).follow()
    assert back.form("boat_towed").values["boat_towed"] == "A barge"
    assert back.form("boat_name").values["boat_name"] == "Fleur de mai"


@both_languages
def test_answers_and_files_of_a_topic_that_did_not_apply_stand_there_again(
    filing, owner, client, sign_in, lang
):
    sender = Sending(filing, owner)
    number = sender.send(files.pdf(), "plan.pdf")
    text = next(
        one.code
        for one in sender.topic.questions.values()
        if one.type in {"short_text", "long_text"} and not one.shown_when
    )
    sign_in(owner)
    part = sender.part.row.id
    at = f"/a/{filing.account.id}/case/{filing.type}/{sender.section.code}/{part}"
    topic = f"{at}/topic/{sender.topic.code}"
    stay = {"en": "Save", "fr": "Enregistrer"}[lang]
    client.get(topic, lang=lang).submit({text: "Two gates"}, text, button=stay, expect=303)
    client.get(f"{topic}/aside", lang=lang).submit({"reason": "Not here."}, expect=303)
    assert "Two gates" not in client.get(topic, lang=lang).main
    assert "plan.pdf" not in client.get(topic, lang=lang).main
    back = client.get(topic, lang=lang).form(action=f"{topic}/back").submit(expect=303).follow()
    assert back.form(text).values[text] == "Two gates"
    assert "plan.pdf" in back.main
    assert filing.world.db.get_one(Document, number).removed_at is None


@both_languages
def test_an_answer_whose_type_changed_is_shown_beside_its_question_and_comes_back_with_the_type(
    berths, second, client, sign_in, world, lang
):
    case = berths.draft()
    sign_in(world.db.get_one(Person, case.opened_by))
    before = client.get(hull(case), lang=lang).form("boat_name").values["boat_name"]
    assert before
    second.publish(retyped("boat_name", "country"))
    carrying.carry_case(case.id)
    page = client.get(hull(case), lang=lang)
    kept = {
        "en": "Your answer is kept, and does not count:",
        "fr": "Votre réponse est conservée, mais ne compte pas",
    }[lang]
    assert kept in page.main
    assert before in page.main
    assert page.form("boat_name").values["boat_name"] == ""
    stay = {"en": "Save", "fr": "Enregistrer"}[lang]
    page.submit({"boat_length": "12"}, "boat_length", button=stay, expect=303)
    assert berths.answers(case)["boat_name"] == (before, 2)
    second.publish(retyped("boat_name", "short_text"))
    carrying.carry_case(case.id)
    page = client.get(hull(case), lang=lang)
    assert page.form("boat_name").values["boat_name"] == before
    assert kept not in page.main


def test_a_hidden_answer_goes_through_versions_and_comes_back(draft, berths, second, client):
    client.get(hull(draft)).submit({"boat_tows": "no"}, "boat_towed", button="Save", expect=303)
    second.publish(retyped("boat_towed", "yes_no"))
    carrying.carry_case(draft.id)
    second.publish(
        retyped(
            "boat_towed", "short_text", shown_when=[{"question": "boat_tows", "among": ["yes"]}]
        )
    )
    carrying.carry_case(draft.id)
    page = client.get(hull(draft))
    back = page.submit({"boat_tows": "yes"}, "boat_tows", button="Save", expect=303).follow()
    assert back.form("boat_towed").values["boat_towed"] == "A barge"


def test_a_question_that_was_gone_finds_its_answer_when_it_is_asked_again(
    berths, second, client, sign_in, world
):
    case = berths.draft()
    sign_in(world.db.get_one(Person, case.opened_by))
    original = second.tree
    second.publish(without("boat_flag"))
    carrying.carry_case(case.id)
    page = client.get(hull(case))
    assert "boat_flag" not in page.form("boat_name").names
    page.submit({"boat_name": "Other"}, "boat_name", button="Save", expect=303)
    second.publish(lambda value: value.update(original | {"version": value["version"]}))
    carrying.carry_case(case.id)
    page = client.get(hull(case))
    assert page.form("boat_flag").values["boat_flag"] == "CA"
    assert page.form("boat_name").values["boat_name"] == "Other"
