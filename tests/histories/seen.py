"""The whole visible state: every table that deeds change, read in the reference's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.histories.reference import Row

_N_ACCOUNT = "(SELECT count(*) FROM account a WHERE a.id <= account_id) AS account"
_N_REGISTRATION = (
    "(SELECT count(*) FROM registration r WHERE r.id <= registration_id) AS registration"
)
TABLES: dict[str, str] = {
    "people": "SELECT id, state FROM person ORDER BY id",
    "accounts": "SELECT a.id, row_number() OVER (ORDER BY a.id) AS n, a.program_id AS program,"
    " b.bn AS business, a.state FROM account a JOIN business b ON b.id = a.party_id ORDER BY a.id",
    "memberships": f"SELECT id, person_id AS person, {_N_ACCOUNT}, role_code AS role,"
    " status, added_by AS by, offer_expires_at AS until, accepted_at AS accepted, activated_by,"
    " starts_at AS starts, ended_at AS ended, end_reason AS reason FROM membership ORDER BY id",
    "transfers": f"SELECT id, {_N_ACCOUNT}, from_person_id AS giver,"
    " to_person_id AS taker, old_owner_role AS becomes, state, offered_at AS at,"
    " expires_at AS until, answered_at AS answered, attested_at AS attested"
    " FROM ownership_transfer ORDER BY id",
    "posts": "SELECT id, person_id AS person, program_id AS program, staff_role AS kind,"
    " starts_at AS starts, ends_at AS ends FROM staff_assignment ORDER BY id",
    "registrations": "SELECT id, program_id AS program, person_id AS person, kind, state,"
    " officer_reason AS reason, bn AS business, made_at AS made, sent_at AS sent,"
    " activated_at AS activated FROM registration ORDER BY id",
    "letters": f"SELECT id, {_N_REGISTRATION}, state, due_at AS due, made_at AS made,"
    " made_by, (SELECT count(*) FROM letter o WHERE o.id <= letter.replaces_id) AS replaces"
    " FROM letter ORDER BY id",
    "codes": f"SELECT id, {_N_REGISTRATION},"
    " (SELECT count(*) FROM letter l WHERE l.id <= letter_id) AS letter, state, tries,"
    " made_at AS made, expires_at AS until,"
    " reminders FROM activation_code ORDER BY id",
    "sessions": "SELECT id, person_id AS person, purpose, stage, started_at AS started,"
    " last_seen_at AS seen, code_verified_at AS verified, full_at AS full, ended_at AS ended,"
    " end_reason AS reason FROM sign_in_session ORDER BY id",
    "challenges": "SELECT person_id AS person, purpose, (SELECT count(*) FROM sign_in_session s"
    " WHERE s.id <= session_id) AS session, tries, made_at AS made, expires_at AS until,"
    " consumed_at AS consumed, replaced_at AS replaced FROM challenge ORDER BY made_at",
    "factors": "SELECT person_id AS person, in_a_row, in_all, locks, locked_until AS until,"
    " disabled_at AS disabled FROM factor ORDER BY person_id",
    # What was told of refusals, and when, shows in the trail itself.
    "spent": "SELECT kind, subject, at FROM limit_event WHERE kind NOT LIKE 'told:%' ORDER BY id",
}
"""How each table of the reference is read; rows in the order in which they were made."""

NEW = {
    "notice": "SELECT id, person_id AS person, template FROM notice WHERE id > :since ORDER BY id",
    "entry": "SELECT seq AS id, event, outcome, actor_id AS actor FROM audit.entry"
    " WHERE seq > :since ORDER BY seq",
}
"""What has been said, and written in the trail, since the last look."""
ENDS = (
    "SELECT coalesce((SELECT max(id) FROM notice), 0) AS notice,"
    " coalesce((SELECT max(seq) FROM audit.entry), 0) AS entry"
)

_PEOPLE = {"person", "by", "activated_by", "giver", "taker", "actor", "made_by", "officer"}


def rows_of(portal: Any, stage: Any, name: str) -> list[Row]:
    """The rows of one table."""
    return [said_in_names(stage, row) for row in portal.read(TABLES[name])]


def said_in_names(stage: Any, row: Row) -> Row:
    """People by name, programs by place, roles by rank."""
    words: dict[str, Callable[[Any], Any]] = {
        "program": lambda key: next(n for n, one in stage.program.items() if one == key),
        "role": stage.role.index,
        "becomes": stage.role.index,
        "business": stage.bn.get,
        **dict.fromkeys(_PEOPLE, stage.people.get),
    }
    return {
        name: words[name](value) if name in words and value is not None else value
        for name, value in row.items()
    }


def difference(name: str, there: list[Row], expected: list[Row]) -> str | None:
    """The first difference, as a sentence; the reference learns the numbers of its new rows."""
    for place, (row, wanted) in enumerate(zip(there, expected, strict=False)):
        if "id" in row:
            wanted.setdefault("id", row["id"])
        for key, value in row.items():
            if value != wanted[key]:
                return (
                    f"{name} {place + 1}: {key} is {value!r}, and {wanted[key]!r} in the"
                    f" reference\n  there: {row}\n  reference: {wanted}"
                )
    if len(there) != len(expected):
        more, where = (there, "there") if len(there) > len(expected) else (expected, "reference")
        extra = more[min(len(there), len(expected))]
        return f"{name}: {len(there)} there, {len(expected)} in the reference; {where}: {extra}"
    return None
