"""`make drafts`: how long drafts take to go on under a new version of their program.

Many accounts have a draft; some of them are filled in whole. A version is published that asks one
question otherwise and a new one in each section; then the worker's own job carries those drafts.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import psycopg
import yaml

from app.base import db as base
from app.cases import following, queries_versions
from app.cases.rules import moves, parts
from app.cases.rules.made_up import made_up
from app.cases.rules.shown import Value, asked
from app.cases.service import carrying
from app.programs import library
from app.programs.loader import read_tree
from app.programs.models import Program
from app.programs.schema.cases import CaseSection, CaseType
from app.programs.schema.definition import Definition
from app.programs.service import sync
from config import ROOT
from tools.bench.database import timed
from tools.bench.place import Place, portal_on

PAGE: Final = ROOT / "docs" / "performance-drafts.md"
WANTED: Final = 100_000
"""How many drafts are told of, however many were carried."""
_DAY: Final = date(2026, 11, 2)
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was seen: milliseconds a draft, seconds to choose a batch, and of what size."""

    drafts: int
    carried: int
    answers: int
    each: list[float]
    processor: float
    """Milliseconds a draft in which this process worked; the machine may have had others to do."""
    database: float
    """The share of the time in which the database worked."""
    statements: float
    choosing: float


def main() -> None:
    """Load, publish, carry, print."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.drafts", description=__doc__)
    parser.add_argument("--drafts", type=int, default=WANTED, help="accounts with a draft")
    parser.add_argument("--whole", type=int, default=1_000, help="of them filled in, and carried")
    parser.add_argument("--write", action="store_true", help=f"write docs/{PAGE.name}")
    asked_for = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder,
        Place(Path(folder)).running() as place,
    ):
        found = _measured(place, asked_for.drafts, asked_for.whole)
    text = _page(found)
    print(text)
    if asked_for.write:
        PAGE.write_text(text, encoding="utf-8")


def _measured(place: Place, drafts: int, whole: int) -> Figures:
    world = place.make(drafts)
    described = place.described(drafts)
    app = portal_on(described)
    with app.app_context():
        program = base.session.get_one(Program, world.first.id)
        code = program.code
        base.session.remove()
        with psycopg.connect(place.superuser_url(drafts)) as direct:
            answers = _fill(direct, library.definition(code), world.first.id, drafts, whole)
        _publish(place, drafts, code)
        return _carried(world.first.id, drafts, whole, answers)


# ── drafts ──────────────────────────────────────────────────────────────────────────────


def _fill(
    direct: psycopg.Connection[Any], program: Definition, program_id: int, drafts: int, whole: int
) -> int:
    """A draft for each account, and all its answers for the first; return how many one has."""
    kind = next(iter(program.cases.values()))
    direct.execute("SET session_replication_role = replica")
    direct.execute(
        "INSERT INTO client_case (id, account_id, program_id, case_type, definition_version,"
        " state, only_one, opened_by) OVERRIDING SYSTEM VALUE SELECT n, n, %s, %s, %s, %s, true, n"
        " FROM generate_series(1, %s) n",
        [program_id, kind.code, program.version, moves.initial(kind), drafts],
    )
    given = 0
    for place, (section, key, label) in enumerate(_parts(program, kind)):
        first = place * drafts
        direct.execute(
            "INSERT INTO case_part (id, case_id, section, key, label, made_by)"
            " OVERRIDING SYSTEM VALUE SELECT n + %s, n, %s, %s, %s, n"
            " FROM generate_series(1, %s) n",
            [first, section.code, key, label, drafts],
        )
        for question, value in _answers(program, section, key).items():
            given += 1
            direct.execute(
                "INSERT INTO answer (part_id, question, value, changed_by)"
                " SELECT n + %s, %s, %s::jsonb, n FROM generate_series(1, %s) n",
                [first, question, psycopg.types.json.Jsonb(value), whole],
            )
    direct.commit()
    direct.autocommit = True
    direct.execute("VACUUM ANALYZE")
    return given


def _parts(program: Definition, kind: CaseType) -> Iterator[tuple[CaseSection, str, str | None]]:
    for section in kind.sections.values():
        if section.kind != "questions":
            continue
        if section.repeated is None:
            yield section, "", None
        elif section.repeated.by == "lines":
            yield section, next(iter(program.lines)), None
        else:
            yield section, "quay 12", "Quay 12"


def _answers(program: Definition, section: CaseSection, key: str) -> dict[str, Value]:
    """An answer to whatever is asked, until nothing more is."""
    listed: dict[str, Mapping[str, object]] = {"lines": program.lines, "bases": program.bases}
    given: dict[str, Value] = {}
    passed: set[str] = set()
    while True:
        left = [
            question
            for one in asked(section, parts.answered(section, key, given))
            for question in one.questions
            if question.code not in given.keys() | passed
        ]
        if not left:
            return given
        for question in left:
            value = made_up(question, _DAY, listed)
            if value is None:
                passed.add(question.code)
            else:
                given[question.code] = value


# ── the new version ─────────────────────────────────────────────────────────────────────


def _publish(place: Place, drafts: int, code: str) -> None:
    """Publish the next version of the program: as `sync` does it, by the owner of the tables."""
    folder = place.folder / "definitions"
    shutil.copytree(library.DEFINITIONS, folder)
    file = folder / f"{code}.yaml"
    tree: Tree = read_tree(file.read_text(encoding="utf-8"), file.name)[1]
    _change(tree)
    file.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), encoding="utf-8")
    library.DEFINITIONS = folder
    engine = base.connect(place.owner_url(drafts))
    base.deed(sync)()
    base.session.remove()
    engine.dispose()
    base.connect(place.app_url(drafts))


def _change(tree: Tree) -> None:
    """One question of another type, and a new one in each section that asks anything."""
    tree["version"] = str(int(tree["version"]) + 1)
    tree.pop("scenarios", None)
    retyped = False
    for case in tree["cases"].values():
        for section in case["sections"].values():
            topics = list((section.get("topics") or {}).values())
            if not topics:
                continue
            topics[-1]["questions"]["asked_anew"] = {
                "type": "short_text",
                "text": {"en": "New", "fr": "Nouveau"},
            }
            for one in (q for topic in topics for q in topic["questions"].values()):
                if one["type"] == "long_text" and not retyped:
                    one.pop("longest", None)
                    one["type"], retyped = "country", True


# ── carrying ────────────────────────────────────────────────────────────────────────────


def _carried(program_id: int, drafts: int, whole: int, answers: int) -> Figures:
    """Carry those that are filled in as the job does, batch by batch, each timed."""
    program = base.session.get_one(Program, program_id)
    each: list[float] = []
    done, after, choosing, worked = 0, 0, 0.0, 0.0
    with timed(base.session.get_bind()) as statements:  # type: ignore[arg-type]
        while done < whole:
            begun = time.perf_counter()
            batch = queries_versions.to_carry(base.session, program, after, following.BATCH)
            choosing = max(choosing, time.perf_counter() - begun)
            base.session.rollback()
            if not done:
                statements.clear()
            before = time.process_time()
            for case_id in batch[: whole - done]:
                begun = time.perf_counter()
                if not carrying.carry_case(case_id):
                    raise RuntimeError(f"the draft {case_id} was not carried")
                each.append((time.perf_counter() - begun) * 1000)
            worked += time.process_time() - before
            done, after = done + len(batch), batch[-1]
            program = base.session.get_one(Program, program_id)
    asked_for = [one for one in statements if one < choosing * 1000 / 4]
    share = sum(asked_for) / sum(each)
    statements_each = len(asked_for) / whole
    processor = worked * 1000 / whole
    return Figures(drafts, whole, answers, each, processor, share, statements_each, choosing)


def _page(found: Figures) -> str:
    mean = statistics.mean(found.each)
    middle, slow = statistics.median(found.each), sorted(found.each)[int(len(found.each) * 0.95)]
    batches = WANTED / following.BATCH
    choosing = batches * found.choosing / 2  # fewer are left from batch to batch
    carrying_all = WANTED * mean / 1000
    return f"""# Drafts under a new version, measured

`make drafts` writes this page: {found.drafts:,} accounts have a draft, and {found.carried:,}
of them are filled in whole, with {found.answers} answers each. A version is published that asks one
question otherwise and a new one in each section. Those {found.carried:,} are then carried by the
worker's own deed, one after the other, in one process; the job's statement chooses each batch of
{following.BATCH} among all that are behind.

| what | seen |
|---|---|
| a draft, mean | {mean:.1f} ms |
| a draft, median | {middle:.1f} ms |
| a draft, of twenty the slowest | {slow:.1f} ms |
| of it the processor, in the worker's process | {found.processor:.1f} ms |
| of it asking the database, {found.statements:.0f} statements | {found.database:.0%} |
| choosing a batch among {found.drafts:,} | {found.choosing:.2f} s |
| **{WANTED:,} drafts by one worker, worked out** | **{(carrying_all + choosing) / 60:.0f} min** |

The last line is not measured: it is {WANTED:,} times the mean, and {batches:.0f} choices of a batch
that cost half of the slowest on average, since fewer are left each time.
"""


if __name__ == "__main__":
    main()
