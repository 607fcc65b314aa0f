"""What the worker does for delegations: asks, lists of asks, reminders and ends."""

from __future__ import annotations

from app.base.errors import Conflict
from app.base.queue import job
from app.delegation.service import delivering, reminding


@job("delegation.deliver", tries=5)
def deliver(ask_id: int) -> None:
    """Bring an ask to whoever has its number."""
    delivering.deliver(ask_id)


@job("delegation.ask_list", tries=5)
def ask_list(list_id: int) -> None:
    """Ask every number of a checked list, one by one."""
    delivering.run_list(list_id)


@job("delegation.remind", tries=3, cron="50 4 * * *")
def remind() -> None:
    """Remind of ends and tell of those that came; each one in a transaction of its own."""
    for delegation_id in reminding.ending_soon():
        try:
            reminding.look_at(delegation_id)
        except Conflict:
            continue  # the delegate has no account any more: there is nobody to tell
