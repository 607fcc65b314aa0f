"""What a consent stands for, as a document: its words, what is shared, and with whom since when.

Drawn when it is asked for and kept nowhere: a tagged PDF/UA-1 file in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from flask_babel import gettext as _
from flask_babel import pgettext

from app.authority.cards import Db
from app.authority.pages.opening import business_number
from app.consents.models import GivenConsent
from app.consents.pages.opening import name_of, over
from app.consents.queries import Sheet
from app.consents.words import EFFECTS
from app.correspondence.paper import AUTHOR, draw_anything
from app.parties.models import Account
from app.programs.published import published
from app.programs.schema.consents import Consent
from app.web.formats import format_day, format_moment

DRAWING: Final = Path(__file__).with_name("attestation.typ")


@dataclass(frozen=True, slots=True)
class Part:
    """What was agreed to in the same words: with whom, what is shared, and the declaration."""

    partners: Sequence[tuple[str, str]]
    """Each by name, with when and by whom the consent was given, and whether it has effect."""
    text: Sequence[str]
    shares: Sequence[str]
    declaration: str


@dataclass(frozen=True, slots=True)
class Content:
    """Every word of an attestation."""

    language: str
    title: str
    portal: str
    program: str
    facts: Sequence[tuple[str, str]]
    lead: str
    partners_heading: str
    words_heading: str
    shares_heading: str
    declaration_heading: str
    parts: Sequence[Part]
    page: str
    """How pages are counted, with %(page)s and %(pages)s left open."""


def compose(db: Db, account: Account, found: Sheet, moment: datetime, language: str) -> Content:
    """What stands at this moment, each consent under the words that were read when it was given."""
    number, label = business_number(account)
    facts = [
        (str(pgettext("attestation", "Business")), account.party.name),
        (label or str(_("BN")), number or "–"),
        (str(pgettext("attestation", "Drawn up on")), format_moment(moment)),
    ]
    return Content(
        language=language,
        title=found.consent.label.say(language),
        portal=AUTHOR,
        program=found.program.names.full.say(language),
        facts=facts,
        lead=str(
            _(
                "On %(date)s the consent of the business stands as follows.",
                date=format_day(found.day),
            )
        ),
        partners_heading=str(_("Consent is given to")),
        words_heading=str(_("What was agreed to")),
        shares_heading=str(_("What is shared")),
        declaration_heading=str(_("Declaration")),
        parts=list(_parts(db, account, found, language)),
        page=str(_("Page %(page)s of %(pages)s", page="{page}", pages="{pages}")),
    )


def _parts(db: Db, account: Account, found: Sheet, language: str) -> Iterator[Part]:
    """One part a wording, the newest first."""
    by_wording: dict[int, list[GivenConsent]] = {}
    for row in found.standing.values():
        by_wording.setdefault(row.wording, []).append(row)
    for wording in sorted(by_wording, reverse=True):
        rows = by_wording[wording]
        words = _words(db, account, found, rows[0])
        yield Part(
            partners=[_partner(found, row) for row in rows],
            text=[text.say(language) for text in words.text],
            shares=[item.label.say(language) for item in words.shares.values()],
            declaration=words.declaration.say(language),
        )


def _words(db: Db, account: Account, found: Sheet, row: GivenConsent) -> Consent:
    """The consent as the version said it under which the row was given."""
    if row.wording == found.consent.wording:
        return found.consent
    return published(db, account.program, row.definition_version).consents[row.consent]


def _partner(found: Sheet, row: GivenConsent) -> tuple[str, str]:
    effect = found.effect(row)
    told = [
        _("Given on %(date)s by %(name)s.", date=format_day(row.given_at), name=row.giver.full_name)
    ]
    if effect != "effective":
        told.append(f"{EFFECTS[effect][1]}.")
    if effect == "ended":
        told.append(over(found.consent.partners.get(row.partner)))
    return name_of(found, row.partner), " ".join(map(str, told))


def render(content: Content) -> bytes:
    """Draw it: a PDF/UA-1 file on Letter paper. Raises PaperError."""
    drawn, _unknown = draw_anything(DRAWING, asdict(content), format="pdf", pdf_standards=["ua-1"])
    return drawn
