"""The gallery in a real browser: accessible, at both widths, in both schemes, without scripts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from flask import Flask, request
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from app.web.context import Viewer, set_viewer
from app.web.formats import ZONE
from tests.support.chromium import chromium
from tests.web.small_app import small_app

__all__ = ["chromium"]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
ENDS = datetime(2026, 11, 20, 14, 30, tzinfo=ZONE)
PAGES = {
    "parts": "gallery/",
    "form": "gallery/form",
    "filled": "gallery/form/filled",
    "code": "gallery/code",
    "confirm": "gallery/confirm",
    "front": "",
    "help": "help",
    "topic": "help/roles",
    "contact": "contact",
    "accessibility": "accessibility",
    "error": "nowhere",
}


@pytest.fixture(scope="module")
def address(shell_app: Flask) -> Iterator[str]:
    """Where the shell answers, on a port that the system chose."""
    server = make_server("127.0.0.1", 0, shell_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


def opened(chromium: Browser, url: str, **options: Any) -> Page:
    """A page in a context of its own."""
    page = chromium.new_context(**options).new_page()
    page.goto(url)
    return page


def violations(page: Page) -> list[str]:
    """What axe finds, all rules of WCAG 2.2 AA and its best practices."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run()")
    return [
        f"{v['id']}: {node['target']} {node.get('failureSummary')}"
        for v in found["violations"]
        for node in v["nodes"]
    ]


def send(page: Page) -> None:
    """Press the form's own button and wait for the answer."""
    with page.expect_navigation():
        page.locator("form#form .button.primary").click()


def test_nothing_scrolls_sideways_at_four_times_the_size(chromium, address):
    """1280 px at 400 % is 320 px (WCAG 1.4.10)."""
    page = opened(chromium, address, viewport={"width": 320, "height": 640})
    for path in PAGES.values():
        page.goto(f"{address}/fr/{path}")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 320, path
    page.context.close()


def test_the_portal_works_without_scripts(chromium, address):
    page = opened(
        chromium,
        f"{address}/en/gallery/form",
        java_script_enabled=False,
        viewport={"width": 390, "height": 900},
    )
    page.locator("details.menu > summary").click()
    assert page.locator(".menu-panel").get_by_role("link", name="Help").is_visible()
    page.get_by_label("Family name").fill("Brûlé")
    page.get_by_role("button", name="Français").click()
    assert page.url == f"{address}/fr/gallery/form"
    assert page.get_by_label("Nom de famille").input_value() == "Brûlé"
    page.context.close()


def test_enter_sends_the_form_and_does_not_change_the_language(chromium, address):
    page = opened(chromium, f"{address}/fr/gallery/code")
    page.get_by_label("Code à usage unique").fill("41")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{address}/fr/gallery/code"
    assert page.title().startswith("Erreurs\u00a0: 1 – ")
    page.context.close()


def test_the_error_summary_has_the_focus_and_its_links_lead_to_the_fields(chromium, address):
    page = opened(chromium, f"{address}/en/gallery/form")
    send(page)
    assert page.evaluate("() => document.activeElement.id") == "errors"
    page.get_by_role("link", name="Select who reviewed the risk assessment.").click()
    assert page.evaluate("() => document.activeElement.id") == "reviewed_by-0"
    page.context.close()


def test_the_six_cells_hold_six_digits_whatever_the_font(chromium, address):
    page = opened(chromium, f"{address}/en/gallery/code")
    field = page.locator("input#code")
    field.fill("418302")
    for font in ("", "serif", "monospace"):
        page.evaluate("f => document.querySelector('#code').style.fontFamily = f", font)
        scrolled = field.evaluate("e => { e.setSelectionRange(6, 6); return e.scrollLeft }")
        assert scrolled == 0
    page.context.close()


def test_the_file_field_speaks_our_language_and_then_names_the_file(chromium, address, tmp_path):
    page = opened(chromium, f"{address}/fr/gallery/form", locale="de-DE")
    assert page.get_by_text("Aucun fichier sélectionné").is_visible()
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(b"%PDF-")
    page.locator("input[type=file]").set_input_files(plan)
    assert not page.get_by_text("Aucun fichier sélectionné").is_visible()
    page.context.close()


def test_the_keyboard_s_place_is_always_seen(chromium, address):
    page = opened(chromium, f"{address}/en/gallery/form", viewport={"width": 1280, "height": 900})
    seen = """() => {
      const e = document.activeElement, box = e.closest('.cells, .file') || e;
      const s = getComputedStyle(box), o = getComputedStyle(e);
      return [e.tagName + ' ' + (e.id || e.textContent.trim()),
        s.outlineStyle !== 'none' || o.outlineStyle !== 'none' ||
        [...box.querySelectorAll('.button')].some(b => getComputedStyle(b).outlineStyle !== 'none')]
    }"""
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name, visible = page.evaluate(seen)
        if name.startswith("BODY"):
            break
        stops.append((name, visible))
    assert len(stops) > 20
    assert [name for name, visible in stops if not visible] == []
    page.context.close()


def test_a_page_prints_without_its_menus(chromium, address):
    page = opened(chromium, f"{address}/en/gallery/")
    page.emulate_media(media="print")
    assert not page.locator(".top-nav").is_visible()
    assert not page.locator(".crumbs").is_visible()
    assert page.locator("h1").is_visible()
    page.context.close()


def test_forced_colours_keep_every_sign(chromium, address):
    page = opened(chromium, f"{address}/en/gallery/form", forced_colors="active")
    appearance = page.locator("#terms").evaluate("e => getComputedStyle(e).appearance")
    assert appearance == "auto"
    # The colours are the system's there; axe still reads ours.
    assert [v for v in violations(page) if not v.startswith("color-contrast")] == []
    page.context.close()


# ── the end of a session ────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def idle_address() -> Iterator[tuple[str, list[str | None]]]:
    """The shell with somebody signed in for three more minutes, and the extensions it heard of."""
    app = small_app()
    heard: list[str | None] = []

    def extend() -> tuple[str, int]:
        heard.append(request.headers.get("X-CSRFToken"))
        return "", 204

    app.add_url_rule("/session/extend", view_func=extend, methods=["POST"])
    set_viewer(app, lambda: Viewer("Zoé Roy", "en", session_ends=ENDS, idle_seconds=180))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_the_page_itself_says_when_the_session_ends(chromium, idle_address):
    address, _ = idle_address
    page = opened(chromium, f"{address}/en/help", java_script_enabled=False)
    said = "If you do nothing, your session ends at 2:30\u00a0pm\u00a0ET."
    assert page.get_by_text(said).is_visible()
    page.context.close()


def test_two_minutes_before_the_end_the_reader_can_continue_where_they_were(chromium, idle_address):
    address, heard = idle_address
    page = chromium.new_context().new_page()
    page.clock.install()
    page.goto(f"{address}/en/gallery/form")
    page.get_by_label("Family name").fill("Brûlé")
    box = page.locator("#stay")
    page.clock.run_for(55_000)
    assert not box.is_visible()
    page.clock.run_for(10_000)
    assert box.is_visible()
    assert "Your session ends in 2 minutes." in box.inner_text()
    assert page.evaluate("() => document.activeElement.id") == "family_name"
    assert violations(page) == []
    with page.expect_response("**/session/extend") as answer:
        page.get_by_role("button", name="Continue session").click()
    assert answer.value.status == 204
    assert heard[-1]
    box.wait_for(state="hidden")
    assert page.evaluate("() => document.activeElement.id") == "family_name"
    assert page.get_by_label("Family name").input_value() == "Brûlé"
    page.context.close()


def test_after_the_end_the_page_says_so_and_keeps_what_was_typed(chromium, idle_address):
    address, _ = idle_address
    page = chromium.new_context().new_page()
    page.clock.install()
    page.goto(f"{address}/fr/gallery/form")
    page.get_by_label("Nom de famille").fill("Brûlé")
    page.clock.run_for(181_000)
    said = "Votre session a pris fin. Connectez-vous de nouveau; vos réponses sont conservées."
    assert page.get_by_text(said).is_visible()
    assert page.get_by_label("Nom de famille").input_value() == "Brûlé"
    page.context.close()
