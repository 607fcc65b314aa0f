"""`flask audit …`: prove the trail, and anchor it now."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.audit import anchors
from app.audit.jobs import anchor_now
from app.audit.verify import Break, Report, verify
from app.base.db import session
from app.base.settings import get

audit = AppGroup("audit", help="The append-only trail.")


@audit.command("verify")
@click.option(
    "--trust",
    multiple=True,
    metavar="PUBLIC_KEY",
    help="A retired anchor key (hexadecimal) whose anchors still count.",
)
def verify_command(trust: tuple[str, ...]) -> None:
    """Prove that no entry was changed, removed, inserted, moved or cut off.

    Ends with status 1, and names the first break, when one was.
    """
    report = prove(trust)
    for found in report.breaks:
        click.echo(f"BROKEN  {found}", err=True)
    click.echo(
        f"{report.entries} entries read, {report.anchors} anchors,"
        f" {report.erased} entries with erased personal values"
    )
    if not report.whole:
        raise SystemExit(1)
    click.echo("The trail is whole.")


@audit.command("anchor")
def anchor_command() -> None:
    """Sign the chain's head into ANCHOR_DIR now."""
    made = anchor_now()
    click.echo(f"Anchored entry {made.seq} under the key {made.key}")


def prove(trust: tuple[str, ...] = ()) -> Report:
    """Verify chain and anchors with this process's settings; a bad anchor is a break too."""
    settings = get()
    keys = [anchors.public_key(settings.anchor_key), *trust]
    proven, fault = [], None
    try:
        for found in anchors.read(settings.anchor_dir, keys):
            proven.append(found)  # noqa: PERF402 (what was proven before a fault still counts)
    except anchors.AnchorError as error:
        fault = Break(None, str(error))
    report = verify(session.get_bind().engine, proven)
    if fault is not None:
        report.breaks.append(fault)
    return report
