"""What the status page and the metrics tell of the store of documents and of the scanner."""

from __future__ import annotations

import socket
import time
from datetime import timedelta
from threading import Thread

import pytest
from flask_babel import force_locale

from app.base import db as base
from app.documents import scanning
from app.documents.scanning import Scanner
from app.ops import metrics, words
from app.ops.looks import documents
from tests.support.mail import free_port


@pytest.fixture
def told(app):
    """`told(look)`: name, word, figure, since and what to do, in both languages."""

    def say(look):
        both = []
        for lang in ("en", "fr"):
            with app.test_request_context("/"), force_locale(lang):
                line = words.line(look)
                both.append([str(one) for one in (line.name, line.figure, line.since, line.to_do)])
        return both

    return say


def measured(values):
    return {family.name: family.samples[0].value for family in metrics._of_the_documents(values)}


def test_a_store_that_takes_and_gives_is_told_with_its_time(settings, in_bucket, told):
    for values, where in ((settings, "In a folder"), (in_bucket, "In a bucket")):
        look = documents.look_at_store(values)
        assert look.state == "works"
        english, french = told(look)
        assert english[0] == "Documents"
        assert english[1].startswith(f"{where}, written and read in ")
        assert english[1] != french[1]
        assert not english[3]
        assert measured(values) == {"guichet_documents_up": 1}


def test_a_slow_store_is_to_be_watched(settings, monkeypatch, told):
    monkeypatch.setattr(documents, "SLOW", 0)
    look = documents.look_at_store(settings)
    assert look.state == "watch"
    assert "look at its load" in told(look)[0][3]


def test_a_store_that_takes_nothing_is_told_with_what_to_do(settings, in_bucket, tmp_path, told):
    (tmp_path / "file").write_text("")
    blocked = settings.model_copy(update={"document_store_url": f"file://{tmp_path}/file/in"})
    away = in_bucket.model_copy(update={"s3_endpoint": f"http://127.0.0.1:{free_port()}"})
    for values in (blocked, away):
        look = documents.look_at_store(values)
        assert look.state == "fails"
        assert "DOCUMENT_STORE_URL" in told(look)[0][3]
        assert measured(values) == {"guichet_documents_up": 0}


def test_a_store_that_hangs_holds_the_page_for_a_moment_and_nobody_else(in_bucket):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        hangs = in_bucket.model_copy(update={"s3_endpoint": address})
        found = []
        looking = Thread(target=lambda: found.append(documents.look_at_store(hangs)))
        looking.start()
        turns = 0
        while looking.is_alive():
            turns += 1
            time.sleep(0.01)
        looking.join()
    assert found[0].state == "fails"
    assert turns > 20, "whoever waits for the store lets the others work"


def test_without_a_scanner_the_page_says_that_nothing_is_scanned(settings, told):
    look = documents.look_at_scanner(settings)
    assert look.state == "watch"
    english, french = told(look)
    assert english[3] == (
        "No virus scanner is set (CLAMD_ADDRESS): documents are marked as not scanned."
    )
    assert "non analysés" in french[3]


def test_a_scanner_that_does_not_answer_is_told(settings, told):
    away = settings.model_copy(update={"clamd_address": f"127.0.0.1:{free_port()}"})
    look = documents.look_at_scanner(away)
    assert look.state == "fails"
    assert "Start it" in told(look)[0][3]
    assert measured(away)["guichet_scanner_up"] == 0


def test_a_running_scanner_without_dated_signatures_is_to_be_watched(settings, clamd, told):
    there = settings.model_copy(update={"clamd_address": clamd.socket})
    look = documents.look_at_scanner(there)
    assert (look.state, look.code) == ("watch", "undated")
    assert told(look)[0][1].startswith("ClamAV 1.")
    assert measured(there)["guichet_scanner_up"] == 1


@pytest.mark.parametrize(("days", "state"), [(0, "works"), (2, "works"), (4, "watch")])
def test_old_signatures_are_told(settings, engine, monkeypatch, told, days, state):
    made = base.now(base.session) - timedelta(days=days)
    base.session.rollback()
    monkeypatch.setattr(scanning, "ask", lambda _: Scanner("ClamAV 1.4.6", made))
    look = documents.look_at_scanner(settings.model_copy(update={"clamd_address": "/clamd"}))
    assert look.state == state
    english, french = told(look)
    assert english[2].startswith("Signatures of ")
    assert french[2].startswith("Signatures du ")
    assert bool(english[3]) == (state == "watch")
