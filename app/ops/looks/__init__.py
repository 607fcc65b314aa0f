"""How each part of the portal is: the same looks for machines (`/readyz`, `/metrics`) and staff.

A look never raises: of a part that cannot be looked at, that is what it says. What it found are
codes and figures; ``app.ops.words`` has the sentences.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final

from app.ops.looks import database, disks, documents, drafts, mail, queue
from app.ops.looks.found import Look
from config import Settings

log = logging.getLogger(__name__)

PARTS: Final[Mapping[str, Callable[[Settings], Look]]] = {
    "database": database.look,
    "migrations": database.look_at_tables,
    "queue": queue.look,
    "mail": mail.look,
    "store": disks.look_at_store,
    "documents": documents.look_at_store,
    "scanner": documents.look_at_scanner,
    "anchors": disks.look_at_anchors,
    "drafts": drafts.look,
    "clock": database.look_at_clock,
}


def looks(settings: Settings) -> list[Look]:
    """Look at every part, in the order in which one needs the other."""
    return [_safely(part, settings) for part in PARTS]


def _safely(part: str, settings: Settings) -> Look:
    try:
        return PARTS[part](settings)
    except Exception as error:  # noqa: BLE001 (the page that tells of faults must not be one)
        log.warning("the part %s cannot be looked at: %s", part, error)
        return Look(part, "fails", "silent")
