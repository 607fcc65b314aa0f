"""How a registration and its letters live: their states, their moves, what the person is shown.

Source of most rules: the account page, steps 3 to 5 (shared facts A1, rows 9 to 13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.base.errors import Conflict


class State(StrEnum):
    """Where a registration stands; `app.enrolment.models.Registration` says what each means."""

    DRAFT = "draft"
    INELIGIBLE = "ineligible"
    ROUTED = "routed"
    OFFICER = "officer"
    LETTER = "letter"
    PROVED = "proved"
    ACTIVATED = "activated"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class LetterKind(StrEnum):
    """What a letter is for; `app.enrolment.models.Letter` says what each means."""

    CODE = "code"
    NOTICE = "notice"


class LetterState(StrEnum):
    """Where a letter stands; `app.enrolment.models.Letter` says what each means."""

    DUE = "due"
    WITHHELD = "withheld"
    PREPARED = "prepared"
    PRINTED = "printed"
    POSTED = "posted"
    DELIVERED = "delivered"
    RETURNED = "returned"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


class CodeState(StrEnum):
    """What became of a code. Having expired is no state: the clock says it."""

    VALID = "valid"
    USED = "used"
    REPLACED = "replaced"
    LOCKED = "locked"


class OfficerReason(StrEnum):
    """Why an officer looks at a registration before a letter may be made."""

    ADDRESS = "address"
    NOT_IN_REGISTRY = "not_in_registry"
    ALREADY_ACTIVE = "already_active"
    ANSWERS = "answers"
    NO_FACTS = "no_facts"


class Shown(StrEnum):
    """What the person is told of their registration."""

    ANSWERING = "answering"
    INELIGIBLE = "ineligible"
    BY_EMAIL = "by_email"
    WITH_OFFICER = "with_officer"
    PREPARING = "preparing"
    POSTED = "posted"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LOCKED = "locked"
    EXPIRED = "expired"
    PROVED = "proved"
    ACTIVATED = "activated"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


MOVES: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset(
        {
            State.DRAFT,
            State.INELIGIBLE,
            State.ROUTED,
            State.OFFICER,
            State.LETTER,
            State.ACTIVATED,
            State.LAPSED,
            State.WITHDRAWN,
        }
    ),
    # An answer given by mistake may be corrected: the questions open again.
    State.INELIGIBLE: frozenset({State.DRAFT}),
    State.ROUTED: frozenset({State.DRAFT}),
    State.OFFICER: frozenset({State.LETTER, State.PROVED, State.REFUSED, State.WITHDRAWN}),
    State.LETTER: frozenset({State.ACTIVATED, State.OFFICER, State.LAPSED, State.WITHDRAWN}),
    State.PROVED: frozenset({State.ACTIVATED, State.LAPSED, State.WITHDRAWN}),
    State.ACTIVATED: frozenset(),
    State.REFUSED: frozenset(),
    State.LAPSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}

LETTER_MOVES: Mapping[LetterState, frozenset[LetterState]] = {
    LetterState.DUE: frozenset({LetterState.PREPARED, LetterState.WITHHELD, LetterState.CANCELLED}),
    LetterState.WITHHELD: frozenset({LetterState.DUE, LetterState.CANCELLED}),
    LetterState.PREPARED: frozenset(
        {LetterState.PRINTED, LetterState.REPLACED, LetterState.WITHHELD, LetterState.CANCELLED}
    ),
    LetterState.PRINTED: frozenset(
        {LetterState.POSTED, LetterState.REPLACED, LetterState.WITHHELD, LetterState.CANCELLED}
    ),
    LetterState.POSTED: frozenset({LetterState.DELIVERED, LetterState.RETURNED}),
    LetterState.DELIVERED: frozenset(),
    LetterState.RETURNED: frozenset(),
    LetterState.REPLACED: frozenset(),
    LetterState.CANCELLED: frozenset(),
}

WAITING = frozenset({State.OFFICER, State.LETTER, State.PROVED})
"""The person has finished; the business has no account of theirs yet."""
UNPOSTED = frozenset(
    {LetterState.DUE, LetterState.WITHHELD, LetterState.PREPARED, LetterState.PRINTED}
)
UNCONFIRMED = frozenset({LetterState.PREPARED, LetterState.PRINTED})
"""Made, with a code, and never seen to leave the house."""


def move(state: str, to: State) -> State:
    """The registration's state after the move. Raises Conflict when its present one forbids it."""
    if to not in MOVES[State(state)]:
        raise Conflict(f"{state}_to_{to}")
    return to


def move_letter(state: str, to: LetterState) -> LetterState:
    """The letter's state after the move. Raises Conflict when its present one forbids it."""
    if to not in LETTER_MOVES[LetterState(state)]:
        raise Conflict(f"{state}_to_{to}")
    return to


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a finished registration goes, and why when that is an officer."""

    state: State
    reason: OfficerReason | None = None


def outcome(
    *,
    in_registry: bool,
    same_address: bool,
    referred: bool,
    already_active: bool,
    letters: bool = True,
) -> Outcome:
    """What becomes of a registration whose answers are eligible.

    The letter goes only to the address in the registry; a differing address, or a business that
    is not in it, waits for an officer. The reason that the person is shown comes before
    *already active*, which nobody is shown: whoever registers an active business must see
    exactly what they would see otherwise. Without ``letters`` (the program mails no codes) an
    officer looks at whoever the ledger has no facts to ask.
    """
    if not in_registry:
        return Outcome(State.OFFICER, OfficerReason.NOT_IN_REGISTRY)
    if not same_address:
        return Outcome(State.OFFICER, OfficerReason.ADDRESS)
    if referred:
        return Outcome(State.OFFICER, OfficerReason.ANSWERS)
    if not letters:
        return Outcome(State.OFFICER, OfficerReason.NO_FACTS)
    if already_active:
        return Outcome(State.OFFICER, OfficerReason.ALREADY_ACTIVE)
    return Outcome(State.LETTER)


def looks_waiting_for_letter(state: str, reason: str | None) -> bool:
    """Whether the person sees a registration whose letter is on its way.

    True for one that an officer holds because the business is already active.
    """
    return state == State.LETTER or (
        state == State.OFFICER and reason == OfficerReason.ALREADY_ACTIVE
    )


def shown(
    state: str,
    reason: str | None,
    *,
    letter: str | None,
    code: LastCode | None,
    tries_allowed: int,
    moment: datetime,
) -> Shown:
    """What the person is told; `letter` and `code` are the last ones of the registration.

    Nothing here depends on whether the business is active, nor on whether a code was ended
    because somebody else activated first.
    """
    if looks_waiting_for_letter(state, reason):
        if letter not in {LetterState.POSTED, LetterState.DELIVERED, LetterState.RETURNED}:
            return Shown.PREPARING
        if code is not None and code.expires_at < moment:
            return Shown.EXPIRED
        if code is not None and code.tries >= tries_allowed:
            return Shown.LOCKED
        return Shown(letter)
    return _SHOWN[State(state)]


_SHOWN = {
    State.DRAFT: Shown.ANSWERING,
    State.INELIGIBLE: Shown.INELIGIBLE,
    State.ROUTED: Shown.BY_EMAIL,
    State.OFFICER: Shown.WITH_OFFICER,
    State.PROVED: Shown.PROVED,
    State.ACTIVATED: Shown.ACTIVATED,
    State.REFUSED: Shown.REFUSED,
    State.LAPSED: Shown.LAPSED,
    State.WITHDRAWN: Shown.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class LastCode:
    """The last code of a registration: until when it opens, and how many tries it has seen."""

    expires_at: datetime
    tries: int
