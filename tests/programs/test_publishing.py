"""A version that was published keeps its text, and none comes back."""

from datetime import date

import pytest

from app.programs.rules.publishing import (
    Published,
    Worded,
    consents_rewritten,
    rewritten,
    terms_rewritten,
)

DAY = date(2026, 11, 22)
ONE = Published(1, "a", DAY, terms=Worded(1, "t"))
TWO = Published(2, "b", DAY, terms=Worded(1, "t"))


@pytest.mark.parametrize(
    ("version", "sha256", "published"),
    [(1, "a", []), (7, "a", []), (2, "b", [ONE, TWO]), (3, "c", [ONE, TWO]), (3, "a", [ONE, TWO])],
)
def test_a_new_version_and_an_unchanged_text_may_stand(version, sha256, published):
    assert rewritten(version, sha256, published) is None


def test_another_text_under_a_published_version_is_told_the_number_to_take():
    assert rewritten(2, "c", [ONE, TWO]) == (
        "expected 3: version 2 was published on 2026-11-22 with another text"
    )
    assert rewritten(1, "c", [ONE, TWO]) == (
        "expected 3: version 1 was published on 2026-11-22 with another text"
    )


def test_an_older_version_does_not_come_back_even_with_its_own_text():
    assert rewritten(1, "a", [ONE, TWO]) == "expected 3: version 2 is in force"
    assert rewritten(1, "z", [TWO]) == "expected 3: version 2 is in force"


@pytest.mark.parametrize(("version", "sha256"), [(1, "t"), (2, "u"), (2, "t")])
def test_terms_keep_their_words_or_take_a_new_version(version, sha256):
    assert terms_rewritten(Worded(version, sha256), [ONE, TWO]) is None
    assert terms_rewritten(Worded(version, sha256), []) is None


def test_other_terms_under_an_accepted_version_are_told_the_number_to_take():
    assert terms_rewritten(Worded(1, "u"), [TWO]) == (
        "expected 2: terms of version 1 were published on 2026-11-22 in other words"
    )


def test_terms_that_were_replaced_do_not_come_back():
    newer = Published(3, "c", DAY, terms=Worded(2, "u"))
    assert terms_rewritten(Worded(1, "t"), [newer]) == "expected 3: terms of version 2 are in force"
    assert (
        terms_rewritten(Worded(1, "t"), [ONE, newer])
        == "expected 3: terms of version 2 are in force"
    )
    assert terms_rewritten(Worded(2, "u"), [ONE, newer]) is None


def test_a_version_whose_terms_can_no_longer_be_read_is_not_compared():
    assert terms_rewritten(Worded(1, "t"), [Published(1, "a", DAY)]) is None
    assert terms_rewritten(Worded(1, "t"), [Published(1, "a", DAY), ONE]) is None


# ── consents ────────────────────────────────────────────────────────────────────────────

OLD = Published(1, "a", DAY, consents={"sharing": Worded(1, "w"), "filming": Worded(1, "f")})
NEW = Published(2, "b", DAY, consents={"sharing": Worded(2, "x")})


def refused(published=(OLD,), **consents):
    """Consent → why its number may not stand."""
    given = {code: Worded(*one) for code, one in consents.items()}
    return dict(consents_rewritten(given, published))


def test_a_consent_keeps_its_words_or_takes_a_new_number():
    assert refused(sharing=(1, "w"), filming=(2, "g"), painting=(1, "p")) == {}
    assert refused((), sharing=(1, "z")) == {}
    assert refused((OLD, NEW), sharing=(2, "x")) == {}


def test_other_words_of_a_consent_under_its_number_are_told_the_number_to_take():
    assert refused(sharing=(1, "z"), filming=(1, "f")) == {
        "sharing": "expected 2: wording 1 was published on 2026-11-22 in other words"
    }
    assert refused((OLD, NEW), sharing=(1, "z")) == {
        "sharing": "expected 3: wording 1 was published on 2026-11-22 in other words"
    }


def test_words_of_a_consent_that_were_replaced_do_not_come_back():
    assert refused((OLD, NEW), sharing=(1, "w")) == {"sharing": "expected 3: wording 2 is in force"}
