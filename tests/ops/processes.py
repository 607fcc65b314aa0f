"""Looking at real processes."""

import time

import psutil


def lives(pid):
    """Whether a process runs; a zombie only waits to be counted."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def descendants(pid):
    """Every process below this one."""
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def gone_within(pids, seconds):
    """Wait until none of them lives; tell whether that happened in time."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if not any(lives(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False
