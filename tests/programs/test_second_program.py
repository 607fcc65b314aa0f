"""An invented program, from its file to a decision: other roles, other words, no line of Python.

Whatever is filled in, pressed and expected is found in the definition.
"""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.cases import jobs
from app.cases.models import ClientCase, Document, Submission
from app.cases.rules.made_up import made_up
from app.cases.rules.moves import open_moves
from app.cases.rules.writing import written
from app.cases.service import looking
from app.correspondence.models import Notice
from app.enrolment.models import Letter
from app.parties.models import Account
from app.programs import library
from app.programs.rules.identifiers import identifier_for
from app.programs.rules.roles import actions_of
from config import ROOT
from tests.documents import files
from tests.support.by_facts import PAID_ON, RIGHT, ByFacts
from tests.support.client import without_language
from tests.support.second import DAY, FILE, second

__all__ = ["second"]

BUSINESS = "Traversiers du Nord"
both_languages = pytest.mark.parametrize("lang", ["en", "fr"])


class Walk:
    """The program in the portal, an account of it, and a browser."""

    def __init__(self, world, second, client, sign_in, lang, *, enrolled=True):
        self.world, self.client, self.sign_in, self.lang = world, client, sign_in, lang
        self.definition = second.definition
        self.program = second.program(world.db)
        if enrolled:
            self.account = world.account(program=self.program, name=BUSINESS)
            self.people = world.with_each_role(self.account)
            self.owner = world.owner(self.account)
        self.kind = next(iter(self.definition.cases.values()))
        self.sections = [one for one in self.kind.sections.values() if one.topics]
        start = next(code for code, one in self.kind.states.items() if one.initial)
        (self.submits,) = open_moves(self.kind, start, "client")
        (self.decides,) = open_moves(self.kind, self.submits.goes_to, "staff")

    def holds(self, account_id):
        """The account that enrolment made, and whose it is."""
        self.account = self.world.db.get(Account, account_id)
        self.owner = self.world.owner(self.account)

    def typed(self, facts):
        """What the pages of an enrolment ask, as its person types it: page → name → value."""
        entry, comma = facts.entry, self.lang == "fr"
        number = next(iter(identifier_for(self.definition, self.base, [self.line]).fields))
        day = zip(("year", "month", "day"), str(PAID_ON).split("-"), strict=True)
        return {
            "business": {
                f"number_{number}": entry.bn,
                "program_account": "rm 0001",
                "legal_name": entry.legal_name,
            },
            "address": {
                "street": entry.street, "city": entry.city, "postal_code": entry.postal_code,
                "region": f"{entry.country}-{entry.region}",
            },
            "check": {},
            "facts": {
                "fact_transaction_number": RIGHT["transaction"].number,
                "fact_transaction_amount": "0,00 $" if comma else "0.00",
                **{f"fact_payment_dated-{part}": text for part, text in day},
                "fact_payment_amount": "731,42" if comma else "$731.42",
            },
            "terms": {"attested": "y", "accept": "y"},
        }  # fmt: skip

    @property
    def base(self):
        return next(iter(self.definition.bases))

    @property
    def line(self):
        return next(iter(self.definition.lines))

    def answer(self, question):
        """What is answered to a question before the business is named."""
        if question.choices_from == "bases":
            return self.base
        return self.line if question.type == "several_of" else "yes"

    def get(self, path, expect=200):
        return self.client.get(path, lang=self.lang, expect=expect)

    def at(self, rest=""):
        return f"/a/{self.account.id}/{rest}"

    def topic(self, section, topic):
        return self.at(f"case/{self.kind.code}/{section.code}/0/topic/{topic.code}")

    def say(self, text):
        return text.say(self.lang)

    def fill(self, section, topic):
        """Answer what the page of a topic asks, and what these answers bring."""
        listed = {"lines": self.definition.lines, "bases": self.definition.bases}
        known = set()
        while True:
            page = self.get(self.topic(section, topic))
            shown = [one for one in topic.questions.values() if f"was:{one.code}" in page.html]
            shown += [one for one in topic.questions.values() if one.type == "document"]
            if known == {one.code for one in shown}:
                return page
            known = {one.code for one in shown}
            typed = {}
            for question in shown:
                assert self.say(question.text) in page.main
                if question.type == "document":
                    file = FileStorage(io.BytesIO(files.pdf()), "plan.pdf")
                    typed[question.code] = [] if "plan.pdf" in page.main else [file]
                    continue
                answer = written(question, made_up(question, DAY, listed), self.lang)
                for part, texts in answer.items():
                    name = f"{question.code}.{part}" if part else question.code
                    typed[name] = texts if question.type == "several_of" else texts[0]
            page.submit({name: one for name, one in typed.items() if one}, expect=303)

    def case(self):
        found = self.world.db.scalars(select(ClientCase).filter_by(account_id=self.account.id))
        case = found.one()
        self.world.db.rollback()
        return self.world.fresh(case)


@pytest.fixture
def walk(world, second, client, sign_in):
    for path in (ROOT / "app" / "programs" / "definitions").glob("*.yaml"):
        (second.folder / path.name).write_bytes(path.read_bytes())
    return lambda lang: Walk(world, second, client, sign_in, lang)


def test_the_file_is_in_order_and_its_scenarios_pass(app, second):
    runner = app.test_cli_runner()
    checked = runner.invoke(args=["programs", "check", str(second.file)])
    assert checked.exit_code == 0
    assert "is in order, as it was published on" in checked.output
    assert runner.invoke(args=["programs", "test", str(FILE)]).exit_code == 0


@both_languages
def test_a_business_is_enrolled_by_what_its_records_hold(world, second, client, sign_in, lang):
    here = Walk(world, second, client, sign_in, lang, enrolled=False)
    facts = ByFacts(world, second, name=BUSINESS)
    sign_in(world.person("Rose-Aimée", "Gagné", language=lang))
    page = here.get("/register/new").form("program").submit(expect=303).follow()
    while "/question/" in page.path:
        question = here.definition.eligibility.questions[page.path.rsplit("/", 1)[1]]
        assert here.say(question.text) in page.main
        page = page.submit({"answer": here.answer(question)}, expect=303).follow()
    for name, typed in here.typed(facts).items():
        assert page.path.rsplit("/", 1)[1] == name
        done = page.form(action=without_language(page.path)).submit(typed, expect=303)
        page = done.follow() if name != "terms" else done
    here.holds(int(re.fullmatch(r"/a/(\d+)/", page.location)[1]))
    assert here.say(here.definition.roles[facts.rule.role].label) in here.get(here.at()).html
    (letter,) = world.db.scalars(select(Letter)).all()
    assert letter.kind == "notice"
    assert letter.address["name"] == BUSINESS


@both_languages
def test_it_runs_from_an_empty_request_to_a_decision_beside_the_shipped_ones(
    walk, world, app, lang
):
    here = walk(lang)
    assert {here.definition.code, here.world.program().code} < set(library.codes())
    here.sign_in(here.owner)
    front = here.get(f"/programs/{here.definition.code}")
    assert here.say(here.definition.names.full) in front.main
    roles = here.get(f"/roles/{here.definition.code}")
    for role in here.definition.roles.values():
        assert here.say(role.label) in roles.main
    board = here.get(here.at())
    for section in here.sections:
        assert here.say(section.label) in board.main
        for topic in section.topics.values():
            here.fill(section, topic)
    for document in world.db.scalars(select(Document)).all():
        world.db.rollback()
        with app.app_context():
            looking.look_at(document.id)
    submit = here.get(here.at()).links()[here.say(here.submits.label)]
    page = here.client.get(submit)
    assert here.say(here.submits.declaration) in page.main
    receipt = page.submit({"declared": "y"}, expect=303).follow()
    submission = world.db.scalars(select(Submission)).one()
    world.db.rollback()
    assert submission.number in receipt.h1
    with app.app_context():
        jobs.copy_submission(submission.id)
    assert here.case().state == here.submits.goes_to
    decided(here, world)


def decided(here, world):
    """An officer of the program reads it and decides; the account has its standing, people know."""
    here.sign_in(world.staff())
    case = here.case()
    here.get(f"/staff/cases/show/{case.id}", expect=404)
    officer = world.staff(program=here.program)
    here.sign_in(officer)
    page = here.get(f"/staff/cases/show/{case.id}")
    assert here.say(here.kind.states[case.state].label) in page.main
    for section in here.sections:
        for topic in section.topics.values():
            assert here.say(topic.label) in page.main
    form = here.client.get(page.links()[here.say(here.decides.label)])
    form.submit({"reason": "North quay, third ring."}, "reason", expect=303)
    case = here.case()
    assert case.state == here.decides.goes_to
    assert case.closed_at is not None
    assert world.fresh(here.account).standing_code == here.decides.standing
    told = world.db.scalars(select(Notice).filter_by(person_id=here.owner.id)).all()
    world.db.rollback()
    assert len(told) == 2
    here.sign_in(here.owner)
    notices = here.get("/notices")
    for move in (here.submits, here.decides):
        subject = next(one.subject for one in move.notices if one.to == "users")
        assert here.say(subject) % {"business": BUSINESS} in notices.main
    assert (
        here.say(here.definition.standings[here.decides.standing].label) in here.get(here.at()).main
    )


@both_languages
def test_each_of_its_roles_may_do_what_its_file_says_and_nothing_else(walk, lang):
    here = walk(lang)
    for code, person in here.people.items():
        may = actions_of(here.definition, code)
        here.sign_in(person)
        for section in here.sections:
            sees = f"{section.code}.view" in may
            path = here.at(f"case/{here.kind.code}/{section.code}/")
            here.get(path, expect=200 if sees else 403)
        move = here.at(f"move/{here.kind.code}/{here.submits.code}")
        here.get(move, expect=200 if here.submits.action in may else 403)
