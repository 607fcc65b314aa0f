"""The rules of signing in that need no database, each at its boundary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity import rules
from app.identity.passwords import common_passwords
from app.programs.limits import limits

FORBIDDEN = limits().password.forbidden
GOOD = "Brume sur la Matapédia"


def fault(password, *context):
    limit = limits().password
    return rules.password_fault(
        password,
        shortest=limit.min,
        longest=limit.max,
        forbidden=limit.forbidden,
        common=common_passwords(),
        context=context or ("marie.roy", "mroy.compta", "guichet"),
    )


def test_a_password_has_twelve_to_a_hundred_and_twenty_eight_characters():
    letters = "kq7 Wz!v4 Rm.x9_Td-"
    assert fault((letters * 7)[:11]) == "short"
    assert fault((letters * 7)[:12]) is None
    assert fault((letters * 7)[:128]) is None
    assert fault((letters * 7)[:129]) == "long"


def test_a_character_counts_once_whatever_its_size_in_bytes():
    assert fault("éàüîôçêëïâùÿ"[:11]) == "short"
    assert fault("éàüîôçêëïâùÿ") is None


@pytest.mark.parametrize("character", FORBIDDEN)
def test_each_character_that_the_page_forbids_is_refused_by_name(character):
    password = f"{GOOD} {character}{character}"
    assert fault(password) == "characters"
    assert rules.forbidden_in(password, FORBIDDEN) == character


def test_no_composition_is_asked_for():
    assert fault("trois petits chats") is None
    assert fault("zqwjxkvbpygf") is None


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password1234!",
        "PASSWORD!!!!",
        "motdepasse2026!",
        "Bonjour12345",
        "azertyuiop12",
        "qwertyuiopas",
        "abcdefghijkl",
        "lkjihgfedcba",
        "123456789012",
        "210987654321",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "passwordpassword",
        "soleilsoleil12",
        "1qaz2wsx3edc",
        "Été été été été été",
    ],
)
def test_a_password_that_others_try_first_is_refused(password):
    assert fault(password) == "common"


def test_a_password_does_not_hold_what_a_guesser_knows_of_its_person():
    assert fault("xx Marie.Roy xx 77") == "context"
    assert fault("le MRoy.Compta du nord") == "context"
    assert fault("mon guichet préféré") == "context"
    assert fault("mon guichetier préféré", "abc", "li", "x") is None


def test_a_short_part_of_the_address_is_in_too_many_good_passwords_to_be_refused():
    assert fault("un lis au jardin", "somebody", "lis") is None


def test_the_shipped_list_is_folded_and_knows_french():
    common = common_passwords()
    assert len(common) > 25_000
    assert {"motdepasse", "azerty", "password", "qwerty"} <= common
    assert all(word == word.casefold() for word in common)


# ── sign-in names ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ann", "length"),
        ("anne", None),
        ("a" * 64, None),
        ("a" * 65, "length"),
        ("marie.roy@usine-3_x+y.example", None),
        ("émilie", "characters"),
        ("marie roy", "characters"),
        (".marie", "characters"),
        ("marie-", "characters"),
        ("mаrie", "characters"),  # the second letter is Cyrillic
        ("marie\n", "characters"),
    ],
)
def test_a_sign_in_name_has_four_to_sixty_four_letters_that_look_like_no_other(name, expected):
    assert rules.sign_in_name_fault(name) == expected


def test_a_sign_in_name_is_one_name_whatever_its_case():
    assert rules.fold_sign_in_name(" Marie.Roy ") == rules.fold_sign_in_name("MARIE.ROY")


# ── locks ───────────────────────────────────────────────────────────────────────────────


def test_a_lock_lasts_fifteen_minutes_then_twice_as_long_each_time_up_to_two_hours():
    limit = limits().lock
    minutes = [rules.lock_length(n, limit.first, limit.longest) for n in range(6)]
    assert [length / timedelta(minutes=1) for length in minutes] == [15, 30, 60, 120, 120, 120]
    assert rules.lock_length(100_000, limit.first, limit.longest) == limit.longest


def test_limits_count_an_ipv6_subscriber_by_network_and_a_mapped_address_as_ipv4():
    assert rules.limited_address("2001:db8:1:2::1") == rules.limited_address("2001:db8:1:2:f::9")
    assert rules.limited_address("2001:db8:1:2::1") != rules.limited_address("2001:db8:1:3::1")
    assert rules.limited_address("::ffff:192.0.2.7") == rules.limited_address("192.0.2.7")
    assert rules.limited_address(None) == "unknown"


# ── sessions ────────────────────────────────────────────────────────────────────────────


def test_a_session_ends_after_fifteen_minutes_idle_and_twelve_hours_anyway():
    limit = limits().session
    start = datetime(2026, 11, 22, 9, tzinfo=UTC)

    def over(after_start, idle):
        now = start + after_start
        return rules.why_over(now, start, now - idle, limit.idle, limit.absolute)

    second = timedelta(seconds=1)
    assert over(timedelta(hours=1), timedelta(minutes=15) - second) is None
    assert over(timedelta(hours=1), timedelta(minutes=15)) == "idle"
    assert over(timedelta(hours=12) - second, second) is None
    assert over(timedelta(hours=12), second) == "absolute"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\\/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/a\r\nSet-Cookie: x=y",
        "",
        None,
        "/" + "a" * 2_000,
    ],
)
def test_sign_in_never_leads_to_another_site(path):
    assert rules.safe_next(path) is None


def test_sign_in_leads_back_to_a_page_of_ours():
    assert rules.safe_next("/a/7/users?sort=name") == "/a/7/users?sort=name"


@given(st.text())
def test_whatever_is_asked_for_a_safe_next_page_has_no_host(path):
    found = rules.safe_next(path)
    assert found is None or (found.startswith("/") and found[1:2] not in {"/", "\\"})


def test_a_device_is_told_in_a_few_words():
    edge = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
    )
    assert rules.device_of(edge) == "Edge, Windows"
    assert rules.device_of("curl/8") == ""


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 OPR/120.0", "Opera, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (iPhone; CPU OS 18 like Mac OS X) FxiOS/140.0 Safari/605", "Firefox, iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 18 like Mac OS X) CriOS/140.0 Safari/604.1", "Chrome, iPad"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18 Safari/605.1", "Safari, macOS"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/140.0 Safari/537.36", "Chrome, ChromeOS"),
        ("Something on Linux", "Linux"),
    ],
)
def test_each_browser_and_system_is_told_by_its_name(agent, device):
    assert rules.device_of(agent) == device


def test_a_sign_in_name_is_kept_in_small_letters_without_the_spaces_around():
    assert rules.fold_sign_in_name(" Marie.Roy ") == "marie.roy"


def test_every_forbidden_character_is_named_once_in_the_order_they_stand():
    assert rules.forbidden_in("a<b>c<d", "<>&") == "<>"


def test_a_word_of_four_letters_is_looked_for_in_a_password_and_none_of_three():
    assert fault("un jardin de lise", "somebody", "lise") == "context"
    assert fault("un jardin de lis ou", "somebody", "lis") is None


def test_four_letters_again_and_again_are_guessable_and_five_are_not():
    assert fault("kzqv" * 4) == "common"
    assert fault("kzqvw" * 3) is None
    assert rules._repeated_unit("abcabc") == "abc"
    assert rules._repeated_unit("aaaa") == "a"
    assert rules._repeated_unit("abca") == "abca"
    assert rules._repeated_unit("") == ""


@pytest.mark.parametrize("text", ["abcd", "dcba", "4567", "0123456789" * 2 + "01", "poiu"])
def test_four_signs_that_follow_a_row_are_a_run(text):
    assert rules._is_run(text)
    assert rules._is_run(text[::-1])


def test_three_signs_are_no_run_yet_nor_are_four_that_do_not_follow():
    assert not rules._is_run("abc")
    assert not rules._is_run("abce")


def test_sign_in_leads_back_to_a_long_page_and_to_one_with_a_tilde():
    longest = "/" + "a" * 1_999
    assert rules.safe_next(longest) == longest
    assert rules.safe_next("/a/7/~users") == "/a/7/~users"
