"""A document on this machine's disk for a moment, for what cannot work on a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

_READ: Final = 1 << 18


@contextmanager
def copied(chunks: Iterable[bytes]) -> Iterator[Path]:
    """A file that only we may read, with these octets; gone at the end, and its folder with it.

    What else is put into that folder (a preview being drawn) goes with it.
    """
    with TemporaryDirectory(prefix="guichet-document-") as folder:  # made for our eyes alone
        path = Path(folder) / "original"
        with path.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
        yield path


def octets(path: Path) -> Iterator[bytes]:
    """What a file on the disk holds, a little at a time, as a store takes it."""
    with path.open("rb") as file:
        while chunk := file.read(_READ):
            yield chunk
