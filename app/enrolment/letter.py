"""The registered letter: its words from the definition, its drawing in ``letter.typ``.

The file is made in memory and handed over; nothing of it is kept. It is a tagged PDF/UA-1
document, one sheet a letter, so that a screen reader can read what the eye reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from babel.dates import get_month_names, get_timezone_name
from flask_babel import force_locale, gettext, pgettext

from app.base.days import local_day
from app.base.identifiers import groups_of_four
from app.correspondence.paper import AUTHOR, PaperError, draw
from app.parties.rules.addresses import NBSP, lines
from app.programs.rules.identifiers import left_out

if TYPE_CHECKING:
    from app.programs.schema.base import Contact
    from app.programs.schema.definition import Definition
    from app.programs.schema.limits import LetterCode

HERE: Final = Path(__file__).parent
LOCALES: Final = {"en": "en_CA", "fr": "fr_CA"}

Paper = Literal["us-letter", "a4"]


class LetterError(Exception):
    """The letter could not be drawn. The message never holds the letter's words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a sentence, in bold or not."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number to copy, in groups of four."""

    label: str
    groups: Sequence[str]


@dataclass(frozen=True, slots=True)
class LastDay:
    """Until when the code opens the account."""

    label: str
    day: str
    time: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A short titled paragraph."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """One sentence in the language that the letter is not in."""

    language: str
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class LetterContent:
    """Every word of one letter. It has no printable form, so that no log can hold the code."""

    language: str
    title: str
    portal: str
    program: str
    number_label: str
    number: str
    mail_class: str
    address: Sequence[str]
    date: str
    subject: str
    greeting: str
    opening: str
    numbers: Sequence[Number]
    last_day: LastDay | None
    characters: str
    steps_heading: str
    steps: Sequence[Sequence[Piece]]
    """These five are of a code: a notice has neither numbers nor steps."""
    parts: Sequence[Paragraph]
    closing: str
    unit: str
    contact: str
    other_language: OtherLanguage
    foot: str


@dataclass(frozen=True, slots=True, repr=False)
class LetterFacts:
    """What is particular to one letter. ``address`` is the registry's, name included."""

    language: str
    number: str
    addressee: str
    address: Mapping[str, str]
    client_number: str
    code: str
    made_at: datetime
    expires_at: datetime


def compose(
    definition: Definition, limit: LetterCode, facts: LetterFacts, base_url: str
) -> LetterContent:
    """Fill the definition's sentences with one letter's facts, in the letter's language."""
    language = facts.language
    with force_locale(LOCALES[language]):
        return _compose(definition, limit, facts, base_url)


def _compose(
    definition: Definition, limit: LetterCode, facts: LetterFacts, base_url: str
) -> LetterContent:
    language, zone = facts.language, definition.zone
    texts = definition.letters.activation
    if texts is None:
        raise LetterError("the program has no words for a letter with a code")
    contact = definition.contact
    last_day = day_in_words(local_day(facts.expires_at, zone), language)
    values = {
        "business": facts.address["name"],
        "last_day": last_day,
        "left_out": left_out(limit.alphabet),
        "address": f"{base_url.partition('://')[2]}/{language}/activate",
        "email": contact.email,
    }
    other = "en" if language == "fr" else "fr"
    role = definition.roles[definition.enrolment.first.role].label.say(language)
    made_on = day_in_words(local_day(facts.made_at, zone), language)
    return LetterContent(
        language=language,
        title=gettext("Letter %(number)s", number=facts.number),
        portal=AUTHOR,
        program=definition.names.full.say(language),
        number_label=pgettext("registered letter", "Letter"),
        number=facts.number,
        mail_class=texts.mail_class.say(language),
        address=[
            f"{facts.addressee}, {role[:1].lower()}{role[1:]}",
            facts.address["name"],
            *lines(facts.address, language),
        ],
        date=pgettext("date of a letter", "%(day)s", day=made_on),
        subject=filled(texts.subject.say(language), values),
        greeting=texts.greeting.say(language),
        opening=filled(texts.opening.say(language), values),
        numbers=[
            Number(
                texts.client_number.say(language), groups_of_four(facts.client_number).split(" ")
            ),
            Number(texts.activation_code.say(language), groups_of_four(facts.code).split(" ")),
        ],
        last_day=LastDay(
            texts.last_day.say(language),
            last_day,
            time_in_words(facts.expires_at.astimezone(zone), language),
        ),
        characters=filled(texts.characters.say(language), values),
        steps_heading=texts.steps_heading.say(language),
        steps=[_pieces(step.say(language), values) for step in texts.steps],
        parts=[
            Paragraph(part.heading.say(language), filled(part.text.say(language), values))
            for part in (texts.expired, texts.protect)
        ],
        closing=texts.closing.say(language),
        unit=contact.unit.say(language),
        contact=reached_at(contact),
        other_language=OtherLanguage(other, filled(texts.other_language.say(other), values)),
        foot=foot(facts.number),
    )


def reached_at(contact: Contact) -> str:
    """Telephone and e-mail, where there are both."""
    return " · ".join(word for word in (contact.telephone, contact.email) if word)


def foot(number: str) -> str:
    """What stands at the foot of the only page."""
    page = gettext("Page %(page)s of %(pages)s", page=1, pages=1)
    return f"{page} · {number}"


def render(content: LetterContent, paper: Paper = "us-letter") -> bytes:
    """Draw one letter: a PDF/UA-1 file of one page. Raises LetterError."""
    return render_many([content], paper)


def render_many(contents: Sequence[LetterContent], paper: Paper = "us-letter") -> bytes:
    """Draw many letters in one PDF/UA-1 file, one page each, in the order given.

    Raises LetterError.
    """
    return _draw(contents, paper, format="pdf", pdf_standards=["ua-1"])


def picture(content: LetterContent, paper: Paper = "us-letter") -> bytes:
    """Draw a letter of invented facts as a PNG, for the documentation. Raises LetterError."""
    return _draw([content], paper, format="png", ppi=96.0)


def _draw(contents: Sequence[LetterContent], paper: Paper, **how: Any) -> bytes:
    first, last = contents[0], contents[-1]
    title = first.title if first is last else f"{first.title} – {last.number}"
    data = {
        "letters": [asdict(content) for content in contents],
        "paper": paper,
        "title": title,
        "author": AUTHOR,
        "language": first.language,
    }
    try:
        return draw(HERE / "letter.typ", data, **how)
    except PaperError as error:
        raise LetterError(str(error)) from None


def day_in_words(day: date, language: str) -> str:
    """A date in a sentence: “August 31, 2026”, « 31 août 2026 », « 1er août 2026 »."""
    month = get_month_names("wide", locale=LOCALES[language])[day.month]
    if language == "en":
        return f"{month}{NBSP}{day.day}, {day.year}"
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NBSP}{month}{NBSP}{day.year}"


def time_in_words(moment: datetime, language: str) -> str:
    """A time of day with its zone: “11:59 pm ET”, « 23 h 59 (HE) »."""
    zone = get_timezone_name(moment.tzinfo, width="short", locale=LOCALES[language])
    if language == "fr":
        return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02} ({zone})"
    half = "pm" if moment.hour >= 12 else "am"
    return f"{moment.hour % 12 or 12}:{moment.minute:02}{NBSP}{half}{NBSP}{zone}"


_HOLE: Final = re.compile(r"%\((\w+)\)s")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its holes filled. Not the ``%`` operator: a value may hold a per cent sign."""
    return _HOLE.sub(lambda hole: values[hole[1]], text)


def _pieces(text: str, values: Mapping[str, Any]) -> list[Piece]:
    """A sentence in pieces: where the person goes stands out."""
    found, end = list[Piece](), 0
    for hole in _HOLE.finditer(text):
        found.append(Piece(text[end : hole.start()]))
        found.append(Piece(values[hole[1]], strong=hole[1] == "address"))
        end = hole.end()
    found.append(Piece(text[end:]))
    return [piece for piece in found if piece.text]
