"""What the pages of a consent share: the sheet of the open account, and its words."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from app.authority.pages.opening import account_here, may_here, refusal
from app.base.db import session
from app.base.errors import NotFound
from app.consents.models import GivenConsent
from app.consents.queries import Sheet, sheet
from app.consents.words import EFFECTS
from app.programs.models import reader
from app.programs.schema.consents import Partner
from app.programs.service import definition
from app.programs.wording import said
from app.web.access import current_person
from app.web.formats import format_day


def sheet_here(account_id: int, code: str, deed: str = "view") -> Sheet:
    """The consent of the account that the address opened. Raises NotFound, Refused."""
    account = account_here()
    if account.id != account_id or code not in definition(account.program.code).consents:
        raise NotFound(code)
    if not may_here(f"{code}.{deed}"):
        raise refusal(f"{code}.{deed}", account)
    return sheet(session, current_person().id, account, code)


def url_to(endpoint: str, code: str, **more: Any) -> str:
    """The address of a page about a consent of the open account."""
    return url_for(f"consents.{endpoint}", account_id=account_here().id, code=code, **more)


def crumbs(found: Sheet, *, inside: bool = True) -> list[tuple[str, str]]:
    """The pages above: the dashboard, and the consent for what is inside it."""
    links = [(str(_("Dashboard")), url_for("authority.dashboard", account_id=account_here().id))]
    if inside:
        links.append((said(found.consent.short), url_to("consent", found.consent.code)))
    return links


def name_of(found: Sheet, code: str) -> str:
    """A partner by the name that it has now; once it is gone, by the one it was given under."""
    partner = found.consent.partners.get(code)
    if partner is not None:
        return said(partner.label)
    row = next((row for row in found.rows if row.partner == code), None)
    if row is None:
        return code
    return row.told.label_fr if reader() == "fr" else row.told.label_en


def not_yet(found: Sheet) -> str:
    """When the consent may be given, by the states and standings that the definition names."""
    consent, program = found.consent, found.program
    states = [said(program.cases[consent.case].states[code].label) for code in consent.given_in]
    if not consent.or_standing:
        return str(
            _(
                "The consent can be given while the application has one of these statuses:"
                " %(states)s.",
                states=", ".join(states),
            )
        )
    standings = [said(program.standings[code].label) for code in consent.or_standing]
    return str(
        _(
            "The consent can be given while the application has one of these statuses: %(states)s;"
            " or the membership, one of these: %(standings)s.",
            states=", ".join(states),
            standings=", ".join(standings),
        )
    )


def row_of(found: Sheet, row: GivenConsent) -> dict[str, Any]:
    """A consent that was given, as the tables of pages show it."""
    effect = found.effect(row)
    kind, words = EFFECTS[effect]
    return {
        "partner": row.partner,
        "name": name_of(found, row.partner),
        "given_at": row.given_at,
        "given_by": row.giver.full_name,
        "language": row.language,
        "withdrawn_at": row.withdrawn_at,
        "withdrawn_by": row.withdrawer.full_name if row.withdrawer else None,
        "kind": kind,
        "effect": str(words),
        "why": over(found.consent.partners.get(row.partner)) if effect == "ended" else None,
        "earlier": row.wording != found.consent.wording,
    }


def over(partner: Partner | None) -> str:
    """Why a consent that stands has no effect any more."""
    if partner is None or partner.ends is None:
        return str(_("The arrangement has ended."))
    return str(_("The arrangement ended on %(date)s.", date=format_day(partner.ends)))


def since(partner: Partner) -> str:
    """From when a partner is one, in the words of what the source says of that day."""
    if partner.begins is None:
        return str(_("In force; the source gives no date"))
    told = {
        "in_force": lambda: _("In force since %(date)s", date=format_day(partner.begins)),
        "year": lambda: _("In force since %(year)s", year=str(partner.begins.year)),
        "signed": lambda: _("Signed on %(date)s", date=format_day(partner.begins)),
        "announced": lambda: _("Announced on %(date)s", date=format_day(partner.begins)),
        "reported": lambda: _("In force on %(date)s, a public source says",
                              date=format_day(partner.begins)),
    }  # fmt: skip
    return str(told[partner.dated]())


def hint(partner: Partner) -> str:
    """What is written below a partner that may be chosen."""
    parts = [partner.runs, since(partner)]
    if partner.ends is not None:
        parts.append(pgettext("arrangement", "Ends on %(date)s", date=format_day(partner.ends)))
    return " · ".join(part for part in parts if part)
