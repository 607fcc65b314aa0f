"""FAB's roles of the staff kinds: which screens exist for whom.

A FAB role says that a screen is there; which rows it shows is for ``visible``. The roles come
from code (``app.authority.staff`` and the screens' own table), are written by ``sync`` as the
owner, and are never edited by hand; who has which follows the staff assignments.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import CursorResult, Result, delete, insert, select
from sqlalchemy.orm import Session

from app.authority.models import StaffAssignment
from app.authority.predicate import within
from app.authority.staff import STAFF_ROLES
from app.parties.models import Person
from app.programs.models import StaffRoleAction
from app.programs.service import sync_steps

Screens = Mapping[str, Mapping[str, str]]
"""Screen → FAB permission (``can_list``) → the staff action that it stands for."""

Pair = tuple[str, str]


def sync_actions(db: Session) -> int:
    """Copy what each kind of staff may do into the table that the predicate reads."""
    wanted = {(kind, action) for kind, actions in STAFF_ROLES.items() for action in actions}
    known = set(db.execute(select(StaffRoleAction.staff_role, StaffRoleAction.action_code)))
    for kind, action in known - wanted:
        db.delete(db.get_one(StaffRoleAction, (kind, action)))
    db.add_all(StaffRoleAction(staff_role=k, action_code=a) for k, a in sorted(wanted - known))
    db.flush()
    return len(known ^ wanted)


def sync_roles(db: Session, screens: Screens) -> int:
    """Write FAB's permissions and roles as the code has them, and take away all others.

    Run by ``sync`` as the owner: the application's role can only read these tables. Then
    everybody's roles are brought in step with their assignments. Returns how many rows it
    wrote or took away.
    """
    wanted = {(name, view): act for view, names in screens.items() for name, act in names.items()}
    names, views = {name for name, _ in wanted}, {view for _, view in wanted}
    written = sum(
        _add_names(db, model, due)
        for model, due in ((Permission, names), (ViewMenu, views), (Role, set(STAFF_ROLES)))
    )
    written += _sync_pairs(db, wanted.keys())
    written += _sync_grants(db, wanted)
    written += (
        _drop_roles(db) + _drop_names(db, Permission, names) + _drop_names(db, ViewMenu, views)
    )
    people = db.scalars(select(StaffAssignment.person_id).distinct()).all()
    return written + sum(follow_assignments(db, person_id) for person_id in people)


def follow_assignments(db: Session, person_id: int) -> int:
    """Give the person's FAB user exactly the roles of the assignments that run now.

    The person's row is locked first: two deeds that end posts of one person in two programs
    would each still see the other's, and the role would stay. Returns how many roles changed.
    """
    user_id = db.scalars(
        select(Person.user_id).where(Person.id == person_id).with_for_update(key_share=True)
    ).one()
    kinds = select(StaffAssignment.staff_role).where(
        StaffAssignment.person_id == person_id,
        within(StaffAssignment.starts_at, StaffAssignment.ends_at),
    )
    links = assoc_user_role
    due = set(db.scalars(select(Role.id).where(Role.name.in_(kinds))))
    has = set(db.scalars(select(links.c.role_id).where(links.c.user_id == user_id)))
    if has - due:
        db.execute(delete(links).where(links.c.user_id == user_id, links.c.role_id.in_(has - due)))
    if due - has:
        db.execute(insert(links), [{"user_id": user_id, "role_id": key} for key in due - has])
    return len(has ^ due)


def _add_names(db: Session, model: type[Any], names: set[str]) -> int:
    missing = names - set(db.scalars(select(model.name)))
    db.add_all(model(name=name) for name in sorted(missing))
    db.flush()
    return len(missing)


def _drop_names(db: Session, model: type[Any], names: set[str]) -> int:
    return _rows(db.execute(delete(model).where(model.name.not_in(names))))


def _drop_roles(db: Session) -> int:
    """Take away roles that code does not know: FAB's own Admin and Public among them."""
    unknown = select(Role.id).where(Role.name.not_in(STAFF_ROLES))
    db.execute(delete(assoc_user_role).where(assoc_user_role.c.role_id.in_(unknown)))
    return _rows(db.execute(delete(Role).where(Role.name.not_in(STAFF_ROLES))))


def _pairs(db: Session) -> dict[Pair, int]:
    """Every permission on a screen, and its key."""
    asked = (
        select(Permission.name, ViewMenu.name, PermissionView.id)
        .select_from(PermissionView)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
    )
    return {(name, view): key for name, view, key in db.execute(asked)}


def _sync_pairs(db: Session, wanted: Collection[Pair]) -> int:
    known = _pairs(db)
    stale = [key for pair, key in known.items() if pair not in wanted]
    links = assoc_permissionview_role
    db.execute(delete(links).where(links.c.permission_view_id.in_(stale)))
    db.execute(delete(PermissionView).where(PermissionView.id.in_(stale)))
    permissions = {row.name: row.id for row in db.scalars(select(Permission))}
    views = {row.name: row.id for row in db.scalars(select(ViewMenu))}
    missing = sorted(set(wanted) - known.keys())
    db.add_all(
        PermissionView(permission_id=permissions[name], view_menu_id=views[view])
        for name, view in missing
    )
    db.flush()
    return len(stale) + len(missing)


def _sync_grants(db: Session, wanted: Mapping[Pair, str]) -> int:
    """Grant each kind the permissions whose action it has, and no other."""
    roles = {row.name: row.id for row in db.scalars(select(Role))}
    pairs = _pairs(db)
    due = {
        (roles[kind], pairs[pair])
        for kind, actions in STAFF_ROLES.items()
        for pair, action in wanted.items()
        if action in actions
    }
    links = assoc_permissionview_role
    has = set(db.execute(select(links.c.role_id, links.c.permission_view_id)))
    for role, pair in has - due:
        db.execute(delete(links).where(links.c.role_id == role, links.c.permission_view_id == pair))
    if due - has:
        new = [{"role_id": role, "permission_view_id": pair} for role, pair in sorted(due - has)]
        db.execute(insert(links), new)
    return len(has ^ due)


def _rows(result: Result[Any]) -> int:
    return cast("CursorResult[Any]", result).rowcount


sync_steps.append(sync_actions)
