"""`make run` on a machine with Python and make: everything runs, everything ends, nothing is lost.

The commands are run for real, in a copy of the program with an instance folder of its own.
"""

import json
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from email.message import EmailMessage
from pathlib import Path

import psutil
import psycopg
import pytest

from config import ROOT, SECRET_VARIABLES
from tests.ops.processes import gone_within
from tools.postgres import EmbeddedPostgres

pytestmark = pytest.mark.xdist_group("two commands")
PARTS = (
    "app", "migrations", "translations", "tools", "config.py", "config_values.py", "run.py",
    "alembic.ini",
)  # fmt: skip
MADE_BY = ("Makefile", "requirements.txt", "requirements-dev.txt", "pyproject.toml")
ANSWERS = 60


def free_ports(count):
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Machine:
    """A folder as after `git clone`, with the virtual environment already made."""

    def __init__(self, folder):
        self.folder = folder
        for name in (*PARTS, *MADE_BY):
            source = ROOT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "LC_MESSAGES")
                shutil.copytree(source, folder / name, ignore=ignored)
            else:
                folder.mkdir(exist_ok=True)
                shutil.copy2(source, folder / name)
        (folder / ".venv").symlink_to(ROOT / ".venv")
        self.port, self.mail_port, self.smtp_port = free_ports(3)
        self.run = None

    def environment(self, **more):
        ours = {"PORT", "INSTANCE_DIR", "GUICHET_ENV", "LOG_LEVEL", *SECRET_VARIABLES}
        kept = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("PYTEST")}
        ports = {"PORT": self.port, "MAIL_PORT": self.mail_port, "SMTP_PORT": self.smtp_port}
        return kept | {name: str(port) for name, port in ports.items()} | more

    def start(self, *command, **more):
        """Run `make run`, or another command, until all is ready; return the seconds it took."""
        started = time.monotonic()
        self.lines = []
        self.run = subprocess.Popen(
            command or ["make", "run"],
            cwd=self.folder,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, args=(self.run.stdout,))
        self.reader.start()
        while not any("Ctrl-C" in line for line in self.lines):
            assert self.run.poll() is None, self.said()
            assert time.monotonic() - started < ANSWERS, self.said()
            time.sleep(0.05)
        return time.monotonic() - started

    def once(self, *command, **more):
        """Run a command that ends by itself: what it said, and with which status."""
        return subprocess.run(
            command or [".venv/bin/python", "run.py"],
            cwd=self.folder,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def _read(self, output):
        self.lines.extend(iter(output.readline, ""))
        output.close()

    def said(self):
        return "".join(self.lines)

    def program(self):
        """The process of run.py itself: make waits above it."""
        processes = [psutil.Process(self.run.pid), *psutil.Process(self.run.pid).children(True)]
        return next(p for p in processes if p.cmdline()[1:2] == ["run.py"])

    def below(self):
        return self.program().children(recursive=True)

    def part(self, *words):
        """The processes whose command line holds these words."""
        return [p for p in self.below() if all(word in " ".join(p.cmdline()) for word in words)]

    def kill_9(self):
        below = [p.pid for p in self.below()]
        self.program().kill()
        ended = gone_within(below, 2)
        self.run.wait(10)
        self.reader.join()
        return ended

    def end(self, number=signal.SIGTERM):
        below = [p.pid for p in self.below()]
        self.program().send_signal(number)
        status = self.run.wait(20)
        self.reader.join()
        assert gone_within(below, 1)
        return status

    def get(self, path, port=None):
        address = f"http://127.0.0.1:{port or self.port}{path}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()

    def ask(self, question):
        """Ask the database as the owner, beside the running portal."""
        server = EmbeddedPostgres(self.folder / "instance" / "postgres")
        assert server.attach()
        try:
            with psycopg.connect(server.owner_url.replace("+psycopg", "")) as connection:
                return connection.execute(question).fetchall()
        finally:
            server.stop()


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    machine = Machine(tmp_path_factory.mktemp("clone") / "guichet")
    yield machine
    if machine.run is not None and machine.run.poll() is None:
        machine.end()
    home = EmbeddedPostgres(machine.folder / "instance" / "postgres")
    if home.data_dir.exists() and not home.attach():
        home.destroy()


@pytest.fixture
def stopped(machine):
    """The machine, with nothing running on it."""
    if machine.run is not None and machine.run.poll() is None:
        machine.end()
    return machine


@pytest.fixture
def running(machine):
    """The portal, started by whichever test comes first."""
    if machine.run is None or machine.run.poll() is not None:
        machine.start()
    return machine


def test_one_command_starts_everything_and_says_where_it_is(running):
    said = running.said()
    for address in (
        f"http://localhost:{running.port}",
        f"http://localhost:{running.mail_port}",
        f"localhost:{running.smtp_port}",
    ):
        assert address in said
    assert json.loads(running.get("/readyz")[1])["ready"] is True
    assert running.get("/en/")[0] == running.get("/fr/")[0] == 200


def test_it_tells_the_demonstration_accounts_of_every_role_and_their_password(running):
    from app.ops import demo

    said = running.said()
    for name, english, french in demo.accounts():
        assert re.search(rf"^ +{re.escape(name)} ", said, re.MULTILINE), name
        assert english in said
        assert french in said
    password = json.loads((running.folder / "instance" / "development.json").read_text())
    assert password["DEMO_PASSWORD"] in said


def test_the_demonstration_is_in_the_database(running):
    assert running.ask("SELECT count(*) FROM person")[0][0] > 5


def send_mail(running):
    message = EmailMessage()
    message["From"], message["To"] = "guichet@localhost", "zoe@exemple.ca"
    message["Subject"] = "Objet"
    message.set_content("Votre code est 123456.")
    with smtplib.SMTP("127.0.0.1", running.smtp_port) as smtp:
        smtp.send_message(message)


def test_mail_goes_over_smtp_and_is_shown_on_the_mail_page(running):
    send_mail(running)
    assert "123456" in running.get("/latest?to=zoe@exemple.ca", running.mail_port)[1]
    with pytest.raises(urllib.error.HTTPError) as caught:
        running.get("/latest?to=nobody@exemple.ca", running.mail_port)
    caught.value.close()
    assert caught.value.code == 404


def test_web_worker_and_mail_never_receive_the_owners_address_nor_the_password(running):
    server = EmbeddedPostgres(running.folder / "instance" / "postgres")
    assert server.attach()
    owner_password = server._passwords["guichet_owner"]
    server.stop()
    parts = running.part("run.py", "web") + running.part("run.py", "worker")
    assert len(parts) >= 4, "granian and its processes, and the worker"
    for process in parts + running.part("mailcatcher"):
        environment = process.environ()
        assert "DATABASE_OWNER_URL" not in environment
        assert "DEMO_PASSWORD" not in environment
        assert owner_password not in str(environment)
    for process in running.part("mailcatcher"):
        assert not set(SECRET_VARIABLES) & set(process.environ())


def test_everything_listens_on_this_machine_alone(running):
    listening = {
        (connection.laddr.ip, connection.laddr.port)
        for process in running.below()
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    ports = (running.port, running.mail_port, running.smtp_port)
    assert listening == {("127.0.0.1", port) for port in ports}


def test_a_command_runs_beside_the_portal(running):
    done = running.once(".venv/bin/python", "run.py", "flask", "sync")
    assert done.returncode == 0, done.stderr
    assert "0 rows changed" in done.stdout
    assert json.loads(running.get("/readyz")[1])["ready"] is True


def test_a_second_program_in_the_same_folder_is_refused_with_one_line(running):
    port, mail_port, smtp_port = free_ports(3)
    done = running.once(PORT=str(port), MAIL_PORT=str(mail_port), SMTP_PORT=str(smtp_port))
    assert done.returncode == 2
    assert "another program is using" in done.stderr
    assert done.stderr.count("\n") == 1


def test_kill_9_leaves_no_process_and_the_second_start_is_quick_with_all_data_kept(running):
    # Not the number of rows: the worker goes on writing notices.
    people = running.ask("SELECT id, user_id FROM person ORDER BY id")
    send_mail(running)
    assert running.kill_9(), "processes were left two seconds after kill -9"
    assert running.start() < 10  # nothing else runs now: `tests.support.scheduling`
    assert running.ask("SELECT id, user_id FROM person ORDER BY id") == people
    assert "123456" in running.get("/latest?to=zoe@exemple.ca", running.mail_port)[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_term_stop_every_child(running, number):
    started = time.monotonic()
    running.end(number)
    assert time.monotonic() - started < 8
    assert running.lines[-1].strip() == "" or "Traceback" not in running.said()


def test_when_a_part_ends_by_itself_everything_ends_and_it_is_named(running):
    below = [p.pid for p in running.below()]
    running.part("mailcatcher")[0].kill()
    assert running.run.wait(20) != 0
    running.reader.join()
    assert "mail ended with status -9" in running.said()
    assert gone_within(below, 2)


def test_when_the_database_is_killed_everything_ends_and_the_next_start_has_all_data(running):
    people = running.ask("SELECT id FROM person ORDER BY id")
    below = [p.pid for p in running.below()]
    server = next(p for p in running.program().children() if p.name() == "postgres")
    server.kill()
    assert running.run.wait(20) != 0
    running.reader.join()
    assert "database ended with status -9" in running.said()
    assert gone_within(below, 2)
    running.start()
    assert running.ask("SELECT id FROM person ORDER BY id") == people


def test_a_taken_port_is_told_by_the_variable_that_moves_it(stopped):
    with socket.create_server(("127.0.0.1", stopped.port)):
        done = stopped.once("make", "run")
    assert done.returncode != 0
    assert f"PORT: port {stopped.port} is in use, set another" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_of_ones_own_is_a_real_service_unless_said_otherwise(stopped):
    done = stopped.once(
        DATABASE_URL="postgresql://a:b@127.0.0.1:1/guichet",
        DATABASE_OWNER_URL="postgresql://o:b@127.0.0.1:1/guichet",
    )
    assert done.returncode == 2
    assert "SECRET_KEY: is not set" in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("zone: America/Toronto", "zone: Mars", "zone: expected a time zone, like America/Toronto"),
        ("\nzone: America/Toronto", "\n\nzone: America/Toronto", "with another text"),
    ],
)
def test_a_slip_in_a_definition_is_told_in_one_line(running, old, new, told):
    running.end()
    [path] = (running.folder / "app" / "programs" / "definitions").glob("pip.yaml")
    text = path.read_text()
    path.write_text(text.replace(old, new, 1))
    for command in ([], ["flask", "sync"]):
        done = running.once(".venv/bin/python", "run.py", *command)
        assert done.returncode != 0
        assert told in done.stderr
        assert "Traceback" not in done.stderr
    path.write_text(text)


def test_a_changed_program_is_prepared_at_its_next_start(running):
    versions = "SELECT version FROM program ORDER BY code LIMIT 1"
    [(before,)] = running.ask(versions)
    [(code,)] = running.ask("SELECT code FROM program ORDER BY code LIMIT 1")
    running.end()
    definition = running.folder / "app" / "programs" / "definitions" / f"{code}.yaml"
    text = definition.read_text()
    definition.write_text(text.replace(f"\nversion: {before}\n", f"\nversion: {before + 1}\n"))
    running.start()
    assert running.ask(versions) == [(before + 1,)]


def test_every_target_that_the_readme_may_name_is_explained_by_make(machine):
    told = subprocess.run(
        ["make"], cwd=machine.folder, capture_output=True, text=True, check=True
    ).stdout
    for target in ("run", "test", "format", "catalogue", "lock", "nightly"):
        assert re.search(rf"^  make {target} +\w", told, re.MULTILINE), target


def test_ci_runs_exactly_make_test():
    script = (ROOT / ".ci" / "run").read_text().strip()
    assert script.splitlines()[-1] == "exec make test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert Path(ROOT / "Makefile").exists()
