"""Folding of what people type, for matching and for search; never for display."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart, as their writers spell them without them.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i"})
_APOSTROPHES = re.compile("[\u2019\u2018\u02bc\u00b4`']")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_NOT_WORD = re.compile(r"[\W_]+")


_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSHOWABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control, half a pair, line and paragraph ends


def showable(text: str, *, lines: bool = False) -> str:
    """The text without what a line cannot show: control characters, and marks that turn it.

    What Unicode calls no character goes too: HTML has no place for it. With ``lines`` the text
    may have several lines. A tab is a space.
    """
    allowed = "\t\r\n" if lines else "\t"
    return "".join(c for c in text if c in allowed or not (c in _TURNING or _is_unshowable(c)))


def _is_unshowable(c: str) -> bool:
    number = ord(c)
    is_none = number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF
    return is_none or unicodedata.category(c) in _UNSHOWABLE


def fold(text: str) -> str:
    """Make two spellings of one name equal: accents, case, œ, ’ and kinds of space.

    Punctuation stays, so that two legal names that differ by it remain different.
    """
    # Accents again once the case is dropped, which can bring some back: « İ ».
    bare = _bare(_bare(text).casefold()).casefold().translate(_LETTERS)
    return _SPACES.sub(" ", _APOSTROPHES.sub("'", bare)).strip()


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(c for c in letters if not unicodedata.combining(c))


def fold_words(text: str) -> str:
    """Fold further, to bare words of any script: what search compares and lists are sorted by."""
    return _NOT_WORD.sub(" ", fold(text).replace("'", " ")).strip()


def same_name(left: str, right: str) -> bool:
    """Whether two family names are one: case, accents, hyphens and spaces forgiven."""
    return fold_words(left).replace(" ", "") == fold_words(right).replace(" ", "")


def fold_email(address: str) -> str:
    """Fold an e-mail address for matching: surrounding space and case are forgiven."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def mask_email(address: str) -> str:
    """Show a person their own address without giving it to whoever looks on: ``s…i@x.example``."""
    local, _, domain = address.partition("@")
    if len(local) <= 2:
        return f"{local[:1]}…@{domain}"
    return f"{local[0]}…{local[-1]}@{domain}"
