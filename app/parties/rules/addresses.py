"""Mailing addresses in Canada and the United States: how they are written, read and compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from app.base import countries
from app.base.identifiers import clean
from app.base.text import fold, fold_words

CANADA: Final = "CA"
UNITED_STATES: Final = "US"
COUNTRIES: Final = (CANADA, UNITED_STATES)
PARTS: Final = ("street", "city", "region", "postal_code", "country")
NBSP: Final = "\u00a0"

_LONGEST: Final = {"street": 160, "city": 60}

# Never D, F, I, O, Q or U; the first letter is also never W or Z (facts, E).
_POSTAL_CODE: Final = re.compile(
    r"([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z])(\d[ABCEGHJ-NPRSTV-Z]\d)"
)
_ZIP: Final = re.compile(r"(\d{5})(\d{4})?")

PROVINCES: Final[Mapping[str, tuple[str, str]]] = {
    "AB": ("Alberta", "Alberta"),
    "BC": ("British Columbia", "Colombie-Britannique"),
    "MB": ("Manitoba", "Manitoba"),
    "NB": ("New Brunswick", "Nouveau-Brunswick"),
    "NL": ("Newfoundland and Labrador", "Terre-Neuve-et-Labrador"),
    "NS": ("Nova Scotia", "Nouvelle-Écosse"),
    "NT": ("Northwest Territories", "Territoires du Nord-Ouest"),
    "NU": ("Nunavut", "Nunavut"),
    "ON": ("Ontario", "Ontario"),
    "PE": ("Prince Edward Island", "Île-du-Prince-Édouard"),
    "QC": ("Quebec", "Québec"),
    "SK": ("Saskatchewan", "Saskatchewan"),
    "YT": ("Yukon", "Yukon"),
}
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "AL": ("Alabama", "Alabama"),
    "AK": ("Alaska", "Alaska"),
    "AZ": ("Arizona", "Arizona"),
    "AR": ("Arkansas", "Arkansas"),
    "CA": ("California", "Californie"),
    "CO": ("Colorado", "Colorado"),
    "CT": ("Connecticut", "Connecticut"),
    "DE": ("Delaware", "Delaware"),
    "DC": ("District of Columbia", "District de Columbia"),
    "FL": ("Florida", "Floride"),
    "GA": ("Georgia", "Géorgie"),
    "HI": ("Hawaii", "Hawaï"),
    "ID": ("Idaho", "Idaho"),
    "IL": ("Illinois", "Illinois"),
    "IN": ("Indiana", "Indiana"),
    "IA": ("Iowa", "Iowa"),
    "KS": ("Kansas", "Kansas"),
    "KY": ("Kentucky", "Kentucky"),
    "LA": ("Louisiana", "Louisiane"),
    "ME": ("Maine", "Maine"),
    "MD": ("Maryland", "Maryland"),
    "MA": ("Massachusetts", "Massachusetts"),
    "MI": ("Michigan", "Michigan"),
    "MN": ("Minnesota", "Minnesota"),
    "MS": ("Mississippi", "Mississippi"),
    "MO": ("Missouri", "Missouri"),
    "MT": ("Montana", "Montana"),
    "NE": ("Nebraska", "Nebraska"),
    "NV": ("Nevada", "Nevada"),
    "NH": ("New Hampshire", "New Hampshire"),
    "NJ": ("New Jersey", "New Jersey"),
    "NM": ("New Mexico", "Nouveau-Mexique"),
    "NY": ("New York", "New York"),
    "NC": ("North Carolina", "Caroline du Nord"),
    "ND": ("North Dakota", "Dakota du Nord"),
    "OH": ("Ohio", "Ohio"),
    "OK": ("Oklahoma", "Oklahoma"),
    "OR": ("Oregon", "Oregon"),
    "PA": ("Pennsylvania", "Pennsylvanie"),
    "PR": ("Puerto Rico", "Porto Rico"),
    "RI": ("Rhode Island", "Rhode Island"),
    "SC": ("South Carolina", "Caroline du Sud"),
    "SD": ("South Dakota", "Dakota du Sud"),
    "TN": ("Tennessee", "Tennessee"),
    "TX": ("Texas", "Texas"),
    "UT": ("Utah", "Utah"),
    "VT": ("Vermont", "Vermont"),
    "VA": ("Virginia", "Virginie"),
    "WA": ("Washington", "Washington"),
    "WV": ("West Virginia", "Virginie-Occidentale"),
    "WI": ("Wisconsin", "Wisconsin"),
    "WY": ("Wyoming", "Wyoming"),
}
REGIONS: Final = {CANADA: PROVINCES, UNITED_STATES: STATES}

# One word of an address and its short forms, in both languages: none of them makes two
# addresses differ. “St” is both street and saint, « Ste » both suite and sainte.
_SAME_WORD: Final = {
    word: group[0]
    for group in (
        ("boulevard", "boul", "blvd", "bd"),
        ("avenue", "av", "ave"),
        ("chemin", "ch", "chem"),
        ("road", "rd"),
        ("route", "rte"),
        ("drive", "dr"),
        ("crescent", "cres"),
        ("highway", "hwy"),
        ("place", "pl"),
        ("square", "sq"),
        ("st", "street", "saint"),
        (
            "ste",
            "suite",
            "sainte",
            "bureau",
            "bur",
            "office",
            "unit",
            "unite",
            "apartment",
            "apt",
            "app",
            "appartement",
        ),
        ("floor", "fl", "etage"),
        ("po", "cp", "casier", "case"),
        ("mount", "mont", "mt"),
        ("n", "north", "nord"),
        ("s", "south", "sud"),
        ("e", "east", "est"),
        ("w", "west", "ouest", "o"),
    )
    for word in group
}
# “Suite 4, 12 Main St”, « 12, rue Main, bureau 4 » and “4-12 Main St” are one door.
_FILLERS: Final = frozenset({"ste", "rue"})


# What the letter's fonts hold for certain: Latin letters with their accents, usual punctuation.
_PRINTABLE: Final = re.compile(
    "[\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f\u0218-\u021b\u1e80-\u1e85\u1e9e\u1ef2\u1ef3"
    "\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2039\u203a\u20ac\u2122]"
)


def unprintable(text: str) -> str:
    """The signs of ``text`` that a letter cannot print, each once, in order."""
    return "".join(dict.fromkeys(sign for sign in text if not _PRINTABLE.fullmatch(sign)))


def region_name(country: str, region: str, language: str) -> str:
    """The province or state in words; its code when it is unknown."""
    names = REGIONS.get(country, {}).get(region)
    if names is None:
        return region
    return names[1] if language == "fr" else names[0]


def listed_regions(language: str) -> list[tuple[str, str]]:
    """Provinces, then states, by name: ``CA-QC`` and the words, each with its country."""
    place = 1 if language == "fr" else 0
    return [
        (f"{country}-{code}", f"{names[place]} ({countries.name(country, language)})")
        for country, regions in REGIONS.items()
        for code, names in sorted(regions.items(), key=lambda item: fold(item[1][place]))
    ]


def parse_postal_code(country: str, text: str) -> str | None:
    """The stored form, ``A1A 1A1`` or ``12345`` or ``12345-6789``; None when it cannot be one."""
    bare = clean(text)
    if country == CANADA:
        found = _POSTAL_CODE.fullmatch(bare)
        return f"{found[1]} {found[2]}" if found else None
    found = _ZIP.fullmatch(bare)
    if found is None:
        return None
    return f"{found[1]}-{found[2]}" if found[2] else found[1]


def lines(address: Mapping[str, str], language: str) -> list[str]:
    """The address as it is printed on a letter: the code after two spaces, which stay together.

    In French the Canadian province is written out between parentheses. The country is added
    for addresses abroad, in the language of the letter.
    """
    country, region = address["country"], address["region"]
    if country == CANADA and language == "fr":
        place = f"{address['city']} ({region_name(country, region, 'fr')})"
    else:
        place = f"{address['city']} {region}"
    code = address["postal_code"].replace(" ", NBSP)
    printed = [line.strip() for line in address["street"].splitlines() if line.strip()]
    printed.append(f"{place}{NBSP}{NBSP}{code}")
    if country == UNITED_STATES:
        printed.append("ÉTATS-UNIS" if language == "fr" else "UNITED STATES")
    return printed


def address_faults(address: Mapping[str, str]) -> dict[str, str]:
    """What keeps an address from being used, by part.

    ``empty``, ``too_long``, ``unknown`` (region or country), ``format`` (postal code).
    """
    given = {part: address.get(part, "") for part in PARTS}
    faults = {part: "empty" for part in PARTS if not given[part].strip()}
    country, region = given["country"], given["region"]
    for part, longest in _LONGEST.items():
        if len(given[part]) > longest:
            faults[part] = "too_long"
    if "country" not in faults and country not in COUNTRIES:
        faults["country"] = "unknown"
    if "region" not in faults and "country" not in faults and region not in REGIONS[country]:
        faults["region"] = "unknown"
    known = "postal_code" not in faults and "country" not in faults
    if known and parse_postal_code(country, given["postal_code"]) is None:
        faults["postal_code"] = "format"
    return faults


def same_address(left: Mapping[str, str], right: Mapping[str, str]) -> bool:
    """Whether two addresses lead to one door, however each was typed.

    Case, accents, punctuation and usual short forms are forgiven, and so are the last four
    digits of a ZIP code. Where it errs, nothing is lost: a letter goes to the registry's
    address whatever was typed.
    """
    return _door(left) == _door(right)


def _door(address: Mapping[str, str]) -> tuple[object, ...]:
    country = address["country"].upper()
    code = parse_postal_code(country, address["postal_code"]) or clean(address["postal_code"])
    return (
        country,
        clean(address["region"]),
        code[:5] if country == UNITED_STATES else code,
        _words(address["city"]),
        tuple(sorted(word for word in _words(address["street"]) if word not in _FILLERS)),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(_SAME_WORD.get(word, word) for word in fold_words(text).split())
