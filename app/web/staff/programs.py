"""What the officers' own pages share: the program they work in, the way back to the screens."""

from __future__ import annotations

from flask import request, url_for

from app.authority.queries import find, staff_programs
from app.base.db import session
from app.base.errors import NotFound
from app.programs.models import Program
from app.programs.schema.definition import Definition
from app.programs.service import definition
from app.web.access import current_person


def program_for(action: str) -> tuple[Program, Definition]:
    """The program that the page works in: the one asked for, else the officer's first."""
    actor = current_person().id
    allowed = staff_programs(session, actor, action)
    asked = request.args.get("program", type=int)
    if not allowed or (asked is not None and asked not in allowed):
        raise NotFound("program")
    program = find(session, actor, action, Program, asked or allowed[0])
    return program, definition(program.code)


def screen(view: str, key: int | None = None) -> str:
    """The address of a generated screen, or of one row of it."""
    if key is None:
        return url_for(f"{view}.list")
    return url_for(f"{view}.show", pk=key)
