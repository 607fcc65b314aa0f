"""The world's countries by their ISO 3166-1 codes of two letters."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import pycountry
from babel import Locale

from app.base.text import fold_words

COUNTRIES: Final = frozenset(country.alpha_2 for country in pycountry.countries)


@lru_cache(maxsize=2)
def names(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of every country in this language, in its order."""
    words = Locale.parse(language).territories
    named = ((code, str(words.get(code, code))) for code in COUNTRIES)
    return tuple(sorted(named, key=lambda pair: fold_words(pair[1])))


def name(code: str, language: str) -> str:
    """A country's name; the code itself when there is no such country."""
    return dict(names(language)).get(code, code)
