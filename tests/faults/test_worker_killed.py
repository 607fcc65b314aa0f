"""Workers are killed, doubled, and given the same job twice: each thing is done, and told once."""

from __future__ import annotations

import pytest

from app.base import queue
from app.ops import worker
from tests.faults.post import until

pytestmark = pytest.mark.usefixtures("idle")


def all_done(house):
    jobs = [status for name, status, _ in house.jobs() if name.startswith("correspondence.")]
    return jobs and set(jobs) == {"succeeded"}


def mail_states(house, address):
    return house.ask(
        "SELECT n.mail_state FROM notice AS n JOIN person AS p ON p.id = n.person_id"
        " WHERE p.email = %s",
        address,
    )


def kill_while_it_sends(house, first):
    house.post.seconds = 3
    until(lambda: house.post.began == 1, 20, house.said)
    house.kill(first)
    house.post.seconds = 0


def test_the_mail_of_a_worker_killed_while_it_sent_is_sent_by_another(house, suspend):
    [address] = suspend()
    kill_while_it_sends(house, house.worker())
    assert house.jobs()[0][1] == "doing"
    house.worker()
    until(lambda: all_done(house), 20, house.said)
    assert mail_states(house, address) == [("sent",)]
    # The person may get it twice: the mail server had taken the first one when the worker died.
    found = until(lambda: house.post.to(address))
    assert len({message["Message-ID"] for message in found}) == 1
    assert len(found) <= 2


@pytest.mark.nightly
def test_a_real_worker_takes_over_within_a_minute(house, suspend):
    [address] = suspend()
    kill_while_it_sends(house, house.spawn("run.py", "worker"))
    house.spawn("run.py", "worker")
    until(lambda: all_done(house), 60, house.said)
    assert mail_states(house, address) == [("sent",)]


def test_a_deed_of_a_worker_killed_in_the_middle_is_done_once_by_another(house, world):
    account = world.account()
    late = world.member(account, 2, status="offered", offer_expires_at=world.now())
    house.ask(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'authority.lapse_offers',"
        " 0, NULL, NULL, '{}', NULL)::procrastinate_job_to_defer_v1])"
    )
    first = house.worker()
    with house.holding("SELECT FROM audit.head FOR UPDATE"):
        until(house.waits_for_a_lock, 20, house.said)
        house.kill(first)
    until(lambda: not house.waits_for_a_lock())
    assert world.fresh(late).status == "offered"
    house.worker()
    until(lambda: world.fresh(late).status == "ended", 20, house.said)
    told = "SELECT count(*) FROM audit.entry WHERE event = 'membership.lapsed' AND account_id = %s"
    assert house.ask(told, account.id) == [(1,)]


def test_two_workers_do_each_job_once(house, suspend):
    addresses = suspend(8)
    both = [house.worker(), house.worker()]
    until(lambda: all_done(house), 30, house.said)
    assert [len(house.post.to(address)) for address in addresses] == [1] * 8
    assert all(process.poll() is None for process in both)
    # What is due by the clock is put in by both workers, and stands there once.
    twice = house.ask(
        "SELECT task_name, args FROM procrastinate_jobs WHERE args ? 'timestamp'"
        " GROUP BY task_name, args HAVING count(*) > 1"
    )
    assert twice == []


def test_every_job_may_run_twice_and_is_told_once(house, world, suspend):
    [address] = suspend()
    browser = house.browser()
    person = world.person()
    late = world.member(world.account(), 2, status="offered", offer_expires_at=world.now())
    browser.post_form(
        "/sign-in",
        {"sign_in_name": world.sign_in_name(person), "password": "Trois-Rivières 1634 brume"},
        expect=303,
    )
    put_everything_in_twice(house)
    house.worker()
    house.worker()
    until(lambda: not {"todo", "doing"} & {s for _, s, _ in house.jobs()}, 30, house.said)
    assert {status for _, status, _ in house.jobs()} == {"succeeded"}
    assert len(house.post.to(address)) == 1
    codes = house.post.to(person.email)
    assert len({message["Message-ID"] for message in codes}) == 1
    assert len({message.get_body(("plain",)).get_content() for message in codes}) == 1
    entries = "SELECT count(*) FROM audit.entry WHERE target_kind = 'membership' AND target_id = %s"
    assert house.ask(entries, str(late.id)) == [(1,)]


def put_everything_in_twice(house):
    """Each waiting job once more, and each scheduled one two times."""
    house.ask(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(queue_name, task_name, priority, lock, NULL,"
        " args, NULL)::procrastinate_job_to_defer_v1]) FROM procrastinate_jobs"
    )
    worker.import_jobs()
    for name in sorted(job.name for job in queue.registered() if job.cron):
        if name.startswith("test."):
            continue
        for _ in range(2):
            house.ask(
                "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', %s, 0, NULL, NULL, '{}',"
                " NULL)::procrastinate_job_to_defer_v1])",
                name,
            )
    waiting = {name for name, _, _ in house.jobs()}
    assert {"correspondence.send_notice", "identity.send_code", "audit.anchor"} <= waiting
