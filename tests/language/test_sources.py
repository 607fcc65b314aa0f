"""No text is written into a template or a module past the catalogue, shown or not.

What the walk over the pages cannot reach (a rare failure, a state that takes weeks) is read in
the source: the texts between a template's marks, and sentences among a module's constants.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from config import ROOT
from tests.support.plain import Plain, texts_of
from tools import catalogue

# The gallery is outside production only, and shows its parts with invented people.
TEMPLATES = sorted(
    path for path in (ROOT / "app").glob("**/templates/**/*.*") if "gallery" not in path.parts
)
MODULES = sorted(
    path
    for path in (ROOT / "app").glob("**/*.py")
    # What speaks to operators and their machines, and the demonstration’s invented people.
    if "ops" not in path.parts and path.name not in {"commands.py", "gallery.py", "metrics.py"}
)
PLAIN = Plain()
_SAID = frozenset(catalogue.KEYWORDS)
_WORDS = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ’]+(?![-\w./])")
# What is no text: the name of a class in a block of its own, attributes of an element in pieces.
_CLASS = re.compile(r"(\{% block \w+_(?:class|width) %\})[^{]*")
_ATTRIBUTES = re.compile(r'[\w-]+="[^"]*"')
_SENTENCE = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ’]* .*[a-zà-ÿ]")


def environment() -> Environment:
    return Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)


def written(source: str) -> Iterator[str]:
    """What a template says itself, in plain letters: between its marks, and inside of them."""
    env = environment()
    bare = _CLASS.sub(r"\1", source)
    pieces = [value if kind == "data" else " " for _line, kind, value in env.lex(bare)]
    texts = (_ATTRIBUTES.sub(" ", one) for one in texts_of("".join(pieces)))
    yield from (one for one in texts if PLAIN.left(one))
    tree = env.parse(source)
    translated = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in _SAID
        for argument in call.args
    }
    for constant in tree.find_all(nodes.Const):
        value = constant.value
        if isinstance(value, str) and id(constant) not in translated and _WORDS.match(value):
            yield from [value] if PLAIN.left(value) else []


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "app"))


def test_no_template_says_anything_past_the_catalogue():
    found = {
        name_of(path): texts
        for path in TEMPLATES
        if (texts := list(written(path.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<img alt="A letter">',
        '<button aria-label="Close">{{ icon("x") }}</button>',
        '{{ p.cell("Signed in on") }}',
        '{% set title = "Users" %}',
        '<input type="submit" value="Send">',
        "{{ _('Hello') }}, and welcome",
    ],
)
def test_a_text_in_a_template_is_seen(source: str):
    assert list(written(source))


def test_what_goes_through_the_catalogue_is_not_taken_for_such_a_text():
    source = """<p class="soft" id="why">{{ _("Hello, %(name)s", name=who.name) }} – 5</p>
    {{ ngettext("%(num)s day", "%(num)s days", n) }}{{ p.cell(pgettext("column", "When")) }}"""
    assert list(written(source)) == []


# ── modules ─────────────────────────────────────────────────────────────────────────────

_UNSEEN = {"debug", "info", "warning", "error", "exception", "fail", "ValueError", "TypeError"}
_TOLD_NOBODY = {"comment", "name", "info"}
EXPECTED = {"Good Friday": "a day of the calendar library, asked for by its name there"}


def sentences(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Constants that read like a sentence, and that neither a translator nor a log is given."""
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, str) and _SENTENCE.match(value) and PLAIN.left(value):
            yield node.lineno, value
    elif not _silent(node):
        for child in ast.iter_child_nodes(node):
            yield from sentences(child)


def _silent(node: ast.AST) -> bool:
    """Whether nobody is shown the texts below: docstrings, exceptions, the log, comments."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return called in _SAID or called in _UNSEEN
    if isinstance(node, ast.keyword):
        return node.arg in _TOLD_NOBODY
    return isinstance(node, ast.Raise)


def test_no_module_holds_a_sentence_past_the_catalogue():
    found = {
        f"{name_of(path)}:{line}": text
        for path in MODULES
        for line, text in sentences(ast.parse(path.read_text(encoding="utf-8")))
        if text not in EXPECTED
    }
    assert found == {}


@pytest.mark.parametrize("source", ['flash("Your changes are saved.")', 'x = {"a": "Not found"}'])
def test_a_sentence_in_a_module_is_seen(source: str):
    assert list(sentences(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    ['flash(_("Your changes are saved."))', 'log.info("Nothing to do")', '"""Says nothing."""'],
)
def test_a_translated_sentence_is_none(source: str):
    assert list(sentences(ast.parse(source))) == []
