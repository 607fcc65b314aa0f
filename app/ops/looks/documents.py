"""Documents: that their store takes and gives them, and that the virus scanner answers."""

from __future__ import annotations

import logging
from datetime import timedelta
from time import perf_counter
from typing import Final

from sqlalchemy import text

from app.documents import scanning
from app.documents.errors import StoreError
from app.documents.store import folder, store
from app.ops.looks.found import Look, asking
from config import Settings

log = logging.getLogger(__name__)

SLOW: Final = 1.0
"""Seconds that the store may take to take a few octets, give them back and forget them."""
OLD: Final = timedelta(days=3)
"""Signatures of viruses come every day."""
_NOW: Final = text("SELECT guichet_now()")


def look_at_store(settings: Settings) -> Look:
    """Whether the store takes a document, gives it back and forgets it, and how fast."""
    kind = "folder" if folder(settings) else "bucket"
    began = perf_counter()
    try:
        store(settings, hurried=True).probe()
    except StoreError as error:
        log.warning("the store of documents does not work: %s", error)
        return Look("documents", "fails", "no_store", {"kind": kind})
    seconds = perf_counter() - began
    facts = {"kind": kind, "milliseconds": max(1, round(seconds * 1000))}
    slow = seconds > SLOW
    return Look("documents", "watch" if slow else "works", "slow" if slow else "ok", facts)


def look_at_scanner(settings: Settings) -> Look:
    """Whether the scanner answers, and how old the signatures are by which it knows viruses."""
    if settings.clamd_address is None:
        return Look("scanner", "watch", "not_set", {"version": None})
    try:
        found = scanning.ask(settings.clamd_address)
    except OSError as error:
        log.warning("the virus scanner does not answer: %s", error)
        return Look("scanner", "fails", "no_scanner", {"version": None})
    facts = {"version": found.version}
    if found.signatures is None:
        return Look("scanner", "watch", "undated", facts)
    with asking() as connection:
        old = connection.execute(_NOW).scalar_one() - found.signatures > OLD
    return Look("scanner", "watch" if old else "works", "old" if old else "ok", facts,
                found.signatures)  # fmt: skip
