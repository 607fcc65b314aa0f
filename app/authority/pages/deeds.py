"""Which deeds a page offers on a membership: the rules' answers, never a rule of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _

from app.authority import rules
from app.authority.access_names import ACCESS_NAMES
from app.authority.models import Membership
from app.authority.pages.opening import actor_here, may_here
from app.authority.people import as_member, in_hands
from app.authority.rules import Move, RoleBook
from app.authority.service import access, members
from app.base.db import session
from app.programs.actions import Action


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A deed that is confirmed on a page of its own: its words, and the service that does it."""

    do: Callable[[int, int, int], object]
    link: Callable[[], str]
    heading: Callable[[str], str]
    verb: Callable[[], str]
    keep: Callable[[], str]
    happens: Callable[[], str]
    done: Callable[[], str]
    danger: bool = True


CONFIRMED: Final[Mapping[str, Confirmed]] = {
    "activate": Confirmed(
        do=members.activate,
        link=lambda: _("Activate the access"),
        heading=lambda name: _("Activate the access of %(name)s?", name=name),
        verb=lambda: _("Activate the access"),
        keep=lambda: _("Not now"),
        happens=lambda: _("This person can open the account under this role, from now on."),
        done=lambda: _("The access is active."),
        danger=False,
    ),
    "suspend": Confirmed(
        do=access.suspend,
        link=lambda: _("Suspend the access"),
        heading=lambda name: _("Suspend the access of %(name)s?", name=name),
        verb=lambda: _("Suspend the access"),
        keep=lambda: _("Keep the access"),
        happens=lambda: _(
            "This person can no longer open the account. The role stays theirs, and the access"
            " can be reactivated."
        ),
        done=lambda: _("The access is suspended."),
    ),
    "reactivate": Confirmed(
        do=access.reactivate,
        link=lambda: _("Reactivate the access"),
        heading=lambda name: _("Reactivate the access of %(name)s?", name=name),
        verb=lambda: _("Reactivate the access"),
        keep=lambda: _("Not now"),
        happens=lambda: _("This person can open the account again, from now on."),
        done=lambda: _("The access is active again."),
        danger=False,
    ),
    "remove": Confirmed(
        do=access.remove,
        link=lambda: _("Remove the access"),
        heading=lambda name: _("Remove the access of %(name)s?", name=name),
        verb=lambda: _("Remove the access"),
        keep=lambda: _("Keep the access"),
        happens=lambda: _(
            "This person can no longer open the account, from now on. To come back, they must be"
            " added again."
        ),
        done=lambda: _("The access is removed."),
    ),
    "withdraw": Confirmed(
        do=access.remove,
        link=lambda: _("Withdraw the offer"),
        heading=lambda name: _("Withdraw the offer to %(name)s?", name=name),
        verb=lambda: _("Withdraw the offer"),
        keep=lambda: _("Keep the offer"),
        happens=lambda: _("This person can no longer accept the role, and is told so by email."),
        done=lambda: _("The offer is withdrawn."),
    ),
    "refuse": Confirmed(
        do=access.remove,
        link=lambda: _("Refuse the access"),
        heading=lambda name: _("Refuse the access of %(name)s?", name=name),
        verb=lambda: _("Refuse the access"),
        keep=lambda: _("Keep the request"),
        happens=lambda: _("This person does not get the role, and is told so by email."),
        done=lambda: _("The access is refused."),
    ),
    "leave": Confirmed(
        do=access.leave,
        link=lambda: _("Leave this account"),
        heading=lambda name: _("Leave the account of %(name)s?", name=name),
        verb=lambda: _("Leave this account"),
        keep=lambda: _("Keep the access"),
        happens=lambda: _(
            "You can no longer open this account, from now on. To come back, you must be added"
            " again."
        ),
        done=lambda: _("You left the account."),
    ),
}

_ENDS: Final = {"offered": "withdraw", "waiting": "refuse"}


def deeds_on(book: RoleBook, row: Membership) -> list[str]:
    """What the reader may do with this membership now, in the order of the page."""
    actor, member = actor_here(), as_member(row)
    mine = actor.person_id == row.person_id
    modify = may_here(Action.USERS_MODIFY)
    manage = modify and rules.may_manage(book, actor, member)
    stays = is_last(book, row)
    found = []
    if may_here(Action.USERS_ACTIVATE) and rules.can_move(Move.ACTIVATE, row.status):
        found += ["activate"] if rules.may_manage(book, actor, member) else []
    if row.status != "ended" and (mine or (modify and rules.may_edit_contact(book, actor, member))):
        found.append("contact")
    if manage and not stays and rules.can_move(Move.CHANGE_ROLE, row.status):
        found.append("role")
    if manage and rules.can_move(Move.REACTIVATE, row.status):
        found.append("reactivate")
    if manage and not stays and rules.can_move(Move.SUSPEND, row.status):
        found.append("suspend")
    taken_back = modify and rules.may_take_back(book, actor, member)
    if (manage or taken_back) and not stays and rules.can_move(Move.END, row.status):
        found.append(_ENDS.get(row.status, "remove"))
    if mine and rules.may_leave(book, member, _hands(row)):
        found.append("leave")
    return found


def is_last(book: RoleBook, row: Membership) -> bool:
    """Nobody would hold a required role of the account once this membership is over."""
    return rules.is_last(book, as_member(row), _hands(row))


def _hands(row: Membership) -> frozenset[int]:
    """In whose hands a required role is; nobody asks that of another."""
    if not row.required:
        return frozenset()
    return in_hands(session, row.account_id, row.role_code)


def access_tag(row: Membership, *, my_turn: bool = False) -> tuple[str, str]:
    """Shape and word for a membership's status."""
    kinds = {
        "offered": "waiting",
        "waiting": "turn" if my_turn else "waiting",
        "active": "done",
        "suspended": "hold",
        "ended": "ended",
    }
    return kinds[row.status], str(ACCESS_NAMES[row.status])
