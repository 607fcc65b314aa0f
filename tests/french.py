"""What written French must keep to here, as small functions that say what is wrong.

The numbers are those of the fifteen tests of the language guide. Each function takes an English
text and its French one and gives the sentence of what is wrong, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Rule = Callable[[str, str], str | None]

NBSP = "\u00a0"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\{?\w*\}?\}")
# What has spelling rules of its own: addresses, e-mail addresses, times such as 14:30.
_OPAQUE = re.compile(r"https?://\S+|[\w.+-]+@[\w-]+\.[\w.]*\w|\b[\w-]+\.example\b\S*|\d:\d\d")
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿŒœ"

_COUNT = rf"(?<![\w:.-])(\d[\d{NBSP},]*|%\((\w+)\)[sd]) ([{_LETTER}]+|[$%])"
COUNTED = {"num", "count", "min", "max", "days", "minutes", "seconds", "tries"}
# Words that may follow a number and do not belong to it.
_LOOSE = "et ou à au aux de du des le la les un une en est sont sur dans par pour que qui"
LOOSE = frozenset(_LOOSE.split())
BANNED = re.compile(
    r"\b(e-?mails?|mails?|log ?in|éligibles?|cancell\w+|sauvegard\w+|compléter (un|le) formulaire"
    r"|informations?|dashboard|désolé\w*|veuillez|usagers?)\b|\b(1ère|2ème|\dème)\b|n°|#|\(e\)|·",
    re.IGNORECASE,
)
UNACCENTED = re.compile(
    r"\b(Etat|Etats|Egal|Etape|Ecran|Ecrire|Ecrit|Editer|Editeur|Element|Evaluation|Etranger"
    r"|Etranger|Eviter|Echec|Eligible|Etre|Etes|Ecole|Energie|Equipe|Epreuve|Elargir)\b"
    r"|(?:^|[.?] )A (?=[a-zà-ÿ])"
)
_PROPER = """
    Guichet Agence Canada États-Unis État Couronne Partenaires Portail Loi Modalités Activer
    Demander Propriétaire Utilisateur Utilisateur-administrateur Contactez-nous Poste Postes
    Edge Chrome Unité Mémorandum D23-1-1 Web Mo Ko JavaScript Règles Saint-Rémi PostgreSQL
    Ontario Québec Est Ottawa Toronto Pâques Services Flask Microsoft Google Windows-1252 Delaware
    Transports Sud Kong
"""
PROPER = frozenset(_PROPER.split())
_SAME = """
    Format Guichet Menu Description Date Code Type Page Pages Version PDF Canada Service
    Services Action Actions Notes Note Total Minute Minutes Justification Active Activation
    Document Documents Question Questions Public Sessions Session Permissions Permission
    Canal Base URN BN Mobile Transaction Transactions Client Clients
    Excel CSV XLSX Parties A Dates Site Sites Terminal Mode Transport Division Police Cause
    Communications CTPAT Section Administration Administrations Hong Kong
"""
SAME = frozenset(_SAME.split())


def bare(text: str) -> str:
    """The text without its placeholders and addresses."""
    return PLACEHOLDER.sub("§", _OPAQUE.sub("§", text))


def same_placeholders(english: str, french: str) -> str | None:
    """2. The same set of placeholders."""
    left, right = (set(PLACEHOLDER.findall(text)) for text in (english, french))
    return None if left == right else f"placeholders differ: {sorted(left ^ right)}"


def colon(_: str, french: str) -> str | None:
    """4. A colon that ends a word follows U+00A0."""
    found = re.search(rf"(?<!{NBSP}):(?=\s|$)", bare(french))
    return "a colon without U+00A0 before it" if found else None


def no_space_before_signs(_: str, french: str) -> str | None:
    """5. No space before ; ? and !."""
    return "a space before ; ? or !" if re.search(r"\s[;?!]", french) else None


def quotation_marks(_: str, french: str) -> str | None:
    """6. « and » with U+00A0 inside; no straight marks, and “ ” only inside « »."""
    if re.search(f"«(?!{NBSP})|(?<!{NBSP})»", french):
        return "« or » without U+00A0"
    if '"' in french:
        return "a straight quotation mark"
    outside = re.sub("«.*?»", "", french)
    return "“ ” outside « »" if re.search("[“”]", outside) else None


def apostrophe(_: str, french: str) -> str | None:
    """7. The apostrophe is ’."""
    return "a straight apostrophe" if "'" in french else None


def spaces(english: str, french: str) -> str | None:
    """8. No double space, no U+202F, and the same spaces at both ends."""
    if re.search(rf"[ {NBSP}]{{2}}", french) or "\u202f" in french:
        return "a double space or U+202F"
    ends = [(text[:1].isspace(), text[-1:].isspace()) for text in (english, french)]
    return None if ends[0] == ends[1] else "spaces at the ends differ"


def number_and_word(_: str, french: str) -> str | None:
    """9. U+00A0 between a number and the word, $ or % that it counts."""
    for found in re.finditer(_COUNT, french):
        if (found[2] is None or found[2] in COUNTED) and found[3] not in LOOSE:
            return f"a plain space after a number: {found[0]}"
    return "no space before %" if re.search(r"\d%(?![(\w])", french) else None


def no_three_points_nor_exclamation(_: str, french: str) -> str | None:
    """10. No three points, and no exclamation mark."""
    return "three points or an exclamation mark" if re.search(r"\.\.\.|!", french) else None


def same_ending(english: str, french: str) -> str | None:
    """11. Both end in the same way: with nothing, or with . ? : or …."""
    left, right = (
        re.sub(rf"[ {NBSP}”»\"')]+$", "", text.strip())[-1:] for text in (english, french)
    )
    classes = [sign if sign in ".?:…" else "" for sign in (left, right)]
    return None if classes[0] == classes[1] else f"ends differ: {classes}"


def banned_words(_: str, french: str) -> str | None:
    """12. No word of the list."""
    found = BANNED.search(bare(french))
    return f"a banned word: {found[0]}" if found else None


def translated(english: str, french: str) -> str | None:
    """13. French differs from English but for words that are the same."""
    words = re.findall(rf"[{_LETTER}]+", bare(english))
    if english != french or all(word in SAME for word in words):
        return None
    return "not translated"


def capitals(_: str, french: str) -> str | None:
    """14. No capital inside but in names; accents on capitals."""
    missing = UNACCENTED.search(french)
    if missing:
        return f"a capital without its accent: {missing[0]}"
    text = bare(french)
    for found in re.finditer(rf"(?<![.?:…] )(?<=[ {NBSP}])([A-ZÀ-ÖØ-Þ][\w’-]*)", text):
        word = re.sub(r"^[LDNSJMC]’", "", found[1])
        opened = text[: found.start()].endswith((f"«{NBSP}", "“", "("))
        name = word in PROPER or (word.isupper() and len(word) <= 6)  # a name or an acronym
        if word[:1].isupper() and not opened and not name:
            return f"a capital inside: {found[1]}"
    return None


def wrong(rules: tuple[Rule, ...], english: str, french: str) -> Iterator[str]:
    """Everything that the rules find."""
    yield from (found for rule in rules if (found := rule(english, french)))
