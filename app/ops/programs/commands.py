"""`flask programs …`: what an analyst asks of a definition file."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.ops.programs.check import check

programs = AppGroup("programs", help="Definition files: check, show, diff and test them.")


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
