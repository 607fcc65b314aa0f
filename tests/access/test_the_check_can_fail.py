"""The check of a page finds what it is there for: in each state, and after a clean page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import check

CLEAN = "<p>Read me</p>"
FAULTS = {
    "a button without a name": '<button type="button" class="big"></button>',
    "a pale text": '<p class="pale">Read me</p>',
    "a text that is pale in the dark": '<p class="pale-in-the-dark">Read me</p>',
    "a picture without words that is folded away": (
        '<details><summary class="big">More</summary><img src="data:,"></details>'
    ),
    "a target too small for a finger": '<button type="button" class="small">x</button>',
    "a page that scrolls sideways": '<p class="wide">Read me</p>',
}
PAGE = """<!doctype html><html lang="en"><head><title>Page</title><style>
.pale {{ color: #ccc; background: #fff }}
.big {{ display: block; padding: 1rem }}
.small {{ width: 10px; height: 10px; padding: 0; font-size: 6px; display: block }}
.wide {{ width: 3000px }}
@media (prefers-color-scheme: dark) {{ .pale-in-the-dark {{ color: #222; background: #000 }} }}
</style></head><body><header><a href="/" class="big">Home</a></header>
<main><h1>Page</h1>{}</main></body></html>"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A window of a phone."""
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_content(PAGE.format(CLEAN))
    yield page
    page.close()


def test_a_clean_page_passes(page: Page) -> None:
    check(page)
    check(page)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_though_a_clean_page_was_just_like_it(page: Page, fault: str) -> None:
    check(page)
    page.set_content(PAGE.format(CLEAN + FAULTS[fault]))
    with pytest.raises(AssertionError):
        check(page)


def test_a_label_that_goes_missing_is_a_new_shape(page: Page) -> None:
    named = '<label for="one">Name</label><input id="one" class="big">'
    page.set_content(PAGE.format(named))
    check(page)
    page.set_content(PAGE.format(named.replace("Name", " ")))
    with pytest.raises(AssertionError):
        check(page)


def test_whatever_was_opened_is_closed_again(page: Page) -> None:
    page.set_content(PAGE.format("<details><summary class='big'>More</summary>Text</details>"))
    check(page)
    assert not page.evaluate("() => document.querySelector('details').open")
