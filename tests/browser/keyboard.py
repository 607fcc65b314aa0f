"""Somebody without a mouse: Tab, Enter, Space and the arrows; at each stop a look at the focus."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

MOST = 90
"""Stops before something counts as not reached."""

FOCUS = """
() => {
    const here = document.activeElement, found = [];
    if (!here || here === document.body) return ['nothing has the focus'];
    const named = `${here.tagName} ${here.name || here.textContent.trim().slice(0, 40)}`;
    const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
    const light = (colour) => parts(colour).slice(0, 3).map((one) => one / 255)
        .map((one) => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4)
        .reduce((sum, one, place) => sum + one * [.2126, .7152, .0722][place], 0);
    const contrast = (one, other) => {
        const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
        return (high + .05) / (low + .05);
    };
    const behind = (one) => {
        for (let at = one.parentElement; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor, alpha = parts(colour)[3];
            if (alpha === undefined || alpha === 1) return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    // On the element, or on what is drawn around it: the six cells of a code, a file's button.
    const around = [here, here.parentElement, here.parentElement?.parentElement,
        ...(here.type === 'file' ? here.parentElement.querySelectorAll('.button') : [])];
    const ringed = around.filter((one) => one && one !== document.body).find((one) => {
        const style = getComputedStyle(one);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    });
    if (!ringed) return [`no ring around ${named}`];
    // Two rings, one inside the other: one of them stands out from whatever is behind (3 : 1).
    const style = getComputedStyle(ringed), ground = behind(ringed);
    const rings = [style.outlineColor, style.boxShadow.match(/rgba?\\([^)]*\\)/)?.[0]];
    if (!rings.some((one) => one && contrast(one, ground) >= 3)) {
        found.push(`a ring nobody sees around ${named}`);
    }
    // WCAG 2.4.11: not hidden below something else, not outside of the window.
    const box = ringed.getBoundingClientRect();
    const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .15], [.5, .85]]
        .map(([x, y]) => [box.left + x * box.width, box.top + y * box.height])
        .filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
    if (!points.length) found.push(`${named} is outside of the window`);
    else if (!points.some(([x, y]) => {
        const hit = document.elementFromPoint(x, y);
        return hit && (ringed.contains(hit) || hit.contains(ringed));
    })) found.push(`${named} is hidden below something`);
    return found;
}
"""
_IS = "(wanted) => document.activeElement.matches(wanted)"
_CHOSEN = "() => document.activeElement.value"


class Keyboard:
    """The keys of one page's window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stops = 0

    def tab(self) -> None:
        """One stop on; it has the focus, and everybody sees that it has."""
        self.page.keyboard.press("Tab")
        self.stops += 1
        faults = self.page.evaluate(FOCUS)
        assert faults == [], f"{self.page.url}: {faults}"

    def to(self, wanted: str) -> None:
        """Go on to what this selector finds."""
        for _ in range(MOST):
            self.tab()
            if self.page.evaluate(_IS, wanted):
                return
        raise AssertionError(f"{wanted} is not reached on {self.page.url}")

    def into_main(self) -> None:
        """Past the header, by the first link of every page."""
        self.to("a.skip")
        self.page.keyboard.press("Enter")
        assert self.page.evaluate("() => location.hash") == "#main"

    def type(self, **values: str) -> None:
        """Fill in fields of these names, in the order in which they stand."""
        for name, value in values.items():
            self.to(f'main [name="{name}"]')
            self.page.keyboard.type(value)

    def choose(self, name: str, value: Any) -> None:
        """A choice: of several boxes each by Space, of one by the arrows."""
        field = self.page.locator(f'main [name="{name}"]').first
        kind = field.get_attribute("type") or field.evaluate("one => one.tagName.toLowerCase()")
        if kind == "checkbox":
            for one in value if isinstance(value, list) else [value]:
                self.to(f'main [name="{name}"][value="{one}"]')
                self.page.keyboard.press("Space")
            return
        self.to(f'main [name="{name}"]')
        if kind == "radio":
            self.page.keyboard.press("Space")
        for _ in range(MOST):
            if self.page.evaluate(_CHOSEN) == str(value):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} has no {value} on {self.page.url}")

    def tick(self, name: str) -> None:
        """A single box."""
        self.to(f'main [name="{name}"]')
        self.page.keyboard.press("Space")

    def press(self, wanted: str = "main button.primary") -> None:
        """Go to a button or a link, and press it."""
        self.to(wanted)
        self.enter()

    def enter(self) -> None:
        """Press Enter where one is, and wait for the page that comes."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
