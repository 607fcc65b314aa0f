"""Publishing definitions: `sync` copies what YAML says into tables that constraints can hold."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.base.errors import GuichetError
from app.programs import library
from app.programs.library import definition, definitions
from app.programs.loader import DefinitionError
from app.programs.models import (
    CaseState,
    CaseStep,
    ConsentPartner,
    LevelAction,
    Program,
    ProgramAction,
    ProgramRole,
    ProgramVersion,
    RoleAction,
    RoleGrant,
    Standing,
)
from app.programs.rules.publishing import Published, rewritten
from app.programs.rules.roles import actions_of, rank
from app.programs.schema.definition import Definition
from app.programs.schema.delegation import Acting, Level

__all__ = [
    "DefinitionError",
    "PublishedVersionChanged",
    "definition",
    "definitions",
    "sync",
    "sync_steps",
]

Rows = Mapping[tuple[Any, ...], Mapping[str, Any]]

sync_steps: list[Callable[[Session], int]] = []
"""What other packages write from code at each sync; each returns how many rows it wrote."""


class PublishedVersionChanged(GuichetError):
    """A definition's text differs from what was published under the same version number."""


def sync(db: Session) -> int:
    """Write every definition into its tables, then run the other packages' steps.

    One transaction, the caller's. Returns how many rows were written; a second run writes none.
    Raises `PublishedVersionChanged`, and `DefinitionError` when a file cannot be read.
    """
    library.portal()
    written = sum(_publish(db, one, library.source(one.code)) for one in definitions())
    return written + sum(step(db) for step in sync_steps)


def _publish(db: Session, one: Definition, source: str) -> int:
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    program = db.scalar(select(Program).where(Program.code == one.code))
    if program is not None:
        _refuse_rewriting(db, program, one, sha256)
    else:
        program = Program(code=one.code)
        db.add(program)
    program.name_en, program.name_fr = one.names.full.en, one.names.full.fr
    program.version = one.version
    written = _flush(db)
    if db.get(ProgramVersion, (program.id, one.version)) is None:
        version = {"program_id": program.id, "version": one.version}
        db.add(ProgramVersion(**version, source=source, sha256=sha256))
        written += _flush(db)
        changes = {"code": one.code, "version": one.version, "sha256": sha256}
        record(db, Event.DEFINITION_PUBLISHED, program_id=program.id, changes=changes)
    return written + _write_tables(db, program.id, one)


def _refuse_rewriting(db: Session, program: Program, one: Definition, sha256: str) -> None:
    rows = db.scalars(select(ProgramVersion).where(ProgramVersion.program_id == program.id))
    published = [Published(row.version, row.sha256, row.published_at.date()) for row in rows]
    if sentence := rewritten(one.version, sha256, published):
        raise PublishedVersionChanged(f"{one.code}.yaml, version: {sentence}")


def _write_tables(db: Session, program_id: int, one: Definition) -> int:
    """What depends on what decides the order: links go first, and come last."""
    links = {RoleAction: _role_actions(one), RoleGrant: _grants(one), LevelAction: _levels(one)}
    written = sum(_remove(db, model, program_id, rows) for model, rows in links.items())
    written += _write(db, ProgramRole, program_id, _roles(one))
    written += _retire(db, program_id, one)
    written += _remove(db, ProgramAction, program_id, _actions(one))
    written += _write(db, ProgramAction, program_id, _actions(one))
    written += _write(db, Standing, program_id, _standings(one))
    written += _write(db, CaseState, program_id, _states(one))
    written += _write(db, CaseStep, program_id, _steps(one))
    written += _write(db, ConsentPartner, program_id, _partners(one))
    return written + sum(_write(db, model, program_id, rows) for model, rows in links.items())


def _roles(one: Definition) -> Rows:
    return {
        (code,): {
            "label_en": role.label.en,
            "label_fr": role.label.fr,
            "rank": rank(one, code),
            "exclusive": role.exclusive,
            "required": role.required,
            "reach": role.reach,
            "retired": False,
        }
        for code, role in one.roles.items()
    }


def _actions(one: Definition) -> Rows:
    return {
        (action,): {"label_en": label.en, "label_fr": label.fr}
        for row in one.matrix.values()
        for action, label in row.actions.items()
    }


def _role_actions(one: Definition) -> Rows:
    return {(role, action): {} for role in one.roles for action in actions_of(one, role)}


def _grants(one: Definition) -> Rows:
    return {
        (giver, role): {"kind": kind}
        for giver, holder in one.roles.items()
        for kind, named in (("give", holder.gives), ("propose", holder.proposes))
        for role in named
    }


def _levels(one: Definition) -> Rows:
    """Levels and acting roles: both limit what a delegation grants, by the same table."""
    if one.delegation is None:
        return {}
    limits: list[Level | Acting] = [
        *one.delegation.levels.values(),
        *one.delegation.acting.values(),
    ]
    return {
        (limit.code, action): {}
        for limit in limits
        for row in limit.may
        for action in one.matrix[row].actions
    }


def _standings(one: Definition) -> Rows:
    return {
        (code,): {"label_en": standing.label.en, "label_fr": standing.label.fr}
        for code, standing in one.standings.items()
    }


def _states(one: Definition) -> Rows:
    return {
        (one.version, kind, code): {
            "label_en": state.label.en,
            "label_fr": state.label.fr,
            "initial": state.initial,
            "final": state.final,
        }
        for kind, case in one.cases.items()
        for code, state in case.states.items()
    }


def _steps(one: Definition) -> Rows:
    return {
        (one.version, kind, code, start): {"to_state": move.goes_to}
        for kind, case in one.cases.items()
        for code, move in case.moves.items()
        for start in move.comes_from
    }


def _partners(one: Definition) -> Rows:
    return {
        (one.version, consent.code, consent.wording, code): {
            "label_en": partner.label.en,
            "label_fr": partner.label.fr,
            "begins": partner.begins,
            "ends": partner.ends,
        }
        for consent in one.consents.values()
        for code, partner in consent.partners.items()
    }


def _retire(db: Session, program_id: int, one: Definition) -> int:
    """A role gone from the definition stays for the memberships that remember it."""
    for role in db.scalars(select(ProgramRole).where(ProgramRole.program_id == program_id)):
        role.retired = role.code not in one.roles
    return _flush(db)


def _existing(db: Session, model: type[Any], program_id: int) -> dict[tuple[Any, ...], Any]:
    found = db.scalars(select(model).where(model.program_id == program_id))
    return {tuple(getattr(row, name) for name in _key(model)): row for row in found}


def _key(model: type[Any]) -> tuple[str, ...]:
    """The primary key after the program, in the order in which the rows above write it."""
    return tuple(c.name for c in model.__table__.primary_key if c.name != "program_id")


def _write(db: Session, model: type[Any], program_id: int, rows: Rows) -> int:
    existing = _existing(db, model, program_id)
    for key, values in rows.items():
        row = existing.get(key)
        if row is None:
            row = model(program_id=program_id, **dict(zip(_key(model), key, strict=True)))
            db.add(row)
        for name, value in values.items():
            setattr(row, name, value)
    return _flush(db)


def _remove(db: Session, model: type[Any], program_id: int, rows: Rows) -> int:
    for key, row in _existing(db, model, program_id).items():
        if key not in rows:
            db.delete(row)
    return _flush(db)


def _flush(db: Session) -> int:
    """Send what changed; how many rows that was."""
    changed = sum(db.is_modified(row) for row in db.dirty)
    written = changed + len(db.new) + len(db.deleted)
    db.flush()
    return written
