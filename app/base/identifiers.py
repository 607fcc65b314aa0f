"""The numbers people copy from paper: how each is made, cleaned, checked and shown."""

from __future__ import annotations

import re
import secrets

from stdnum import luhn
from stdnum.ca import bn as stdnum_bn
from stdnum.iso7064 import mod_37_36

# Without I, L, O, U, 0 and 1: nothing that paper or a telephone confuses (30 letters).
UNAMBIGUOUS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK_LETTERS = set("ABCDEFGHJKMNPQRSTVWXYZ")
_SEPARATORS = re.compile(r"[\s\u00a0\u202f.\-\u2010-\u2015/]+")

CODE_LENGTH = 12


def clean(text: str) -> str:
    """Drop the spaces, points and dashes that people type, and the case."""
    return _SEPARATORS.sub("", text).upper()


def new_urn() -> str:
    """Draw a user reference number: ``N-`` seven digits ``-`` a check letter.

    Drawn at random so that one number tells nothing of another; the database's
    unique constraint decides whether it is free.
    """
    return _lettered("N")


def parse_urn(text: str) -> str | None:
    """The stored form of a typed user reference number, or None when it cannot be one."""
    return _read_lettered("N", text)


def new_submission_number() -> str:
    """Draw the number of a submission: ``S-`` seven digits ``-`` a check letter, as of a person.

    How many there are, and which was first, can then be read from none.
    """
    return _lettered("S")


def parse_submission_number(text: str) -> str | None:
    """The stored form of a typed number of a submission, or None when it cannot be one."""
    return _read_lettered("S", text)


def _lettered(first: str) -> str:
    while True:
        digits = f"{secrets.randbelow(9_000_000) + 1_000_000}"
        check = mod_37_36.calc_check_digit(digits)
        if check in _CHECK_LETTERS:
            return f"{first}-{digits}-{check}"


def _read_lettered(first: str, text: str) -> str | None:
    bare = clean(text)
    if not re.fullmatch(rf"{first}\d{{7}}[A-Z]", bare) or not mod_37_36.is_valid(bare[1:]):
        return None
    return f"{first}-{bare[1:8]}-{bare[8]}"


def new_client_number() -> str:
    """Draw a client number: eight digits, the last by Luhn, the first never zero."""
    body = f"{secrets.randbelow(9_000_000) + 1_000_000}"
    return body + luhn.calc_check_digit(body)


def parse_client_number(text: str) -> str | None:
    """The stored form of a typed client number, or None when it cannot be one."""
    bare = clean(text)
    return bare if re.fullmatch(r"\d{8}", bare) and luhn.is_valid(bare) else None


def new_activation_code() -> str:
    """Draw an activation code: eleven random letters and a check letter, about 54 bits."""
    body = "".join(secrets.choice(UNAMBIGUOUS) for _ in range(CODE_LENGTH - 1))
    return body + mod_37_36.calc_check_digit(body, UNAMBIGUOUS)


def parse_activation_code(text: str) -> str | None:
    """The stored form of a typed activation code, or None when a letter was mistyped."""
    bare = clean(text)
    if len(bare) != CODE_LENGTH or not set(bare) <= set(UNAMBIGUOUS):
        return None
    return bare if mod_37_36.is_valid(bare, UNAMBIGUOUS) else None


def groups_of_four(number: str) -> str:
    """Write a number as it is printed, in groups of four: ``K7QD 4MXP 92HT``."""
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def parse_bn(text: str) -> str | None:
    """The nine digits of a business number, or None when the check digit is wrong."""
    bare = clean(text)
    return bare if re.fullmatch(r"\d{9}", bare) and stdnum_bn.is_valid(bare) else None


def parse_registered_mail(text: str) -> str | None:
    """A registered-mail number (UPU S10, thirteen characters), or None.

    The format is two letters, eight digits, a check digit by weights
    8 6 4 2 3 5 9 7 modulo 11, and the country's two letters.
    """
    bare = clean(text)
    if not re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", bare):
        return None
    total = sum(int(d) * w for d, w in zip(bare[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    check = {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)
    return bare if int(bare[10]) == check else None
