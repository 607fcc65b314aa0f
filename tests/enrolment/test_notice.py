"""The notice by post: it tells the business who registered it and when, in an accessible file."""

from datetime import UTC, datetime

import pytest

from app.enrolment.letter import LetterError, render, render_many
from app.enrolment.notice import NoticeFacts, compose_notice
from app.programs.loader import parse
from app.programs.schema.definition import Definition
from tests.enrolment.steps import codes_in, text_in
from tests.enrolment.test_letter import ADDRESS, LONG, letter
from tests.support.definitions import transferring
from tests.support.pdf_ua import faults
from tests.support.second import FILE

PROGRAM = parse(Definition, FILE.read_text(encoding="utf-8"), FILE.name)

pytestmark = pytest.mark.usefixtures("words")
both_languages = pytest.mark.parametrize("language", ["en", "fr"])


def facts(language="fr", address=ADDRESS):
    return NoticeFacts(
        language=language,
        number="L-2026-031883",
        address=address,
        person="Rose-Aimée 100 % Gagné",
        registered_at=datetime(2026, 11, 2, 2, 30, tzinfo=UTC),  # the evening before in Halifax
        made_at=datetime(2026, 11, 3, 15, 0, tzinfo=UTC),
    )


@both_languages
def test_the_notice_names_who_registered_it_when_and_whom_to_call(language):
    text = text_in(render(compose_notice(PROGRAM, facts(language))))
    assert "Rose-Aimée 100 % Gagné" in text
    assert {"en": "November 1, 2026", "fr": "1er novembre 2026"}[language] in text
    assert {"en": "its harbour agent", "fr": "à titre de responsable au port"}[language] in text
    assert PROGRAM.letters.notice.not_right.heading.say(language) in text
    assert text.count(PROGRAM.contact.email) >= 2
    assert "%(" not in text


@both_languages
def test_the_notice_is_addressed_to_the_business_and_brings_no_code(language):
    content = compose_notice(PROGRAM, facts(language))
    assert content.address[0] == ADDRESS["name"]
    assert content.last_day is None
    assert list(content.numbers) == list(content.steps) == []
    assert codes_in(render(content)) == []


@both_languages
@pytest.mark.parametrize("paper", ["us-letter", "a4"])
@pytest.mark.parametrize("address", [ADDRESS, LONG], ids=["usual", "long"])
def test_every_notice_keeps_to_pdf_ua(language, address, paper):
    assert faults(render(compose_notice(PROGRAM, facts(language, address)), paper), language) == []


def test_notices_and_letters_with_codes_go_into_one_file():
    file = render_many([letter("fr"), compose_notice(PROGRAM, facts()), letter("en")])
    assert faults(file, "fr") == []
    assert len(codes_in(file)) == 2


def test_a_program_without_words_for_it_sends_none():
    with pytest.raises(LetterError):
        compose_notice(transferring(), facts())


def test_a_notice_has_no_printable_form():
    assert "Gagné" not in repr(facts()) + repr(compose_notice(PROGRAM, facts()))
