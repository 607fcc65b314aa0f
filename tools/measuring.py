"""The folder in which the processes of the web part count, each into files of its own.

`prometheus_client` decides at its import whether it counts in memory or into files, and it maps
those files into memory: on a full disk, a page of the file that has no room yet would kill the
process at its first count. So each process takes the room of its files before it serves, and
counts nothing when there is none.
"""

import atexit
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
_KINDS: Final = ("counter", "histogram")
_ROOM: Final = 4 * 1024 * 1024
"""Octets a file: several times what all endpoints and tasks fill."""


def make_folder() -> None:
    """Make the folder and tell its name to `prometheus_client`; it goes when this process ends."""
    try:
        folder = tempfile.mkdtemp(prefix="guichet-metrics-")
    except OSError:
        return  # each process counts for itself, and the scrape tells of one of them
    os.environ[_FOLDER] = folder
    atexit.register(_remove, folder, os.getpid())


def _remove(folder: str, maker: int) -> None:
    # The processes of the web part are forks: their end is not the folder's.
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


def make_room() -> None:
    """Take the room of this process's files."""
    from app.base import metrics

    folder = os.environ.get(_FOLDER)
    if folder is None:
        return
    try:
        for kind in _KINDS:
            path = Path(folder, f"{kind}_{os.getpid()}.db")
            with path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, _ROOM)
    except OSError as error:
        metrics.off()
        logging.getLogger("guichet").warning("this process counts nothing: %s", error)
