"""What must hold on every page, whoever fetches it: used by all page tests.

``check_page`` looks at the status first: a crawl of error pages must never count as clean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib

_X = "{http://www.w3.org/1999/xhtml}"
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d_]+")
# LANGUAGE §7, test 15, with the commonest words of each language that the other does not have.
ENGLISH = frozenset({"the", "and", "of", "your", "you", "with", "this", "are", "please"})
FRENCH = frozenset({"le", "les", "des", "vous", "votre", "une", "est", "avec", "pour"})
_NO_LABEL = frozenset({"hidden", "submit", "button", "image", "reset"})
_FORBIDDEN_IN_FRENCH = re.compile(r"[ \u00a0\u202f][;?!]|\u202f|[^\s\u00a0/:]:(?=\s|$)|(?<! ) :|'")


class Page:
    """One page, parsed strictly."""

    def __init__(self, html: str) -> None:
        assert html.lstrip().lower().startswith("<!doctype html>"), "no doctype"
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=True)
        self.root: Element = parser.parse(html)
        self.parents = {child: parent for parent in self.root.iter() for child in parent}

    def all(self, *names: str) -> Iterator[Element]:
        """Every element of these names, in the page's order; of any name when none is given."""
        wanted = {_X + name for name in names}
        for element in self.root.iter():
            if not wanted or element.tag in wanted:
                yield element

    def one(self, name: str) -> Element:
        """The only element of this name."""
        found = list(self.all(name))
        assert len(found) == 1, f"{len(found)} <{name}>"
        return found[0]

    def path(self, element: Element) -> str:
        """Where an element stands, for messages."""
        steps = []
        at: Element | None = element
        while at is not None:
            steps.append(str(at.tag).removeprefix(_X) + _id_of(at))
            at = self.parents.get(at)
        return " > ".join(reversed(steps[:5]))

    def inside(self, element: Element, name: str) -> Element | None:
        """The nearest ancestor of this name."""
        at: Element | None = element
        while at is not None:
            if at.tag == _X + name:
                return at
            at = self.parents.get(at)
        return None

    def words(self, lang: str) -> list[str]:
        """The lower-case words of the page in ``lang``, passages marked otherwise left out."""
        return [
            w.lower() for text in self.texts(lang) for w in _WORD.findall(text.replace("’", " "))
        ]

    def texts(self, lang: str) -> list[str]:
        """The texts of the page in ``lang``: what is read, and what is read out."""
        found: list[str] = []
        self._collect(self.root, lang, "", found)
        return [text for text in found if text.strip()]

    def _collect(self, element: Element, lang: str, current: str, found: list[str]) -> None:
        current = element.get("lang", current)
        # translate="no" marks what people and businesses are called: names have no language.
        if element.tag == _X + "script" or element.get("translate") == "no":
            return
        if current == lang:
            spoken = ("title", "alt", "aria-label", "data-label")
            found.extend(str(element.get(name)) for name in spoken if element.get(name))
            if element.tag not in {_X + "code", _X + "kbd"} and element.text:
                found.append(element.text)
        for child in element:
            self._collect(child, lang, current, found)
            if current == lang and child.tail:
                found.append(child.tail)


def check_page(
    html: str, lang: str, status: int, headers: Mapping[str, str], *, expect: int = 200
) -> Page:
    """Assert that a page is what every page of the portal must be; return it parsed."""
    assert status == expect, f"status {status}, not {expect}"
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    check_headers(headers)
    page = Page(html)
    check_frame(page, lang)
    check_nothing_inline(page)
    check_ids(page)
    check_forms(page)
    check_names(page)
    check_tables(page)
    check_language(page, lang)
    return page


def check_headers(headers: Mapping[str, str]) -> None:
    """The policy that forbids inline code, and no copy in any cache."""
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    for hole in ("unsafe", "data:", "*", "http:", "https:"):
        assert hole not in policy, f"{hole} in the policy"
    for wanted in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert wanted in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Referrer-Policy" in headers


def check_frame(page: Page, lang: str) -> None:
    """Language, title, one h1 that the title repeats, one main, a skip link that leads to it."""
    html = page.one("html")
    assert html.get("lang") == lang, f"lang={html.get('lang')}"
    title, heading = text_of(page.one("title")), text_of(page.one("h1"))
    assert heading, "empty h1"
    rest = re.sub(r"^(Errors: |Erreurs\u00a0: )\d+ – ", "", title)
    if title != "Guichet":
        assert rest.endswith(" – Guichet"), f"title {title!r}"
        assert rest.startswith(heading), f"title {title!r} does not begin with h1 {heading!r}"
    main = page.one("main")
    if title != "Guichet":
        skip = next(page.all("a"))
        assert skip.get("href") == f"#{main.get('id')}", "the first link does not skip to main"
    shown = sum(1 for e in page.all("div") if e.get("id") == "errors")
    assert shown <= 1, "two error summaries"
    assert bool(shown) == (rest != title), "title and error summary disagree"
    levels = [int(str(e.tag)[-1]) for e in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    for before, after in pairwise(levels):
        assert after <= before + 1, f"heading jumps from h{before} to h{after}"


def check_nothing_inline(page: Page) -> None:
    """No style, no script, no handler in the page; nothing from another host."""
    for element in page.all():
        name = str(element.tag).removeprefix(_X)
        assert name != "style", "a <style> element"
        if name == "script":
            assert element.get("src"), "an inline script"
            assert not (element.text or "").strip(), "an inline script"
        for attribute, value in element.attrib.items():
            assert attribute != "style", f"style attribute at {page.path(element)}"
            assert not attribute.startswith("on"), f"{attribute} at {page.path(element)}"
            if attribute in {"href", "action", "formaction", "src"}:
                scheme = value.strip().lower().partition(":")[0]
                assert scheme not in {"javascript", "data"}, f"a {scheme}: address"
            if attribute == "src" or (name == "link" and attribute == "href"):
                assert value.startswith("/"), f"{value} is not ours"


def check_ids(page: Page) -> None:
    """Ids are unique, and whatever names an id names one that exists."""
    ids = [str(e.get("id")) for e in page.all() if e.get("id") is not None]
    assert all(ids), "an empty id"
    assert len(ids) == len(set(ids)), (
        f"ids repeated: {sorted({i for i in ids if ids.count(i) > 1})}"
    )
    for element in page.all():
        for attribute in ("for", "form", "aria-describedby", "aria-labelledby", "aria-controls"):
            for named in (element.get(attribute) or "").split():
                assert named in ids, f"{attribute}={named} leads nowhere"
        href = element.get("href", "")
        if href.startswith("#") and len(href) > 1:
            assert href[1:] in ids, f"link to {href} leads nowhere"


def check_forms(page: Page) -> None:
    """Every control has a label; every POST carries a token; errors are tied to their field."""
    labelled = {label.get("for") for label in page.all("label")}
    for control in page.all("input", "select", "textarea"):
        if control.get("type") in _NO_LABEL:
            continue
        named = control.get("id") in labelled or control.get("aria-label")
        assert named or control.get("aria-labelledby"), f"no label at {page.path(control)}"
        assert control.get("name"), f"no name at {page.path(control)}"
        assert control.get("placeholder") is None, "a placeholder stands for a label"
        if control.get("aria-invalid") == "true" and page.inside(control, "fieldset") is None:
            assert control.get("aria-describedby"), f"error not tied at {page.path(control)}"
    for form in page.all("form"):
        assert form.get("action"), f"no action at {page.path(form)}"
        inside = [e.get("name") for e in form.iter(_X + "input")]
        if (form.get("method") or "get").lower() == "post":
            assert inside.count("csrf_token") == 1, f"no token at {page.path(form)}"
        else:
            assert "csrf_token" not in inside, "a token in an address"
    for group in page.all("fieldset"):
        legends = [child for child in group if child.tag == _X + "legend"]
        named = bool(legends) and bool(text_of(legends[0]))
        assert named, f"fieldset without legend at {page.path(group)}"


def check_names(page: Page) -> None:
    """Buttons, links, pictures and regions say what they are."""
    for element in page.all("button", "a", "summary"):
        if element.tag == _X + "a" and element.get("href") is None:
            continue
        assert text_of(element) or element.get("aria-label"), f"nameless {page.path(element)}"
    for picture in page.all("img"):
        assert picture.get("alt") is not None, f"no alt at {page.path(picture)}"
    for drawing in page.root.iter("{http://www.w3.org/2000/svg}svg"):
        assert drawing.get("aria-hidden") == "true" or drawing.get("aria-label"), "a nameless svg"
    names = [nav.get("aria-label") or nav.get("aria-labelledby") for nav in page.all("nav")]
    assert all(names), "a nav without a name"
    assert len(names) == len(set(names)), f"two navs of one name: {names}"


def check_tables(page: Page) -> None:
    """Tables have a caption or a name, heads with scope, and rows as wide as the heads."""
    for table in page.all("table"):
        caption = table.find(_X + "caption")
        named = table.get("aria-labelledby") or table.get("aria-label")
        assert caption is not None or named, f"a table without a name at {page.path(table)}"
        for head in table.iter(_X + "th"):
            assert head.get("scope"), f"th without scope at {page.path(head)}"


def check_language(page: Page, lang: str) -> None:
    """No word of the other language but in passages that say so; French typography."""
    other = FRENCH if lang == "en" else ENGLISH
    strange = sorted(set(page.words(lang)) & other)
    assert not strange, f"words of the other language on a page in {lang}: {strange}"
    if lang == "fr":
        for text in page.texts("fr"):
            wrong = _FORBIDDEN_IN_FRENCH.search(_URLS.sub("", text))
            assert wrong is None, f"French typography: {wrong.group()!r} in {text.strip()!r}"


_URLS = re.compile(r"\S+@\S+|https?:\S+|\b\d{1,2}:\d\d\b")


def text_of(element: Element) -> str:
    """The text of an element, spaces made single. U+00A0 stays."""
    return re.sub(r"[ \n\t\r\f]+", " ", "".join(element.itertext())).strip()


def _id_of(element: Element) -> str:
    name = element.get("id") or element.get("class") or element.get("name")
    return f"[{name}]" if name else ""
