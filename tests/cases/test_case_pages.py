"""Filling in a case on its pages, in both languages, as a browser without scripts."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select, update
from sqlalchemy import text as sql

from app.cases.models import Answer, ClientCase
from app.cases.rules import parts
from app.cases.rules.progress import is_begun
from app.cases.rules.saving import fingerprint
from app.cases.service import answering, parting
from app.cases.service.common import Place
from app.identity.models import SignInSession

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])


@pytest.fixture
def browser_of(client, sign_in):
    """`browser_of(person)`: the browser, with this person signed in."""

    def enter(person):
        sign_in(person)
        return client

    return enter


@pytest.fixture
def topic_page(filing):
    """`topic_page(client)`: the page of the topic that has a short text."""

    def get(client, lang=None, topic=None, **more):
        return client.get(path(filing, f"0/topic/{topic or filing.topic}"), lang=lang, **more)

    return get


def path(filing, rest="", section=None):
    section = section or filing.section.code
    return f"/a/{filing.account.id}/case/{filing.type}/{section}/{rest}"


def a_question(filing, kind, **wanted):
    """A question of this type in the plain section, always shown: its topic and itself."""
    for topic in filing.section.topics.values():
        for one in topic.questions.values():
            fits = all(getattr(one, name) == value for name, value in wanted.items())
            if one.type == kind and fits and not one.shown_when and not topic.shown_when:
                return topic.code, one
    raise LookupError(kind)


@both_languages
def test_the_dashboard_has_a_wheel_for_each_section_and_says_what_is_next(
    filing, owner, browser_of, lang
):
    client = browser_of(owner)
    page = client.get(f"/a/{filing.account.id}/", lang=lang)
    for section in filing.kind.sections.values():
        if section.kind == "questions":
            assert section.label.say(lang) in page.links()
    slip = {"en": "Fill in: ", "fr": "Remplir : "}[lang]
    assert f"{slip}{filing.section.label.say(lang)}" in page.main.replace("\u00a0", " ")
    assert filing.kind.label.say(lang) in page.main


@both_languages
def test_a_topic_is_saved_and_leads_to_the_next(filing, owner, browser_of, topic_page, lang):
    page = topic_page(browser_of(owner), lang)
    saved = page.submit({filing.text: "Vergers du Suroît"}, expect=303)
    assert filing.answer() == "Vergers du Suroît"
    topics = list(filing.section.topics)
    following = topics[topics.index(filing.topic) + 1]
    assert saved.location == path(filing, f"0/topic/{following}")
    assert topic_page(page.client, lang).form(filing.text).values[filing.text] == (
        "Vergers du Suroît"
    )


def test_save_alone_stays_on_the_page(filing, owner, browser_of, topic_page):
    page = topic_page(browser_of(owner))
    saved = page.submit({filing.text: "x"}, button="Save", expect=303)
    assert saved.location == path(filing, f"0/topic/{filing.topic}")
    assert "Saved." in saved.follow().text


@both_languages
def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(
    filing, owner, browser_of, topic_page, lang
):
    topic, question = a_question(filing, "number")
    page = topic_page(browser_of(owner), lang, topic)
    again = page.submit({question.code: "beaucoup"}, expect=200)
    sentence = {"en": "Enter a number, like 250.", "fr": "Entrez un nombre, comme 250."}[lang]
    assert again.errors == [f"{sentence} ({question.text.say(lang)})"]
    assert again.form(question.code).values[question.code] == "beaucoup"
    assert filing.answer(question.code) is None


def test_a_change_of_language_keeps_what_was_typed(filing, owner, browser_of, topic_page):
    page = topic_page(browser_of(owner))
    values = page.form(filing.text).values
    values[filing.text] = "half way"
    values["_switch_language"] = "fr"
    french = page.client.post(page.path, values, expect=200, lang="fr")
    assert french.form(filing.text).values[filing.text] == "half way"
    assert french.errors == []
    assert filing.answer() is None


def test_a_form_sent_after_the_session_ended_is_shown_again(
    filing, owner, world, browser_of, topic_page
):
    page = topic_page(browser_of(owner))
    world.db.execute(
        update(SignInSession)
        .where(SignInSession.person_id == owner.id)
        .values(ended_at=func.guichet_now(), end_reason="idle")
    )
    world.db.commit()
    page.submit({filing.text: "typed in time"}, expect=303)
    assert filing.answer() is None
    again = topic_page(browser_of(owner), query_string={"kept": "1"})
    assert again.form(filing.text).values[filing.text] == "typed in time"
    again.form(filing.text).submit(expect=303)
    assert filing.answer() == "typed in time"


def test_a_table_gets_another_row_without_being_saved(filing, owner, browser_of, topic_page):
    topic, table = a_question(filing, "table")
    column = next(one.code for one in table.columns.values() if one.type == "short_text")
    page = topic_page(browser_of(owner), topic=topic)
    more = page.submit({f"{table.code}.1.{column}": "Second"}, button=row_button(table), expect=200)
    form = more.form(f"{table.code}.2.{column}")
    assert form.values[f"{table.code}.1.{column}"] == "Second"
    assert filing.answer(table.code) is None


def row_button(table):
    return f"Add a row: {table.text.en}"


def test_what_a_colleague_changed_meanwhile_stands_beside_ones_own_to_choose(
    filing, owner, world, browser_of, topic_page
):
    proxy = world.person_of(world.member(filing.account, 1))
    page = topic_page(browser_of(owner))
    filing.save(proxy, {filing.text: "Theirs"})
    again = page.submit({filing.text: "Mine"}, expect=200)
    assert "Theirs" in again.main
    assert again.errors == [
        f"{proxy.full_name} changed this answer meanwhile. Choose which one to keep."
    ]
    assert again.form(filing.text).values[filing.text] == "Mine"
    # Without a choice nobody's words are lost: the page asks again.
    asked = again.submit({filing.text: "Mine"}, expect=200)
    assert asked.errors == again.errors
    keep = f"keep:{filing.text}"
    theirs = asked.submit({keep: "theirs"}, expect=303)
    assert filing.answer() == "Theirs"
    again = topic_page(theirs.client).submit({filing.text: "Other"}, expect=303)
    assert filing.answer() == "Other"


@both_languages
def test_that_a_colleague_emptied_an_answer_is_said_in_the_language_of_the_page(
    filing, owner, world, browser_of, topic_page, lang
):
    proxy = world.person_of(world.member(filing.account, 1))
    filing.save(owner, {filing.text: "Before"})
    page = topic_page(browser_of(owner), lang)
    filing.save(proxy, {filing.text: ""}, shown={filing.text: fingerprint("Before")})
    again = page.submit({filing.text: "Mine"}, expect=200)
    words = {"en": "(emptied)", "fr": "(réponse effacée)"}[lang]
    assert re.search(rf"<blockquote>\s*{re.escape(words)}", again.html)


def test_choosing_ones_own_answer_writes_it(filing, owner, world, browser_of, topic_page):
    proxy = world.person_of(world.member(filing.account, 1))
    page = topic_page(browser_of(owner))
    filing.save(proxy, {filing.text: "Theirs"})
    again = page.submit({filing.text: "Mine"}, expect=200)
    _theirs, mine = again.form(filing.text).choices(f"keep:{filing.text}")
    assert mine == fingerprint("Theirs")
    again.submit({f"keep:{filing.text}": mine}, expect=303)
    assert filing.answer() == "Mine"


@both_languages
def test_a_topic_is_marked_as_not_applying_and_back(filing, owner, browser_of, lang):
    place, topic, _text = filing.named(owner, "Quay 12")
    part = filing.folder(owner).part(place.section, place.key).row.id
    client = browser_of(owner)
    there = path(filing, f"{part}/topic/{topic}", place.section)
    page = client.get(f"{there}/aside", lang=lang)
    told = page.submit({"reason": " "}, expect=200)
    assert len(told.errors) == 1
    told.submit({"reason": "We have none."}, expect=303)
    page = client.get(there, lang=lang)
    assert "We have none." in page.main
    page.form(action=f"{there}/back").submit(expect=303)
    assert "We have none." not in client.get(there, lang=lang).main


@both_languages
def test_a_division_is_added_copied_renamed_and_removed(filing, owner, browser_of, lang):
    section = filing.repeated("name").code
    client = browser_of(owner)
    empty = client.get(path(filing, section=section), lang=lang)
    assert empty.status == 200
    form = client.get(path(filing, "add", section), lang=lang)
    assert len(form.submit({"label": ""}, expect=200).errors) == 1
    first = form.submit({"label": "Saint-Rémi"}, expect=303).follow()
    assert first.h1 == "Saint-Rémi"
    copy = client.get(path(filing, "add", section), lang=lang)
    source = copy.form("copied_from").choices("copied_from")[-1]
    second = copy.submit({"label": "Lévis", "copied_from": source}, expect=303).follow()
    listed = client.get(path(filing, section=section), lang=lang)
    assert {"Saint-Rémi", "Lévis"} <= set(listed.links())
    words = {"en": ("Change the name", "Remove it from the application"),
             "fr": ("Modifier le nom", "Retirer de la demande")}[lang]  # fmt: skip
    second.click(words[0]).submit({"label": "Lévis 2"}, expect=303)
    gone = client.get(second.path).click(words[1])
    assert "Lévis 2" in gone.h1
    gone.form(action=f"{path(filing, source_of(second), section)}remove").submit(expect=303)
    listed = client.get(path(filing, section=section), lang=lang)
    assert "Lévis 2" not in listed.links()


def source_of(page):
    return f"{page.path.rstrip('/').rpartition('/')[2]}/"


@both_languages
def test_a_line_of_business_is_chosen_from_those_that_are_left(filing, owner, browser_of, lang):
    section = filing.repeated("lines").code
    client = browser_of(owner)
    form = client.get(path(filing, "add", section), lang=lang)
    assert len(form.submit({}, "line", expect=200).errors) == 1
    chosen, *others = form.form("line").choices("line")
    page = form.submit({"line": chosen}, expect=303).follow()
    assert page.h1 == filing.program.lines[chosen].label.say(lang)
    again = client.get(path(filing, "add", section), lang=lang)
    assert again.form("line").choices("line") == others
    own = filing.repeated("lines").repeated.question
    first = next(iter(filing.repeated("lines").topics))
    part = filing.folder(owner).parts[section][0].row.id
    topic = client.get(path(filing, f"{part}/topic/{first}", section), lang=lang)
    assert own not in topic.form("go").names


@both_languages
def test_the_answers_are_checked_on_one_page_with_what_is_missing(
    filing, owner, world, browser_of, lang
):
    filing.save(owner, {filing.text: "Vergers du Suroît"})
    page = browser_of(owner).get(path(filing, "0/check"), lang=lang)
    assert "Vergers du Suroît" in page.main
    assert owner.full_name not in page.main
    proxy = world.person_of(world.member(filing.account, 1))
    assert owner.full_name in browser_of(proxy).get(path(filing, "0/check"), lang=lang).main
    assert {"en": "Missing", "fr": "Manquante"}[lang] in page.main


def test_an_answer_kept_aside_is_shown_apart(filing, owner, browser_of):
    topic, asked, hidden = next(
        (topic.code, condition, one)
        for topic in filing.section.topics.values()
        for one in topic.questions.values()
        for condition in one.shown_when[:1]
        if one.type == "short_text" and condition.question in topic.questions
    )
    yes, no = asked.among[0], other_choice(filing, topic, asked)
    filing.save(owner, {asked.question: yes}, topic=topic)
    filing.save(owner, {hidden.code: "Kept words"}, topic=topic)
    filing.save(owner, {asked.question: no}, {asked.question: fingerprint(yes)}, topic=topic)
    page = browser_of(owner).get(path(filing, "0/check"))
    assert "1 answer kept aside" in page.main
    assert "Kept words" in page.main


def other_choice(filing, topic, asked):
    question = filing.section.topics[topic].questions[asked.question]
    offered = list(question.choices or {"yes": 1, "no": 1})
    return next(one for one in offered if one not in asked.among)


def test_whoever_may_not_view_a_section_is_refused_its_pages(filing, world, browser_of):
    role = next(code for code in filing.program.roles if code not in filing.editors)
    client = browser_of(world.person_of(world.member(filing.account, role)))
    for rest in ("", "0/check", f"0/topic/{filing.topic}"):
        client.get(path(filing, rest), expect=403)
    dashboard = client.get(f"/a/{filing.account.id}/")
    assert filing.section.label.en not in dashboard.links()


def test_addresses_of_what_there_is_not_are_not_found(filing, owner, browser_of):
    place, _topic, _text = filing.named(owner, "Quay 12")
    part = filing.folder(owner).part(place.section, place.key).row.id
    plain = next(code for code, one in filing.section.topics.items() if not one.may_not_apply)
    client = browser_of(owner)
    for gone in (
        path(filing, section="elsewhere"),
        path(filing, "1/"),
        path(filing, "0/topic/elsewhere"),
        path(filing, f"0/topic/{plain}/aside"),
        path(filing, "add"),
        path(filing, "0/remove"),
        path(filing, "0/rename"),
        path(filing, "987654/", place.section),
        path(filing, "0/", place.section),
        path(filing, f"{part}/topic/elsewhere", place.section),
        f"/a/{filing.account.id}/case/elsewhere/{filing.section.code}/",
    ):
        client.get(gone, expect=404)


def test_a_form_of_a_topic_that_there_is_not_is_not_found(filing, owner, browser_of, topic_page):
    page = topic_page(browser_of(owner))
    values = page.form(filing.text).values
    page.client.post(path(filing, "0/topic/elsewhere"), values, expect=404)


def test_a_part_of_another_account_is_not_found(filing, owner, world, browser_of):
    place, _topic, _text = filing.named(owner, "Quay 12")
    part = filing.folder(owner).part(place.section, place.key).row.id
    other = world.account()
    client = browser_of(world.owner(other))
    client.get(f"/a/{other.id}/case/{filing.type}/{place.section}/{part}/", expect=404)


@both_languages
def test_a_topic_that_a_colleague_set_aside_keeps_what_was_typed_on_the_page(
    filing, owner, browser_of, lang
):
    place, topic, text = filing.named(owner, "Quay 12")
    part = filing.folder(owner).part(place.section, place.key).row.id
    page = browser_of(owner).get(path(filing, f"{part}/topic/{topic}", place.section), lang=lang)
    answering.set_aside(owner.id, filing.account.id, place, topic, "None.")
    again = page.submit({text: "Typed meanwhile"}, text, expect=200)
    assert len(again.errors) == 1
    assert again.form(text).values[text] == "Typed meanwhile"
    assert filing.answer(text) is None
    back = again.form(text).submit({"go": "applies"}, expect=200)
    back.form(text).submit(expect=303)
    assert filing.answer(text) == "Typed meanwhile"


@both_languages
def test_a_part_that_a_colleague_removed_meanwhile_shows_what_was_typed_and_who_removed_it(
    filing, owner, world, browser_of, lang
):
    proxy = world.person_of(world.member(filing.account, 1))
    place, topic, text = filing.named(owner, "Quay 12")
    part = filing.folder(owner).part(place.section, place.key).row.id
    page = browser_of(owner).get(path(filing, f"{part}/topic/{topic}", place.section), lang=lang)
    parting.remove(proxy.id, filing.account.id, place)
    told = page.submit({text: "Two gates.\nOne guard."}, text, expect=409)
    assert "Two gates." in told.main
    assert "One guard." in told.main
    assert proxy.full_name in told.main
    assert "Quay 12" in told.main
    asked = filing.repeated("name").topics[topic].questions[text].text.say(lang)
    assert asked in told.main
    words = {
        "en": "What you typed was not saved.",
        "fr": "Ce que vous avez écrit n’est pas enregistré.",
    }[lang]
    assert words in told.main
    assert filing.answer(text) is None


def test_what_was_typed_for_a_removed_part_is_told_in_the_words_of_the_page(
    filing, owner, browser_of
):
    section = filing.repeated("name")
    place, _topic, _text = filing.named(owner, "Quay 12")
    part = filing.folder(owner).part(place.section, place.key).row.id
    asked = [
        (topic.code, one)
        for topic in section.topics.values()
        for one in topic.questions.values()
        if not topic.shown_when and not one.shown_when
    ]
    topic, yes_no = next(pair for pair in asked if pair[1].type == "yes_no")
    at, table = next(pair for pair in asked if pair[1].type == "table")
    client = browser_of(owner)
    first = client.get(path(filing, f"{part}/topic/{topic}", section.code))
    second = client.get(path(filing, f"{part}/topic/{at}", section.code))
    cells = [one for one in table.columns.values() if one.type == "short_text"][:2]
    parting.remove(owner.id, filing.account.id, place)
    assert "Yes" in first.submit({yes_no.code: "yes"}, expect=409).main
    row = {f"{table.code}.0.{one.code}": f"cell {n}" for n, one in enumerate(cells)}
    told = second.submit(row, expect=409)
    assert " · ".join(row.values()) in told.main


def test_the_reason_typed_for_a_removed_part_is_shown_again(filing, owner, browser_of):
    place, topic, _text = filing.named(owner, "Quay 12")
    part = filing.folder(owner).part(place.section, place.key).row.id
    page = browser_of(owner).get(path(filing, f"{part}/topic/{topic}/aside", place.section))
    parting.remove(owner.id, filing.account.id, place)
    told = page.submit({"reason": "There is no gate."}, expect=409)
    assert "There is no gate." in told.main


def test_what_was_typed_for_a_case_that_was_closed_is_shown_again(filing, owner, world, browser_of):
    place, topic, text = filing.named(owner, "Quay 12")
    part = filing.folder(owner).part(place.section, place.key).row.id
    page = browser_of(owner).get(path(filing, f"{part}/topic/{topic}", place.section))
    with world.as_owner() as direct:
        direct.execute(sql("ALTER TABLE client_case DISABLE TRIGGER USER"))
        direct.execute(update(ClientCase).values(closed_at=world.now()))
        direct.execute(sql("ALTER TABLE client_case ENABLE TRIGGER USER"))
    told = page.submit({text: "Two gates."}, text, expect=409)
    assert "Two gates." in told.main
    assert "The application that it belonged to is closed." in told.main


def test_of_a_removed_part_whoever_may_not_edit_it_learns_nothing(filing, owner, world, browser_of):
    place, topic, text = filing.named(owner, "Quay 12")
    part = filing.folder(owner).part(place.section, place.key).row.id
    address = path(filing, f"{part}/topic/{topic}", place.section)
    page = browser_of(owner).get(address)
    values = page.form(text).values | {text: "Two gates."}
    parting.remove(owner.id, filing.account.id, place)
    client = browser_of(world.person_of(world.member(filing.account, 1)))
    with world.as_owner() as direct:
        direct.execute(
            sql("DELETE FROM role_action WHERE action_code = :deed"), {"deed": deed_of(place)}
        )
    form = client.get(f"/a/{filing.account.id}/").forms()[0]
    values["csrf_token"] = form.values["csrf_token"]
    refused = client.post(address, values, expect=404)
    assert "Quay 12" not in refused.main
    client.get(address, expect=404)


def deed_of(place):
    return f"{place.section}.edit"


def test_a_topic_that_a_colleague_s_answer_hides_keeps_what_was_typed_on_the_page(
    filing, owner, browser_of
):
    section = filing.repeated("lines")
    lines = parts.lines_left(filing.program, "CA", ())
    topic, line, text = next(
        (topic.code, code, one.code)
        for topic in section.topics.values()
        for condition in topic.shown_when[:1]
        for code in lines
        if code in condition.among
        for one in topic.questions.values()
        if one.type in {"short_text", "long_text"} and not one.shown_when
    )
    place = Place(filing.type, section.code, line)
    number = parting.add_line(owner.id, filing.account.id, place)
    other = next(code for code in lines if code != line)
    hidden = parting.add_line(owner.id, filing.account.id, Place(filing.type, section.code, other))
    page = browser_of(owner).get(path(filing, f"{number}/topic/{topic}", section.code))
    values = page.form(text).values
    values[text] = "Typed meanwhile"
    asked = [one.topic.code for one in filing.folder(owner).part(section.code, other).asked]
    assert topic not in asked
    there = path(filing, f"{hidden}/topic/{topic}", section.code)
    again = page.client.post(there, values, expect=200)
    assert again.errors == ["An answer changed meanwhile: this topic is not asked any more."]
    assert again.form(text).values[text] == "Typed meanwhile"


def test_a_number_typed_in_english_stays_the_same_number_in_french(
    filing, owner, browser_of, topic_page
):
    topic, question = a_question(filing, "number", decimals=0)
    page = topic_page(browser_of(owner), "en", topic)
    values = page.form(question.code).values
    values[question.code] = "25,000"
    values["_switch_language"] = "fr"
    there = path(filing, f"0/topic/{topic}")
    french = page.client.post(there, values, expect=200, lang="fr")
    assert french.form(question.code).values[question.code] == "25000"
    french.form(question.code).submit(expect=303)
    assert filing.answer(question.code) == "25000"


def test_a_fingerprint_of_nothing_is_no_fault(filing, owner, browser_of, topic_page):
    page = topic_page(browser_of(owner))
    page.submit({filing.text: "x", f"was:{filing.text}": "deadbeef"}, expect=303)
    assert filing.answer() == "x"


@pytest.mark.parametrize("forged", ["9" * 4_400, "x", "-1"])
def test_a_forged_copy_is_told(filing, owner, browser_of, forged):
    filing.named(owner, "Quay 12")
    form = browser_of(owner).get(path(filing, "add", filing.repeated("name").code))
    again = form.submit({"label": "Quay 13", "copied_from": forged}, expect=200)
    assert again.errors == ["The one to copy is not there any more. Choose another."]


def test_a_reason_that_a_colleague_changed_meanwhile_is_not_written_over(filing, owner, browser_of):
    place, topic, _text = filing.named(owner, "Quay 12")
    part = filing.folder(owner).part(place.section, place.key).row.id
    page = browser_of(owner).get(path(filing, f"{part}/topic/{topic}/aside", place.section))
    answering.set_aside(owner.id, filing.account.id, place, topic, "Theirs.")
    again = page.submit({"reason": "Mine."}, expect=200)
    assert len(again.errors) == 1
    assert filing.folder(owner).part(place.section, place.key).aside == {topic: "Theirs."}
    again.submit({"reason": "Mine."}, expect=303)
    assert filing.folder(owner).part(place.section, place.key).aside == {topic: "Mine."}


def test_ones_own_second_window_is_not_called_a_colleague(filing, owner, browser_of, topic_page):
    page = topic_page(browser_of(owner))
    filing.save(owner, {filing.text: "There"})
    again = page.submit({filing.text: "Here"}, expect=200)
    assert again.errors == ["You changed this answer in another window. Choose which one to keep."]


def test_a_choice_made_stands_when_something_else_is_wrong(
    filing, owner, world, browser_of, topic_page
):
    topic, number = a_question(filing, "number")
    assert topic == filing.topic
    proxy = world.person_of(world.member(filing.account, 1))
    page = topic_page(browser_of(owner))
    filing.save(proxy, {filing.text: "Theirs"})
    again = page.submit({filing.text: "Mine"}, expect=200)
    mine = again.form(filing.text).choices(f"keep:{filing.text}")[-1]
    wrong = {f"keep:{filing.text}": mine, number.code: "beaucoup"}
    again = again.submit(wrong, expect=200)
    assert again.form(filing.text).values[f"keep:{filing.text}"] == mine
    again.submit({number.code: "12"}, expect=303)
    assert filing.answer() == "Mine"


def test_characters_that_cannot_be_shown_are_taken_out_and_told(
    filing, owner, browser_of, topic_page
):
    page = topic_page(browser_of(owner))
    again = page.submit({filing.text: "Ver\x00gers\u202e\ufffe\ufdd0\U0001ffff"}, expect=200)
    assert "Characters that cannot be shown were removed." in again.errors[0]
    assert again.form(filing.text).values[filing.text] == "Vergers"
    assert filing.answer() is None


def test_a_section_in_which_nothing_was_typed_is_not_begun(filing, owner):
    filing.named(owner, "Quay 12")
    line = parts.lines_left(filing.program, "CA", ())[0]
    lines = filing.repeated("lines").code
    parting.add_line(owner.id, filing.account.id, Place(filing.type, lines, line))
    folder = filing.folder(owner)
    for section in (lines, filing.repeated("name").code, filing.section.code):
        assert [part.progress.given for part in folder.parts[section]] == [0]


def test_a_line_that_a_colleague_added_meanwhile_is_told(filing, owner, browser_of):
    section = filing.repeated("lines").code
    form = browser_of(owner).get(path(filing, "add", section))
    line = form.form("line").choices("line")[0]
    parting.add_line(owner.id, filing.account.id, Place(filing.type, section, line))
    again = form.submit({"line": line}, expect=200)
    assert again.errors == ["This line of business is there already."]


def test_every_question_of_every_type_is_drawn_in_both_languages(filing, owner, world, browser_of):
    """Each topic that stands open is fetched; the client checks every page that it is given."""
    client = browser_of(owner)
    filing.named(owner, "Quay 12")
    line = parting.add_line(
        owner.id, filing.account.id,
        Place(filing.type, filing.repeated("lines").code,
              client.get(path(filing, "add", filing.repeated("lines").code))
              .form("line").choices("line")[0]),
    )  # fmt: skip
    folder = filing.folder(owner)
    seen = set()
    for section, several in folder.parts.items():
        for part in several:
            number = part.row.id if part.section.repeated else 0
            for one in part.asked:
                for lang in ("en", "fr"):
                    page = client.get(
                        path(filing, f"{number}/topic/{one.topic.code}", section), lang=lang
                    )
                    assert page.h1 == one.topic.label.say(lang)
                seen |= {question.type for question in one.questions}
    assert line
    assert {"short_text", "long_text", "number", "date", "yes_no", "one_of", "several_of",
            "country", "address", "person", "table"} - seen <= {"country"}  # fmt: skip
    assert world.db.scalar(select(func.count()).select_from(Answer)) == 0


def test_whoever_only_reads_a_section_changes_nothing_of_it(
    filing, owner, world, browser_of, owner_db
):
    place, topic, _text = filing.named(owner, "Quay 12")
    part = filing.folder(owner).part(place.section, place.key).row.id
    reader = world.person_of(world.member(filing.account, filing.editors[-1]))
    owner_db.execute(
        sql("DELETE FROM role_action WHERE role_code = :role AND action_code LIKE '%.edit'"),
        {"role": filing.editors[-1]},
    )
    owner_db.commit()
    client = browser_of(reader)
    for rest in ("add", f"{part}/rename", f"{part}/remove", f"{part}/topic/{topic}/aside"):
        client.get(path(filing, rest, place.section), expect=403)
    shown = client.get(path(filing, f"{part}/topic/{topic}", place.section), expect=303)
    assert shown.location == path(filing, f"{part}/check", place.section)
    page = client.get(path(filing, f"{part}/", place.section))
    assert "Your role lets you read these answers, not change them." in page.main
    listed = client.get(path(filing, "", place.section))
    assert "Add another" not in listed.links()


def test_a_forged_number_of_a_row_draws_no_more_rows_than_a_table_may_have(
    filing, owner, browser_of, topic_page
):
    topic, table = a_question(filing, "table")
    column = next(one.code for one in table.columns.values() if one.type == "short_text")
    page = topic_page(browser_of(owner), topic=topic)
    for row in ("9999", "99999999", "-1", "٣"):
        values = page.form("go").values
        values[f"{table.code}.{row}.{column}"] = "x"
        values["go"] = f"row:{table.code}"
        shown = page.client.post(page.path, values, expect=200)
        names = shown.form("go").names
        rows = sum(n.startswith(f"{table.code}.") and n.endswith(f".{column}") for n in names)
        assert rows <= (table.most_rows or 50) + 1


@both_languages
def test_a_topic_that_asks_for_nothing_is_optional_and_not_filled_in_before_it_is_begun(
    filing, owner, browser_of, lang
):
    part = filing.folder(owner).parts[filing.section.code][0]
    optional = [one for one in part.asked if not any(q.required for q in one.questions)]
    words = {"en": ("Optional", "Filled in"), "fr": ("Facultatif", "Rempli")}[lang]
    page = browser_of(owner).get(path(filing, "0/"), lang=lang)
    assert optional
    assert page.main.count(words[0]) == len(optional)
    assert words[1] not in page.main.partition(optional[0].topic.label.say(lang))[2]


def test_a_topic_is_begun_by_any_answer_also_one_that_nobody_must_give(filing, owner):
    topic, text = next(
        (topic.code, one.code)
        for topic in filing.section.topics.values()
        for one in topic.questions.values()
        if one.type == "short_text" and not one.required and not topic.shown_when
    )

    def begun():
        part = filing.folder(owner).parts[filing.section.code][0]
        return next(is_begun(one, part.filled) for one in part.asked if one.topic.code == topic)

    assert not begun()
    filing.save(owner, {text: "Something"}, topic=topic)
    assert begun()
