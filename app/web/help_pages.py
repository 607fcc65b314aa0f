"""Help in both languages, from Markdown files: a list of topics, and one page each."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Blueprint, abort, render_template
from markdown_it import MarkdownIt
from markupsafe import Markup

from app.programs.limits import limits
from app.programs.wording import say_days, say_span
from app.web.access import public
from app.web.locale import language

pages = Blueprint("help", __name__)

FOLDER: Final = Path(__file__).parent / "help"
# In the order of a newcomer's way.
TOPICS: Final = (
    "sign-in",
    "registering",
    "activation",
    "roles",
    "application",
    "transfer",
    "notices",
    "my-account",
    "staff-lists",
    "staff-decide",
    "staff-cases",
    "staff-letters",
    "staff-registry",
    "staff-ledger",
    "staff-people",
    "staff-status",
)
_FACT: Final = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Topic:
    """One help page: its title, its first sentence, its text."""

    name: str
    title: str
    summary: str
    body: Markup


@pages.get("/help")
@public
def index() -> str:
    """All topics, each with the sentence it begins with."""
    return render_template("help/index.html", topics=[read(name, language()) for name in TOPICS])


@pages.get("/help/<name>")
@public
def topic(name: str) -> str:
    """One topic."""
    if name not in TOPICS:
        abort(404)
    others = [read(other, language()) for other in TOPICS if other != name]
    return render_template("help/topic.html", topic=read(name, language()), others=others)


@functools.cache
def read(name: str, lang: str) -> Topic:
    """A topic's text: ``# Title``, one paragraph that sums it up, then the rest.

    HTML inside the text is shown, not run: a help text may be written by anyone.
    """
    text = (FOLDER / lang / f"{name}.md").read_text(encoding="utf-8")
    text = _FACT.sub(lambda found: facts()[found[1]], text)
    heading, summary, rest = (part.strip() for part in text.split("\n\n", 2))
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(rest)
    return Topic(name, heading.removeprefix("# "), summary, Markup(body))  # noqa: S704


def facts() -> dict[str, str]:
    """The numbers that help texts name as ``{{code_life}}``, from the portal's one table."""
    table = limits()
    code, letter = table.one_time_code, table.letter_code
    return {
        "code_digits": str(code.digits),
        "code_life": say_span(code.life),
        "code_tries": str(code.tries),
        "resend_gap": say_span(table.resend.gap),
        "lock_first": say_span(table.lock.first),
        "password_min": str(table.password.min),
        "idle": say_span(table.session.idle),
        "absolute": say_span(table.session.absolute),
        "letter_length": str(letter.length),
        "letter_groups": str(letter.groups),
        "letter_tries": str(letter.tries_a_code),
        "new_letter_after": say_days(letter.new_letter_after),
        "letters": str(letter.letters),
        "letters_within": say_days(letter.letters_within),
        "invitation": say_days(table.invitation.life),
        "add_failures": str(table.add_a_user.failures),
        "add_within": say_span(table.add_a_user.within),
        "facts_failures": str(table.shared_facts.failures_a_person),
        "facts_locked": say_span(table.shared_facts.locked),
    }
