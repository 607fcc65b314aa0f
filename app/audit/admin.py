"""Staff screen: the trail. It is read here and can be changed nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from flask import g
from flask_appbuilder import AppBuilder
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from sqlalchemy import literal, select, union_all

from app.audit.events import Outcome
from app.audit.labels import EVENTS, OUTCOMES, field_label
from app.audit.models import Entry
from app.authority.staff_names import STAFF_NAMES
from app.base.db import session
from app.parties.models import Account, Party
from app.web.admin import SafeModelView, SafeSQLAInterface, Tab, Tag
from app.web.staff.defined import Defined
from app.web.staff.fragment import drawn
from app.web.staff.screens import Screens, add_screens

_OUTCOME_TAGS = {Outcome.DONE: "done", Outcome.REFUSED: "refused", Outcome.FAILED: "late"}
KINDS = {
    "account": _p("one", "Account"),
    "activation_code": _p("one", "Activation code"),
    "announcement": _p("one", "Announcement"),
    "letter": _p("one", "Letter"),
    "membership": _p("one", "Membership"),
    "ownership_transfer": _p("one", "Transfer of ownership"),
    "person": _p("one", "Person"),
    "program": _p("one", "Program"),
    "registration": _p("one", "Registration"),
    "registry_entry": _p("one", "Registry entry"),
    "registry_import": _p("one", "Import"),
    "saved_view": _p("one", "Saved view"),
    "sign_in_session": _p("one", "Session"),
    "staff_assignment": _p("one", "Staff assignment"),
}
_ROLES = Defined("roles")


class EntryView(SafeModelView):
    """Every deed, refusal and sign-in: who, when, on what, under which role, from where."""

    datamodel = SafeSQLAInterface(Entry, "staff.trail.read")
    route_base = "/staff/trail"
    help_topic = "staff-people"
    list_title, one_title = _l("Audit trail"), _p("one", "Entry")
    facts = _l("Written once, chained and signed. Nobody can change it.")
    empty = _l("Nothing has happened yet.")
    list_columns = ("event", "at", "actor_id", "account_id", "outcome")
    show_columns = (
        "event", "at", "actor_id", "role", "account_id", "target_kind", "target_id", "outcome",
        "address", "session_id", "request_id", "seq",
    )  # fmt: skip
    search_columns = (
        "event", "outcome", "at", "target_kind", "target_id", "request_id", "actor_id",
        "account_id", "session_id",
    )  # fmt: skip
    linked_by = frozenset({"account_id", "actor_id", "session_id"})
    order_columns = ("event", "at", "outcome")
    base_order = ("seq", "desc")
    label_columns = {
        "event": _p("column", "What happened"),
        "at": _p("column", "When"),
        "actor_id": _p("column", "Who"),
        "role": _p("column", "Under which role"),
        "account_id": _p("one", "Account"),
        "target_kind": _p("column", "On what"),
        "target_id": _p("column", "Its number"),
        "outcome": _p("column", "Outcome"),
        "address": _l("Network address"),
        "session_id": _p("one", "Session"),
        "request_id": _l("Reference"),
        "seq": _l("Number in the chain"),
    }
    choices = {
        "event": EVENTS,
        "outcome": {key: Tag(_OUTCOME_TAGS[key], words) for key, words in OUTCOMES.items()},
        "target_kind": KINDS,
    }
    identifiers = frozenset({"request_id"})
    moments = frozenset({"at"})
    tabs = (
        Tab(_p("trail", "All"), {}),
        Tab(_p("trail", "Refused"), {"_flt_0_outcome": "refused"}),
        Tab(_p("trail", "Failed"), {"_flt_0_outcome": "failed"}),
    )

    def _page(self, query: Any, asked: Any) -> Sequence[Any]:
        rows = super()._page(query, asked)
        _learn_names(rows)
        return rows

    def _found(self, pk: str) -> Any:
        row = super()._found(pk)
        _learn_names([row])
        return row

    def cell(self, row: Any, column: str) -> Any:
        """People and businesses by their names; jobs and strangers have none."""
        if column == "actor_id":
            return _name_of("people", row.actor_id) or gettext("No one signed in")
        if column == "account_id":
            return _name_of("accounts", row.account_id) or ""
        if column == "role" and row.role:
            return STAFF_NAMES.get(row.role) or _ROLES.get(row.role, row.role)
        return super().cell(row, column)

    def cell_kind(self, row: Any, column: str) -> str:
        """Names, and no numbers to add up."""
        return "text" if column.endswith("_id") else super().cell_kind(row, column)

    def row_title(self, row: Any) -> str:
        """What happened."""
        return str(EVENTS.get(row.event, row.event))

    def more_of(self, row: Any) -> Any:
        """Which fields changed, from what to what; personal ones as long as they are kept."""
        return drawn("staff/entry.html", entry=row, pairs=list(_pairs(row)))


def _pairs(row: Entry) -> Iterator[tuple[str, str, str | None, str | None]]:
    personal = {name: pair for name, pair in row.personal.items() if name != "address"}
    for name, (before, after) in sorted((row.changes | personal).items()):
        yield name, field_label(name), before, after


def _learn_names(rows: Collection[Entry]) -> None:
    """Read the names of a page of entries at once: the trail holds plain numbers only."""
    people = {row.actor_id for row in rows if row.actor_id is not None}
    accounts = {row.account_id for row in rows if row.account_id is not None}
    known: dict[tuple[str, int], str] = g.setdefault("trail_names", {})
    persons = select(literal("people"), Party.id, Party.name).where(Party.id.in_(people))
    businesses = (
        select(literal("accounts"), Account.id, Party.name)
        .join(Party, Party.id == Account.party_id)
        .where(Account.id.in_(accounts))
    )
    found = session.execute(union_all(persons, businesses))
    known |= {(kind, key): name for kind, key, name in found}


def _name_of(kind: str, key: int | None) -> str | None:
    names: dict[tuple[str, int | None], str] = g.get("trail_names", {})
    return names.get((kind, key)) or (str(key) if key is not None else None)


SCREENS: Screens = ((EntryView, "trail"),)


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
