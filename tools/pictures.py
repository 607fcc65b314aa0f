"""Take the pictures of README.md and LISEZMOI.md again, from a running demonstration.

    make run                              # in another terminal
    .venv/bin/python -m tools.pictures PASSWORD

The letter is drawn from invented facts: a real one exists on paper alone.
"""

import argparse
import io
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tools import browser as chromium

PICTURES: Final = Path(__file__).resolve().parents[1] / "docs" / "pictures"
COLOURS: Final = 96
WIDE: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
)


def main() -> None:
    """Take every picture in both languages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("password")
    parser.add_argument("--portal", default="http://localhost:8000")
    parser.add_argument("--mail", default="http://localhost:8025")
    given = parser.parse_args()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        program = chromium.find()
        with playwright.chromium.launch(executable_path=program, args=list(FLAGS)) as browser:
            camera = Camera(browser, given.portal, given.mail, given.password)
            for language in ("en", "fr"):
                camera.client(language)
                camera.newcomers(language)
                camera.staff(language)
                camera.phone(language)
                letter(language)


class Camera:
    """A browser that signs in as the demonstration's people and keeps what it sees."""

    def __init__(self, browser: Browser, portal: str, mail: str, password: str) -> None:
        self.browser, self.portal, self.mail, self.password = browser, portal, mail, password

    def client(self, language: str) -> None:
        """A consultant's businesses, then an owner's account."""
        page = self.signed_in("s.marchetti", "s.marchetti@marchetti.example", language)
        self.take(page, f"/{language}/businesses", f"businesses-{language}")
        page.context.close()
        page = self.signed_in("m.theriault", "m.theriault@beauharnois.example", language)
        page.goto(f"{self.portal}/{language}/businesses")
        with page.expect_navigation():
            page.locator("main table a").first.click()
        account = urllib.parse.urlsplit(page.url).path
        self.take(page, account, f"dashboard-{language}")
        self.take(page, f"{account}users", f"users-{language}")
        self.take(page, f"{account}activity", f"activity-{language}")
        page.goto(f"{self.portal}{account}users")
        with page.expect_navigation():
            page.locator("main a[href*='/roles/']").first.click()
        self.take(page, urllib.parse.urlsplit(page.url).path, f"roles-{language}")
        page.context.close()

    def newcomers(self, language: str) -> None:
        """A question of the registration, and the two numbers of the letter."""
        page = self.signed_in("p.raghunathan", "priya@raghunathan.example", language)
        page.goto(f"{self.portal}/{language}/register/new")
        with page.expect_navigation():
            page.locator("main form button[type=submit]").first.click()
        keep(page.screenshot(), f"registration-{language}")
        page.context.close()
        page = self.signed_in("ra.gagne", "ra.gagne@boreale.example", language)
        page.goto(f"{self.portal}/{language}/activate")
        keep(page.screenshot(), f"activation-{language}")
        page.context.close()

    def staff(self, language: str) -> None:
        """What an officer sees first, a generated screen, and what an auditor reads."""
        page = self.signed_in("h.okafor", "h.okafor@agence.example", language)
        self.take(page, f"/{language}/staff/", f"work-list-{language}")
        self.take(page, f"/{language}/staff/letters/list/", f"letters-{language}")
        page.context.close()
        page = self.signed_in("t.kowalczyk", "t.kowalczyk@agence.example", language)
        self.take(page, f"/{language}/staff/trail/list/", f"trail-{language}")
        page.context.close()

    def phone(self, language: str) -> None:
        """The counter on a phone."""
        page = self.browser.new_context(viewport=PHONE).new_page()
        self.take(page, f"/{language}/sign-in", f"sign-in-phone-{language}")
        page.context.close()

    def take(self, page: Page, path: str, name: str) -> None:
        """Keep the upper part of a page."""
        answer = page.goto(f"{self.portal}{path}")
        if answer is None or answer.status != 200:
            raise SystemExit(f"{path}: {answer and answer.status}")
        keep(page.screenshot(), name)

    def signed_in(self, name: str, address: str, language: str) -> Page:
        """A new browser, signed in with the password and the code from the mail page."""
        page = self.browser.new_context(viewport=WIDE).new_page()
        before = self._latest(address)
        page.goto(f"{self.portal}/{language}/sign-in")
        page.fill("input[autocomplete=username]", name)
        page.fill("input[type=password]", self.password)
        send(page)
        page.fill("input[autocomplete=one-time-code]", self._code(address, before))
        if page.locator("main input[type=checkbox]").count():
            page.check("main input[type=checkbox]")
        send(page)
        if page.url.endswith("/sign-in/terms"):
            page.check("main input[type=checkbox]")
            send(page)
        return page

    def _latest(self, address: str) -> str:
        query = urllib.parse.urlencode({"to": address})
        try:
            with urllib.request.urlopen(f"{self.mail}/latest?{query}") as answer:  # noqa: S310
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            return ""

    def _code(self, address: str, before: str) -> str:
        for _ in range(100):
            text = self._latest(address)
            if text != before and (found := re.search(r"\b(\d{3})\s?(\d{3})\b", text)):
                return found[1] + found[2]
            time.sleep(0.2)
        raise SystemExit(f"no code came for {address}")


def send(page: Page) -> None:
    """Send the page's form, and wait for the answer."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def letter(language: str) -> None:
    """Draw a letter as a picture, through the very template of the real ones."""
    from flask import Flask
    from flask_babel import Babel

    from app.enrolment.letter import LetterFacts, compose, picture
    from app.programs.library import definitions
    from app.programs.limits import limits
    from config import ROOT

    words = Flask("pictures")
    words.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    Babel(words)
    facts = LetterFacts(
        language=language,
        number="L-2026-031882",
        addressee="Rose-Aimée Gagné",
        address={
            "name": "Quincaillerie Boréale inc.",
            "street": "1180, boulevard La Salle, bureau 4",
            "city": "Baie-Comeau",
            "region": "QC",
            "postal_code": "G5C 3B1",
            "country": "CA",
        },
        client_number="48213607",
        code="K7QD4MXP92HT",
        made_at=datetime(2026, 10, 23, 15, tzinfo=UTC),
        expires_at=datetime(2026, 12, 8, 4, 59, 59, tzinfo=UTC),
    )
    mailing = next(one for one in definitions() if one.letters.activation is not None)
    with words.test_request_context():
        content = compose(mailing, limits().letter_code, facts, "https://guichet.example")
    keep(picture(content), f"letter-{language}")


def keep(png: bytes, name: str) -> None:
    """Save a picture in few colours: flat pages lose nothing by it.

    By coverage of all colours: by frequency, the little marigold of a page would turn grey.
    """
    with Image.open(io.BytesIO(png)) as image:
        small = image.convert("RGB").quantize(
            COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        small.save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
