"""Rows that an attacker must never see: every text in them sings."""

from __future__ import annotations

from datetime import timedelta

from app.authority.staff import STAFF_ROLES
from app.correspondence.models import Announcement, Notice
from app.enrolment.models import ActivationCode, Letter, Registration
from app.parties.models import RegistryImport
from tests.support.world import World

BEYOND = "Zibeline"
"""In every text of another program: no attacker works there or has an account there."""
NEXT_DOOR = "Carcajou"
"""In every text of another business of the same program: its staff sees it, no client does."""
CLIENTS = frozenset({"visitor", "password only", "code, no terms", "stranger", "owner"})


def release(world: World) -> None:
    """Put them in: a business with its people, letters and notices on each side."""
    _business(world, NEXT_DOOR, world.program())
    away = world.other_program()
    _business(world, BEYOND, away)
    for kind in STAFF_ROLES:
        world.staff(kind, away, person=world.person(BEYOND, f"{BEYOND}-{kind}"))


def _business(world: World, mark: str, program) -> None:
    person = world.person(
        mark, f"{mark}-Owner", sign_in_name=f"{mark.lower()}-1", email=f"{mark}@mail.example"
    )
    entry = world.registry_entry(f"{mark} Furs Ltd.", program=program, street=f"1 {mark} Street")
    business = world.business(f"{mark} Furs Ltd.", bn=entry.bn, program=program)
    account = world.account(person, business, program=program)
    helper = world.person(mark, f"{mark}-Helper", email=f"{mark}-helper@mail.example")
    role = world.member(account, 1, helper).role_code
    now = world.now()
    registration = Registration(
        program_id=program.id, person_id=person.id, state="letter", definition_version=1,
        legal_name=f"{mark} Furs Ltd.", bn=entry.bn, registry_entry_id=entry.id,
        party_id=business.id, sent_at=now - timedelta(days=9),
    )  # fmt: skip
    world.db.add(registration)
    world.db.flush()
    letter = Letter(
        registration_id=registration.id, program_id=program.id, language="en", state="due",
        address=entry.address, due_at=now - timedelta(days=9),
    )  # fmt: skip
    world.db.add(letter)
    world.db.flush()
    world.db.add_all(
        [
            ActivationCode(
                registration_id=registration.id, letter_id=letter.id, program_id=program.id,
                key_id="test", digest=b"d" * 32, expires_at=now + timedelta(days=3),
            ),
            Notice(
                person_id=person.id, account_id=account.id, program_id=program.id,
                template="role_activated", facts={"business": mark, "role": role},
            ),
            RegistryImport(
                program_id=program.id, file_name=f"{mark}.csv", sha256=mark, row_count=1,
                added=1, changed=0, imported_by=person.id,
            ),
        ]
    )  # fmt: skip
    if mark == BEYOND:  # announcements of the program next door are for everybody there
        world.db.add(
            Announcement(
                program_id=program.id, title_en=mark, title_fr=mark, body_en=mark, body_fr=mark,
                starts_at=now - timedelta(days=1), made_by=person.id,
            )
        )  # fmt: skip
    world.db.commit()
