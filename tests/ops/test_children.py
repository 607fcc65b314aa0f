"""What is started ends: in order when asked, at once when its parent is killed."""

import os
import signal
import subprocess
import sys
import time

from config import ROOT
from tests.ops.processes import descendants, gone_within, lives
from tools.children import Supervisor, stop_process

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""
PARENT = """
import os, signal, sys
from tools.children import Supervisor
parts = Supervisor()
wait = [sys.executable, "-c", "import signal; signal.pause()"]
for name in ("one", "two"):
    parts.start(name, wait, environment=os.environ)
print(*(child.process.pid for child in parts.children), flush=True)
signal.pause()
"""
ORPHAN = """
import os, sys, time
from tools.children import die_with_parent
if os.fork():
    os._exit(0)  # the parent is gone before the child asks
time.sleep(0.2)
die_with_parent(int(sys.argv[1]))
print("still here", flush=True)
"""


def test_kill_9_of_the_parent_ends_every_child():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with parent.stdout:
        children = [int(number) for number in parent.stdout.readline().split()]
    assert len(children) == 2
    assert all(lives(pid) for pid in children)
    parent.kill()
    parent.wait()
    assert gone_within(children, 2)


def test_a_child_whose_parent_died_before_it_asked_ends_at_once():
    starter = subprocess.run(
        [sys.executable, "-c", ORPHAN, str(os.getpid() + 10_000_000)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=10,
    )
    assert starter.stdout == ""


def test_children_stop_in_the_reverse_order_of_their_start(tmp_path):
    note = tmp_path / "note"
    code = (
        "import signal, sys, pathlib\n"
        "def end(*_):\n"
        "    with open(sys.argv[1], 'a') as f: f.write(sys.argv[2] + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('up', flush=True)\n"
        "while True: signal.pause()\n"
    )
    parts = Supervisor()
    for name in ("mail", "worker", "web"):
        up = tmp_path / f"{name}.log"
        with up.open("wb") as output:
            parts.start(
                name,
                [sys.executable, "-c", code, str(note), name],
                environment=os.environ,
                output=output,
            )
        give_up = time.monotonic() + 10
        while not up.read_text() and time.monotonic() < give_up:
            time.sleep(0.02)
    parts.stop()
    assert note.read_text().split() == ["web", "worker", "mail"]
    assert parts.children == []


def test_a_child_that_ignores_term_is_killed_after_its_grace():
    process = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE)
    with process.stdout:
        process.stdout.readline()
    started = time.monotonic()
    assert stop_process(process, grace=0.3) == -signal.SIGKILL
    assert 0.3 <= time.monotonic() - started < 2


def test_the_supervisor_tells_which_child_ended_by_itself():
    parts = Supervisor()
    parts.start("web", SLEEP, environment=os.environ)
    parts.start("worker", [sys.executable, "-c", "raise SystemExit(3)"], environment=os.environ)
    try:
        ended = parts.wait(stop=lambda: False, every=0.02)
        assert (ended.name, ended.process.returncode) == ("worker", 3)
    finally:
        parts.stop()


def test_waiting_ends_when_the_goal_is_reached():
    parts = Supervisor()
    parts.start("web", SLEEP, environment=os.environ)
    try:
        assert parts.wait(stop=lambda: True) is None
    finally:
        parts.stop()


def test_ctrl_c_in_the_terminal_reaches_the_parent_alone():
    parts = Supervisor()
    child = parts.start("web", SLEEP, environment=os.environ)
    try:
        assert os.getsid(child.process.pid) != os.getsid(0)
        assert child.process.pid in descendants(os.getpid())
    finally:
        parts.stop()
