"""The pages of registering and activating, in both languages, as a browser without scripts."""

import re

import pytest
from sqlalchemy import select

from app.base.db import session
from app.enrolment.models import Registration
from app.enrolment.service import letters
from tests.support.client import without_language
from tests.enrolment.steps import (
    answers_that,
    client_number,
    last_letter,
    make,
    program_definition,
    read,
    register,
    today,
)


def words_of(lang: str, english: str, french: str) -> str:
    return french if lang == "fr" else english


def typed_answer(answer):
    """An answer as the form sends it."""
    if isinstance(answer, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", answer):
        year, month, day = answer.split("-")
        return {"answer-year": year, "answer-month": month, "answer-day": day}
    return {"answer": answer}


def fill_in(world, client, entry, lang="en", kind="ok"):
    """Every question, the business and its address; the page on which it ends."""
    answers = answers_that(kind, program_definition(world), today(world))
    begin = client.get("/register/new", lang=lang).form("program")
    page = landed(begin.submit(expect=303))
    while "/question/" in page.path:
        question = page.path.rsplit("/", 1)[1]
        page = landed(page.submit(typed_answer(answers[question]), expect=303))
    return page


def landed(answer):
    """The page at the end of a row of redirects."""
    while answer.status == 303:
        answer = answer._client.get(answer.response.headers["Location"], expect=_status(answer))
    return answer


def _status(answer) -> int:
    return answer._client.http.get(answer.response.headers["Location"]).status_code


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_business_is_registered_and_activated_through_the_pages(
    world, registrant, officer, entry, client, sign_in, lang
):
    sign_in(registrant)
    page = client.get("/register", lang=lang)
    assert words_of(lang, "Register a business", "Inscrire une entreprise") in page.main
    page = fill_in(world, client, entry, lang)
    assert page.path.endswith("/business")
    form = page.form("legal_name")
    number = next(name for name in form.names if name.startswith("number_"))
    page = page.submit({number: entry.bn, "legal_name": entry.legal_name}, expect=303).follow()
    assert page.path.endswith("/address")
    page = page.submit(
        {
            "street": entry.street,
            "city": entry.city,
            "region": f"{entry.country}-{entry.region}",
            "postal_code": entry.postal_code,
        },
        expect=303,
    ).follow()
    assert page.path.endswith("/check")
    assert entry.street in page.main
    page = page.form(action=without_language(page.path)).submit(expect=303).follow()
    row = session.scalars(select(Registration)).one()
    assert page.path == f"/{lang}/register/{row.id}"
    assert (
        words_of(lang, "The registration is complete.", "L’inscription est terminée.") in page.main
    )
    code = make(officer, row)
    page = client.get("/activate", lang=lang, expect=303).follow()
    page = page.submit(
        {"client_number": client_number(row), "code": code.lower(), "attested": "y"}, expect=303
    ).follow()
    assert page.path.endswith("/terms")
    done = page.submit({"accept": "y"}, expect=303)
    assert re.fullmatch(r"/a/\d+/", done.location)
    assert read(Registration, row.id).state == "activated"


def test_tmp(world, registrant, entry, client, sign_in):
    sign_in(registrant)
    client.get("/register")
