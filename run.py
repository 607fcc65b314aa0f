"""Start Guichet: `python run.py` for everything on one machine, or one part of it.

    python run.py            database, migrations, definitions, demonstration data, worker,
                             mail catcher and portal, until Ctrl-C
    python run.py web        the portal alone
    python run.py worker     the worker alone
    python run.py prepare    migrations and definitions (and, on a laptop, demonstration data)
    python run.py flask …    a command, like `audit verify`, with a laptop's own settings

The parts read their settings from the environment (config.py); everything on one machine needs
none. Web and worker never receive the address of the database's owner.
"""

import json
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import config
from config import ConfigError, Settings
from tools import laptop, measuring
from tools.children import Supervisor, bound_to_me, die_with_parent
from tools.cluster import PostgresError
from tools.confinement import ConfinementError
from tools.postgres import EmbeddedPostgres
from tools.welcome import welcome

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

WEB_GRACE = 5


class Stopped(Exception):
    """Ctrl-C or TERM arrived."""


def main(arguments: list[str]) -> int:
    """Do what the first argument says; return the process's exit status."""
    command, *rest = arguments or ["all"]
    try:
        match command:
            case "all":
                return everything()
            case "web":
                return web()
            case "worker":
                return worker()
            case "prepare":
                return prepare()
            case "flask":
                return flask_command(rest)
    except (ConfigError, PostgresError, ConfinementError) as error:
        print(error, file=sys.stderr)
        return 2
    print(__doc__, file=sys.stderr)
    return 2


# ── the parts ───────────────────────────────────────────────────────────────────────────


def _start_part() -> Settings:
    from tools import catalogue

    settings = config.load()
    from app.base import logs

    logs.configure(settings)
    try:
        catalogue.compile_stale()
    except catalogue.CatalogueError as error:
        raise ConfigError(str(error)) from None
    except OSError as error:
        raise ConfigError(f"run `make catalogue` where files may be written ({error})") from None
    return settings


def web() -> int:
    """Serve the portal: several processes, each with several threads."""
    measuring.make_folder()  # before anything of the portal is imported
    settings = _start_part()
    from app.base import logs
    from app.ops.startup import refuse_unfit_role
    from app.web.bodies import READERS, BodiesFirst

    refuse_unfit_role(settings)
    portal = BodiesFirst(_portal(settings), pages=settings.web_threads)
    # Granian copies the environment into that of every request: no secret belongs there.
    for name in config.SECRET_VARIABLES:
        os.environ.pop(name, None)

    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    # The processes are forks of this one, with the portal made: they serve at once.
    multiprocessing.set_start_method("fork")
    parent = os.getpid()

    def in_fork() -> "WSGIApplication":
        die_with_parent(parent)
        measuring.make_room()
        return portal

    # It warns of many threads on few cores; ours wait for slow clients and for the database.
    logging.getLogger("_granian").addFilter(lambda r: "Python threads" not in r.getMessage())
    Server(
        "run",
        address=settings.listen,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads + READERS,
        respawn_failed_workers=True,
        workers_kill_timeout=WEB_GRACE,
        log_level=LogLevels(settings.log_level.lower()),
        log_dictconfig=logs.server_logging(settings),
    ).serve(target_loader=in_fork, wrap_loader=False)
    return 0


def _portal(settings: Settings) -> "WSGIApplication":
    """Make the portal, without any connection that its processes would then share."""
    from werkzeug.middleware.proxy_fix import ProxyFix

    from app import create_app
    from app.base.db import session

    flask_app = create_app(settings)
    session.get_bind().engine.dispose()
    if count := settings.trusted_proxies:
        return ProxyFix(flask_app.wsgi_app, x_for=count, x_proto=count, x_host=count)
    return flask_app


def worker() -> int:
    """Run the queue's jobs."""
    settings = _start_part()
    from app import create_app
    from app.ops import metrics
    from app.ops import worker as queue
    from app.ops.startup import refuse_unfit_role

    refuse_unfit_role(settings)
    portal = create_app(settings)
    metrics.serve(settings)
    queue.run(settings, portal)
    return 0


def prepare() -> int:
    """Bring the database to this program's version; on a laptop, put people into it.

    Tells who they are on standard output, as JSON: `run.py` need not know the portal for it.
    """
    settings = _start_part()
    from app.ops.commands import prepare as bring_up
    from app.programs.service import DefinitionError, PublishedVersionChanged

    try:
        print(json.dumps(bring_up(settings)))
    except (DefinitionError, PublishedVersionChanged) as error:
        # Whoever writes a definition reads where the slip is, not where the program was.
        raise ConfigError(str(error)) from None
    return 0


# ── everything on one machine ─────────────────────────────────────────────────────────────


def everything() -> int:
    """Run all parts until Ctrl-C or TERM, then stop them in order."""
    signal.signal(signal.SIGTERM, _raise_stopped)
    signal.signal(signal.SIGINT, _raise_stopped)
    instance, owner_url = _environment()
    settings_url = os.environ.get("DATABASE_URL")
    postgres = None if settings_url else EmbeddedPostgres(instance / "postgres")
    parts = Supervisor()
    try:
        if postgres is not None:
            postgres.start()
            os.environ["DATABASE_URL"] = postgres.app_url
            owner_url = postgres.owner_url
        settings = config.load()
        laptop.check_ports(settings)
        people = _prepared(owner_url, None if postgres is None else postgres.data_dir)
        _start_parts(parts, settings)
        laptop.wait_until_ready(parts, settings)
        print(welcome(settings, people), flush=True)
        # Without its database no part is of use, and none would end by itself.
        gone = parts.wait(stop=lambda: postgres is not None and postgres.ended_with() is not None)
        if gone is not None:
            print(f"{gone.name} ended with status {gone.process.returncode}", file=sys.stderr)
        elif postgres is not None:
            print(f"database ended with status {postgres.ended_with()}", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    finally:
        # A second Ctrl-C must not leave the rest running.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        parts.stop()
        if postgres is not None:
            postgres.stop()


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _environment() -> tuple[Path, str | None]:
    """Complete our environment, which the parts inherit; give the owner's address apart."""
    instance = Path(os.environ.get("INSTANCE_DIR") or config.ROOT / "instance").absolute()
    owner_url = os.environ.pop("DATABASE_OWNER_URL", None)
    if "DATABASE_URL" in os.environ and owner_url is None:
        raise ConfigError("DATABASE_OWNER_URL: is not set; the tables' owner is needed as well")
    # A database that somebody brings along may hold real people: then nothing is made up
    # unless they say that this is a laptop.
    if "DATABASE_URL" not in os.environ or os.environ.get("GUICHET_ENV") == "development":
        os.environ.update(laptop.environment(instance))
    return instance, owner_url


def _prepared(owner_url: str | None, data_dir: Path | None) -> list[list[str]]:
    """Have the database prepared, and return the demonstration's people."""
    if data_dir is None:  # a database of one's own may be another one tomorrow
        return _run_prepare(owner_url)
    prepared = laptop.Prepared(data_dir)
    people = prepared.people()
    if people is None:
        people = _run_prepare(owner_url)
        prepared.note(people)
    return people


def _run_prepare(owner_url: str | None) -> list[list[str]]:
    done = subprocess.run(
        [sys.executable, __file__, "prepare"],
        env=os.environ | {"DATABASE_OWNER_URL": owner_url or ""},
        check=False,
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=bound_to_me(),
    )
    if done.returncode != 0:
        raise ConfigError("the database could not be prepared, see above")
    people: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return people


def _start_parts(parts: Supervisor, settings: Settings) -> None:
    # DEMO_PASSWORD is for prepare alone: web and worker know no password.
    environment = {k: v for k, v in os.environ.items() if k != "DEMO_PASSWORD"}
    this = [sys.executable, __file__]
    if settings.mail_catcher:
        catcher = [sys.executable, "-m", "tools.mailcatcher"]
        catcher += ["--smtp-port", str(settings.smtp_port), "--port", str(settings.mail_port)]
        catcher += ["--folder", str(settings.instance_dir / "mail")]
        plain = {k: v for k, v in environment.items() if k not in config.SECRET_VARIABLES}
        parts.start("mail", catcher, environment=plain, directory=config.ROOT)
    parts.start("worker", [*this, "worker"], environment=environment, grace=12)
    parts.start("web", [*this, "web"], environment=environment, grace=WEB_GRACE + 2)


# ── a command on a laptop ─────────────────────────────────────────────────────────────────


def flask_command(arguments: list[str]) -> int:
    """Run one command of the portal with the settings that `python run.py` uses."""
    instance, owner_url = _environment()
    postgres = None
    if "DATABASE_URL" not in os.environ:
        postgres = EmbeddedPostgres(instance / "postgres")
        if not postgres.attach():
            postgres.start()
        os.environ["DATABASE_URL"] = postgres.app_url
        owner_url = postgres.owner_url
    try:
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *arguments],
            env=os.environ | {"DATABASE_OWNER_URL": owner_url or ""},
            cwd=config.ROOT,
            check=False,
        ).returncode
    finally:
        if postgres is not None:
            postgres.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
