"""What `run.py` remembers and says on a laptop, and how it finds a browser."""

import os
import shutil
from types import SimpleNamespace

import pytest

from tools import laptop, programs
from tools.welcome import welcome

PEOPLE = [["m.theriault", "Account owner", "Propriétaire du compte"]]


@pytest.fixture
def program(tmp_path, monkeypatch):
    root = tmp_path / "program"
    (root / "app" / "__pycache__").mkdir(parents=True)
    (root / "app" / "code.py").write_text("one = 1\n")
    monkeypatch.setattr(laptop, "ROOT", root)
    return root


def test_what_this_very_program_prepared_is_not_prepared_again(program, tmp_path):
    assert laptop.Prepared(tmp_path).people() is None
    laptop.Prepared(tmp_path).note(PEOPLE)
    assert laptop.Prepared(tmp_path).people() == PEOPLE


def test_a_changed_added_or_removed_file_is_a_reason_to_prepare_again(program, tmp_path):
    code, more = program / "app" / "code.py", program / "app" / "more.yaml"
    for change in (lambda: code.write_text("one = 2\n"), more.touch, more.unlink):
        laptop.Prepared(tmp_path).note(PEOPLE)
        change()
        assert laptop.Prepared(tmp_path).people() is None


def test_what_python_or_make_built_is_no_reason(program, tmp_path):
    laptop.Prepared(tmp_path).note(PEOPLE)
    (program / "app" / "__pycache__" / "code.pyc").touch()
    built = program / "translations" / "fr" / "LC_MESSAGES"
    built.mkdir(parents=True)
    (built / "messages.mo").touch()
    assert laptop.Prepared(tmp_path).people() == PEOPLE


def test_a_broken_note_is_no_note(program, tmp_path):
    (tmp_path / "prepared.json").write_text("{")
    assert laptop.Prepared(tmp_path).people() is None


def settings(**more):
    values = {
        "base_url": "http://localhost:8000",
        "mail_catcher": True,
        "mail_port": 8025,
        "smtp_port": 1025,
        "demo_password": "a password",
    }
    return SimpleNamespace(**values | more)


def test_the_welcome_tells_addresses_people_and_password_in_both_languages():
    said = welcome(settings(), PEOPLE)
    for part in (
        "http://localhost:8000",
        "http://localhost:8025",
        "localhost:1025",
        *PEOPLE[0],
        "a password",
        "Ctrl-C stops everything · Ctrl-C arrête tout",
    ):
        assert part in said


def test_without_a_demonstration_the_welcome_tells_no_password():
    said = welcome(settings(mail_catcher=False), [])
    assert "a password" not in said
    assert "8025" not in said


def test_a_narrow_terminal_gets_one_language_a_line(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    said = welcome(settings(), PEOPLE)
    assert "Account owner ·" not in said
    assert all(part in said for part in PEOPLE[0])


@pytest.mark.parametrize("program", programs.PACKAGES)
def test_the_program_that_is_named_comes_first(program, tmp_path, monkeypatch):
    own = tmp_path / f"my-{program}"
    own.touch(mode=0o755)
    monkeypatch.setenv(program.upper(), str(own))
    assert programs.find(program) == str(own)


def test_where_nothing_may_be_installed_one_line_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert programs.main() == 1
    told = capsys.readouterr().err
    assert "apt-get install chromium clamav-daemon poppler-utils`" in told
    assert told.count("\n") == 1


def test_only_what_is_missing_is_installed(monkeypatch):
    asked = []
    there = {"clamd", "pdftotext"}
    monkeypatch.setattr(programs, "find", lambda name: name if name in there else None)
    monkeypatch.setattr(programs, "install", lambda names: not asked.append(names))
    assert programs.main() == 1, "it was installed, and is not there"
    there.add("chromium")
    assert programs.main() == 0
    assert asked == [["chromium"]]
