"""Which tests stay together on one worker of `pytest -n`.

`xdist_group` marks would say it, but pytest 9.2 no longer lets xdist 3.8 write them into a test's
name, and every group was silently torn apart: two services, two browsers, two houses of faults.
"""

from __future__ import annotations

from typing import Any, Final

from xdist.scheduler import LoadScopeScheduling

TOGETHER: Final = {
    # One service and one Chromium; a thread in which Playwright runs is its own alone. What axe has
    # seen of a page's shape on the way is not looked at again when every state has its turn.
    "browser": ("tests/browser/", "tests/web/test_in_a_browser.py", "tests/access/"),
    # The portal that speaks the pseudo-language is filled once.
    "pseudo-language": ("tests/language/",),
    "two commands": ("tests/test_two_commands.py",),
    # What is killed, filled up or restarted there would be the other's, too.
    "faults": ("tests/faults/",),
}


def group_of(nodeid: str) -> str:
    """The group of a test; a test without one is its own."""
    for group, places in TOGETHER.items():
        if nodeid.startswith(places):
            return group
    return nodeid


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
    """Hand out the groups first, the largest first, then test by test."""

    def __init__(self, config: Any, log: Any = None) -> None:
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
