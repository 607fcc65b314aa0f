"""Who may give, change and take which role, and how a membership or a transfer moves on.

Pure questions: facts come in as arguments, answers go out. Whether a person may attempt the
deed at all is the predicate's answer (``authorise``); these rules come after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class Role:
    """A role as the definition has it; ``rank`` 1 is the highest."""

    code: str
    rank: int
    exclusive: bool = False
    required: bool = False

    @property
    def only_moves(self) -> bool:
        """One person has it, and never nobody: it changes hands, nobody gives or ends it."""
        return self.exclusive and self.required


@dataclass(frozen=True, slots=True)
class Grant:
    """A holder of ``giver`` may give ``role``, or only propose it."""

    giver: str
    role: str
    kind: Literal["give", "propose"]


@dataclass(frozen=True, slots=True)
class RoleBook:
    """The roles of one program and who hands them on."""

    roles: Mapping[str, Role]
    grants: frozenset[Grant]

    def by_rank(self) -> list[Role]:
        """The roles from the highest to the lowest."""
        return sorted(self.roles.values(), key=lambda role: (role.rank, role.code))

    def _granted(self, held: Iterable[str], role: str, kind: Literal["give", "propose"]) -> bool:
        return any(Grant(giver, role, kind) in self.grants for giver in held)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does the deed, with the roles that are effective in this account now."""

    person_id: int
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Member:
    """Whose membership the deed is about."""

    person_id: int
    role: str
    status: str
    added_by: int | None = None


# ── who hands on which role ─────────────────────────────────────────────────────────────


def may_give(book: RoleBook, actor: Actor, role: str) -> bool:
    """The actor hands on this role by their own decision.

    "Owner gives every role but owner, proxy and full access users give the two lower ones"
    (design §9): that one is transferred. "At least two BAMs are recommended (no cap found)"
    (facts B3): a required role that several may hold is given by those who give it.
    """
    known = book.roles.get(role)
    if known is None or known.only_moves:
        return False
    return book._granted(actor.roles, role, "give")  # noqa: SLF001 (the book's own question)


def may_propose(book: RoleBook, actor: Actor, role: str) -> bool:
    """The actor may name somebody for this role, even if another person decides.

    "User administrators may propose users, as data; the owner (facts A2) activates" (design §9).
    """
    if may_give(book, actor, role):
        return True
    known = book.roles.get(role)
    if known is None or known.only_moves:
        return False
    return book._granted(actor.roles, role, "propose")  # noqa: SLF001 (as above)


def roles_to_offer(book: RoleBook, actor: Actor) -> list[str]:
    """What the form "Add a user" lets the actor choose, from the highest."""
    return [role.code for role in book.by_rank() if may_propose(book, actor, role.code)]


def roles_to_give(book: RoleBook, actor: Actor) -> list[str]:
    """What the form "Change the role" lets the actor choose, from the highest."""
    return [role.code for role in book.by_rank() if may_give(book, actor, role.code)]


def needs_fresh_code(book: RoleBook, role: str) -> bool:
    """Giving this role asks for a fresh code: the highest that can be given at all.

    "Step-up: a code verified in the last 20 minutes for transfer, highest roles" (design §5).
    """
    ranks = [known.rank for known in book.roles.values() if not known.only_moves]
    known = book.roles.get(role)
    return known is not None and known.rank == min(ranks, default=0)


# ── what may be done to a member ────────────────────────────────────────────────────────


def may_manage(book: RoleBook, actor: Actor, member: Member) -> bool:
    """The actor changes, suspends, restores or removes this user.

    "By those who may give that role; user administrators only propose. Nobody raises their own
    role, removes the owner …" (issue 2 §4): never oneself, never the holder of a role that only
    changes hands. The last holder of a required role stays whoever asks: ``is_last``.
    """
    return actor.person_id != member.person_id and may_give(book, actor, member.role)


def may_change_role(book: RoleBook, actor: Actor, member: Member, role: str) -> bool:
    """The actor turns this user's role into ``role``: they may give the old and the new one.

    Without the first, a full access user could pull a proxy owner down to their own level.
    """
    return may_manage(book, actor, member) and may_give(book, actor, role)


def may_take_back(book: RoleBook, actor: Actor, member: Member) -> bool:
    """The actor ends a membership that is not effective yet.

    Whoever may give the role; and whoever proposed it, since nobody has decided on it so far.
    """
    if member.status not in {"offered", "waiting"} or actor.person_id == member.person_id:
        return False
    mine = member.added_by == actor.person_id and may_propose(book, actor, member.role)
    return mine or may_manage(book, actor, member)


def may_edit_contact(book: RoleBook, actor: Actor, member: Member) -> bool:
    """The actor corrects the business contact shown for this user.

    Their own: "doivent tenir leurs coordonnées à jour" (account page, step 2). Another's: by
    those who may give the role, or proposed it and wait for the answer.
    """
    if actor.person_id == member.person_id:
        return True
    return may_manage(book, actor, member) or may_take_back(book, actor, member)


def is_last(book: RoleBook, member: Member, holders: Iterable[int]) -> bool:
    """Nobody would hold this required role once the member does not: suspended, moved or gone.

    "Last BAM cannot leave or be revoked" (facts B5). ``holders`` are the people in whose hands
    the role is now; a role that the member does not hold yet leaves nobody behind.
    """
    role = book.roles.get(member.role)
    required = role is not None and role.required and member.status == "active"
    return required and not set(holders) - {member.person_id}


def may_leave(book: RoleBook, member: Member, holders: Iterable[int]) -> bool:
    """The member gives their access up by themselves.

    Not the owner: "Exactly one account owner, mandatory" (facts A4); they transfer first. Nor
    the last who holds a required role (``is_last``); of several, each.
    """
    role = book.roles.get(member.role)
    if member.status == "ended" or (role is not None and role.only_moves):
        return False
    return not is_last(book, member, holders)


# ── how a membership moves ──────────────────────────────────────────────────────────────


class Move(StrEnum):
    """A change of a membership's status."""

    ACCEPT = "accept"
    DECLINE = "decline"
    LAPSE = "lapse"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    REACTIVATE = "reactivate"
    CHANGE_ROLE = "change_role"
    END = "end"


MOVES_FROM: Mapping[Move, frozenset[str]] = {
    Move.ACCEPT: frozenset({"offered"}),
    Move.DECLINE: frozenset({"offered"}),
    Move.LAPSE: frozenset({"offered"}),
    Move.ACTIVATE: frozenset({"waiting"}),
    Move.SUSPEND: frozenset({"active"}),
    Move.REACTIVATE: frozenset({"suspended"}),
    Move.CHANGE_ROLE: frozenset({"active", "suspended"}),
    Move.END: frozenset({"offered", "waiting", "active", "suspended"}),
}


def can_move(move: Move, status: str) -> bool:
    """The membership's status allows this move. Nothing moves an ended one."""
    return status in MOVES_FROM[move]


def is_open(expires_at: datetime | None, moment: datetime) -> bool:
    """An offer can still be answered at ``moment``: to the end of its last day, that included."""
    return expires_at is None or moment <= expires_at


def status_after_acceptance(
    *, adder_gives: bool, adder_activates: bool, waits_for_activation: bool
) -> str:
    """What an accepted offer becomes: *active* at once, or *waiting*.

    "Added by the owner: active then; by anyone else who may: waits for the owner" (issue 2 §4).
    Judged by what the adder may do at the moment of acceptance: an offer of somebody who has
    lost the role since opens nothing. A definition may let givers' offers pass without waiting;
    a mere proposal always waits.
    """
    decided = adder_gives and (adder_activates or not waits_for_activation)
    return "active" if decided else "waiting"


def end_reason(status: str) -> str:
    """What it is called when somebody else ends a membership of this status."""
    return {"offered": "withdrawn", "waiting": "refused"}.get(status, "removed")


# ── transfer of ownership ───────────────────────────────────────────────────────────────


def can_answer_transfer(state: str, expires_at: datetime, moment: datetime) -> bool:
    """The transfer can still be accepted or declined.

    "Accepted with attestation by that portal user within 7 days" (issue 2 §4).
    """
    return state == "offered" and is_open(expires_at, moment)


def can_withdraw_transfer(state: str) -> bool:
    """The owner can still take the offer back: "withdrawn any time before" (issue 2 §4)."""
    return state == "offered"


def old_holder_choices(becomes: str, *, may_leave: bool) -> tuple[str | None, ...]:
    """What the old owner chooses between, the proposed one first; None is leaving.

    "Old owner: asked, proxy by default" (design §9).
    """
    return (becomes, None) if may_leave else (becomes,)


# ── three data that name a person ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Named:
    """Who is meant, by what that person gave: all folded for comparison by the caller.

    "attribuez lui le rôle … en indiquant son nom de famille, son numéro de référence
    d'utilisateur et son adresse de courriel" (account page, step 6; facts A2).
    """

    urn: str
    family_name: str
    email: str


def is_same_person(given: Named, known: Named, *, live: bool) -> bool:
    """All three data fit a person who may use the portal.

    Every comparison is made, whatever the first says: the time taken tells nothing of which
    one was wrong.
    """
    fits = [
        given.urn == known.urn,
        given.family_name == known.family_name,
        given.email == known.email,
        live,
    ]
    return all(fits)
