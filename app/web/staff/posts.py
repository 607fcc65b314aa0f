"""Where the person at the keyboard works, and the nameplate that says so."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_babel import ngettext
from sqlalchemy import inspect

from app.authority.staff_names import STAFF_NAMES
from app.base.db import session
from app.base.errors import NotFound
from app.programs.library import definition
from app.programs.models import Program
from app.programs.schema.definition import Definition
from app.web.access import person_or_none
from app.web.context import Nameplate
from app.web.staff.worklist import Desk, desks


def desks_here() -> list[Desk]:
    """The programs that the person works for. Asked once a request."""
    if "staff_desks" not in g:
        person = person_or_none()
        g.staff_desks = desks(session, person.id) if person is not None else []
    found: list[Desk] = g.staff_desks
    return found


def definition_here(program_id: int) -> Definition | None:
    """The definition of a program that the person works for; none when its file is gone."""
    codes = (desk.program.code for desk in desks_here() if desk.program.id == program_id)
    code = next(codes, None)
    try:
        return definition(code) if code is not None else None
    except NotFound:
        return None


def holds(action: str) -> bool:
    """Whether the person has the action in any program."""
    return any(action in desk.held for desk in desks_here())


def offered(model: type[Any], action: str) -> list[Program] | None:
    """The programs in which the person has the action; of other models nothing is known here."""
    if model is not Program:
        return None
    return [desk.program for desk in desks_here() if action in desk.held]


def only_program(action: str) -> int | None:
    """The program in which the person has the action, when it is one alone."""
    here: list[int] = [
        inspect(desk.program).identity[0] for desk in desks_here() if action in desk.held
    ]
    return here[0] if len(here) == 1 else None


def hang_nameplate() -> None:
    """On staff pages the nameplate names the program and the kind of staff, not a business."""
    if not request.path.startswith("/staff") or person_or_none() is None:
        return
    at = desks_here()
    kinds = list(dict.fromkeys(kind for desk in at for kind in desk.kinds))
    if at:
        name = str(at[0].program)
        if len(at) > 1:
            name = ngettext("%(num)s program", "%(num)s programs", len(at))
        role = ", ".join(str(STAFF_NAMES.get(kind, kind)) for kind in kinds)
        g.nameplate = Nameplate(name, role=role)
