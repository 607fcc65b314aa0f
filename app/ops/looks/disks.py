"""What lies on disks: room for documents and anchors, and the anchors themselves."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from app.audit import anchors
from app.documents.store import folder
from app.ops.looks.found import Look, asking
from config import Settings

ANCHOR_LATE: Final = timedelta(hours=36)
"""An anchor is made once a day."""
ROOM: Final = 1_000_000_000
"""Octets that a disk should have left."""


def look_at_store(settings: Settings) -> Look:
    """Whether the folders of anchors and documents take files, and how much room is left."""
    folders = [settings.anchor_dir, *filter(None, [folder(settings)])]
    free = min(shutil.disk_usage(_there(one)).free for one in folders)
    facts = {"free": free, "documents": len(folders) > 1}
    if not all(os.access(_there(one), os.W_OK | os.X_OK) for one in folders):
        return Look("store", "fails", "read_only", facts)
    if free < ROOM:
        return Look("store", "watch", "full", facts)
    return Look("store", "works", "ok", facts)


def _there(wanted: Path) -> Path:
    """The folder, or the one above it in which it will be made."""
    return next(one for one in (wanted, *wanted.parents) if one.exists())


_HEAD: Final = text(
    """
    SELECT head.seq AS entries, guichet_now() AS now,
           (SELECT at FROM audit.entry ORDER BY seq LIMIT 1) AS first,
           (SELECT encode(hash, 'hex') FROM audit.entry WHERE seq = :seq) AS hash
    FROM audit.head AS head
    """
)


def look_at_anchors(settings: Settings) -> Look:
    """Whether anchors are made every day, carry their signatures, and name the trail's entries."""
    proven: list[anchors.Anchor] = []
    try:
        proven.extend(anchors.read(settings.anchor_dir, [anchors.public_key(settings.anchor_key)]))
    except anchors.AnchorError:
        return Look("anchors", "fails", "unproven", {"anchors": len(proven)})
    last = proven[-1] if proven else None
    with asking() as connection:
        head = connection.execute(_HEAD, {"seq": last.seq if last else 0}).one()
    facts: dict[str, Any] = {"anchors": len(proven), "entries": head.entries}
    if last is None:
        late = head.first is not None and head.now - head.first > ANCHOR_LATE
        return Look("anchors", "watch" if late else "works", "none_late" if late else "none", facts)
    made = datetime.fromisoformat(last.made)
    facts["since_then"] = head.entries - last.seq
    if last.seq and head.hash != last.hash:
        return Look("anchors", "fails", "not_the_trail", facts, made)
    late = head.now - made > ANCHOR_LATE
    return Look("anchors", "watch" if late else "works", "late" if late else "ok", facts, made)
