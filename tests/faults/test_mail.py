"""The mail server refuses, is slow or is gone: nothing that was to be told is lost."""

from __future__ import annotations

import time

import pytest

from app.base import queue
from app.ops import worker
from tests.faults.post import until
from tests.faults.test_worker_killed import all_done, mail_states

GONE = {
    "refuses for now": {"rcpt": "451 Try again later"},
    "refuses the content for now": {"data": "452 Insufficient system storage"},
    "refuses everybody": {"data": "554 Transaction failed"},
}


def tried(house, name="correspondence.send_notice"):
    return any(found == name and attempts for found, _, attempts in house.jobs())


@pytest.mark.parametrize("fault", GONE)
def test_a_mail_that_is_refused_is_sent_later(house, working, suspend, fault):
    for field, value in GONE[fault].items():
        setattr(house.post, field, value)
    [address] = suspend()
    until(lambda: tried(house), 20, house.said)
    assert mail_states(house, address) == [("queued",)]
    house.post.behave()
    until(lambda: house.hurry() or all_done(house), 20, house.said)
    assert len(house.post.to(address)) == 1
    assert mail_states(house, address) == [("sent",)]


def test_a_mail_server_that_is_gone_holds_nobody_up_and_mail_goes_when_it_is_back(
    house, working, world, suspend, sign_in
):
    house.post.close()
    [address] = suspend()  # the deed itself needs no mail server
    until(lambda: tried(house), 20, house.said)
    person = world.person()
    browser = house.browser()
    page = browser.post_form(
        "/sign-in",
        {"sign_in_name": world.sign_in_name(person), "password": "Trois-Rivières 1634 brume"},
        expect=303,
        to="/sign-in/code",
    ).follow()
    assert page.form("code"), "the person is asked for the code, and may ask for another one"
    until(lambda: tried(house, "identity.send_code"), 20, house.said)
    house.post.behave()
    until(lambda: house.hurry() or all_done(house), 20, house.said)
    assert len(house.post.to(address)) == 1
    assert len(until(lambda: house.post.to(person.email), 20, house.said)) == 1


def test_an_address_that_is_refused_for_good_is_not_tried_again_and_the_notice_stays(
    house, working, world, suspend, sign_in
):
    house.post.rcpt = "550 No such mailbox"
    [address] = suspend()
    until(lambda: all_done(house), 20, house.said)
    assert mail_states(house, address) == [("failed",)]
    assert house.post.began == 1
    [(person_id,)] = house.ask("SELECT id FROM person WHERE email = %s", address)
    from app.parties.models import Person

    told = sign_in(world.db.get(Person, person_id))
    world.db.rollback()
    assert "suspended" in told.get("/notices").main


def test_a_code_that_no_mailbox_takes_is_not_tried_again(house, working, world):
    house.post.rcpt = "550 No such mailbox"
    person = world.person()
    house.browser().post_form(
        "/sign-in",
        {"sign_in_name": world.sign_in_name(person), "password": "Trois-Rivières 1634 brume"},
        expect=303,
    )
    sent = "identity.send_code"
    until(lambda: (sent, "succeeded", 1) in house.jobs(), 20, lambda: f"{house.jobs()}")
    assert house.post.began == 1


def test_a_slow_mail_server_slows_no_page_and_codes_go_before_notices(house, idle, world, suspend):
    house.post.seconds = 1.5
    addresses = suspend(9)
    person = world.person()
    started = time.monotonic()
    browser = house.browser()
    browser.post_form(
        "/sign-in",
        {"sign_in_name": world.sign_in_name(person), "password": "Trois-Rivières 1634 brume"},
        expect=303,
    )
    assert time.monotonic() - started < 5
    house.worker()
    until(lambda: house.post.to(person.email), 20, house.said)
    last = [address for address in addresses if not house.post.to(address)]
    assert len(last) >= 5, "the code was sent among the first four, before most of the notices"
    until(lambda: all_done(house), 30, house.said)
    assert [len(house.post.to(address)) for address in addresses] == [1] * 9


@pytest.mark.nightly
def test_a_mail_server_that_never_answers_is_left_after_a_while_and_tried_again(
    house, working, suspend
):
    house.post.seconds = 3600
    [address] = suspend()
    until(lambda: tried(house), 60, house.said)
    house.post.close()
    house.post.behave()
    until(lambda: house.hurry() or all_done(house), 30, house.said)
    assert len(house.post.to(address)) == 1


def test_notices_outlive_a_weekend_without_mail_and_codes_their_own_life():
    assert sum(pauses("correspondence.send_notice")) > 60 * 3600
    codes = pauses("identity.send_code")
    assert 300 < sum(codes) < 600, "a code lives ten minutes"
    assert codes[0] < 15


def pauses(name):
    """Seconds between the tries of a job."""
    worker.import_jobs()
    retry = worker.retry_of(queue.find_job(name))
    return [retry.wait + retry.exponential_wait ** (n + 1) for n in range(retry.max_attempts)]
