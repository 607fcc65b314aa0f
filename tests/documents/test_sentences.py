"""Every reason and every state has its sentence, in both languages; and copies leave nothing."""

from __future__ import annotations

import tempfile

import pytest
from flask_babel import force_locale

from app.documents.copies import copied
from app.documents.kinds import Reason
from app.documents.scanning import ScanState
from app.documents.sentences import INFECTED, SCANS, refusal


@pytest.fixture
def both(app):
    """`both(say)`: what is said in English and in French."""

    def told(say):
        with app.test_request_context("/"):
            with force_locale("en"):
                english = str(say())
            with force_locale("fr"):
                return english, str(say())

    return told


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_says_in_both_languages_what_to_do(both, reason):
    english, french = both(lambda: refusal(reason, 25))
    assert english.endswith(".")
    assert french.endswith(".")
    assert english != french
    assert ("25" in english) == ("25" in french) == (reason is Reason.TOO_LARGE)


def test_no_two_reasons_say_the_same(both):
    assert len({both(lambda reason=reason: refusal(reason, 25)) for reason in Reason}) == len(
        Reason
    )


def test_each_state_of_a_scan_has_its_words(both):
    said = {both(lambda state=state: SCANS[state]) for state in ScanState}
    assert len(said) == len(ScanState)
    assert all(english != french for english, french in (*said, both(lambda: INFECTED)))


def test_a_copy_is_for_our_eyes_alone_and_goes_with_what_lies_beside_it(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with copied([b"one ", b"two"]) as path:
        assert path.read_bytes() == b"one two"
        assert path.parent.stat().st_mode & 0o777 == 0o700
        (path.parent / "preview").write_bytes(b"x")
    assert not path.parent.exists()

    def broken():
        yield b"one"
        raise ConnectionError

    with pytest.raises(ConnectionError), copied(broken()):
        pytest.fail("half a copy was given")
    assert not list(tmp_path.iterdir())
