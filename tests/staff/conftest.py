"""What the tests of the staff's side share: a program full of rows, and one beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event, select

from app.audit.models import Entry
from app.authority.staff import STAFF_ROLES
from app.base import settings
from app.base.db import User
from app.correspondence.models import Announcement, Notice
from app.enrolment.models import ActivationCode, Letter, Registration
from app.identity.models import Factor
from app.identity.passwords import hashed
from app.ledger.models import LedgerImport
from app.ops import demo
from app.parties.models import Person, RegistryImport
from app.web.admin import SafeModelView
from app.web.staff.screens import all_screens
from tests.support.peopled import world_in

MARK = "Zibeline"
"""Every name in the program of `filled` holds it; no page of anybody else may."""

KINDS = tuple(STAFF_ROLES)


def screens() -> list[type[SafeModelView]]:
    """Every generated screen."""
    return [view for view, _ in all_screens() if issubclass(view, SafeModelView)]


def names() -> list[str]:
    return [view.__name__ for view in screens()]


@pytest.fixture(scope="session")
def demonstrated(databases, portal):
    """A database with the demonstration in it, made once a process, to be copied."""
    one_hash = hashed("grand-duc-4417")  # fifty times would take seconds
    with databases.copy() as name:
        with ExitStack() as stack, pytest.MonkeyPatch.context() as patched:
            patched.setattr("app.ops.demo.cast.hashed", lambda _password: one_hash)
            world_in(databases, name, stack)
            values = {"demo_password": "grand-duc-4417", "env": "development"}
            with portal.app_context():
                assert demo.load(settings.get().model_copy(update=values))
        yield name


@pytest.fixture
def database(request, databases):
    """This test's own database: a copy of the demonstration, for those that ask for it."""
    shown = "demonstration" in request.fixturenames
    template = request.getfixturevalue("demonstrated") if shown else databases.template()
    with databases.copy_of(template) as name:
        yield name


@pytest.fixture
def demonstration(app):
    """The demonstration, whole, in this test's database."""
    return demo


@pytest.fixture
def somebody(world):
    """`somebody("h.okafor")`: a person of the demonstration."""

    def find(sign_in_name):
        wanted = select(Person).join(User, User.id == Person.user_id)
        return world.db.scalars(wanted.where(User.username == sign_in_name)).one()

    return find


@pytest.fixture
def filled(world):
    """One row of everything in the first program, each bearing the mark."""
    program = world.program()
    person = world.person(MARK, MARK, sign_in_name=f"{MARK}-1", email=f"{MARK}@mail.example")
    officer = world.staff("program_officer", person=world.person(MARK, f"{MARK}-Officer"))
    entry = world.registry_entry(f"{MARK} Furs Ltd.", street=f"1 {MARK} Street")
    business = world.business(f"{MARK} Furs Ltd.", bn=entry.bn)
    account = world.account(person, business)
    other = world.member(account, 1, world.person(MARK, f"{MARK}-Proxy"))
    transfer = world.transfer(account, world.person_of(other))
    now = world.now()
    rows = SimpleNamespace(
        program=program, person=person, officer=officer, entry=entry, business=business,
        account=account, member=other, transfer=transfer,
    )  # fmt: skip
    rows.imported = _add(
        world,
        RegistryImport(
            program_id=program.id, file_name=f"{MARK}.csv", sha256=MARK, row_count=1, added=1,
            changed=0, imported_by=officer.id,
        ),
    )  # fmt: skip
    rows.line = world.ledger_line(
        entry, number=MARK, description=MARK, imported_by=officer, file_name=f"{MARK}-ledger.csv"
    )
    rows.ledger_import = world.db.get_one(LedgerImport, rows.line.import_id)
    rows.registration = _add(
        world,
        Registration(
            program_id=program.id, person_id=person.id, state="letter", definition_version=1,
            legal_name=f"{MARK} Furs Ltd.", bn=entry.bn, registry_entry_id=entry.id,
            party_id=business.id, sent_at=now - timedelta(days=9),
        ),
    )  # fmt: skip
    rows.letter = _add(world, _letter(rows, state="posted", number=f"L-{MARK}"))
    rows.due = _add(world, _letter(rows, state="due", due_at=now - timedelta(days=9)))
    rows.code = _add(
        world,
        ActivationCode(
            registration_id=rows.registration.id, letter_id=rows.letter.id, program_id=program.id,
            key_id="test", digest=b"d" * 32, expires_at=now + timedelta(days=3),
        ),
    )  # fmt: skip
    rows.notice = _add(
        world,
        Notice(
            person_id=person.id, account_id=account.id, program_id=program.id,
            template="role_activated", facts={"business": MARK, "role": other.role_code},
        ),
    )  # fmt: skip
    rows.announcement = _add(
        world,
        Announcement(
            program_id=program.id, title_en=MARK, title_fr=MARK, body_en=MARK, body_fr=MARK,
            starts_at=now - timedelta(days=1), made_by=officer.id,
        ),
    )  # fmt: skip
    locked = world.db.scalars(select(Factor).where(Factor.person_id == person.id)).one()
    world.set(locked, in_a_row=10, in_all=10, locked_until=now + timedelta(hours=1))
    rows.lock = locked
    return rows


def _letter(rows, *, number=None, **columns):
    posted = columns.get("state") == "posted"
    if posted:
        made = rows.registration.sent_at
        columns |= {"mail_number": "RN123456785CA", "made_by": rows.officer.id}
        columns |= {"made_at": made, "printed_at": made, "posted_at": made}
    return Letter(
        registration_id=rows.registration.id,
        program_id=rows.program.id,
        language="en",
        address=rows.entry.address,
        number=number,
        **columns,
    )


def _add(world, row):
    world.db.add(row)
    return world._kept(row)


def related(page, view):
    """The address of the rows of another screen that a row's page leads to."""
    found = [str(e.get("href")) for e in page.page.all("a")]
    return next(url for url in found if f"/staff/{view}/list/?" in url)


@pytest.fixture
def statements(engine):
    """`with statements() as asked: …`: what was asked of the database meanwhile."""

    @contextmanager
    def listen() -> Iterator[list[str]]:
        asked: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return listen


@pytest.fixture
def trail(world):
    """`trail("assignment.given")`: the entries of one event, the newest last."""

    def entries(name, outcome="done"):
        world.db.rollback()
        wanted = select(Entry).where(Entry.event == name, Entry.outcome == outcome)
        return world.db.scalars(wanted.order_by(Entry.seq)).all()

    return entries
