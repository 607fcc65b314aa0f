"""Every row of the portal's table of limits, at its value and its unit."""

from datetime import timedelta

import pytest

from app.base.days import BusinessDays, CalendarDays
from app.programs import library
from app.programs.limits import limits

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TABLE = {
    "one_time_code.digits": 6,
    "one_time_code.life": 10 * MINUTE,
    "one_time_code.tries": 5,
    "one_time_code.in_a_row": 10,
    "one_time_code.in_all": 100,
    "resend.gap": timedelta(seconds=30),
    "resend.per_hour": 5,
    "resend.per_day": 10,
    "lock.first": 15 * MINUTE,
    "lock.longest": 2 * HOUR,
    "password.min": 12,
    "password.max": 128,
    "session.idle": 15 * MINUTE,
    "session.warning": 2 * MINUTE,
    "session.absolute": 12 * HOUR,
    "step_up.window": 20 * MINUTE,
    "letter_code.length": 12,
    "letter_code.groups": 3,
    "letter_code.valid_at_most": CalendarDays(45),
    "letter_code.tries_a_code": 5,
    "letter_code.tries_an_account": 25,
    "letter_code.new_letter_after": BusinessDays(2),
    "letter_code.letters": 4,
    "letter_code.letters_within": CalendarDays(60),
    "invitation.life": CalendarDays(7),
    "email_change.undo": 72 * HOUR,
    "lost_mailbox.officers": 2,
    "lost_mailbox.wait": 24 * HOUR,
    "add_a_user.failures": 5,
    "add_a_user.within": HOUR,
    "ask_a_client.times": 30,
    "ask_a_client.within": HOUR,
    "shared_facts.failures_a_person": 5,
    "shared_facts.locked": 24 * HOUR,
    "shared_facts.failures_an_account": 15,
    "ask_for_access.requests": 5,
    "ask_for_access.within": 24 * HOUR,
    "ask_for_access.life": CalendarDays(30),
    "access_ends.told_before": CalendarDays(7),
    "documents.megabytes": 25,
    "documents.octets": 25_000_000,
}


@pytest.mark.parametrize("name", TABLE)
def test_a_limit_has_the_value_of_the_table(name):
    group, key = name.split(".")
    assert getattr(getattr(limits(), group), key) == TABLE[name]


def test_password_tries_have_two_tiers_and_a_cap_over_everybody():
    tries = limits().password_tries
    assert tries.short.within < tries.long.within
    assert tries.short.tries < tries.long.tries < tries.everybody.tries


def test_the_forty_forbidden_characters_are_those_of_the_page_with_both_bullets():
    forbidden = limits().password.forbidden
    assert len(forbidden) == 40
    page = '"<>¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶•¸¹º»¼½¾Ð×ØÞßðøþ'
    assert set(forbidden) == set(page) | {"·"}
    assert not set(forbidden) & set("éàç.!#-_ ")


def test_the_alphabet_of_letter_codes_has_thirty_characters_that_nothing_confuses():
    alphabet = limits().letter_code.alphabet
    assert len(set(alphabet)) == len(alphabet) == 30
    assert not set(alphabet) & set("ILOU01")


def test_a_changed_file_is_read_again(tmp_path, monkeypatch):
    text = (library.DEFINITIONS / "portal.yaml").read_text(encoding="utf-8")
    (tmp_path / "portal.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(library, "DEFINITIONS", tmp_path)
    assert limits().one_time_code.tries == 5
    changed = text.replace("    tries: 5\n    in_a_row", "    tries: 4\n    in_a_row", 1)
    (tmp_path / "portal.yaml").write_text(changed + "# changed\n", encoding="utf-8")
    assert limits().one_time_code.tries == 4
