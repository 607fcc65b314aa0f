"""The parts of a real service, each started by itself as an operator would."""

import base64
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest

import config
from tests.ops.processes import gone_within

KEY = base64.b64encode(bytes(range(32))).decode()


class Service:
    """An operator's environment, and the parts started in it."""

    def __init__(self, database, folder, port):
        self.database, self.port, self.running = database, port, []
        mine = {config.variable(field) for field in config.Settings.model_fields}
        self.environment = {k: v for k, v in os.environ.items() if k not in mine} | {
            "GUICHET_ENV": "production",
            "DATABASE_URL": database.app_url,
            "SECRET_KEY": "k7QdX4mpT92htLw3eRz8bNcV5sJ6gYfA",
            "CODE_KEYS": f"2026-a:{KEY}",
            "BASE_URL": "https://portal.example.ca",
            "PORT": str(port),
            "MAIL_FROM": "portal@example.ca",
            "ANCHOR_DIR": str(folder),
            "ANCHOR_KEY": KEY,
            "DOCUMENT_STORE_URL": f"file://{folder}/documents",
            "TRUSTED_PROXIES": "1",
        }

    def start(self, part, **more):
        process = subprocess.Popen(
            [sys.executable, "run.py", part],
            cwd=config.ROOT,
            env=self.environment | more,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def run(self, *arguments, **more):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=config.ROOT,
            env=self.environment | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def get(self, path, **headers):
        headers = {"Host": "portal.example.ca", "X-Forwarded-Proto": "https"} | headers
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()

    def wait_until_it_answers(self, path="/healthz"):
        give_up = time.monotonic() + 30
        while True:
            try:
                return self.get(path)
            except (urllib.error.URLError, ConnectionError):
                assert time.monotonic() < give_up, "it does not answer"
                time.sleep(0.1)

    def stop(self):
        for process in self.running:
            below = [p.pid for p in psutil.Process(process.pid).children(recursive=True)]
            process.send_signal(signal.SIGTERM)
            process.wait(15)
            assert gone_within(below, 1)


@pytest.fixture
def service(database, tmp_path, free_port):
    service = Service(database, tmp_path, free_port())
    yield service
    for process in service.running:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_a_real_service_is_prepared_and_serves_behind_its_proxy(service):
    done = service.run("run.py", "prepare", DATABASE_OWNER_URL=service.database.owner_url)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]", "no demonstration in a real service"
    assert service.database.ask("SELECT count(*) FROM person") == [(0,)]
    service.start("web")
    service.start("worker")
    assert service.wait_until_it_answers("/readyz")[0] == 200
    assert service.get("/fr/")[0] == 200
    service.stop()


def test_a_request_for_another_host_name_is_refused(service):
    service.start("web")
    service.wait_until_it_answers()
    with pytest.raises(urllib.error.HTTPError) as caught:
        service.get("/en/", Host="evil.example")
    caught.value.close()
    assert caught.value.code == 400


def test_a_web_process_that_dies_is_replaced(service):
    web = service.start("web")
    service.wait_until_it_answers()
    time.sleep(6)  # granian takes two deaths in 5.5 s for a program that cannot start
    first = {p.pid for p in psutil.Process(web.pid).children()}
    os.kill(min(first), signal.SIGKILL)
    give_up = time.monotonic() + 15
    while {p.pid for p in psutil.Process(web.pid).children() if p.is_running()} == first or (
        len(psutil.Process(web.pid).children()) != len(first)
    ):
        assert time.monotonic() < give_up
        time.sleep(0.1)
    assert service.get("/healthz")[0] == 200
    service.stop()


def test_kill_9_of_the_web_part_leaves_none_of_its_processes(service):
    web = service.start("web")
    service.wait_until_it_answers()
    below = [p.pid for p in psutil.Process(web.pid).children(recursive=True)]
    assert len(below) >= 2
    web.kill()
    web.wait()
    assert gone_within(below, 2)


@pytest.mark.parametrize("part", ["web", "worker"])
def test_a_part_refuses_the_superuser_and_the_owner_with_one_line(service, part, server):
    for url, reason in (
        (server.superuser_url, "postgres is a superuser"),
        (service.database.owner_url, "guichet_owner owns the database"),
    ):
        done = service.run("run.py", part, DATABASE_URL=url)
        assert done.returncode == 2
        assert done.stderr == f"DATABASE_URL: set another role, {reason}\n"


@pytest.mark.parametrize("part", ["web", "worker"])
def test_a_part_refuses_the_owners_address(service, part):
    done = service.run("run.py", part, DATABASE_OWNER_URL=service.database.owner_url)
    assert (done.returncode, done.stderr.partition(":")[0]) == (2, "DATABASE_OWNER_URL")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SECRET_KEY", "development:k7QdX4mpT92htLw3eRz8bNcV5sJ6gYfA"),
        ("BASE_URL", "http://portal.example.ca"),
        ("MAIL_CATCHER", "true"),
        ("DEBUG", "true"),
    ],
)
def test_a_part_refuses_a_laptops_setting_with_one_line(service, variable, value):
    done = service.run("run.py", "web", **{variable: value})
    assert done.returncode == 2
    assert done.stderr.startswith(f"{variable}: ")
    assert done.stderr.count("\n") == 1


def test_a_database_that_does_not_answer_is_told_in_one_line(service, free_port):
    away = f"postgresql://guichet_app:secret@127.0.0.1:{free_port()}/guichet"
    done = service.run("run.py", "worker", DATABASE_URL=away)
    assert done.returncode == 2
    assert done.stderr.startswith("DATABASE_URL: the database does not answer")
    assert "secret" not in done.stderr


def test_preparing_needs_the_owner(service):
    done = service.run("run.py", "prepare")
    assert done.returncode == 2
    assert done.stderr.startswith("DATABASE_OWNER_URL: is not set")


def test_an_unknown_word_tells_what_there_is(service):
    done = service.run("run.py", "serve")
    assert done.returncode == 2
    assert "python run.py worker" in done.stderr


def test_two_preparations_at_once_wait_for_each_other(service, server, request):
    name = f"empty_{abs(hash(request.node.nodeid))}"
    server.create_database(name)
    urls = {
        "DATABASE_URL": server.url("guichet_app", name),
        "DATABASE_OWNER_URL": server.url("guichet_owner", name),
    }
    both = [service.start("prepare", **urls) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    server.drop_database(name)
