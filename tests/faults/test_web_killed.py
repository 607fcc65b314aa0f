"""The web process is killed in the middle of a deed: all of it is done, or nothing."""

from __future__ import annotations

import http.client
import threading

import pytest

from tests.faults.post import until


@pytest.fixture
def deed(world, sign_in, idle):
    """An owner about to suspend somebody's access: a row, a notice, a job, an entry."""
    account = world.account()
    browser = sign_in(world.owner(account))
    member = world.member(account, 2)
    page = f"/a/{account.id}/users/{member.id}/suspend"
    return account, member, browser, page


STOPS = {
    "before anything": "SELECT FROM account WHERE id = {account} FOR UPDATE",
    "before the trail": "SELECT FROM audit.head FOR UPDATE",
}


@pytest.mark.parametrize("stop", STOPS)
def test_a_deed_whose_process_is_killed_leaves_nothing_and_can_be_sent_again(
    house, world, deed, stop
):
    account, member, browser, page = deed
    form = browser.get(page).form(action=page)
    before = traces(house, account)
    seen = []

    def send():
        try:
            seen.append(form.submit(expect=303))
        except Exception as broken:  # noqa: BLE001 (looked at below)
            seen.append(broken)

    with house.holding(STOPS[stop].format(account=account.id)):
        sender = threading.Thread(target=send)
        sender.start()
        until(house.waits_for_a_lock, 10, lambda: f"{seen} {house.said()}")
        for process in house.below(house.serving):
            process.kill()
        sender.join(20)
    # What the person saw: the browser’s own page of a broken connection.
    assert isinstance(seen[0], (http.client.HTTPException, OSError))
    until(lambda: not house.waits_for_a_lock())
    until(house.revive, 30, house.said)
    assert traces(house, account) == before
    assert world.fresh(member).status == "active"
    # The same form, as it stands in the person's browser, sent again.
    form.submit(expect=303)
    assert world.fresh(member).status == "suspended"
    after = traces(house, account)
    assert {name: after[name] - before[name] for name in after} == {
        "entries": 1,
        "notices": 1,
        "jobs": 1,
    }


def traces(house, account):
    """How many rows tell of deeds on this account."""
    return {
        "entries": house.ask("SELECT count(*) FROM audit.entry WHERE account_id = %s", account.id)[
            0
        ][0],
        "notices": house.ask("SELECT count(*) FROM notice WHERE account_id = %s", account.id)[0][0],
        "jobs": house.ask("SELECT count(*) FROM procrastinate_jobs")[0][0],
    }
