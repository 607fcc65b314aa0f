"""A browser without JavaScript: every page it is given is checked before a test looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.web.checker import Page, check_page, text_of

X = "{http://www.w3.org/1999/xhtml}"
_REDIRECTS = (301, 302, 303, 307, 308)
_BUTTONS = ("submit", "button", "image", "reset")


class Answer:
    """One answer of the portal; a page has passed the checker."""

    def __init__(self, client: Client, path: str, response: TestResponse, page: Page | None):
        self.client = client
        self.path = path
        self.response = response
        self._page = page

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def data(self) -> bytes:
        return self.response.data

    @property
    def html(self) -> str:
        return self.response.text

    @property
    def location(self) -> str:
        """Where a redirect leads, without host and language."""
        return without_language(urlsplit(self.response.headers["Location"]).path)

    @property
    def page(self) -> Page:
        """The page, parsed; fails for a redirect or a file."""
        assert self._page is not None, f"{self.path} answered {self.status} without a page"
        return self._page

    @property
    def h1(self) -> str:
        return text_of(self.page.one("h1"))

    @property
    def text(self) -> str:
        """What stands on the page, spaces made single."""
        return text_of(self.page.one("body"))

    @property
    def main(self) -> str:
        """What stands in `main`: without header, menu and footer."""
        return text_of(self.page.one("main"))

    @property
    def errors(self) -> list[str]:
        """The lines of the error summary."""
        summary = next((e for e in self.page.all("div") if e.get("id") == "errors"), None)
        return [] if summary is None else [text_of(line) for line in summary.iter(f"{X}li")]

    def links(self) -> dict[str, str]:
        """Text → address of every link, the first of each text."""
        found: dict[str, str] = {}
        for link in self.page.all("a"):
            if link.get("href"):
                found.setdefault(text_of(link), str(link.get("href")))
        return found

    def forms(self) -> list[Form]:
        """The page's forms, in their order."""
        return [Form(self, element) for element in self.page.all("form")]

    def form(self, *names: str, action: str | None = None) -> Form:
        """The one POST form that has these fields, or this address; fails when none or two."""
        found = [
            form
            for form in self.forms()
            if form.method == "POST"
            and set(names) <= form.names
            and (action is None or without_language(form.action) == action)
        ]
        assert len(found) == 1, (
            f"{len(found)} forms with {names} on {self.path}; there are "
            f"{[(without_language(form.action), sorted(form.names)) for form in self.forms()]}"
        )
        return found[0]

    def follow(self, expect: int = 200) -> Answer:
        """Go where a redirect leads."""
        assert self.status in _REDIRECTS, f"{self.path} answered {self.status}, no redirect"
        return self.client.get(self.response.headers["Location"], expect=expect)

    def click(self, text: str, expect: int = 200) -> Answer:
        """Follow the link with this text."""
        links = self.links()
        assert text in links, f"no link {text!r} on {self.path}; there are {sorted(links)}"
        return self.client.get(urljoin(self.path, links[text]), expect=expect)

    def submit(self, data: Mapping[str, Any] | None = None, *names: str, **options: Any) -> Answer:
        """Fill in and send the form that has these fields (by default the ones in `data`)."""
        form = self.form(*(names or tuple(data or ())), action=options.pop("action", None))
        return form.submit(data, **options)


class Form:
    """A form as a browser would send it: hidden fields, what is typed in, what is chosen."""

    def __init__(self, answer: Answer, element: Element) -> None:
        self.answer = answer
        self.method = (element.get("method") or "get").upper()
        self.action = urljoin(answer.path, element.get("action") or answer.path)
        self._fields = list(_controls(element))
        self.buttons = {
            text_of(button): (button.get("name"), button.get("value") or "")
            for button in element.iter(f"{X}button")
        }

    @property
    def names(self) -> set[str]:
        """Every name that may be sent."""
        named = {str(control.get("name")) for control in self._fields if control.get("name")}
        return named | {name for name, _ in self.buttons.values() if name}

    @property
    def visible(self) -> set[str]:
        """The names of what somebody can fill in or choose."""
        shown = (one for one in self._fields if one.get("type") != "hidden" and one.get("name"))
        return {str(control.get("name")) for control in shown}

    @property
    def values(self) -> MultiDict[str, str]:
        """What is sent when nothing is touched and no button has a name."""
        return MultiDict(
            (str(control.get("name")), value)
            for control in self._fields
            for value in _sent(control)
        )

    def choices(self, name: str) -> list[str]:
        """The values that a select, radio or checkbox offers."""
        offered = []
        for control in self._fields:
            if control.get("name") != name:
                continue
            if control.tag == f"{X}select":
                offered += [str(o.get("value", text_of(o))) for o in control.iter(f"{X}option")]
            else:
                offered.append(str(control.get("value", "")))
        return offered

    def submit(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        button: str | None = None,
        expect: int = 302,
        to: str | None = None,
        lang: str | None = None,
    ) -> Answer:
        """Send it. A name that the form does not have fails: no browser could send it.

        `button` is the text of the button that is pressed, where several have names.
        """
        values = self.values
        for name, value in (data or {}).items():
            assert name in self.names, f"no field {name} in the form; it has {sorted(self.names)}"
            values.setlist(name, value if isinstance(value, list | tuple) else [value])
        if button is not None:
            assert button in self.buttons, f"no button {button!r}; there are {set(self.buttons)}"
            name, value = self.buttons[button]
            if name:
                values.setlist(name, [value])
        client = self.answer.client
        if self.method == "GET":
            return client.get(self.action, expect=expect, to=to, query_string=values)
        return client.post(self.action, values, expect=expect, to=to, lang=lang)


class Client:
    """Fetches pages of one browser; its cookies are its own."""

    def __init__(self, app: Flask, lang: str = "en") -> None:
        self.app = app
        self.lang = lang
        self.http = app.test_client()

    def path(self, target: str, lang: str | None = None, **values: Any) -> str:
        """The address of an endpoint (`authority.users`) or of a path, with its language."""
        if "/" not in target:
            with self.app.test_request_context():
                from flask import url_for

                target = url_for(target, **values)
        parts = urlsplit(target)
        bare = parts.path + (f"?{parts.query}" if parts.query else "")
        if bare == without_language(bare) and not _is_unprefixed(bare):
            return f"/{lang or self.lang}{bare}"
        return bare

    def get(
        self,
        target: str,
        *,
        lang: str | None = None,
        expect: int = 200,
        to: str | None = None,
        query_string: Any = None,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Answer:
        """Fetch a page, which must answer `expect`; a redirect must lead `to` somewhere named.

        `target` is a path without its language, or an endpoint with its `values`.
        """
        path = self.path(target, lang, **values)
        # Read to its end and closed, as by a browser: the portal does some things after it.
        response = self.http.get(path, query_string=query_string, headers=headers, buffered=True)
        return self._answer(path, response, expect, to)

    def post(
        self,
        target: str,
        data: Any = None,
        *,
        lang: str | None = None,
        expect: int = 302,
        to: str | None = None,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Answer:
        """Send fields as they are given: for forged and for stale forms.

        To use a page's own form, token and all: `client.post_form`, or `answer.submit`.
        """
        path = self.path(target, lang, **values)
        response = self.http.post(path, data=data or {}, headers=headers, buffered=True)
        return self._answer(path, response, expect, to)

    def post_form(
        self,
        target: str,
        data: Mapping[str, Any] | None = None,
        *,
        lang: str | None = None,
        expect: int = 302,
        to: str | None = None,
        action: str | None = None,
        button: str | None = None,
        **values: Any,
    ) -> Answer:
        """Open a page and send its form with these fields, token and hidden fields included."""
        page = self.get(target, lang=lang, **values)
        form = page.form(*(data or ()), action=action)
        return form.submit(data, button=button, expect=expect, to=to)

    def token(self, target: str = "/") -> str:
        """A form token of this browser, taken from a page, for forged posts."""
        page = self.get(target)
        for field in page.page.all("input"):
            if field.get("name") == "csrf_token":
                return str(field.get("value"))
        raise AssertionError(f"no form with a token on {target}")

    def cookie(self, name: str) -> str | None:
        """A cookie of this browser."""
        found = self.http.get_cookie(name)
        return None if found is None else found.value

    def _answer(self, path: str, response: TestResponse, expect: int, to: str | None) -> Answer:
        status = response.status_code
        kind = response.headers.get("Content-Type", "")
        told = f"{response.request.method} {path} answered {status}, not {expect}"
        if status in _REDIRECTS:
            told += f", and leads to {response.headers['Location']}"
        assert status == expect, told
        if status in _REDIRECTS:
            answer = Answer(self, path, response, None)
            assert to is None or answer.location == to, f"leads to {answer.location}, not {to}"
            return answer
        assert to is None, f"{path} answered {status}, no redirect to {to}"
        page = None
        if kind.startswith("text/html"):
            lang = path.split("/")[1]
            lang = lang if lang in {"en", "fr"} else self.lang
            page = check_page(response.text, lang, status, response.headers, expect=expect)
        return Answer(self, path, response, page)


def without_language(path: str) -> str:
    """An address as the endpoints know it: `/fr/me` is `/me`."""
    head, _, rest = path.removeprefix("/").partition("/")
    return f"/{rest}" if head in {"en", "fr"} else path


def _is_unprefixed(path: str) -> bool:
    from app.web.locale import is_unprefixed

    return is_unprefixed(path)


def _controls(form: Element) -> Iterator[Element]:
    for element in form.iter():
        if element.tag in {f"{X}input", f"{X}select", f"{X}textarea"}:
            yield element


def _sent(control: Element) -> Iterator[str]:
    """What a browser sends for a control that nobody touched."""
    if control.get("disabled") is not None or not control.get("name"):
        return
    kind = control.get("type", "text")
    if control.tag == f"{X}textarea":
        yield (control.text or "").removeprefix("\n")
    elif control.tag == f"{X}select":
        options = list(control.iter(f"{X}option"))
        chosen = [option for option in options if option.get("selected") is not None]
        for option in chosen or options[:1]:
            yield str(option.get("value", text_of(option)))
    elif kind in {"checkbox", "radio"}:
        if control.get("checked") is not None:
            yield control.get("value", "on")
    elif kind not in _BUTTONS and kind != "file":
        yield control.get("value", "")
