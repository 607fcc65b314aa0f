"""The demonstration: invented people and businesses in every state, put in once.

Only codes from the first definition are used, whichever that is; nobody here exists. What is old
is written as rows with their dates, what can be done today is done through the services, so that
the trail, the notices and the staff's roles are what a real portal's would be.
"""

from __future__ import annotations

from typing import Final

from babel.support import Translations
from flask_appbuilder.security.sqla.models import User
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app.authority.service.staff import appoint_first, give_assignment
from app.authority.staff_names import STAFF_NAMES
from app.base import db as base
from app.ops.demo import people
from app.ops.demo.accounts import fill_registry, open_accounts
from app.ops.demo.cast import make_people
from app.ops.demo.consenting import consent
from app.ops.demo.filing import fill_in
from app.ops.demo.ledger import keep_a_ledger
from app.ops.demo.registrations import register
from app.ops.demo.said import announce, tell
from app.ops.demo.stage import Stage, program_shown, set_stage
from app.ops.demo.submitted import submit
from app.parties.models import Person
from app.programs.models import Program
from config import ConfigError, Settings

_OTHERS: Final = (
    (people.CONSULTANT, "Consultant, several businesses", "Consultation, plusieurs entreprises"),
    (people.WAITING, "Registered, waits for the letter", "Inscription faite, attend la lettre"),
    (people.NEWCOMER, "New person, no business", "Nouvelle personne, sans entreprise"),
)


def accounts() -> list[tuple[str, str, str]]:
    """Sign-in name, role in English and in French, of everybody whom a visitor may try.

    Every role of the first definition, then other clients, then every kind of staff.
    """
    roles = list(program_shown().roles.values())
    held = zip(people.ROLE_HOLDERS, roles, strict=False)
    clients = [(who.sign_in_name, role.label.en, role.label.fr) for who, role in held]
    others = [(who.sign_in_name, english, french) for who, english, french in _OTHERS]
    french = Translations.load(config.ROOT / "translations", ["fr"])
    staff = []
    for kind, who in people.STAFF.items():
        # No request is needed to say them: `run.py` prints the list before anybody asks.
        with force_locale("en_CA"):
            english = str(STAFF_NAMES[kind])
        staff.append((who.sign_in_name, english, str(french.pgettext("staff", english))))
    return [*clients, *others, *staff]


def load(values: Settings) -> bool:
    """Put the demonstration in, whole or not at all; say whether it was put in now.

    Raises ConfigError in production, and without a password for its people.
    """
    if values.production or not values.demo_password:
        raise ConfigError("DEMO_PASSWORD: the demonstration needs it, and is not for production")
    first = people.everybody()[0].sign_in_name
    if base.session.scalar(select(User.id).where(User.username == first)) is not None:
        return False
    _load(values.demo_password)
    return True


@base.deed
def _load(db: Session, password: str) -> None:
    stage = set_stage(db)
    make_people(stage, password)
    appoint_staff(stage)
    officer = people.STAFF["program_officer"].sign_in_name
    fill_registry(stage, officer)
    keep_a_ledger(stage, officer)
    open_accounts(stage)
    fill_in(stage)
    submit(stage)
    consent(stage)
    register(stage, officer)
    tell(stage)
    announce(stage)


def appoint_staff(stage: Stage) -> None:
    """The first administrator is appointed at the machine, and gives everybody else their post.

    In every program: whoever tries out one of their own gives the posts in it through the portal.
    """
    administrator = people.STAFF["administrator"].sign_in_name
    for program_id in stage.db.scalars(select(Program.id).order_by(Program.id)).all():
        appoint_first(program_id=program_id, person_id=stage.people[administrator])
    posts = [*people.STAFF.items(), ("administrator", people.SECOND_ADMINISTRATOR)]
    with stage.acting(administrator) as actor:
        for kind, who in posts:
            if who.sign_in_name == administrator:
                continue
            named = stage.db.get_one(Person, stage.people[who.sign_in_name])
            give_assignment(
                actor,
                program_id=stage.program.id,
                urn=named.urn or "",
                family_name=named.family_name,
                kind=kind,
            )
