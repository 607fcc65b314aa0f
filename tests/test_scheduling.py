"""The tests are handed out as `tests.support.scheduling` says, by a real pytest with workers."""

import subprocess
import sys

from config import ROOT

CONFTEST = """
import time
from pathlib import Path

import pytest

from tests.support import scheduling

scheduling.TOGETHER = {"pair": ("test_work.py::test_pair",)}
scheduling.AT_THE_END = ("test_work.py::test_alone",)


def pytest_xdist_make_scheduler(config, log):
    return scheduling.ByGroup(config, log)


@pytest.fixture(autouse=True)
def told(request, worker_id):
    begun = time.time()
    yield
    with Path("told").open("a") as told:
        told.write(f"{request.node.name} {worker_id} {begun} {time.time()}\\n")
"""
WORK = """
import time

import pytest


def test_alone():
    time.sleep(0.3)


@pytest.mark.parametrize("number", range(2))
def test_pair(number):
    time.sleep(0.5)


@pytest.mark.parametrize("number", range(20))
def test_other(number):
    time.sleep(0.02)
"""


def test_what_measures_seconds_has_the_machine_for_itself_and_groups_stay_together(tmp_path):
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_work.py").write_text(WORK)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "3", "--dist", "loadscope", "-q"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    told = {}
    for line in (tmp_path / "told").read_text().splitlines():
        name, worker, begun, ended = line.split()
        told[name] = (worker, float(begun), float(ended))
    assert len(told) == 23
    begun = told.pop("test_alone")[1]
    assert all(ended <= begun for _, _, ended in told.values())
    assert told["test_pair[0]"][0] == told["test_pair[1]"][0]
    assert len({worker for worker, _, _ in told.values()}) == 3
