"""The daily anchor."""

from __future__ import annotations

from sqlalchemy import func, select

from app.audit.anchors import Anchor, append
from app.audit.models import Head
from app.base.db import session
from app.base.queue import job
from app.base.settings import get


@job("audit.anchor", tries=5, cron="7 8 * * *")
def anchor() -> None:
    """Sign the chain's head into ANCHOR_DIR, once a day, while the night's work is done."""
    anchor_now()


def anchor_now() -> Anchor:
    """Sign the chain's present head; a second anchor of the same head does no harm."""
    settings = get()
    head = session.execute(select(Head.seq, Head.hash, func.guichet_now().label("made"))).one()
    return append(settings.anchor_dir, settings.anchor_key, head.made, head.seq, bytes(head.hash))
