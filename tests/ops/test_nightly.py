"""The report of a night: of a good one and of a bad one."""

from __future__ import annotations

from tools import nightly

GOOD = "def test_good(record_property):\n    record_property('deeds', 41)\n"
BAD = "def test_bad():\n    assert 1 == 2\n"


def night(tmp_path, monkeypatch, source):
    monkeypatch.setattr(nightly, "REPORTS", tmp_path / "docs" / "reports")
    monkeypatch.setattr(nightly, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    tests = tmp_path / "test_night.py"
    tests.write_text(source)
    status = nightly.main([str(tests)])
    (written,) = nightly.REPORTS.iterdir()
    return status, written.read_text(encoding="utf-8")


def test_a_good_night_tells_what_was_tried_and_what_took_longest(tmp_path, monkeypatch):
    status, report = night(tmp_path, monkeypatch, GOOD)
    assert status == 0
    assert "**1 tests, 0 failed.**" in report
    assert "| 41 | deeds |" in report
    assert "test_night::test_good" in report
    assert "What failed" not in report


def test_a_bad_night_is_written_down_too_and_fails(tmp_path, monkeypatch):
    status, report = night(tmp_path, monkeypatch, GOOD + BAD)
    assert status == 1
    assert "**2 tests, 1 failed.**" in report
    assert "- `test_night::test_bad`: assert 1 == 2" in report
