"""What was begun under a version of a definition goes on under it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import insert

from app.base.errors import NotFound
from app.programs import library
from app.programs.models import ProgramVersion
from app.programs.published import published


def test_the_version_in_force_is_the_file_s(world):
    program = world.program()
    assert published(world.db, program, program.version) is library.definition(program.code)


def test_an_earlier_version_is_read_from_what_was_published(world, owner_db):
    program = world.program()
    source = re.sub(
        "^version: .*$", "version: 987", library.source(program.code), count=1, flags=re.MULTILINE
    )
    owner_db.execute(
        insert(ProgramVersion).values(program_id=program.id, version=987, source=source, sha256="x")
    )
    owner_db.commit()
    assert published(world.db, program, 987).version == 987


def test_a_version_that_was_never_published_is_not_found(world):
    with pytest.raises(NotFound):
        published(world.db, world.program(), 986)
