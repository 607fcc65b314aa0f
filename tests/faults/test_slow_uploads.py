"""While eight large files come slowly, other pages are as quick as ever and memory stays flat."""

from __future__ import annotations

import http.client
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psutil
import pytest

from app.programs.service import definition
from tests.documents import files

AT_ONCE = 8
OCTETS = 20_000_000
"""Of each file: 160 MB in all."""
LASTING = 12.0
"""Seconds that each takes to come."""
MEMORY = 200_000_000
"""Octets by which all processes of the portal may grow together, their children included."""
P95 = 1.0
"""Seconds within which 95 of 100 other pages are there."""
BOUNDARY = "a-line-between-parts"


@pytest.fixture
def topics(house, world, sign_in):
    """So many topics that take a file: the browser, the address of each, the name of its field."""
    account = world.account()
    browser = sign_in(world.owner(account))
    kind, section, topic, question = next(
        (kind.code, section.code, topic.code, one)
        for kind in definition(account.program.code).cases.values()
        for section in kind.sections.values()
        if section.repeated is not None and section.repeated.by == "name"
        for topic in section.topics.values()
        if not topic.shown_when
        for one in topic.questions.values()
        if one.type == "document" and not one.shown_when
    )
    place = f"/a/{account.id}/case/{kind}/{section}"
    for number in range(AT_ONCE):
        browser.get(f"{place}/add").submit({"label": f"Quay {number}"}, expect=303)
    rows = house.ask(
        "SELECT p.id FROM case_part p JOIN client_case c ON c.id = p.case_id"
        " WHERE c.account_id = %s AND p.section = %s ORDER BY p.id",
        account.id,
        section,
    )
    return browser, [f"{place}/{part}/topic/{topic}" for (part,) in rows], question.code


def large(number):
    """A PDF that holds a lot of noise: nobody can make it smaller."""

    def grow(pdf):
        pdf.pages[0].Noise = pdf.make_stream(number.to_bytes(4) + os.urandom(OCTETS))

    return files.pdf(grow)


class Slow:
    """One multipart body, in pieces with pauses between them."""

    def __init__(self, token, question, octets, number):
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="go"\r\n\r\nstay\r\n'
            f"--{BOUNDARY}\r\nContent-Disposition: form-data;"
            f' name="{question}"; filename="plan-{number}.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        )
        self.whole = head.encode() + octets + f"\r\n--{BOUNDARY}--\r\n".encode()

    def pieces(self):
        size = len(self.whole) // 100
        for start in range(0, len(self.whole), size):
            time.sleep(LASTING / 100)
            yield self.whole[start : start + size]


def send(house, cookies, path, body):
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=120)
    headers = {
        "Host": "localhost",
        "Cookie": cookies,
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(body.whole)),
    }
    with closing(connection):
        connection.request("POST", path, body.pieces(), headers)
        answer = connection.getresponse()
        answer.read()
    return answer.status


def memory(house):
    """What all processes of the portal hold for themselves, in octets."""
    total = 0
    for process in [psutil.Process(house.serving.pid), *house.below(house.serving)]:
        try:
            total += process.memory_info().rss - process.memory_info().shared
        except psutil.NoSuchProcess:
            continue
    return total


@pytest.mark.nightly
def test_eight_slow_uploads_slow_no_page_and_take_no_memory(house, topics, record_property):
    browser, paths, question = topics
    bodies = []
    for number, path in enumerate(paths):
        token = browser.get(path).form("drawn_in").values["csrf_token"]
        bodies.append(Slow(token, question, large(number), number))
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http._cookies.items())
    browser.get(paths[0])
    before = most = memory(house)
    seconds = []
    with ThreadPoolExecutor(AT_ONCE) as senders:
        sent = [
            senders.submit(send, house, cookies, f"/en{path}", body)
            for path, body in zip(paths, bodies, strict=True)
        ]
        while not all(one.done() for one in sent):
            began = time.monotonic()
            assert house.answers("/en/help") == 200
            seconds.append(time.monotonic() - began)
            most = max(most, memory(house))
            time.sleep(0.05)
    assert [one.result() for one in sent] == [303] * AT_ONCE, house.said()
    assert house.ask("SELECT count(*), min(size) FROM document")[0][0] == AT_ONCE
    p95 = statistics.quantiles(seconds, n=20)[-1]
    record_property("milliseconds of a page beside eight slow uploads (p95)", round(p95 * 1000))
    record_property("megabytes that eight slow uploads took", round((most - before) / 1e6))
    assert p95 < P95, f"{p95:.2f} s"
    assert most - before < MEMORY, f"{(most - before) / 1e6:.0f} MB"
