"""What happens by itself: old results are forgotten."""

from __future__ import annotations

from app.base.queue import job
from app.desk.service import runs


@job("desk.forget_results", tries=3, cron="20 3 * * *")
def forget_results() -> None:
    """Remove results of deeds on many rows that are older than they are kept."""
    runs.forget_old()
