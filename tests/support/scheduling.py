"""Which tests stay together on one worker of `pytest -n`, and which has the machine for itself.

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
ALONE: Final = "alone"
AT_THE_END: Final = (
    # Seconds are promised there, to somebody whose machine does nothing else.
    "tests/test_two_commands.py::test_kill_9_leaves_no_process_and_the_second_start_is_quick",
)


def group_of(nodeid: str) -> str:
    """The group of a test; a test without one is its own."""
    if nodeid.startswith(AT_THE_END):
        return ALONE
    for group, places in TOGETHER.items():
        if nodeid.startswith(places):
            return group
    return nodeid


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
    """Hand out the groups first, the largest first, then test by test.

    What is to run alone goes to the last worker, once the others have ended.
    """

    def __init__(self, config: Any, log: Any = None) -> None:
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        if ALONE in self.workqueue:
            self.workqueue.move_to_end(ALONE)
        super()._assign_work_unit(node)

    def _reschedule(self, node: Any) -> None:
        if node.shutting_down or list(self.workqueue) != [ALONE] or self.nodes == [node]:
            super()._reschedule(node)
        elif self._pending_of(self.assigned_work[node]) > 2:
            return  # it has enough to do
        elif not all(other.shutting_down for other in self.nodes if other is not node):
            node.shutdown()  # there is another one for it

    def remove_node(self, node: Any) -> str | None:
        crashed: str | None = super().remove_node(node)
        for other in self.nodes:
            self._reschedule(other)
        return crashed
