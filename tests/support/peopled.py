"""One database with somebody of every kind in it, and something behind every address.

Made once a process; the tests of all endpoints copy it.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy import select, text, update

from app.authority.models import StaffAssignment
from app.authority.models_delegation import (
    AccessRequest,
    Assignment,
    ClientGroup,
    Delegation,
    DelegationRequest,
    GroupMember,
)
from app.authority.staff import STAFF_ROLES
from app.base import settings
from app.base.context import Origin, set_origin
from app.base.db import session
from app.base.identifiers import new_submission_number
from app.base.limiting import LimitEvent
from app.cases.models import CasePart, ClientCase, Submission
from app.cases.rules import moves
from app.cases.rules.snapshot import as_json, digest
from app.cases.service import looking, parting, sending
from app.cases.service.common import Place
from app.cases.service.filed import Standing
from app.cases.service.sending import File, Wanted
from app.consents.models import GivenConsent
from app.correspondence.models import Announcement, Notice
from app.delegation.models import ClientAsk, ClientList
from app.desk.service import runs, views
from app.employees import queries
from app.enrolment.models import ActivationCode, BusinessTries
from app.enrolment.service import reading, registry
from app.identity.models import Factor, SignInSession
from app.ledger.service import importing
from app.ledger.service import reading as ledger_reading
from app.parties.models import Account, Party, Person, RegistryImport
from app.programs.service import definition
from tests.enrolment import steps
from tests.support.database import Databases, plain_engine
from tests.support.importer import Importer
from tests.support.world import World

ROLES = ("owner", "proxy", "full", "admin")
"""The four roles of an account, from the highest."""
STAFF = ("program_officer", "technical_support", "supervisor", "auditor", "administrator")
ELSEWHERE = "staff elsewhere"


Fresh = Callable[[], World]
FENCE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQV"
    "R4nGNkYPjPwMDAxMDAwMDAAAALHwEDmIWXfgAAAABJRU5ErkJggg=="
)
"""The content of the one document: a PNG of four dots."""


@dataclass
class Places:
    """Who there is, by name, and the keys that addresses need."""

    people: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int | str] = field(default_factory=dict)
    """Argument of a route, or name of a screen → the key of a row it can show."""


@contextmanager
def peopled_database(
    databases: Databases,
    app: Flask,
    *also: Callable[[World], None],
    place: AbstractContextManager[str] | None = None,
) -> Iterator[tuple[str, Places]]:
    """A database with everybody in it, and whatever else is to be done there; nobody uses it."""
    with place or databases.copy() as name:
        with ExitStack() as stack:
            settings.install(app.config["SETTINGS"])
            world = world_in(databases, name, stack)
            places = fill(world, app)
            for work in (*also, _nothing_waits):
                work(world)
        yield name, places


@contextmanager
def one_after_another(
    databases: Databases, app: Flask, copy: Callable[[], AbstractContextManager[str]]
) -> Iterator[Fresh]:
    """`fresh()`: from here on the portal works on a new copy; the one before is gone.

    Documents are where they were put, in the store of the portal's own settings.
    """
    with ExitStack() as stack:

        def again() -> World:
            settings.install(app.config["SETTINGS"])
            stack.close()  # some tests ask for hundreds, and each holds connections
            return world_in(databases, stack.enter_context(copy()), stack)

        yield again


def world_in(databases: Databases, name: str, stack: ExitStack) -> World:
    """The world of this database, on which the portal works until the stack is closed."""
    engine = stack.enter_context(databases.connected(databases.app_url(name)))
    owner = stack.enter_context(plain_engine(databases.owner_url(name)))
    world = World(engine, owner)
    stack.callback(world.close)
    return world


def _nothing_waits(world: World) -> None:
    """The worker has done its work: who copies the database later finds no job that is late."""
    with world.as_owner() as owner:
        owner.execute(text("DELETE FROM procrastinate_jobs"))


def fill(world: World, app: Flask) -> Places:
    """Put everybody in.

    The account belongs to the four roles; everything of a single person (a registration, an offer
    of a role, an offer of ownership, a notice, a session) belongs to the stranger, who has no
    role anywhere.
    """
    places = Places()
    account = world.account(name="Aciéries Boréales inc.")
    for name, person in zip(ROLES, world.with_each_role(account).values(), strict=True):
        places.people[name] = person.id
    stranger, other = world.person("Ann", "Strange"), world.account()
    places.people |= {"stranger": stranger.id, "other owner": world.owner(other).id}
    for kind in STAFF:
        places.people[kind] = world.staff(kind).id
    elsewhere, away = world.person("Agent", "Away"), world.other_program()
    for kind in STAFF_ROLES:
        world.staff(kind, away, person=elsewhere)
    places.people[ELSEWHERE] = elsewhere.id
    offer = world.member(account, 2, stranger, status="offered")
    target = world.member(account, 2)
    transfer = world.transfer(account, stranger)
    places.keys |= {
        "account_id": account.id,
        "membership_id": target.id,
        "offer": offer.id,
        "transfer_id": transfer.id,
        "AccountView": account.id,
        "BusinessView": account.party_id,
        "PartyView": account.party_id,
        "MembershipView": target.id,
        "TransferView": transfer.id,
        "PersonView": places.people["owner"],
        "ProgramView": account.program_id,
        "code": world.program().code,
    }
    with app.app_context():
        _wait_for_letters(world, places, stranger)
        _say_something(world, places, stranger)
        _arrange(world, places)
        _begin_a_case(world, places)
        _submit_it(world, places)
        _consent(world, places)
    _import_goods(world, places)
    _let_others_act(world, places)
    _ask_for_access(world, places)
    _look_up(world, places)
    return places


def _wait_for_letters(world: World, places: Places, stranger: Person) -> None:
    """Registrations at each step: half answered, waiting for a letter, with a code, with staff."""
    officer = world.db.get(Person, places.people["program_officer"])
    assert officer is not None
    with _as(officer):
        entry = world.registry_entry("Quincaillerie du Nord inc.")
        coded = steps.register(world, stranger, entry)
        steps.make(officer, coded)
        due = steps.register(world, stranger, world.registry_entry("Due North Ltd."))
        waits = steps.register(world, stranger, world.registry_entry("Ask Me Ltd."), "refer")
        draft = steps.draft(world, stranger, world.registry_entry("Half Way Ltd."))
        content = b"bn,legal_name\n1,Broken\n"
        upload = registry.upload(officer.id, world.program().id, "list.csv", content)
        reading.read(upload)
        lines = b"bn,number\n1,2\n"
        ledger_upload = importing.upload(officer.id, world.program().id, "lines.csv", lines)
        ledger_reading.read(ledger_upload)
        broker = world.bn()
        line = world.ledger_line(entry, submitted_by=broker, imported_by=officer)
    places.keys |= {
        "registration_id": draft,
        "coded": coded.id,
        "waiting": waits.id,
        "upload_id": upload,
        "ledger_upload": ledger_upload,
        "LedgerView": line.id,
        "LedgerImportView": line.import_id,
        "RegistrationView": waits.id,
        "LetterView": steps.last_letter(due).id,
        "prepared": steps.last_letter(coded).id,
        "RegistryView": entry.id,
    }
    code = session.scalars(select(ActivationCode.id).order_by(ActivationCode.id)).first()
    places.keys["ActivationCodeView"] = int(code or 0)
    tries = BusinessTries(
        program_id=world.program().id, number=world.bn(), failures=15, locked_at=world.now()
    )
    world.db.add(tries)
    world.db.commit()
    places.keys["BusinessTriesView"] = tries.id
    session.remove()


def _say_something(world: World, places: Places, stranger: Person) -> None:
    program = world.program()
    notice = session.scalars(
        select(Notice.id).where(Notice.person_id == stranger.id).order_by(Notice.id)
    ).first()
    session.remove()
    announcement = Announcement(
        program_id=program.id,
        title_en="Closed on Monday",
        title_fr="Fermé lundi",
        body_en="The counter is closed.",
        body_fr="Le guichet est fermé.",
        starts_at=world.now() - timedelta(days=1),
        made_by=places.people["administrator"],
    )
    imported = RegistryImport(
        program_id=program.id,
        file_name="list.csv",
        sha256="0" * 64,
        row_count=1,
        added=1,
        changed=0,
        imported_by=places.people["program_officer"],
    )
    world.db.add_all([announcement, imported])
    world.db.commit()
    assert notice is not None
    places.keys |= {
        "notice_id": notice,
        "NoticeView": notice,
        "AnnouncementView": announcement.id,
        "RegistryImportView": imported.id,
    }


def _arrange(world: World, places: Places) -> None:
    """A view of the team's, and the officer's own: a view, and the result of a deed on rows."""
    officer = world.db.get(Person, places.people["program_officer"])
    assert officer is not None
    content = views.Content(chosen={"_flt_0_state": "due"})
    with _as(officer):
        keep = partial(views.keep, officer.id, "letters")
        places.keys["SavedViewView"] = keep("Due", content, world.program().id)
        places.keys["own view"] = keep("Mine", content, None)
        rows = [runs.Row(str(places.keys["LetterView"]), "Due North Ltd.", "not_now")]
        run = runs.begin(officer.id, "peopled", "letters", "printed", rows)
        runs.finish(officer.id, run)
        places.keys["BulkRunView"] = run
    session.remove()


def _begin_a_case(world: World, places: Places) -> None:
    """A case with a part that has a name, and a topic of it that may not apply.

    The topic has a document; another file is on its way.
    """
    owner = world.db.get(Person, places.people["owner"])
    assert owner is not None
    case_type, section, topic, question = next(
        (kind.code, one.code, topic.code, question.code)
        for kind in definition(world.program().code).cases.values()
        for one in kind.sections.values()
        if one.repeated is not None and one.repeated.by == "name"
        for topic in (one.topics or {}).values()
        if topic.may_not_apply and not topic.shown_when
        for question in topic.questions.values()
        if question.type == "document" and not question.shown_when
    )
    account_id = int(places.keys["account_id"])
    with _as(owner):
        part = parting.add_named(owner.id, account_id, Place(case_type, section), "Quay 12")
        place = Place(case_type, section, session.get_one(CasePart, part).key)
        wanted = Wanted(place, topic, question)
        came = sending.receive(owner.id, account_id, wanted, "fence.png", len(FENCE), [FENCE])
        document = came.document
        looking.look_at(document)
        upload = sending.begin(owner.id, account_id, wanted, File("gate.png", 100_000, 1))
    places.keys |= {
        "case_type": case_type,
        "section": section,
        "part": part,
        "topic": topic,
        "question": question,
        "document": document,
        "upload": upload,
    }
    _for_staff(world, places, part)
    session.remove()


def _for_staff(world: World, places: Places, part: int) -> None:
    """What the staff's screens show of that case, and a move of theirs that it is not at yet."""
    case = session.scalars(select(CasePart.case_id).where(CasePart.id == part)).one()
    move = next(
        move.code
        for kind in definition(world.program().code).cases.values()
        for move in kind.moves.values()
        if move.by == "staff"
    )
    places.keys |= {
        "CaseView": case,
        "CasePartView": part,
        "DocumentView": places.keys["document"],
        "staff_move": move,
    }


def _submit_it(world: World, places: Places) -> None:
    """Something that was submitted, without the rules of a move: nothing of it is filled in."""
    case = world.db.scalars(select(ClientCase)).one()
    account = world.db.get_one(Account, case.account_id)
    program = definition(world.program().code)
    kind = program.cases[case.case_type]
    kept = as_json(Standing(world.db, account, program, kind).read(case).snapshot())
    one = Submission(
        case_id=case.id,
        ordinal=1,
        number=new_submission_number(),
        definition_version=case.definition_version,
        language="en",
        submitted_by=places.people["owner"],
        snapshot=kept,
        sha256=digest(kept),
    )
    world.db.add(one)
    world.db.commit()
    move = next(move for move in moves.open_moves(kind, case.state, "client") if move.submits)
    places.keys |= {"number": one.number, "SubmissionView": one.id, "client move": move.code}


def _consent(world: World, places: Places) -> None:
    """What the account lets the agency share with one partner."""
    program = definition(world.program().code)
    consent = next(iter(program.consents.values()))
    given = GivenConsent(
        account_id=places.keys["account_id"],
        program_id=world.program().id,
        consent=consent.code,
        partner=next(iter(consent.partners)),
        definition_version=program.version,
        wording=consent.wording,
        language="fr",
        given_by=places.people["owner"],
    )
    world.db.add(given)
    world.db.commit()
    places.keys |= {"consent": consent.code, "GivenConsentView": given.id}


def _import_goods(world: World, places: Places) -> None:
    """A business with program accounts, and a line of its ledger.

    The owner manages it; on one program account the proxy is its manager, whoever has full access
    an editor, and the administrator a reader.
    """
    owner, *others = (world.db.get_one(Person, places.people[name]) for name in ROLES)
    importer = Importer(world, "RM0001", "RM0002", owner=owner)
    for role, person in enumerate(others, 1):
        importer.on_part(role, "RM0001", person)
    officer = world.db.get_one(Person, places.people["program_officer"])
    line = importer.line("310.25", officer=officer)
    places.keys |= {
        "importer": importer.account.id,
        "part_id": importer.parts["RM0001"].id,
        "line_id": line.id,
    }


def _ask_for_access(world: World, places: Places) -> None:
    """The stranger asks to work on the program account, on which an employee works already."""
    importer = world.db.get_one(Account, places.keys["importer"])
    program, number = importer.program, importer.business.bn
    stranger = places.people["stranger"]
    row = AccessRequest(
        account_id=importer.id,
        program_id=program.id,
        program_account_id=places.keys["part_id"],
        person_id=stranger,
        comment="I keep the books of the quay.",
    )
    noted = queries.subject_of(stranger, program.id, number)
    world.db.add_all([row, LimitEvent(kind=queries.NOTED, subject=noted)])
    world.db.commit()
    last = len(definition(program.code).roles) - 1
    works = world.member(importer, last, program_account_id=places.keys["part_id"])
    places.keys |= {
        "request_id": row.id,
        "asked program": program.code,
        "asked number": number,
        "person_id": works.person_id,
    }


def _let_others_act(world: World, places: Places) -> None:
    """A broker acts for one program account of the importer, and another asks to.

    The owner manages a brokerage of their own, too, which has a client, a group and requests.
    """
    owner = world.db.get_one(Person, places.people["owner"])
    importer = world.db.get_one(Account, places.keys["importer"])
    program = importer.program
    broker, other, client = (world.account(program=program) for _ in range(3))
    mine = world.account(owner, program=program, name="Courtage Boréal inc.")
    rule = definition(program.code).delegation
    assert rule is not None
    levels = {level.reach: level.code for level in rule.levels.values()}
    acts = _delegation(importer, broker, levels["program_account"], places.keys["part_id"])
    ours = _delegation(client, mine, levels["account"])
    asks = DelegationRequest(
        account_id=importer.id, program_id=program.id, delegate_id=other.party_id,
        asked_by=world.owner(other).id, comment="Bonjour.",
    )  # fmt: skip
    listed = ClientList(account_id=mine.id, token="peopled", begun_by=owner.id)
    team = Party(kind="group", name="Lundi")
    world.db.add_all([acts, ours, asks, listed, team])
    world.db.flush()
    number = world.bn()
    asked = ClientAsk(
        account_id=mine.id, list_id=listed.id, number=number, asked_by=owner.id, state="asked"
    )
    put = Assignment(delegation_id=ours.id, person_id=owner.id, level=next(iter(rule.acting)))
    group = ClientGroup(id=team.id, account_id=mine.id, name_folded="lundi", made_by=owner.id)
    world.db.add_all([asked, put, group])
    world.db.flush()
    world.db.add(GroupMember(group_id=team.id, person_id=owner.id))
    world.db.commit()
    places.keys |= {
        "brokerage": mine.id, "third party": acts.id, "third party asks": asks.id,
        "client": ours.id, "asked client": asked.id, "client list": listed.id,
        "put on": put.id, "team": team.id, "of team": owner.id,
    }  # fmt: skip


def _delegation(
    account: Account, to: Account, level: str, part: int | str | None = None
) -> Delegation:
    return Delegation(
        account_id=account.id, program_id=account.program_id, program_account_id=part,
        delegate_id=to.party_id, level=level,
    )  # fmt: skip


def _look_up(world: World, places: Places) -> None:
    """Keys of rows that came about by themselves."""
    owner = places.people["owner"]
    asked = {
        "LockView": select(Factor.id).where(Factor.person_id == owner),
        "AssignmentView": select(StaffAssignment.id).where(
            StaffAssignment.person_id == places.people["program_officer"]
        ),
        "UserView": select(Person.user_id).where(Person.id == places.people["technical_support"]),
    }
    for name, query in asked.items():
        places.keys[name] = world.db.execute(query).scalar_one()
    locked = {
        "in_a_row": 10,
        "in_all": 10,
        "locks": 1,
        "locked_until": world.now() + timedelta(hours=1),
    }
    world.db.execute(update(Factor).where(Factor.person_id == owner).values(**locked))
    role = "SELECT id FROM ab_role WHERE name = 'program_officer'"
    places.keys["RoleView"] = world.db.execute(text(role)).scalar_one()
    entry = f"SELECT max(seq) FROM audit.entry WHERE program_id = {places.keys['ProgramView']}"
    places.keys["EntryView"] = world.db.execute(text(entry)).scalar_one()
    ended = SignInSession(
        token_hash=b"kept",
        person_id=owner,
        stage="full",
        purpose="sign_in",
        full_at=world.now(),
    )
    mine = SignInSession(
        token_hash=b"mine",
        person_id=places.people["stranger"],
        stage="full",
        purpose="sign_in",
        full_at=world.now(),
    )
    world.db.add_all([ended, mine])
    world.db.commit()
    places.keys |= {"SessionView": ended.id, "session_id": mine.id}


@contextmanager
def _as(person: Person) -> Iterator[None]:
    set_origin(Origin(person_id=person.id, request_id="peopled"))
    try:
        yield
    finally:
        set_origin(Origin())


__all__ = ["ELSEWHERE", "ROLES", "STAFF", "Places", "fill"]
