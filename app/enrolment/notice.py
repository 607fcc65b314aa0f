"""The notice by post: it tells a business at its legal address who registered it.

Facts prove that somebody knows a business's records; brokers know them too. So the business
itself is told, on paper, and whom to call if that was not right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import force_locale, gettext, pgettext

from app.base.days import local_day
from app.correspondence.paper import AUTHOR
from app.enrolment.letter import (
    LOCALES,
    LetterContent,
    LetterError,
    OtherLanguage,
    Paragraph,
    day_in_words,
    filled,
    foot,
    reached_at,
)
from app.parties.rules.addresses import lines

if TYPE_CHECKING:
    from app.programs.schema.definition import Definition


@dataclass(frozen=True, slots=True, repr=False)
class NoticeFacts:
    """What is particular to one notice. ``address`` is the registry's, name included."""

    language: str
    number: str
    address: Mapping[str, str]
    person: str
    registered_at: datetime
    made_at: datetime


def compose_notice(definition: Definition, facts: NoticeFacts) -> LetterContent:
    """Fill the definition's sentences with one notice's facts, in the language of the registry.

    Raises LetterError when the definition has no words for it.
    """
    with force_locale(LOCALES[facts.language]):
        return _compose(definition, facts)


def _compose(definition: Definition, facts: NoticeFacts) -> LetterContent:
    language, zone, contact = facts.language, definition.zone, definition.contact
    texts = definition.letters.notice
    if texts is None:
        raise LetterError("the program has no words for a notice")
    role = definition.roles[definition.enrolment.first.role].label.say(language)
    values = {
        "business": facts.address["name"],
        "person": facts.person,
        "role": f"{role[:1].lower()}{role[1:]}",
        "day": day_in_words(local_day(facts.registered_at, zone), language),
        "email": contact.email,
    }
    other = "en" if language == "fr" else "fr"
    made_on = day_in_words(local_day(facts.made_at, zone), language)
    return LetterContent(
        language=language,
        title=gettext("Letter %(number)s", number=facts.number),
        portal=AUTHOR,
        program=definition.names.full.say(language),
        number_label=pgettext("registered letter", "Letter"),
        number=facts.number,
        mail_class=texts.mail_class.say(language),
        address=[facts.address["name"], *lines(facts.address, language)],
        date=pgettext("date of a letter", "%(day)s", day=made_on),
        subject=filled(texts.subject.say(language), values),
        greeting=texts.greeting.say(language),
        opening=filled(texts.opening.say(language), values),
        numbers=(),
        last_day=None,
        characters="",
        steps_heading="",
        steps=(),
        parts=[
            Paragraph(part.heading.say(language), filled(part.text.say(language), values))
            for part in (texts.meaning, texts.not_right)
        ],
        closing=texts.closing.say(language),
        unit=contact.unit.say(language),
        contact=reached_at(contact),
        other_language=OtherLanguage(other, filled(texts.other_language.say(other), values)),
        foot=foot(facts.number),
    )
