"""Staff screen: the trail. It is read here and can be changed nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from flask import g
from flask_appbuilder import AppBuilder
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from sqlalchemy import Text, and_, cast, inspect
from sqlalchemy.orm import foreign, relationship

from app.audit.events import Outcome
from app.audit.labels import EVENTS, OUTCOMES
from app.audit.models import Entry
from app.authority.staff_names import STAFF_NAMES
from app.parties.models import Account, Party, Person
from app.web.admin import SafeModelView, SafeSQLAInterface, Tab, Tag
from app.web.staff.fragment import drawn
from app.web.staff.screens import Screens, add_screens
from app.web.staff.trail import ROLES, lines_of
from app.web.staff.trail_names import NAMED, Names

_OUTCOME_TAGS = {Outcome.DONE: "done", Outcome.REFUSED: "refused", Outcome.FAILED: "late"}
KINDS = {
    "account": _p("one", "Account"),
    "activation_code": _p("one", "Activation code"),
    "announcement": _p("one", "Announcement"),
    "business_tries": _p("one", "Tries to enrol a business"),
    "bulk_run": _p("one", "Result"),
    "case_part": _p("one", "Profile of an application"),
    "client_case": _p("one", "Application"),
    "ledger_import": _p("one", "Import of the ledger"),
    "ledger_line": _p("one", "Ledger line"),
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
    "submission": _p("one", "Submission"),
}
AT_ONCE: Final = 500
"""Entries of a file whose names are read together."""
_TOLD: Final = frozenset({"actor_id", "account_id", "target_id", "role"})


def _joined_by_number() -> None:
    """Let the filters pass from an entry's plain numbers to names, where those rows still are.

    The trail itself stands below parties and knows none of them.
    """
    ways = {
        "actor": relationship(
            Party, primaryjoin=foreign(Entry.actor_id) == Party.id, viewonly=True
        ),
        "account": relationship(
            Account, primaryjoin=foreign(Entry.account_id) == Account.id, viewonly=True
        ),
        "person_concerned": relationship(
            Person,
            primaryjoin=and_(
                Entry.target_kind == "person",
                foreign(Entry.target_id) == cast(Person.id, Text),
            ),
            viewonly=True,
        ),
    }
    for name, way in ways.items():
        inspect(Entry).add_property(name, way)


_joined_by_number()


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
        "event", "actor.search", "account.party.search", "outcome", "at", "target_kind",
        "target_id", "request_id", "actor_id", "account_id", "session_id", "person_concerned.id",
    )  # fmt: skip
    linked_by = frozenset({"account_id", "actor_id", "session_id", "person_concerned.id"})
    order_columns = ("event", "at", "outcome")
    base_order = ("seq", "desc")
    label_columns = {
        "event": _p("column", "What happened"),
        "at": _p("column", "When"),
        "actor_id": _p("column", "Who"),
        "actor.search": _p("column", "Who"),
        "role": _p("column", "Under which role"),
        "account_id": _p("one", "Account"),
        "account.party.search": _p("one", "Account"),
        "person_concerned.id": _p("column", "Person concerned"),
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

    def prepared(self, rows: Iterable[Entry]) -> Iterator[Entry]:
        """The names for what entries hold as plain numbers, read for many of them at once."""
        each = iter(rows)
        while some := list(islice(each, AT_ONCE)):
            _names().learn(some)
            yield from some

    def _found(self, pk: str) -> Any:
        row = super()._found(pk)
        _names().learn([row])
        return row

    def cell(self, row: Any, column: str) -> Any:
        """People and businesses by their names; jobs and strangers have none."""
        if column == "actor_id":
            return _name("actor_id", row.actor_id) or gettext("No one signed in")
        if column == "account_id":
            return _name("account_id", row.account_id)
        if column == "target_id":
            return _target(row)
        if column == "role" and row.role:
            return STAFF_NAMES.get(row.role) or ROLES.get(row.role, row.role)
        return super().cell(row, column)

    def exported(self, row: Any, column: str) -> Any:
        """The same names and words in a file."""
        if column in _TOLD:
            return str(self.cell(row, column))
        return super().exported(row, column)

    def cell_kind(self, row: Any, column: str) -> str:
        """Names, and no numbers to add up."""
        return "text" if column.endswith("_id") else super().cell_kind(row, column)

    def row_title(self, row: Any) -> str:
        """What happened."""
        return str(EVENTS.get(row.event, row.event))

    def more_of(self, row: Any) -> Any:
        """Which fields changed, from what to what; personal ones as long as they are kept."""
        return drawn("staff/entry.html", entry=row, lines=list(lines_of(row, _names())))


def _names() -> Names:
    """The names that this request has read so far."""
    names: Names = g.setdefault("trail_names", Names())
    return names


def _name(field: str, key: int | None) -> str:
    """A row by its name; by its number once it is gone."""
    if key is None:
        return ""
    return _names().of(NAMED[field], str(key)) or str(key)


def _target(row: Entry) -> str:
    """What it is about, by its number, and by name where it has one."""
    name = _names().of_target(row)
    return f"{row.target_id} ({name})" if name else row.target_id or ""


SCREENS: Screens = ((EntryView, "trail"),)


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
