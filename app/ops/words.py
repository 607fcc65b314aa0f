"""The words of the status page: what was found of a part, since when, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext, lazy_pgettext, ngettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from app.ops.looks.found import Look
from app.web.formats import format_date_iso, format_datetime, format_number, format_size

NAMES: Final[Mapping[str, Any]] = {
    "database": lazy_pgettext("part", "Database"),
    "migrations": lazy_pgettext("part", "Tables"),
    "queue": lazy_pgettext("part", "Queue"),
    "mail": lazy_pgettext("part", "Mail"),
    "store": lazy_pgettext("part", "Storage"),
    "documents": lazy_pgettext("part", "Documents"),
    "scanner": lazy_pgettext("part", "Virus scanner"),
    "anchors": lazy_pgettext("part", "Anchors of the trail"),
    "drafts": lazy_pgettext("part", "Drafts"),
    "clock": lazy_pgettext("part", "Clock and calendar"),
}
TAGS: Final[Mapping[str, tuple[str, Any]]] = {
    "works": ("done", lazy_pgettext("part", "Works")),
    "watch": ("waiting", lazy_pgettext("part", "To watch")),
    "fails": ("late", lazy_pgettext("part", "Does not work")),
}
_VERIFY: Final = _l(
    "Run flask audit verify: it names the first break. Keep the anchor file as it is."
)
WHAT_TO_DO: Final[Mapping[tuple[str, str], Any]] = {
    ("database", "silent"): _l(
        "The database does not answer. Start it, or check its address (DATABASE_URL)."
    ),
    ("database", "read_only"): _l(
        "The database takes no change: look whether its disk is full or whether it is a replica."
    ),
    ("database", "slow"): _l("The database answers slowly: look at its load."),
    ("migrations", "silent"): _l("The version of the tables cannot be read."),
    ("migrations", "behind"): _l("Run run.py prepare of this version."),
    ("queue", "silent"): _l("The queue cannot be read."),
    ("queue", "no_worker"): _l("Nobody works: start run.py worker. No code reaches anybody."),
    ("queue", "late"): _l("Jobs wait too long: start another run.py worker, or look at its log."),
    ("queue", "failed"): _l("Look for the failed jobs in the log of the worker."),
    ("mail", "silent"): _l("What became of mail cannot be read."),
    ("mail", "no_server"): _l(
        "The mail server does not answer. Codes wait for minutes, notices for three days."
    ),
    ("mail", "refused"): _l("Look in the log of the worker why the mail server refused."),
    ("store", "silent"): _l(
        "The folders cannot be looked at: check the settings of the folders (ANCHOR_DIR)."
    ),
    ("store", "read_only"): _l(
        "A folder takes no file: check the rights of the anchors’ folder (ANCHOR_DIR)."
    ),
    ("store", "full"): _l("Little room is left: make some."),
    ("documents", "silent"): _l("The store of documents cannot be looked at."),
    ("documents", "no_store"): _l(
        "The store takes no document: check it and its address (DOCUMENT_STORE_URL)."
    ),
    ("documents", "slow"): _l("The store of documents answers slowly: look at its load."),
    ("scanner", "silent"): _l("The virus scanner cannot be looked at."),
    ("scanner", "not_set"): _l(
        "No virus scanner is set (CLAMD_ADDRESS): documents are marked as not scanned."
    ),
    ("scanner", "no_scanner"): _l(
        "The virus scanner does not answer: documents wait for it. Start it."
    ),
    ("scanner", "undated"): _l(
        "The virus scanner has no dated signatures: look whether it gets new ones every day."
    ),
    ("scanner", "old"): _l(
        "The signatures of viruses are old: look why the scanner gets no new ones."
    ),
    ("anchors", "silent"): _l("The anchors cannot be read: check their folder (ANCHOR_DIR)."),
    ("anchors", "none_late"): _l("No anchor was made yet: look whether the worker runs."),
    ("anchors", "late"): _l(
        "No anchor was made for more than a day: look whether the worker runs."
    ),
    ("anchors", "unproven"): _VERIFY,
    ("anchors", "not_the_trail"): _VERIFY,
    ("drafts", "silent"): _l("Which version the drafts follow cannot be read."),
    ("drafts", "left"): _l(
        "Run flask programs check on the definitions: it names what these drafts lack."
    ),
    ("clock", "silent"): _l("The clock cannot be read."),
    ("clock", "skewed"): _l("Set the clock of this machine. The database’s clock decides."),
    ("clock", "calendar"): _l("Bring in a version of the portal whose calendar reaches further."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A part as the page draws it."""

    name: Any
    tag: tuple[str, Any]
    figure: str
    since: str
    to_do: Any


def line(look: Look) -> Line:
    """The words of what was found, in the reader's language."""
    figure = _FIGURES[look.part](look.facts) if look.facts else gettext("Not known")
    return Line(
        NAMES[look.part],
        TAGS[look.state],
        str(figure),
        _since(look),
        WHAT_TO_DO.get((look.part, look.code), ""),
    )


def _since(look: Look) -> str:
    if look.since is None:
        return str(_NEVER[look.part]) if look.part in _NEVER and look.facts else ""
    when = Markup('<span class="nowrap">{}</span>').format(format_datetime(look.since))
    return escape(str(_SINCE[look.part])) % {"when": when}


_SINCE: Final[Mapping[str, Any]] = {
    "database": _l("Up since %(when)s"),
    "queue": _l("Last sign of a worker: %(when)s"),
    "mail": _l("Last mail: %(when)s"),
    "scanner": _l("Signatures of %(when)s"),
    "anchors": _l("Last anchor: %(when)s"),
    "drafts": _l("Newest version: %(when)s"),
    "clock": _l("Read: %(when)s"),
}
_NEVER: Final[Mapping[str, Any]] = {
    "queue": _l("No sign of a worker yet"),
    "mail": _l("No mail in the last day"),
    "scanner": _l("No dated signatures"),
    "anchors": _l("No anchor yet: one is made every day"),
    "drafts": _l("No version was published yet"),
}


def _database(facts: Mapping[str, Any]) -> Any:
    return gettext(
        "PostgreSQL %(version)s, %(size)s, answers in %(time)s ms",
        version=facts["version"],
        size=format_size(facts["size"]),
        time=format_number(facts["milliseconds"]),
    )


def _migrations(facts: Mapping[str, Any]) -> Any:
    if facts["found"] == facts["needed"]:
        return gettext("Version %(found)s, as the program needs", found=facts["found"])
    return gettext("Version %(found)s, the program needs %(needed)s", **facts)


def _queue(facts: Mapping[str, Any]) -> Any:
    waiting, failed, workers = facts["waiting"], facts["failed"], facts["workers"]
    parts = [
        ngettext("%(num)s worker", "%(num)s workers", workers),
        ngettext("%(num)s job waits", "%(num)s jobs wait", waiting),
        _age(facts["oldest"]),
        ngettext("%(num)s failed in a day", "%(num)s failed in a day", failed) if failed else "",
    ]
    return ", ".join(part for part in parts if part)


def _age(seconds: int) -> Any:
    if not seconds:
        return ""
    if seconds < 120:
        return gettext("the oldest for %(seconds)s s", seconds=format_number(seconds))
    return gettext("the oldest for %(minutes)s min", minutes=format_number(seconds // 60))


def _mail(facts: Mapping[str, Any]) -> Any:
    parts = [gettext("From %(sender)s through %(server)s", **_some(facts, "sender", "server"))]
    if refused := facts["refused"]:
        parts.append(ngettext("%(num)s refused in an hour", "%(num)s refused in an hour", refused))
    if again := facts["tried_again"]:
        parts.append(ngettext("%(num)s to try again", "%(num)s to try again", again))
    return ", ".join(parts)


def _some(facts: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: facts[name] for name in names}


def _store(facts: Mapping[str, Any]) -> Any:
    free = format_size(facts["free"])
    if facts["documents"]:
        return gettext("Anchors and documents, %(free)s free", free=free)
    return gettext("Anchors, %(free)s free", free=free)


def _documents(facts: Mapping[str, Any]) -> Any:
    where = gettext("In a folder") if facts["kind"] == "folder" else gettext("In a bucket")
    if "milliseconds" not in facts:
        return where
    time = format_number(facts["milliseconds"])
    return gettext("%(where)s, written and read in %(time)s ms", where=where, time=time)


def _scanner(facts: Mapping[str, Any]) -> Any:
    return facts["version"] or gettext("Not known")


def _anchors(facts: Mapping[str, Any]) -> Any:
    proven = ngettext("%(num)s anchor proven", "%(num)s anchors proven", facts["anchors"])
    if "since_then" not in facts:
        return proven
    since = facts["since_then"]
    then = ngettext("%(num)s entry since the last", "%(num)s entries since the last", since)
    return f"{proven}, {then}"


def _drafts(facts: Mapping[str, Any]) -> Any:
    waiting = facts["waiting"]
    if not waiting:
        return gettext("All follow the version in force")
    return ngettext("%(num)s under an earlier version", "%(num)s under an earlier version", waiting)


def _clock(facts: Mapping[str, Any]) -> Any:
    return gettext(
        "Differs by %(skew)s s from the database’s; holidays known until %(until)s",
        skew=format_number(round(abs(facts["skew"]), 1)),
        until=format_date_iso(facts["until"]),
    )


_FIGURES: Final = {
    "database": _database,
    "migrations": _migrations,
    "queue": _queue,
    "mail": _mail,
    "store": _store,
    "documents": _documents,
    "scanner": _scanner,
    "anchors": _anchors,
    "drafts": _drafts,
    "clock": _clock,
}
