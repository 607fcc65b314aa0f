"""What the demonstration's people have been told: announcements and notices."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from app.authority.models import Membership, OwnershipTransfer
from app.base.days import local_day
from app.correspondence.announcements import Wording, write_announcement
from app.correspondence.models import Announcement
from app.correspondence.service import draft, notify
from app.enrolment.models import ActivationCode, Letter, Registration
from app.ops.demo import people
from app.ops.demo.stage import Stage
from app.parties.models import Account, Person
from app.programs import library

_DAYS = timedelta(days=1)


def announce(stage: Stage) -> None:
    """One announcement that runs, one for every program, one to come and one that is over."""
    today = local_day(stage.today, library.portal().zone)
    program = stage.program.id
    with stage.acting(people.STAFF["program_officer"].sign_in_name) as officer:
        write_announcement(
            officer,
            Wording(
                program,
                "Site visits start again in the spring",
                "Les visites des lieux reprennent au printemps",
                "We will contact businesses in the order in which their profiles were submitted.",
                "Nous communiquerons avec les entreprises dans l’ordre où elles ont soumis leurs "
                "profils.",
                today - 6 * _DAYS,
                today + 60 * _DAYS,
            ),
        )
        write_announcement(
            officer,
            Wording(
                program,
                "Offices closed on the next federal holiday",
                "Bureaux fermés au prochain jour férié fédéral",
                "Letters are mailed again on the following business day.",
                "Les lettres seront postées de nouveau le jour ouvrable suivant.",
                today + 14 * _DAYS,
                today + 21 * _DAYS,
            ),
        )
    with stage.acting(people.STAFF["administrator"].sign_in_name) as administrator:
        write_announcement(
            administrator,
            Wording(
                None,
                "The portal is being updated on Sunday",
                "Le portail est mis à jour dimanche",
                "You cannot sign in between midnight and 4 am ET.",
                "Vous ne pourrez pas vous connecter de minuit à 4 h (HE).",
                today - _DAYS,
                today + 5 * _DAYS,
            ),
        )
    stage.db.add(
        Announcement(
            program_id=program,
            title_en="Delays in registered mail",
            title_fr="Retards du courrier recommandé",
            body_en="Letters mailed this month may take up to 15 days.",
            body_fr="Les lettres postées ce mois-ci peuvent prendre jusqu’à 15 jours.",
            starts_at=stage.ago(120),
            ends_at=stage.ago(90),
            made_by=stage.people[people.STAFF["program_officer"].sign_in_name],
        )
    )
    stage.db.flush()


def tell(stage: Stage) -> None:
    """Notices for what waits: roles offered and waiting, transfers, letters on their way.

    Without e-mail: the mail of weeks ago would only fill the catcher.
    """
    for member in stage.db.scalars(
        select(Membership)
        .where(Membership.status.in_(("offered", "waiting")))
        .order_by(Membership.id)
    ).all():
        _of_membership(stage, member)
    for transfer in stage.db.scalars(
        select(OwnershipTransfer).where(OwnershipTransfer.state == "offered")
    ).all():
        _of_transfer(stage, transfer)
    for letter, code in stage.db.execute(
        select(Letter, ActivationCode)
        .join(ActivationCode, ActivationCode.letter_id == Letter.id)
        .where(Letter.state == "posted", ActivationCode.state == "valid")
        .order_by(Letter.id)
    ):
        _of_letter(stage, letter, code)
    stage.db.flush()


def _of_membership(stage: Stage, member: Membership) -> None:
    account = stage.db.get_one(Account, member.account_id)
    by = stage.db.get_one(Person, member.added_by)
    person = stage.db.get_one(Person, member.person_id)
    tell_one = partial(notify, account_id=account.id, program_id=member.program_id, mail=False)
    facts: dict[str, Any] = {"business": account.party.name, "role": member.role_code}
    if member.status == "waiting":
        facts |= {"person": person.full_name, "by": by.full_name}
        path = f"/a/{account.id}/users/{member.id}"
        tell_one(stage.db, by.id, "role_waiting", facts, path=path)
    elif member.offer_expires_at is not None:
        until = local_day(member.offer_expires_at, stage.definition.zone)
        told = {**facts, "by": by.full_name, "until": until}
        tell_one(stage.db, person.id, "role_offered", told, path=f"/offers/{member.id}")


def _of_transfer(stage: Stage, transfer: OwnershipTransfer) -> None:
    account = stage.db.get_one(Account, transfer.account_id)
    notify(
        stage.db,
        transfer.to_person_id,
        "transfer_offered",
        {
            "business": account.party.name,
            "by": stage.db.get_one(Person, transfer.from_person_id).full_name,
            "until": local_day(transfer.expires_at, stage.definition.zone),
        },
        account_id=account.id,
        program_id=account.program_id,
        path=f"/transfers/{transfer.id}",
        mail=False,
    )


def _of_letter(stage: Stage, letter: Letter, code: ActivationCode) -> None:
    row = stage.db.get_one(Registration, letter.registration_id)
    zone = stage.definition.zone
    notice = draft(
        row.person_id,
        "letter_posted",
        {
            "business": row.legal_name or "",
            "posted": local_day(letter.posted_at, zone) if letter.posted_at else None,
            "expires": local_day(code.expires_at, zone),
        },
        program_id=letter.program_id,
        path="/activate",
    )
    if letter.posted_at:
        notice.made_at = letter.posted_at
    stage.db.add(notice)
