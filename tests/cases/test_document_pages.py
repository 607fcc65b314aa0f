"""Documents on the pages of a topic: with the form as any browser sends it, and in parts."""

from __future__ import annotations

import hashlib
import io
import re

import pytest
from sqlalchemy import update
from werkzeug.datastructures import FileStorage

from app.base import settings as base_settings
from app.cases.models import Document
from app.cases.rules.saving import fingerprint
from app.cases.service import looking
from app.documents.scanning import ScanState
from app.documents.store import store
from app.web import bodies
from tests.cases.sending import Sending
from tests.documents import files

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])


@pytest.fixture
def sender(filing, owner):
    return Sending(filing, owner)


@pytest.fixture
def page_of(sender, client, sign_in):
    """`page_of(person)`: the page of the topic, as this person sees it."""

    def get(person=None, lang="en"):
        sign_in(person or sender.person)
        return client.get(path(sender), lang=lang)

    return get


def path(sender, rest=""):
    part = sender.part.row.id
    place = f"{sender.filing.type}/{sender.section.code}/{part}/topic/{sender.topic.code}"
    return f"/a/{sender.account.id}/case/{place}{rest}"


def upload(octets, name):
    return FileStorage(io.BytesIO(octets), name)


@both_languages
def test_files_are_sent_with_the_form_several_at_once(sender, page_of, lang):
    page = page_of(lang=lang)
    sent = [upload(files.pdf(), "Plan d’étage.pdf"), upload(files.jpeg(), "quai.jpg")]
    page.submit({sender.question.code: sent}, expect=303)
    shown = page_of(lang=lang)
    assert "Plan d’étage.pdf" in shown.main
    assert {"Plan d’étage.pdf", "quai.jpg"} <= set(shown.links())


@both_languages
def test_a_file_is_kept_though_another_answer_is_wrong_and_what_was_typed_stays(
    sender, page_of, lang
):
    page = page_of(lang=lang)
    number, text = typed_questions(sender)
    sent = {
        sender.question.code: [upload(files.pdf(), "plan.pdf")],
        text: "x" * 9_000,
        **({number: "many"} if number else {}),
    }
    again = page.submit(sent, expect=200)
    assert "plan.pdf" in again.main
    assert again.form(text).values[text] == "x" * 9_000
    assert len(sender.there()) == 1


def typed_questions(sender):
    """A number of the topic, if there is one, and a text."""
    asked = [one for one in sender.topic.questions.values() if not one.shown_when]
    number = next((one.code for one in asked if one.type == "number"), None)
    return number, next(one.code for one in asked if one.type in {"long_text", "short_text"})


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "note.exe: The file must be a PDF, JPEG, PNG, HEIC, DOCX or XLSX."),
        (
            "fr",
            "note.exe\u00a0: Le fichier doit être au format PDF, JPEG, PNG, HEIC, DOCX ou XLSX.",
        ),
    ],
)
def test_a_file_that_is_not_taken_is_told_at_its_field(sender, page_of, lang, sentence):
    page = page_of(lang=lang)
    sent = {sender.question.code: [upload(b"MZ" + b"\0" * 90, "note.exe")]}
    again = page.submit(sent, expect=200)
    assert sentence in again.main
    assert f'href="#{sender.question.code}"' in again.html
    assert sender.there() == []


def test_removing_a_file_keeps_what_is_typed_and_it_can_come_back(sender, page_of):
    sender.send(name="plan.pdf")
    _number, text = typed_questions(sender)
    page = page_of()
    gone = page.submit({text: "half a sentence"}, button="Remove plan.pdf", expect=200)
    assert sender.there() == []
    assert gone.form(text).values[text] == "half a sentence"
    assert "1 removed file" in gone.main
    back = gone.submit({text: "half a sentence"}, button="Bring back plan.pdf", expect=200)
    assert len(sender.there()) == 1
    assert back.form(text).values[text] == "half a sentence"
    assert sender.filing.answer(text) is None


def test_the_enter_key_saves_and_removes_nothing(sender, page_of):
    """It presses the first button of its form, wherever that stands on the page."""
    sender.send(name="plan.pdf")
    page = page_of()
    buttons = re.findall(r"<button[^>]*>", page.html)
    of_form = [one for one in buttons if 'form="form"' in one or 'name="go"' in one]
    assert 'value="next"' in of_form[0]
    assert any('value="remove:' in one for one in of_form)


def test_a_download_is_an_attachment_of_the_kind_that_was_found(sender, page_of, client):
    octets = files.png()
    number = sender.send(octets, "<script>.html")
    page_of()
    answer = client.http.get(f"/en/a/{sender.account.id}/document/{number}")
    assert answer.data == octets
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Length"] == str(len(octets))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("scan", ["waiting", "infected", "could_not_scan"])
@both_languages
def test_what_the_scanner_did_not_pass_is_given_to_nobody(
    sender, page_of, client, world, scan, lang
):
    number = sender.send(name="plan.pdf")
    looking.look_at(number)
    scanned = None if scan == "waiting" else world.now()
    with world.as_owner() as owner:
        owner.execute(update(Document).values(scan="not_scanned"))
        owner.execute(update(Document).values(scan=scan, scanned_at=scanned))
    page = page_of(lang=lang)
    words = {
        "waiting": ("Being scanned for viruses", "Analyse antivirus en cours"),
        "infected": ("Contains a virus", "Contient un virus"),
        "could_not_scan": ("Could not be scanned", "L’antivirus n’a pas pu l’analyser"),
    }[scan][lang == "fr"]
    assert words in page.main
    assert "plan.pdf" not in page.links()
    where = f"/{lang}/a/{sender.account.id}/document/{number}"
    assert client.http.get(where).status_code == 409
    assert client.http.get(f"{where}/preview").status_code == 404


def test_one_with_a_virus_does_not_answer_its_question(sender, world, page_of):
    number = sender.send()
    with world.as_owner() as owner:
        owner.execute(update(Document).values(scan="infected", scanned_at=world.now()))
    part = sender.folder().parts[sender.section.code][0]
    assert sender.there() == [number]
    assert part.documents[sender.question.code] == 0
    assert "It does not count" in page_of().main


def test_a_preview_is_a_picture_of_our_own(sender, page_of, client):
    number = sender.send(files.jpeg(exif=files.photographed()), "quai.jpg")
    looking.look_at(number)
    page = page_of()
    where = f"/a/{sender.account.id}/document/{number}/preview"
    assert where in page.html
    answer = client.http.get(f"/en{where}")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert b"Maker of telephones" not in answer.data


def test_documents_stand_among_the_answers_to_check(sender, client, sign_in):
    sender.send(name="plan.pdf")
    sign_in(sender.person)
    where = path(sender).partition("/topic/")[0] + "/check"
    assert "plan.pdf" in client.get(where).links()


def test_a_file_that_the_store_cannot_take_is_told_at_its_field(sender, page_of, monkeypatch):
    page = page_of()
    values = base_settings.get().model_copy(
        update={
            "document_store_url": "s3://nothing/here",
            "s3_endpoint": "http://127.0.0.1:9",
            "s3_access_key_id": "a",
            "s3_secret_access_key": "b",
        }
    )
    monkeypatch.setattr(base_settings, "_installed", values)
    from app.documents import store as documents

    monkeypatch.setattr(
        "app.cases.service.sending.store", lambda: documents.store(values, hurried=True)
    )
    sent = {sender.question.code: [upload(files.pdf(), "plan.pdf")]}
    again = page.submit(sent, expect=200)
    assert "The file could not be kept right now. Send it again in a few minutes." in again.main


def test_a_topic_takes_larger_bodies_than_other_pages_and_no_larger_ones(sender, page_of, client):
    page_of()
    body = {"CONTENT_TYPE": "multipart/form-data; boundary=x"}
    for where, length, status in (
        (path(sender), bodies.LARGEST + 1, 413),
        (path(sender), bodies.LARGEST, 400),
        (path(sender, "/aside"), bodies.LARGEST, 413),
    ):
        answer = client.http.post(
            f"/en{where}", environ_overrides=body | {"CONTENT_LENGTH": str(length)}
        )
        assert answer.status_code == status, (where, length)


# ── in parts ────────────────────────────────────────────────────────────────────────────


def token(page):
    return page.form("drawn_in").values["csrf_token"]


def begin(client, sender, page, octets, name="plan.pdf", status=200):
    data = {"name": name, "size": str(len(octets)), "modified": "7", "csrf_token": token(page)}
    answer = client.http.post(f"/en{path(sender, f'/files/{sender.question.code}')}", data=data)
    assert answer.status_code == status
    return answer.json


def part(client, page, at, offset, octets, status=200):
    answer = client.http.post(
        f"{at}?offset={offset}", data=octets, headers={"X-CSRFToken": token(page)}
    )
    assert answer.status_code == status
    return answer.json


def test_a_script_sends_a_file_in_parts_and_gets_the_list_anew(sender, page_of, client):
    octets, page = files.pdf(pages=20), page_of()
    begun = begin(client, sender, page, octets)
    assert begun["offset"] == 0
    assert part(client, page, begun["at"], 0, octets[:1_000]) == {"offset": 1_000}
    again = begin(client, sender, page, octets)
    assert again == {"at": begun["at"], "offset": 1_000}
    done = part(client, page, again["at"], 1_000, octets[1_000:])
    assert done["offset"] == len(octets)
    assert "plan.pdf" in done["list"]
    assert sender.row(sender.there()[0]).sha256 == hashlib.sha256(octets).hexdigest()


def test_a_script_is_told_in_words_why_a_file_is_not_taken(sender, page_of, client):
    page = page_of()
    told = begin(client, sender, page, range(30_000_000), status=422)
    assert told == {"problem": "The file must be smaller than 25 MB."}
    bad = b"MZ" + b"\0" * 90
    begun = begin(client, sender, page, bad, "note.exe")
    told = part(client, page, begun["at"], 0, bad, status=422)
    assert told == {"problem": "The file must be a PDF, JPEG, PNG, HEIC, DOCX or XLSX."}
    assert list(store().listed(None)) == []


@both_languages
def test_the_same_file_twice_is_told_to_be_there_already(sender, page_of, lang):
    octets = files.pdf()
    sender.send(octets, name="plan.pdf")
    page = page_of(lang=lang)
    sent = {sender.question.code: [upload(octets, "encore.pdf")]}
    told = page.submit(sent, button={"en": "Save", "fr": "Enregistrer"}[lang], expect=303).follow()
    sentence = {
        "en": "This file is there already: plan.pdf",
        "fr": "Ce fichier est déjà là\u00a0: plan.pdf",
    }[lang]
    assert sentence in told.main
    assert len(sender.there()) == 1


@both_languages
def test_a_second_picture_for_a_question_that_takes_one_replaces_it_and_says_so(
    sender, page_of, lang, monkeypatch
):
    monkeypatch.setattr("app.cases.rules.files.most_of", lambda _question: 1)
    sender.send(files.jpeg(), name="quay.jpg")
    page = page_of(lang=lang)
    assert {"en": "Select another file", "fr": "Sélectionner un autre fichier"}[lang] in page.main
    sent = {sender.question.code: [upload(files.png(), "again.png")]}
    told = page.submit(sent, button={"en": "Save", "fr": "Enregistrer"}[lang], expect=303).follow()
    sentence = {
        "en": "again.png takes the place of quay.jpg, which is kept among the removed files.",
        "fr": "again.png remplace quay.jpg, qui est conservé parmi les fichiers retirés.",
    }[lang]
    assert sentence in told.main
    assert [sender.row(one).name for one in sender.there()] == ["again.png"]


def test_a_script_is_told_that_the_file_is_there_already(sender, page_of, client):
    octets, page = files.pdf(), page_of()
    sender.send(octets, name="plan.pdf")
    begun = begin(client, sender, page, octets)
    done = part(client, page, begun["at"], 0, octets)
    assert done["said"] == "This file is there already: plan.pdf"
    other = files.png()
    begun = begin(client, sender, page, other, "other.png")
    assert part(client, page, begun["at"], 0, other)["said"] is None


def test_a_removed_file_that_nobody_may_open_is_not_offered_again(sender, page_of):
    number = sender.send(name="plan.pdf")
    looking.settle_scan(number, ScanState.INFECTED)
    sender.remove(number)
    page = page_of()
    assert "1 removed file" in page.main
    assert "Bring back" not in page.main
    forged = page.form("drawn_in").submit({"go": f"back:{number}"}, expect=200)
    assert "Nobody can open this file: the virus scan refused it." in forged.main
    assert sender.there() == []


def test_a_file_for_a_question_of_words_leads_nowhere(sender, page_of, client):
    page = page_of()
    _number, text = typed_questions(sender)
    for code in (text, "none-such"):
        answer = client.http.post(
            f"/en{path(sender, f'/files/{code}')}",
            data={"name": "x", "size": "9", "modified": "7", "csrf_token": token(page)},
        )
        assert answer.status_code == 404, code


def test_a_part_without_the_forms_token_is_refused(sender, page_of, client):
    page = page_of()
    octets = files.pdf()
    begun = begin(client, sender, page, octets)
    assert client.http.post(f"{begun['at']}?offset=0", data=octets).status_code == 400
    assert sender.there() == []


def test_a_colleagues_answer_and_a_file_are_told_apart(sender, page_of):
    """The hidden mark of what a page showed belongs to what is typed, and not to files."""
    names = page_of().form(sender.question.code).names
    assert f"was:{sender.question.code}" not in names
    _number, text = typed_questions(sender)
    assert page_of().form(text).values[f"was:{text}"] == fingerprint(None)
