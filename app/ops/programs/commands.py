"""`flask programs …`: what an analyst asks of a definition file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from app.ops.programs import drafts, sources
from app.ops.programs.check import check
from app.ops.programs.diff import told
from app.ops.programs.show import shown
from app.ops.programs.trying import tried
from app.web.locale import LANGUAGES, LOCALES

programs = AppGroup("programs", help="Definition files: check, show, diff and test them.")
_WORD = "CODE|FILE"
_LANGUAGE = click.Choice(LANGUAGES)


@programs.command("check")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE…",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
def check_command(files: tuple[Path, ...]) -> None:
    """Tell everything that is wrong in definition files, wherever they are.

    One line a mistake: file, line, key, and what was expected there. Ends with status 1 when
    there is one. What a database has published is compared when one answers.
    """
    right = True
    for path in files:
        finding = check(path)
        for line in finding.wrong:
            click.echo(line)
        click.echo(finding.said, err=bool(finding.wrong))
        right = right and not finding.wrong
    if not right:
        raise SystemExit(1)


@programs.command("show")
@click.argument("word", metavar=_WORD)
@click.option("--lang", "language", type=_LANGUAGE, default="en", show_default=True)
def show_command(word: str, language: str) -> None:
    """Show who may do what, how cases move, and everything that is asked, as plain text.

    A version that was published is named by its number, like CODE@2.
    """
    subject = sources.find(word)
    with force_locale(LOCALES[language]):
        for line in shown(subject.definition, language):
            click.echo(line.rstrip())


@programs.command("diff")
@click.argument("old", metavar=f"OLD({_WORD})")
@click.argument("new", metavar=f"NEW({_WORD})")
@click.option("--lang", "language", type=_LANGUAGE, help="One language; both without.")
def diff_command(old: str, new: str, language: str | None) -> None:
    """Tell in plain sentences what changed for whom.

    A version that was published is named by its number, like CODE@2. Where a database answers, how
    many drafts have answers that no longer fit is told too.
    """
    before, after = sources.find(old), sources.find(new)
    count = partial(drafts.touched, after.definition)
    for n, one in enumerate([language] if language else LANGUAGES):
        if n:
            click.echo()
        with force_locale(LOCALES[one]):
            for line in told(before.definition, after.definition, one, count):
                click.echo(line.rstrip())


@programs.command("test")
@click.argument("word", metavar=_WORD)
def test_command(word: str) -> None:
    """Try the scenarios of a definition, without a portal and without a database.

    Ends with status 1 when one goes otherwise than it expects, naming the line of the first
    thing that does.
    """
    results = list(tried(sources.find(word)))
    for _passed, line in results:
        click.echo(line)
    failed = sum(not passed for passed, _line in results)
    if failed:
        click.echo(f"{failed} of {len(results)} scenarios failed.", err=True)
        raise SystemExit(1)
    click.echo(_count(len(results)))


def _count(scenarios: int) -> str:
    if scenarios == 0:
        return "There are no scenarios to try."
    return "The one scenario passed." if scenarios == 1 else f"All {scenarios} scenarios passed."
