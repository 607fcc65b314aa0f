"""Somebody at a browser: fills in what is on the page, presses its button, reads what comes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response

from tests.browser.axe import EVERY_ONE
from tests.browser.axe import check as check_access
from tests.browser.service import PASSWORD, Service
from tests.support.client import without_language
from tests.web.checker import Page as Parsed
from tests.web.checker import check_page

_CODE_STEPS = ("/sign-in/code", "/sign-up/code", "/step-up")
_TERMS_STEPS = ("/sign-in/terms", "/sign-up/terms")


class Actor:
    """A person of the journey. Every page met is checked: status, markup, language, access."""

    def __init__(self, page: Page, service: Service, lang: str, *, twin: Page | None = None):
        self.page = page
        self.service = service
        self.lang = lang
        self._twin = twin
        self._document: Response | None = None
        self.seen: set[str] = set()
        """The pages that were looked at, without their numbers."""
        page.on("response", self._note)

    # ── moving ──────────────────────────────────────────────────────────────────────────

    def go(self, path: str, status: int = 200) -> Parsed:
        """Type an address; without a language it gets one's own."""
        address = path if path.startswith(("http", "/en", "/fr")) else f"/{self.lang}{path}"
        self.page.goto(address)
        return self.look(status)

    def read(self, path: str) -> str:
        """The page at an address, in search of its links: it answers, and is not drawn."""
        answer = self.page.context.request.get(f"/{self.lang}{path}")
        assert answer.status == 200, f"{path} answered {answer.status}"
        return answer.text()

    def click(self, text: str) -> Parsed:
        """Follow a link by its words, wherever on the page it is."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=text, exact=True).first.click()
        return self.look()

    def fill(self, **values: Any) -> None:
        """Fill in the fields of the page by their names; choices by their value."""
        for name, value in values.items():
            self._fill_one(name, value)

    def press(self, name: str | None = None, status: int = 200) -> Parsed:
        """Press the page's primary button, or the one with this name."""
        buttons = "main button.primary, main button.danger"
        wanted = f'main button[name="{name}"]' if name else buttons
        found = self.page.locator(wanted)
        assert found.count() == 1, f"{found.count()} buttons {name or ''} on {self.path}"
        with self.page.expect_navigation():
            found.click()
        return self.look(status)

    @property
    def path(self) -> str:
        """Where one is, without the language."""
        return without_language(urlsplit(self.page.url).path)

    # ── looking ─────────────────────────────────────────────────────────────────────────

    def look(self, status: int = 200) -> Parsed:
        """Check the page as it was sent, then as it is drawn."""
        answer = self._document
        assert answer is not None
        assert answer.status == status, f"{self.page.url} answered {answer.status}"
        html = answer.text()
        parsed = check_page(html, self.lang, answer.status, _titled(answer.headers), expect=status)
        self._draw(answer)
        self.seen.add(_kind(self.path))
        return parsed

    def h1(self) -> str:
        return self.page.locator("h1").inner_text()

    def _draw(self, answer: Response) -> None:
        """Without JavaScript nothing can be measured: a twin with the same cookies looks again.

        By day a kind of page is drawn for the first who meets it at a width: in French on a phone,
        in English on a desk. The night draws all four.
        """
        width = self.page.viewport_size
        kind = (str(width), _kind(self.path), answer.request.method, answer.status)
        if kind in _drawn and not EVERY_ONE:
            return
        _drawn.add(kind)
        if self._twin is None:
            check_access(self.page)
        elif answer.request.method == "GET":
            self._twin.context.add_cookies(self.page.context.cookies())  # type: ignore[arg-type]
            self._twin.goto(self.page.url)
            check_access(self._twin)

    def _note(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self._document = response

    def _fill_one(self, name: str, value: Any) -> None:
        field = self.page.locator(f'main [name="{name}"]')
        assert field.count() > 0, f"no field {name} on {self.path}"
        kind = field.first.get_attribute("type")
        if kind in {"radio", "checkbox"}:
            for one in value if isinstance(value, list) else [value]:
                chosen = (
                    field.first
                    if one is True
                    else field.and_(self.page.locator(f'[value="{one}"]'))
                )
                chosen.check()
        elif self._is_select(name):
            field.select_option(str(value))
        else:
            field.fill(str(value))

    def _is_select(self, name: str) -> bool:
        return self.page.locator(f'main select[name="{name}"]').count() > 0

    # ── signing up and in ───────────────────────────────────────────────────────────────

    def sign_up(self, given: str, family: str, name: str) -> str:
        """Sign up as a newcomer; return the reference number that the mail brings."""
        email = f"{name}@voyage.example"
        self.go("/sign-up")
        self.fill(
            given_name=given,
            family_name=family,
            email=email,
            email_again=email,
            language=self.lang,
            sign_in_name=name,
            password=PASSWORD,
        )
        self.press()
        self.through(email)
        return self.service.urn(email)

    def sign_in(self, name: str, email: str) -> None:
        """Sign in with the password, the code of the mail, and the terms."""
        self.go("/sign-in")
        self.fill(sign_in_name=name, password=PASSWORD)
        before = self.service.newest(email)
        self.press()
        self.through(email, before)

    def through(self, email: str, before: str | None = None) -> None:
        """Go through the code and the terms, as often as they are asked."""
        while self.path in (*_CODE_STEPS, *_TERMS_STEPS):
            if self.path in _CODE_STEPS:
                self.fill(code=self.service.code(email, after=before))
            if self.page.locator('main [name="accept"]').count():
                self.fill(accept=True)
            self.press()


_drawn: set[tuple[str, str, str, int]] = set()


def _kind(path: str) -> str:
    """An address without its numbers."""
    return "".join("0" if c.isdigit() else c for c in path)


def _titled(headers: dict[str, str]) -> dict[str, str]:
    """Headers under the names that the checker asks for."""
    return {
        "-".join(part.capitalize() for part in name.split("-")): value
        for name, value in headers.items()
    }
