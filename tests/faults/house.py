"""A whole portal to be broken: its own PostgreSQL on the disk, web and worker as real processes."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from itertools import count

import psutil
import psycopg

import config
from tests.faults.post import Post, until
from tests.faults.wire import Wire, browser
from tests.support.database import Databases
from tests.support.mail import free_port
from tools.postgres import EmbeddedPostgres

KEY = base64.b64encode(b"only for tests".ljust(32, b"k")).decode()

# The portal, made once, and a fork of it for each worker that is asked for by a line: the same
# worker, which only does not wait so long before it calls another one dead.
NURSERY = """
import os, signal, sys
import run
from app import create_app
from app.base.db import session
from app.ops import worker
from tools.children import die_with_parent
worker.HEARTBEAT, worker.STALLED_AFTER, worker.RESCUE_EVERY = 0.3, 1.5, 0.3
worker.POLL, worker.RESTART_AFTER = 0.3, 0.2
settings = run._start_part()
portal = create_app(settings)
session.get_bind().engine.dispose()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
us = os.getpid()
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        die_with_parent(us)
        worker.run(settings, portal)
        os._exit(0)
    os.write(3, f"{child}\\n".encode())
"""


class Forked:
    """A worker that the nursery forked, with what a `Popen` can say of it."""

    def __init__(self, pid):
        self.pid = pid
        self._process = psutil.Process(pid)

    def poll(self):
        return None if self._process.is_running() else -1

    def kill(self):
        with suppress(psutil.NoSuchProcess):
            self._process.kill()

    def send_signal(self, number):
        self._process.send_signal(number)

    def wait(self, seconds=10):
        self._process.wait(seconds)


class House:
    """Starts the parts and breaks them; its database waits for the disk, as a real one does."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.databases = Databases(folder / "pg")
        self.databases.server = self.server = EmbeddedPostgres(folder / "pg")
        self.post = Post()
        self.port = free_port()
        self.running = []
        self.serving = self.working = self._nursery = self._born = None
        self.numbers = count(1)
        self.log = folder / "log"

    def start(self):
        self.server.start()
        self.post.open()
        self.databases.template()
        self.server.create_database("house", template=self.databases.template())

    def stop(self):
        for process in list(self.running):
            self.end(process)
        if self._nursery is not None:
            self._nursery.stdin.close()
            self._nursery.wait(10)
            self._born.close()
        self.post.close()
        self.server.destroy()

    # ── its database ────────────────────────────────────────────────────────────────────

    @property
    def owner_url(self):
        return self.databases.owner_url("house")

    @property
    def app_url(self):
        return self.databases.app_url("house")

    def ask(self, question, *values):
        """Run one statement as the owner, past everything; its rows."""
        with psycopg.connect(self.owner_url.replace("+psycopg", ""), autocommit=True) as link:
            found = link.execute(question, values)
            return found.fetchall() if found.description else []

    def as_superuser(self, statement):
        link = psycopg.connect(self.server.superuser_url.replace("+psycopg", ""), autocommit=True)
        with link:
            link.execute(statement)

    def break_connections(self):
        """End every session of the portal: the next ones see what was changed."""
        self.as_superuser(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'house'"
        )

    @contextmanager
    def holding(self, statement):
        """Hold the locks of a statement: a deed stops where it needs them."""
        with psycopg.connect(self.owner_url.replace("+psycopg", "")) as link:
            link.execute(statement)
            yield
            link.rollback()

    def waits_for_a_lock(self):
        """How many sessions wait for another one's lock."""
        return self.ask("SELECT count(*) FROM pg_locks WHERE NOT granted")[0][0]

    def jobs(self):
        """Status and attempts of every job, oldest first."""
        return self.ask(
            "SELECT task_name, status::text, attempts FROM procrastinate_jobs ORDER BY id"
        )

    def hurry(self):
        """Let jobs that wait for their next try be tried now."""
        self.ask("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")

    # ── its processes ───────────────────────────────────────────────────────────────────

    def environment(self, **more):
        ours = {config.variable(name) for name in config.Settings.model_fields}
        kept = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("PYTEST")}
        return kept | {
            "GUICHET_ENV": "test",
            "DATABASE_URL": self.app_url,
            "SECRET_KEY": "only for tests, " + "s" * 32,
            "CODE_KEYS": f"test:{KEY}",
            "ANCHOR_KEY": KEY,
            "ANCHOR_DIR": str(self.folder / "anchors"),
            "INSTANCE_DIR": str(self.folder),
            "PORT": str(self.port),
            "BASE_URL": f"http://localhost:{self.port}",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.post.port),
            "LOG_LEVEL": "WARNING",
            "WEB_WORKERS": "2",
            "WEB_THREADS": "4",
            **more,
        }

    def spawn(self, *arguments, output=None, **more):
        """Start a part. What it says goes into the house's log."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=config.ROOT,
                env=self.environment(**more),
                stdin=subprocess.DEVNULL,
                stdout=output or log,
                stderr=output or log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def web(self, **more):
        process = self.spawn("run.py", "web", **more)
        until(lambda: self.answers("/healthz"), 30, self.said)
        return process

    def revive(self):
        """What a service manager does: start web again if it has ended; tell whether it serves."""
        if self.serving.poll() is not None:
            self.kill(self.serving)
            self.serving = self.web()
        return self.answers("/readyz") == 200

    def worker(self):
        """One more worker, at once."""
        if self._nursery is None:
            self._nursery = self._open_nursery()
        self._nursery.stdin.write(b"one\n")
        self._nursery.stdin.flush()
        worker = Forked(int(self._born.readline()))
        self.running.append(worker)
        return worker

    def _open_nursery(self):
        born, tell = os.pipe()
        self._born = os.fdopen(born)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    f"import os; os.dup2({tell}, 3); os.set_inheritable(3, True)\n" + NURSERY,
                ],
                cwd=config.ROOT,
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(tell,),
                start_new_session=True,
            )
        os.close(tell)
        return process

    def end(self, process):
        """Stop a part as an operator does."""
        self.running.remove(process)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill(process)

    def kill(self, process):
        """`kill -9` it, and whatever it has started."""
        if process.poll() is None:
            for one in self.below(process):
                one.kill()
        process.kill()
        process.wait()
        if process in self.running:
            self.running.remove(process)

    @staticmethod
    def below(process):
        return psutil.Process(process.pid).children(recursive=True)

    def said(self):
        return self.log.read_text(errors="replace")[-9000:]

    # ── its visitors ────────────────────────────────────────────────────────────────────

    def answers(self, path="/healthz"):
        """The status of an address, or None when nobody answers."""
        try:
            return Wire(self.port, 10).get(path).status_code
        except OSError:
            return None

    def browser(self, lang="en"):
        return browser(self.port, lang)
