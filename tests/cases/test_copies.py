"""The copy of a submission: an accessible file in the client's language, kept once."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from app.cases import jobs
from app.cases.models import Answer, SubmissionCopy
from app.cases.rules.snapshot import from_json
from app.correspondence import paper
from app.correspondence.paper import PaperError
from app.documents.store import store
from tests.cases.submitting import Submitting
from tests.support.pdf_ua import faults

ODD = 'Café « Zoé » 100 % "quoted" \\ $x$ #let *bold* _it_ <a> @b 漢字 😀 עברית'


@pytest.fixture
def submitting(world, account):
    return Submitting(world, account)


@pytest.fixture
def filled(submitting, owner, acting):
    submitting.complete(owner, names=("Quai 12 – 漢", "Zoé & fils"))
    acting(owner)
    return submitting


def copied(app, filing, owner, language):
    """Submit, let the worker draw the copy: the submission and the file."""
    filing.client_moves(owner, language=language)
    (kept,) = filing.submissions()
    with app.app_context():
        jobs.copy_submission(kept.id)
    filing.world.db.rollback()
    row = filing.world.db.get_one(SubmissionCopy, kept.id)
    return kept, row, b"".join(store().read(row.key))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_copy_keeps_to_pdf_ua_in_the_language_of_the_submission(app, filled, owner, language):
    kept, row, file = copied(app, filled, owner, language)
    assert faults(file, language) == []
    assert len(file) == row.size
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)
    plain = " ".join(words.split())
    assert kept.number in plain
    assert kept.sha256 in plain.replace(" ", "")
    assert filled.kind.label.say(language) in plain
    for section in filled.kind.sections.values():
        if section.kind == "questions":
            assert section.label.say(language) in plain
    snapshot = from_json(kept.snapshot)
    topics = [topic for part in snapshot.parts for topic in part.topics]
    documents = [one for topic in topics for reply in topic.replies for one in reply.documents]
    assert documents
    assert all(one.name in plain for one in documents)
    assert "%(" not in plain


@pytest.mark.parametrize("language", ["en", "fr"])
def test_whatever_people_typed_is_drawn_and_what_the_letters_lack_is_named(
    app, filled, owner, world, language
):
    for row in world.db.scalars(select(Answer).where(Answer.question == filled.text)):
        row.value = ODD
    world.db.commit()
    _kept, _row, file = copied(app, filled, owner, language)
    assert faults(file, language) == []
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)
    assert "[U+6F22]" in words
    assert "[U+1F600]" in words
    assert "#let *bold* _it_ <a> @b" in words
    assert {"en": "written by its code number", "fr": "écrit par son numéro de code"}[
        language
    ] in " ".join(words.split())


def test_a_job_that_runs_twice_keeps_one_copy_and_tells_of_it_once(app, filled, owner, world):
    kept, row, file = copied(app, filled, owner, "en")
    with app.app_context():
        jobs.copy_submission(kept.id)
    assert world.db.scalar(select(func.count()).select_from(SubmissionCopy)) == 1
    assert b"".join(store().read(row.key)) == file
    (told,) = filled.told("submission.copied")
    assert told.changes == {
        "number": [None, kept.number],
        "sha256": [None, row.sha256],
    }


def test_of_two_workers_that_drew_it_the_first_is_believed(filled, owner, world):
    from app.cases.service.copying import keep_copy
    from app.documents.store import Kept

    filled.client_moves(owner)
    (kept,) = filled.submissions()
    keep_copy(kept.id, "submissions/a.pdf", Kept(5, "a" * 64))
    keep_copy(kept.id, "submissions/b.pdf", Kept(6, "b" * 64))
    row = world.db.get_one(SubmissionCopy, kept.id)
    assert (row.key, row.size, row.sha256) == ("submissions/a.pdf", 5, "a" * 64)
    assert len(filled.told("submission.copied")) == 1


def test_a_fault_in_the_drawing_tells_none_of_the_words(tmp_path, monkeypatch):
    template = tmp_path / "broken.typ"
    template.write_text('#panic("secret")')
    monkeypatch.setattr(paper, "ROOT", tmp_path)
    for drawing in (paper.draw, paper.draw_anything):
        with pytest.raises(PaperError) as caught:
            drawing(template, {"secret": "words"})
        assert "secret" not in str(caught.value)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
