"""The invented program in a real browser: enrolled in by shared facts, filled in, submitted and
decided, in both languages.

The portal runs in this process, on a port of its own, so that its definitions can be the test's.
In French it is a telephone without scripts.
"""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from app.base.db import session
from app.cases.models import Document, Submission
from app.cases.rules.made_up import made_up
from app.cases.rules.writing import written
from app.cases.service import looking
from app.identity import cookie
from tests.browser import axe
from tests.browser.conftest import LANGUAGES, WIDTHS
from tests.documents import files
from tests.programs.test_second_program import BUSINESS, Walk
from tests.support.by_facts import ByFacts
from tests.support.second import DAY, second

__all__ = ["second"]

WAYS = {"fr": ("phone", False), "en": ("desk", True)}


@pytest.fixture
def address(app):
    """Where the portal answers while the test runs."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


class Visitor:
    """Somebody at a browser of their own, signed in."""

    def __init__(self, walk, context, address, person):
        self.walk = walk
        walk.sign_in(person)
        token = walk.client.http.get_cookie(cookie.name(), domain="localhost").value
        context.add_cookies([{"name": cookie.name(), "value": token, "url": address}])
        context.set_default_timeout(15_000)
        self.page = context.new_page()
        self.complaints = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path):
        answer = self.page.goto(f"/{self.walk.lang}{path}")
        assert answer.status == 200, f"{path} answered {answer.status}"

    def press(self):
        with self.page.expect_navigation():
            self.page.locator("main button.primary").click()

    def follow(self, text):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=text, exact=True).first.click()

    def says(self, *texts):
        main = self.page.locator("main").inner_text()
        for text in texts:
            assert text in main, f"{text!r} is not on {self.page.url}"

    def enter(self, name, value):
        """Whatever the field is: a choice, a list, a text."""
        choice = self.page.locator(f'main input[name="{name}"][value="{value}"]')
        chosen = self.page.locator(f'main select[name="{name}"]')
        if choice.count() and choice.get_attribute("type") in {"radio", "checkbox"}:
            choice.check()
        elif chosen.count():
            chosen.select_option(value)
        else:
            self.page.locator(f'main [name="{name}"]').fill(value)

    def look(self):
        """No violation on the desk or on a telephone; axe needs scripts."""
        if not WAYS[self.walk.lang][1]:
            return
        for width in ("phone", "desk"):
            across, down = WIDTHS[width]
            self.page.set_viewport_size({"width": across, "height": down})
            axe.check(self.page)

    def enrol(self, facts):
        """From the first question to the account, with what the records hold; its number."""
        self.go("/register/new")
        self.press()
        while "/question/" in self.page.url:
            question = self.walk.definition.eligibility.questions[self.page.url.rsplit("/")[-1]]
            self.enter("answer", self.walk.answer(question))
            self.press()
        for name, typed in self.walk.typed(facts).items():
            assert self.page.url.endswith(f"/{name}"), self.page.url
            for field, value in typed.items():
                self.enter(field, value)
            self.look()
            self.press()
        return int(re.search(r"/a/(\d+)/$", self.page.url)[1])

    def fill(self, section, topic):
        """Answer what the page of a topic asks, and what these answers bring."""
        walk, known = self.walk, set()
        listed = {"lines": walk.definition.lines, "bases": walk.definition.bases}
        while True:
            self.go(walk.topic(section, topic))
            shown = {
                code: one
                for code, one in topic.questions.items()
                if self.page.locator(f'main [name="{code}"], main [name^="{code}."]').count()
            }
            if known == set(shown):
                return
            known = set(shown)
            for code, question in shown.items():
                self.says(walk.say(question.text))
                if question.type == "document":
                    self.send(code)
                    continue
                answer = written(question, made_up(question, DAY, listed), walk.lang)
                for part, texts in answer.items():
                    self.enter(f"{code}.{part}" if part else code, texts[0])
            self.press()

    def send(self, code):
        plan = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
        self.page.locator(f'main input[type="file"][name="{code}"]').set_input_files([plan])
        if WAYS[self.walk.lang][1]:  # the script sends it at once, and shows it when it is there
            self.page.locator("main .uploads-list").get_by_text("plan.pdf").first.wait_for()


@pytest.fixture
def visitor(chromium, address):
    contexts = []

    def enter(walk, person):
        width, javascript = WAYS[walk.lang]
        across, down = WIDTHS[width]
        context = chromium.new_context(
            base_url=address, locale=LANGUAGES[walk.lang], java_script_enabled=javascript,
            viewport={"width": across, "height": down}, reduced_motion="reduce",
        )  # fmt: skip
        contexts.append(context)
        return Visitor(walk, context, address, person)

    yield enter
    for context in contexts:
        context.close()


@pytest.mark.parametrize("lang", WAYS)
def test_an_invented_program_is_enrolled_in_filled_in_submitted_and_decided(
    world, second, client, sign_in, app, visitor, lang
):
    walk = Walk(world, second, client, sign_in, lang, enrolled=False)
    owner = visitor(walk, world.person("Rose-Aimée", "Gagné", language=lang))
    walk.holds(owner.enrol(ByFacts(world, second, name=BUSINESS)))
    owner.go(walk.at())
    for section in walk.sections:
        owner.says(walk.say(section.label))
        for topic in section.topics.values():
            owner.fill(section, topic)
        owner.go(walk.at())
    scan(world, app)
    owner.go(walk.at())
    owner.follow(walk.say(walk.submits.label))
    owner.says(walk.say(walk.submits.declaration))
    owner.page.locator('main [name="declared"]').check()
    owner.press()
    submission = world.db.scalars(select(Submission)).one()
    world.db.rollback()
    owner.says(submission.number)
    officer = visitor(walk, world.staff(program=walk.program))
    officer.go(f"/staff/cases/show/{walk.case().id}")
    officer.says(submission.number)
    officer.follow(walk.say(walk.decides.label))
    officer.page.locator('main [name="reason"]').fill("North quay, third ring.")
    officer.press()
    assert walk.case().state == walk.decides.goes_to
    owner.go(walk.at())
    owner.says(walk.say(walk.definition.standings[walk.decides.standing].label))
    assert owner.complaints == officer.complaints == []


def scan(world, app):
    """As the worker does, where no scanner is set."""
    numbers = world.db.scalars(select(Document.id)).all()
    world.db.rollback()
    assert numbers
    for number in numbers:
        with app.app_context():
            looking.look_at(number)
            session.remove()
