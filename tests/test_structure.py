"""How the house is built: what must hold of every model, deed, view, template and file."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import flask_appbuilder
import pytest
import yaml

from app import models
from app.authority.scopes import registered
from app.base.db import Model
from config import ROOT
from tests.support.scheduling import AT_THE_END, TOGETHER, group_of

APP = ROOT / "app"
PYTHON = sorted(APP.rglob("*.py"))
LONGEST_FILE = 300


# ── rows ────────────────────────────────────────────────────────────────────────────────

WITHOUT_SCOPE = {
    "Answer": "read through its part only, which has a scope",
    "CaseState": "what a definition says, the same for everybody",
    "CaseStep": "what a definition says, the same for everybody",
    "ConsentPartner": "what a definition says, the same for everybody",
    "SubmissionCopy": "read through its submission only, which has a scope",
    "TopicAside": "read through its part only, which has a scope",
    "Upload": "its sender's alone, read by the deed that takes its next part",
    "Assignment": "who of a delegate's people is on a delegation: read through the delegation",
    "BulkLine": "a row of a run, read through the run, which has a scope",
    "GroupMember": "read by the predicate itself",
    "Head": "the trail's last link: no client's data",
    "LedgerUploadLine": "read through its upload only, which has a scope",
    "LevelAction": "what a definition says, the same for everybody",
    "LimitEvent": "a counter",
    "Personal": "beside an entry of the trail, read through the entry",
    "ProgramAction": "what a definition says, the same for everybody",
    "ProgramRole": "what a definition says, the same for everybody",
    "ProgramVersion": "what a definition says, the same for everybody",
    "RoleAction": "what a definition says, the same for everybody",
    "RegistryLine": "read through its upload only, which has a scope",
    "RoleGrant": "what a definition says, the same for everybody",
    "StaffRoleAction": "what the code says of kinds of staff, the same for everybody",
    "Standing": "what a definition says, the same for everybody",
}
"""Models that `visible` answers nothing for, each with the reason why that is right."""


def ours() -> dict[str, type]:
    """Every mapped class of the portal's own."""
    return {
        mapper.class_.__name__: mapper.class_
        for mapper in Model.registry.mappers
        if mapper.class_.__module__.startswith("app.")
    }


@pytest.fixture
def scopes(app):
    return {model.__name__ for model in registered()}


def test_every_model_has_a_scope_or_a_reason(scopes):
    assert set(ours()) - scopes - set(WITHOUT_SCOPE) == set(), "no scope, and no reason"


def test_no_reason_outlives_its_model(scopes):
    assert sorted(set(WITHOUT_SCOPE) - set(ours())) == [], "no such model"
    assert sorted(set(WITHOUT_SCOPE) & scopes) == [], "a scope, and a reason for none"


def test_every_models_module_is_compared_with_the_database():
    written = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (*APP.glob("*/models.py"), *APP.glob("*/models/__init__.py"))
    }
    compared = {getattr(models, name).__name__ for name in models.__all__ if name != "metadata"}
    assert written <= compared


PERSONAL = {
    "address", "contact_email", "contact_phone", "contact_title", "device", "email",
    "family_name", "given_name", "mail_to", "mailbox", "officer_note", "phone", "secret",
    "sealed", "values",
}  # fmt: skip


def test_every_column_with_personal_data_says_so_in_the_database():
    silent = [
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        if not table.name.startswith(("ab_", "procrastinate_"))
        for column in table.columns
        if column.name in PERSONAL and not column.comment
    ]
    assert silent == []


def test_every_instant_has_its_zone():
    from sqlalchemy import DateTime

    bare = [
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        if not table.name.startswith("ab_")  # the framework's own
        for column in table.columns
        if isinstance(column.type, DateTime) and not column.type.timezone
    ]
    assert bare == []


# ── deeds ───────────────────────────────────────────────────────────────────────────────

ASKING = {"authorise", "find", "visible", "may", "require_own"}
"""What a deed asks before it does anything for somebody."""

CLOCK = "the worker's own deed: closes what nobody answered in time"
PROVED = "a step of signing in: done by whoever proved the password or the code of that session"
NOT_ASKED = {
    "cases.service.copying.keep_copy": "a job: the worker keeps what it drew",
    "authority.service.handover.close_late_transfer": CLOCK,
    "authority.service.lapse.close_late_offer": CLOCK,
    "cases.service.carrying.begin_carrying": "the worker's own deed: looks for drafts left behind",
    "cases.service.carrying.carry_case": "the worker's own deed: a new version was published",
    "cases.service.carrying.carry_next": "the worker's own deed: the next drafts of a program",
    "cases.service.looking._settle_preview": "the worker's own deed: it drew a preview",
    "cases.service.looking._settle_purge": "the worker's own deed: nothing holds the document",
    "cases.service.looking.ask_again": "the worker's own deed: documents that wait for the scanner",
    "cases.service.sending._forget": "an upload of the deed before it, whose file was not taken",
    "delegation.service.delivering._finish_list": "the worker's own deed: a list was asked through",
    "delegation.service.reminding.look_at": CLOCK,
    "desk.service.runs.forget_old": "the worker's own deed: removes results that were kept enough",
    "employees.service.lapsing.close_late_request": CLOCK,
    "employees.service.telling.tell_asked": "the worker's own deed: tells who may answer",
    "employees.service.telling.tell_end": "the worker's own deed: tells of an end that is near",
    "enrolment.service.lapsing.lapse_one": CLOCK,
    "enrolment.service.lapsing.remind": "the worker's own deed: tells of a code's last days",
    "enrolment.service.reading.read_batch": "the worker's own deed: the officer uploaded the file",
    "enrolment.service.reading.reopen": "the worker's own deed: an import that could not be done",
    "ledger.service.reading.read_batch": "the worker's own deed: the officer uploaded the file",
    "ledger.service.reading.reopen": "the worker's own deed: an import that could not be done",
    "identity.service.passwords._change": "one's own password, for the present one",
    "identity.service.passwords._confirm_reset": PROVED,
    "identity.service.passwords._resend_reset": PROVED,
    "identity.service.passwords._set_after_reset": PROVED,
    "identity.service.sessions.replace": "ends the browser's former session, which it showed",
    "identity.service.sessions.sign_out": "ends the browser's own session, which it showed",
    "identity.service.signing_in._confirm": PROVED,
    "identity.service.signing_in._send_new_code": PROVED,
    "identity.service.signing_in.accept_terms": PROVED,
    "identity.service.signing_up._is_taken": "reads whether a sign-in name is free",
    "identity.service.signing_up.prune_sign_ups": "the worker's own deed: forgets the unfinished",
    "identity.service.stepping_up._confirm": PROVED,
    "identity.service.stepping_up._send": PROVED,
}
"""Deeds for which nobody is asked, each with the reason."""


@lru_cache(maxsize=1)
def functions() -> dict[tuple[str, str], ast.FunctionDef]:
    """Module and name of every function at the top of a service."""
    found = {}
    for path in PYTHON:
        parts = path.relative_to(APP).with_suffix("").parts
        if "service" not in parts:
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                found[".".join(parts), node.name] = node
    return found


def is_deed(node: ast.FunctionDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "deed" for mark in node.decorator_list)


def called(node: ast.AST) -> set[str]:
    """The names of whatever is called inside, also through a module."""
    names = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            function = inner.func
            if isinstance(function, ast.Name):
                names.add(function.id)
            elif isinstance(function, ast.Attribute):
                names.add(function.attr)
    return names


def asks(node: ast.FunctionDef) -> bool:
    """Whether the function asks, itself or in a service's function that it calls."""
    by_name: dict[str, list[ast.FunctionDef]] = {}
    for (_, name), function in functions().items():
        by_name.setdefault(name, []).append(function)
    seen, waiting = set(), [node]
    while waiting:
        names = called(waiting.pop())
        if names & ASKING:
            return True
        for name in names - seen:
            seen.add(name)
            waiting += by_name.get(name, [])
    return False


def deeds() -> list[tuple[str, str]]:
    return sorted(key for key, node in functions().items() if is_deed(node))


@pytest.mark.parametrize(("module", "name"), deeds())
def test_every_deed_asks_whether_it_may_be_done(module, name):
    listed = f"{module}.{name}" in NOT_ASKED
    assert asks(functions()[module, name]) != listed, (
        "listed as asking nobody, and it asks" if listed else "asks nobody, and is not listed"
    )


def test_no_listed_deed_is_gone():
    assert set(NOT_ASKED) <= {f"{module}.{name}" for module, name in deeds()}


# ── what code may say ───────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1)
def definitions() -> tuple[dict, ...]:
    return tuple(
        yaml.safe_load(path.read_text())
        for path in sorted((APP / "programs" / "definitions").glob("*.yaml"))
        if path.stem != "portal"
    )


@lru_cache(maxsize=1)
def program_names() -> set[str]:
    """Codes and names of programs, theirs and those of the counters that will follow."""
    names = {"CARM", "GCRA", "CSA", "FAST", "eManifest", "Trusted Trader"}
    for one in definitions():
        for kind in one["names"].values():
            names |= {str(text) for text in kind.values()}
        names.add(one["code"])
    return names


@lru_cache(maxsize=1)
def codes() -> set[str]:
    """Role, standing and level codes of the definitions: code must not know them by name."""
    found: set[str] = set()
    for one in definitions():
        found |= set(one.get("roles", ())) | set(one.get("standings", ()))
    # Plain words that mean something else as well, in our own vocabularies of states.
    return found - {"member", "suspended", "withdrawn", "cancelled", "reinstated"}


def words_of(path: Path) -> Iterator[tuple[int, str]]:
    """Names and texts of a Python file, comments and docstrings included.

    A sentence of the source that a docstring quotes is the source's, with the name it has there.
    """
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type in {tokenize.NAME, tokenize.STRING, tokenize.COMMENT}:
            text = token.string
            if text.startswith('"""'):
                text = re.sub('"[^"]+"', "", text[3:-3])
            yield token.start[0], text


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_python_file_names_a_program_or_a_role_of_one(path):
    names = re.compile(rf"\b({'|'.join(map(re.escape, program_names()))})\b")
    literals = re.compile(rf"""^["'](?:{"|".join(codes())})["']$""")
    found = [
        f"{line}: {text[:60]}"
        for line, text in words_of(path)
        if names.search(text) or literals.match(text)
    ]
    assert found == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_pythons_clock_decides_nothing(path):
    """Time is `guichet_now()`. What only tells time, and decides nothing, says so in a comment."""
    clock = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")
    found = [
        f"{number}: {line.strip()}"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if clock.search(line) and "the database decides" not in line
    ]
    assert found == []


def long_files() -> list[Path]:
    patterns = ("app/**/*.py", "app/**/*.html", "tools/**/*.py", "*.py")
    return [path for pattern in patterns for path in ROOT.glob(pattern)]


def test_no_file_is_longer_than_can_be_read_in_one_sitting():
    too_long = [
        f"{path.relative_to(ROOT)}: {length}"
        for path in long_files()
        if (length := len(path.read_text().splitlines())) > LONGEST_FILE
    ]
    assert too_long == []


# ── pages and screens ───────────────────────────────────────────────────────────────────


@pytest.fixture
def views(app):
    return app.appbuilder.baseviews


NOT_SCREENS = {
    "SignInView": "FAB's decorators lead to it; it leads on to the portal's own sign-in",
    "StatusView": "tells how parts of the portal are; shows no row",
    "WorkListView": "counts what waits, each count through `visible`; shows no row",
}


def test_no_view_inherits_from_anything_but_the_safe_one(views):
    from app.web.admin import SafeModelView

    strange = {
        type(view).__name__
        for view in views
        if not isinstance(view, SafeModelView) and type(view).__name__ not in NOT_SCREENS
    }
    assert strange == set()


def test_every_post_is_covered_by_the_form_token(app):
    protection = app.extensions["csrf"]
    assert app.config["WTF_CSRF_CHECK_DEFAULT"]
    assert app.config["WTF_CSRF_METHODS"] == {"POST", "PUT", "PATCH", "DELETE"}
    assert protection._exempt_views == set()
    assert protection._exempt_blueprints == set()


def test_nothing_but_a_post_changes_anything(app):
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods}
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


def template_names() -> dict[str, Path]:
    """Name → file of every template of ours."""
    return {
        path.relative_to(folder).as_posix(): path
        for folder in APP.rglob("templates")
        if folder.is_dir()
        for path in folder.rglob("*.*")
        if path.suffix in {".html", ".txt", ".svg"}
    }


def overridden() -> set[str]:
    """The templates of FAB, of which ours of the same name take the place."""
    folder = Path(flask_appbuilder.__file__).parent / "templates"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}


def test_every_template_is_used():
    sources = "\n".join(path.read_text() for path in [*PYTHON, *template_names().values()])
    unused = {
        name
        for name in template_names()
        if name not in overridden() and not mentioned(name, sources)
    }
    assert unused == set()


def mentioned(name: str, sources: str) -> bool:
    """Whether something names the template, whole or as a pattern such as `errors/{name}.html`."""
    if f'"{name}"' in sources or f"'{name}'" in sources or f'"/{name}"' in sources:
        return True
    folder, _, file = name.rpartition("/")
    stem, _, suffix = file.partition(".")
    patterns = (f"{folder}/{{", f'"{folder}/" ~', f"{folder}/%s")
    return any(pattern in sources for pattern in patterns) and bool(stem and suffix)


def test_what_draws_in_a_browser_stays_together_on_one_worker():
    """A group that a test forgot would start a second service, and its event loop breaks others."""
    alone = [
        name
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if re.search(
            r"\(chromium|chromium: Browser|\(open_browser", path.read_text(encoding="utf-8")
        )
        and group_of(name := str(path.relative_to(ROOT))) == name
        and path.name != Path(__file__).name
    ]
    assert alone == []


def test_every_group_of_tests_has_tests():
    there = [str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py")]
    for places in TOGETHER.values():
        for place in places:
            assert any(one.startswith(place) for one in there), place
    for place in AT_THE_END:
        path, _, name = place.partition("::")
        assert f"def {name}" in (ROOT / path).read_text(), place
