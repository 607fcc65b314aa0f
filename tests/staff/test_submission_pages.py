"""What the staff may do with a submission: take its copy, and see what differs from another."""

from __future__ import annotations

import pytest

from app.cases import jobs
from tests.staff.test_case_page import account, change, filed, officer, owner, path, submitted

__all__ = ["account", "filed", "officer", "owner", "submitted"]

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])
COMPARE = {"en": "Compare with submission", "fr": "Comparer avec la soumission"}


def at(kept, rest="show"):
    return f"/staff/submissions/{rest}/{kept.id}"


@pytest.fixture
def twice(submitted, owner, officer, acting):
    """Sent back, changed in one answer, submitted again."""
    submitted.bring(officer, submitted.returns)
    acting(owner)
    change(submitted, owner, "Xylophone")
    submitted.client_moves(owner)
    return submitted


@both_languages
def test_the_staff_download_the_clients_copy_of_a_submission(
    app, submitted, officer, sign_in, client, lang
):
    (kept,) = submitted.submissions()
    with app.app_context():
        jobs.copy_submission(kept.id)
    sign_in(officer)
    page = client.get(at(kept), lang=lang)
    address = next(url for url in page.links().values() if "/copy/" in url)
    file = client.get(address, lang=lang)
    assert file.response.headers["Content-Type"] == "application/pdf"
    assert f'filename="{kept.number}.pdf"' in file.response.headers["Content-Disposition"]
    assert file.data.startswith(b"%PDF-")


def test_before_the_copy_is_made_the_page_says_so(submitted, officer, sign_in, client):
    (kept,) = submitted.submissions()
    sign_in(officer)
    page = client.get(at(kept))
    assert "A copy in PDF is being prepared." in page.main
    assert not any("/copy/" in url for url in page.links().values())
    told = client.get(at(kept, "copy"), expect=303).follow()
    assert "The copy is being prepared." in told.html


@both_languages
def test_the_staff_compare_two_submissions_in_the_words_of_the_clients_page(
    twice, owner, officer, sign_in, client, lang
):
    first, second = twice.submissions()
    sign_in(officer)
    page = client.get(path(twice), lang=lang).click(f"{COMPARE[lang]} {first.number}")
    assert page.main.index(f"{first.number}, ") < page.main.index(f"{second.number}, ")
    query = {"one": first.number, "other": second.number}
    sign_in(owner)
    theirs = client.get(f"/a/{twice.account.id}/submissions/compare", query_string=query, lang=lang)
    question = twice.section.topics[twice.topic].questions[twice.text].text.say(lang)
    for words in (question, "Xylophone", twice.section.label.say(lang)):
        assert words in page.main
        assert words in theirs.main
    assert page.main.count("Xylophone") == theirs.main.count("Xylophone") == 1


def test_any_other_submission_of_the_case_can_be_compared_and_none_of_another(
    twice, owner, officer, acting, sign_in, client, world
):
    first, second = twice.submissions()
    twice.bring(officer, twice.returns)
    acting(owner)
    change(twice, owner, "Trombone")
    twice.client_moves(owner)
    third = twice.submissions()[-1]
    sign_in(officer)
    page = client.get(at(third, "compare"))
    assert "Xylophone" in page.main
    page = page.click(first.number)
    assert "Trombone" in page.main
    assert "Xylophone" not in page.main
    assert second.number in page.links()
    client.get(at(third, "compare"), query_string={"other": third.number}, expect=404)
    client.get(at(third, "compare"), query_string={"other": "S-0000000-Z"}, expect=404)


def test_the_first_submission_differs_from_nothing(submitted, officer, sign_in, client):
    (kept,) = submitted.submissions()
    sign_in(officer)
    assert "Nothing differs." in client.get(at(kept, "compare")).main


def test_an_officer_of_another_program_reads_neither_copy_nor_comparison(
    twice, world, sign_in, client
):
    other = world.other_program()
    sign_in(world.staff("program_officer", program=other))
    for kept in twice.submissions():
        for rest in ("copy", "compare"):
            client.get(at(kept, rest), expect=404)
