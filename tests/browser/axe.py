"""axe-core on a page: as it loads, with every disclosure open, in light and in dark."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

WHOLE = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
EVERY_ONE = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
COLOURS = {"type": "rule", "values": ["color-contrast"]}
"""All that another colour scheme can change."""
# How many were opened; what an open menu lies over is no target while it is open.
_OPEN = """
(within) => {
    const closed = document.querySelectorAll(`${within} details:not([open])`);
    for (const one of closed) one.open = true;
    window.openedByAxe = [...(window.openedByAxe || []), ...closed];
    return closed.length;
}
"""
_CLOSE = "() => { for (const one of window.openedByAxe || []) one.open = false; }"
_RUN = """
async ([only, within, covered]) => {
    const found = await axe.run(within === 'html' ? document : within, {
        runOnly: only,
        resultTypes: ['violations'],
        selectors: false,
        preload: false,
        ...(only.type === 'tag' && {rules: {'target-size': {enabled: !covered}}}),
    });
    return found.violations.map((violation) => [
        violation.id, violation.help, violation.nodes.map((node) => node.html.slice(0, 200)),
    ]);
}
"""
_STILL = "() => Promise.all(document.getAnimations().map((one) => one.finished))"
_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_SMALL = """
() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([one]) => one.getAttribute('aria-hidden') !== 'true')
    .filter(([one, box]) => box.width && box.height && (box.width < 24 || box.height < 24))
    .filter(([one]) => !['checkbox', 'radio', 'hidden'].includes(one.type))
    .filter(([one]) => getComputedStyle(one).display !== 'inline')
    .map(([one, box]) => `${box.width}×${box.height} ${one.outerHTML.slice(0, 120)}`)
"""


@lru_cache(maxsize=1)
def source() -> str:
    """axe-core, as the package brings it."""
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


# What axe can tell apart: the elements, their attributes but for free values, and whether there is
# a text. Words, numbers and addresses differ from page to page, and no rule asks what they say.
_SHAPE = """
async (within) => {
    const free = new Set(['href', 'src', 'value', 'action', 'content', 'datetime', 'id', 'for',
        'name', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'form', 'list']);
    const parts = [];
    for (const one of document.querySelectorAll(`${within}, ${within} *`)) {
        parts.push(one.localName);
        for (const a of one.attributes) {
            parts.push(a.name, free.has(a.name) || /\\s|\\d/.test(a.value) && a.name !== 'class'
                ? Boolean(a.value.trim()) : a.value);
        }
        parts.push([...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
    }
    return parts.join(' ');
}
"""
_looked_at: set[tuple[object, ...]] = set()
"""States of pages that are known to be clean, by width and shape."""


def check(page: Page) -> None:
    """Fail for any violation in any state, for a small target, and for sideways scrolling.

    By day a shape that was clean at this width is not looked at again, in whichever language its
    words are: most pages of a journey differ by a name only. The night looks at all of them.
    """
    _clean(page, "as loaded")
    assert page.evaluate(_WIDE) <= 0, f"{page.url} scrolls sideways"
    small = page.evaluate(_SMALL)
    assert small == [], f"small targets on {page.url}: {small}"
    if page.evaluate(_OPEN, "main"):
        _clean(page, "open")
        assert page.evaluate(_WIDE) <= 0, f"{page.url} scrolls sideways once open"
    _clean(page, "dark, open", dark=True)
    if page.evaluate(_OPEN, "body"):
        _clean(page, "menus open", within="body > header", covered=True)
        _clean(page, "dark, menus open", within="body > header", dark=True)
    page.evaluate(_CLOSE)  # whoever acts on the page finds it as it came


def _clean(
    page: Page,
    state: str,
    *,
    within: str = "body",
    covered: bool = False,
    dark: bool = False,
) -> None:
    shape = (state, str(page.viewport_size), page.title() != "", page.evaluate(_SHAPE, within))
    if shape in _looked_at and not EVERY_ONE:
        return
    part = "html" if within == "body" else within
    if dark:
        page.emulate_media(color_scheme="dark")
    found = violations(page, only=COLOURS if dark else WHOLE, within=part, covered=covered)
    if dark:
        page.emulate_media(color_scheme="light")
    assert found == [], f"{page.url} ({state}): {found}"
    _looked_at.add(shape)


def violations(
    page: Page,
    *,
    only: dict[str, Any] = WHOLE,
    within: str = "html",
    covered: bool = False,
) -> list[Any]:
    """What axe finds on the page as it stands, or on a part of it."""
    # Half-way through a change of colours nothing has its contrast.
    page.evaluate(_STILL)
    if not page.evaluate("() => 'axe' in window"):
        # In the page's own world: a strict policy forbids script elements, not the debugger.
        page.evaluate(source())
    found: list[Any] = page.evaluate(_RUN, [only, within, covered])
    return found
