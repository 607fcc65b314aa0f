"""No e-mail, letter or file holds a text that no translator can find."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from types import SimpleNamespace

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from app.base.db import deed
from app.correspondence import jobs as notice_jobs
from app.correspondence import mail, service
from app.correspondence.templates import Kind, Template, all_templates
from app.enrolment.letter import LetterFacts, compose, render
from app.enrolment.notice import NoticeFacts, compose_notice
from app.identity import jobs as code_jobs
from app.parties.models import Person
from app.programs.library import definition, definitions
from app.programs.limits import limits
from tests.endpoints import TABLE
from tests.enrolment.test_letter import ADDRESS
from tests.language.conftest import Peopled
from tests.language.walk import inside
from tests.support.doors import address, doors, enter, form_token, give_everybody_a_session
from tests.support.plain import texts_of
from tests.support.world import World

NAME = "Les Vergers du Suroît S.E.N.C."
MOMENT = datetime(2026, 8, 31, 18, 30, tzinfo=UTC)
EXPORTS = [name for name in TABLE if name.endswith(".export")]
BOTH = pytest.mark.parametrize("lang", ["en", "fr"])


@pytest.fixture
def world(peopled: Peopled) -> World:
    """The portal is on a copy of the peopled database."""
    return peopled.worlds()


def left_of(message: EmailMessage, peopled: Peopled) -> list[str]:
    """What is in plain letters of a message: its heads, its text, its other form."""
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    told = [str(message["Subject"]), str(message["From"]), text.get_content()]
    told += texts_of(html.get_content())
    return [one for one in told if peopled.plain.left(one.replace(NAME, ""))]


# ── e-mail ──────────────────────────────────────────────────────────────────────────────


@BOTH
def test_every_notice_is_written_in_the_pseudo_language(
    portal: Flask, world: World, peopled: Peopled, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    sent: list[EmailMessage] = []
    monkeypatch.setattr(mail, "send", sent.append)
    asked = select(Person).where(Person.id == peopled.places.people["stranger"])
    person = world.db.scalars(asked).one()
    person.language = lang
    world.db.commit()
    for template in all_templates():
        with portal.app_context():
            notice_jobs.send_notice(told(world, person, template))
        assert left_of(sent[-1], peopled) == [], template.name
    assert len(sent) == len(list(all_templates()))


def told(world: World, person: Person, template: Template) -> int:
    """A notice with facts of each kind."""
    facts = {
        Kind.TEXT: NAME,
        Kind.DAY: date(2026, 8, 1),
        Kind.MOMENT: MOMENT,
        Kind.ROLE: world.roles()[0].code,
        Kind.SAID: {"en": NAME, "fr": NAME},
    }
    given = {name: facts[kind] for name, kind in template.facts.items()}

    @deed
    def tell(db) -> int:
        return service.notify(
            db, person.id, template.name, given, program_id=world.program().id, path="/me"
        ).id

    return tell()


@BOTH
@pytest.mark.parametrize("purpose", code_jobs._WORDS)
def test_every_code_is_mailed_in_the_pseudo_language(
    portal: Flask, peopled: Peopled, purpose: str, lang: str
) -> None:
    challenge = SimpleNamespace(purpose=purpose, expires_at=MOMENT)
    with portal.app_context(), mail.speaking(lang):
        letter = code_jobs._letter(challenge, "123456")
        message = mail.compose(letter, "zoe@mail.example", "code.1")
    assert left_of(message, peopled) == []


# ── letters ─────────────────────────────────────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize("code", [one.code for one in definitions() if one.letters.activation])
@pytest.mark.parametrize("country", ["CA", "US"])
def test_every_letter_is_drawn_in_the_pseudo_language(
    portal: Flask, peopled: Peopled, code: str, lang: str, country: str
) -> None:
    region = {"CA": "QC", "US": "VT"}[country]
    facts = LetterFacts(
        language=lang,
        number="L-2026-031882",
        addressee="1",
        address={**ADDRESS, "name": "2", "street": "3", "city": "4"}
        | {"country": country, "region": region},
        client_number="48213607",
        code="234567892345",
        made_at=MOMENT,
        expires_at=MOMENT,
    )
    with portal.app_context():
        content = compose(definition(code), limits().letter_code, facts, "https://portal.example")
        drawn = render(content)
    lines = lines_of(drawn)
    assert [line for line in lines if peopled.plain.left(line)] == []
    assert len("".join(lines)) > 500


@BOTH
@pytest.mark.parametrize("code", [one.code for one in definitions() if one.letters.notice])
def test_every_notice_by_post_is_drawn_in_the_pseudo_language(
    portal: Flask, peopled: Peopled, code: str, lang: str
) -> None:
    facts = NoticeFacts(
        language=lang,
        number="L-2026-031883",
        address={**ADDRESS, "name": "2", "street": "3", "city": "4"},
        person="1",
        registered_at=MOMENT,
        made_at=MOMENT,
    )
    with portal.app_context():
        drawn = render(compose_notice(definition(code), facts))
    lines = lines_of(drawn)
    assert [line for line in lines if peopled.plain.left(line)] == []
    assert len("".join(lines)) > 500


def lines_of(drawn: bytes) -> list[str]:
    """The lines of text on the pages of a letter."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=drawn, capture_output=True, check=True
    )
    return [" ".join(line.split(" ")).strip() for line in done.stdout.decode().splitlines()]


# ── files ───────────────────────────────────────────────────────────────────────────────


KINDS = ("csv", "xlsx")


def test_every_exported_list_is_written_in_the_pseudo_language(
    portal: Flask, peopled: Peopled, world: World
) -> None:
    """Each list in one language, as one kind of file; the night has both as both."""
    exports = [
        (name, ("en", "fr")[place % 2], KINDS[place // 2 % 2]) for place, name in enumerate(EXPORTS)
    ]
    assert left_of_files(portal, peopled, world, exports) == []


@pytest.mark.nightly
@BOTH
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_of_every_list_is_written_in_the_pseudo_language(
    portal: Flask, peopled: Peopled, world: World, kind: str, lang: str
) -> None:
    assert left_of_files(portal, peopled, world, [(name, lang, kind) for name in EXPORTS]) == []


def left_of_files(
    portal: Flask, peopled: Peopled, world: World, exports: list[tuple[str, str, str]]
) -> list[tuple[str, str]]:
    """Each cell in plain letters, and in which file it is."""
    tokens = give_everybody_a_session(world, peopled.places)
    known = {str(door): door for door in doors(portal)}
    left, cells = [], 0
    for name, lang, kind in exports:
        client = enter(portal, tokens, inside(name)[0])
        given = TABLE[name].given | {"kind": kind}
        path = address(portal, known[name], peopled.places, given).replace("/en/", f"/{lang}/")
        answer = client.http.post(path, data={"csrf_token": form_token(client)}, buffered=True)
        assert answer.status_code == 200, path
        told = list(read(answer.data))
        cells += len(told)
        left += [(path, one) for one in told if peopled.plain.left(one)]
    assert cells > 10 * len(exports)
    return left


def read(data: bytes) -> Iterator[str]:
    """Every cell of a file, and the name of every sheet."""
    if data.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(data))
        yield from book.sheetnames
        for sheet in book:
            yield from (str(cell) for row in sheet.values for cell in row if cell is not None)
    else:
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))):
            yield from row


def test_the_file_of_a_result_and_of_a_refused_import_are_in_the_pseudo_language(
    portal: Flask, peopled: Peopled, world: World
) -> None:
    tokens = give_everybody_a_session(world, peopled.places)
    known = {str(door): door for door in doors(portal)}
    files = ("GET BulkRunView.file", "GET enrolment.registry_errors", "GET ledger.ledger_errors")
    for name in files:
        client = enter(portal, tokens, inside(name)[0])
        path = address(portal, known[name], peopled.places, TABLE[name].given)
        answer = client.http.get(path, buffered=True)
        cells = list(read(answer.data))
        assert cells, path
        assert [one for one in cells if peopled.plain.left(one)] == [], path
