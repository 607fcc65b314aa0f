"""Files sent from a telephone by the page's script, over a connection that breaks."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Route, expect

from app.ops.demo import people
from tests.browser.actor import Actor
from tests.browser.service import Service
from tests.documents import files
from tests.support.definitions import transferring

BREAKS_AT = 3
"""Which of the pieces is lost on its way."""


def test_a_file_goes_on_by_itself_after_the_connection_broke(
    open_browser, service: Service, tmp_path: Path
) -> None:
    owner = people.ROLE_HOLDERS[0]
    actor = Actor(open_browser("fr", "phone"), service, "fr")
    actor.sign_in(owner.sign_in_name, owner.email)
    page, path = actor.page, _topic_with_files()
    actor.go(path)
    box = page.locator(".uploads").last
    before = box.locator(".files > li").count()

    plan = tmp_path / "Plan d’étage.pdf"
    plan.write_bytes(_large())
    met: list[str] = []

    def deliver(route: Route) -> None:
        met.append(route.request.url)
        if len(met) == BREAKS_AT:
            route.abort()
        else:
            route.continue_()

    page.route("**/files/**", deliver)
    box.locator("input[type=file]").first.set_input_files(plan)
    expect(box.locator(".files > li")).to_have_count(before + 1, timeout=60_000)
    assert plan.name in box.inner_text()
    assert len([one for one in met if "offset=" not in one]) == 2, "begun, and asked where it is"

    program = tmp_path / "note.pdf"
    program.write_bytes(b"MZ" + b"\0" * 100)
    box.locator("input[type=file]").first.set_input_files(program)
    told = box.locator(".uploads-now .wrong")
    expect(told).to_contain_text("Le fichier doit être au format PDF", timeout=30_000)
    actor.go(path)
    assert plan.name in page.locator("main").inner_text()


def _large() -> bytes:
    """A PDF of three pieces."""

    def grow(pdf):
        pdf.pages[0].Noise = pdf.make_stream(os.urandom(2_600_000))

    return files.pdf(grow)


def _topic_with_files() -> str:
    """The page of a topic that takes several files, of the first section of the first program."""
    kind, section, topic = next(
        (kind.code, section.code, topic.code)
        for kind in transferring().cases.values()
        for section in kind.sections.values()
        if section.repeated is None and section.kind == "questions"
        for topic in section.topics.values()
        for one in topic.questions.values()
        if one.type == "document" and (one.most_files or 0) > 1 and not topic.shown_when
    )
    return f"/a/1/case/{kind}/{section}/0/topic/{topic}"
