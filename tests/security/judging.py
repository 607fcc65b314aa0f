"""What any answer must be, whatever was sent: the judge of every attack."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from tests.security.canaries import BEYOND, CLIENTS, NEXT_DOOR
from tests.web import checker

ALLOWED = frozenset({200, 204, 301, 302, 303, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429})
"""Of a redirect it is asked as well where it leads. 5xx is in it for nobody."""

MARKER = "<fz7q"
"""Begins the element that hostile values try to put into a page."""

_OURS = {"", "localhost"}
_OFTEN = 20
_NOT_A_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Judge:
    """Judges answers; of pages that are alike, every twentieth is parsed as well."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, int]] = Counter()

    def fault(self, door: str, actor: str, response: Response) -> str | None:
        """What is wrong with the answer, or nothing."""
        status = response.status_code
        # That the queue is late, which it is where no worker runs, is an answer and no crash.
        if status not in ALLOWED and not (status == 503 and door == "GET health.readyz"):
            return f"answered {status}"
        if (to := response.headers.get("Location")) and leads_away(to):
            return f"leads to {to[:60]}"
        if "html" not in response.headers.get("Content-Type", "") or not response.get_data():
            return None
        text = response.get_data(as_text=True)
        if MARKER in text.lower():
            at = text.lower().index(MARKER)
            return f"an element came in: {text[max(0, at - 60) : at + 40]!r}"
        foreign = (BEYOND, NEXT_DOOR) if actor in CLIENTS else (BEYOND,)
        if sung := [mark for mark in foreign if mark.lower() in text.lower()]:
            return f"shows a foreign row: {sung}"
        # The body of a redirect is werkzeug's, which nobody sees.
        return None if status in {301, 302, 303} else self._unsound(door, response, text)

    def _unsound(self, door: str, response: Response, text: str) -> str | None:
        key = (door, response.status_code)
        self.seen[key] += 1
        if self.seen[key] % _OFTEN != 1:
            return None
        try:
            check_sound(text, response)
        except Exception as error:  # noqa: BLE001 (the parser tells faults by many exceptions)
            return f"no sound page: {type(error).__name__}: {str(error)[:120]}"
        return None


def leads_away(address: str) -> bool:
    """Whether a browser would leave the portal for it."""
    parts = urlsplit(address)
    odd = address.startswith(("//", "/\\", "\\")) or "\\" in parts.netloc
    return odd or (parts.hostname or "") not in _OURS or parts.scheme not in {"", "http", "https"}


def check_sound(text: str, response: Response) -> None:
    """The page checker, but for the languages: what was typed is shown as it was typed."""
    checker.check_headers(response.headers)
    found = _NOT_A_TEXT.search(text)
    assert found is None, f"a control character: {text[found.start() - 90 :][:100]!r}"
    page = checker.Page(text)
    lang = str(page.one("html").get("lang"))
    checker.check_frame(page, lang)
    checker.check_nothing_inline(page)
    checker.check_ids(page)
    checker.check_forms(page)
    checker.check_names(page)
    checker.check_tables(page)
