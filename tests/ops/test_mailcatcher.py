"""The mail catcher takes real SMTP, shows it to this machine alone, and loses nothing."""

import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from email.message import EmailMessage

import html5lib
import pytest

from config import ROOT
from tests.ops.processes import gone_within


class Catcher:
    def __init__(self, folder, smtp_port, port):
        self.folder, self.smtp_port, self.port = folder, smtp_port, port
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-W", "error", "-m", "tools.mailcatcher"),
                *("--smtp-port", str(self.smtp_port), "--port", str(self.port)),
                *("--folder", str(self.folder)),
            ],
            cwd=ROOT,
        )
        give_up = time.monotonic() + 10
        while time.monotonic() < give_up:
            try:
                self.get("/")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("the mail catcher did not start")

    def send(self, subject, to, text="Bonjour,", files=(), html=None, envelope=None):
        message = EmailMessage()
        message["From"] = "Guichet <guichet@localhost>"
        message["To"] = to
        message["Subject"] = subject
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        for name, content in files:
            message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as smtp:
            smtp.send_message(message, to_addrs=envelope)

    def fetch(self, path, host=None):
        address = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(address, headers={"Host": host} if host else {})
        return urllib.request.urlopen(request, timeout=5)

    def get(self, path):
        with self.fetch(path) as answer:
            return answer.read().decode()

    def refused(self, path, host=None):
        with pytest.raises(urllib.error.HTTPError) as caught, self.fetch(path, host):
            pass
        with caught.value as answer:
            return answer.code, answer.read().decode()

    def stop(self):
        self.process.terminate()
        return self.process.wait(5)


@pytest.fixture
def catcher(tmp_path, free_port):
    running = Catcher(tmp_path / "mail", free_port(), free_port())
    yield running
    running.stop()


def test_the_newest_mail_to_an_address_is_returned_as_text(catcher):
    catcher.send("Un", "zoe@exemple.ca", "Votre code est 111111.")
    catcher.send("Deux", "zoe@exemple.ca", "Votre code est 222222, été comme hiver.")
    catcher.send("Trois", "ann@example.ca", "Your code is 333333.")
    assert "222222, été comme hiver." in catcher.get("/latest?to=zoe@exemple.ca")
    assert "333333" in catcher.get("/latest?to=ANN@example.ca")


def test_an_address_without_mail_is_answered_404_with_a_sentence_in_both_languages(catcher):
    status, sentence = catcher.refused("/latest?to=nobody@example.ca")
    assert status == 404
    assert "No mail for nobody@example.ca yet." in sentence
    assert "Aucun courriel pour nobody@example.ca" in sentence


def test_mail_is_found_by_its_envelope_not_by_what_its_header_says(catcher):
    catcher.send("Copy", "shown@example.ca", "blind", envelope=["hidden@example.ca"])
    assert "blind" in catcher.get("/latest?to=hidden@example.ca")
    assert catcher.refused("/latest?to=shown@example.ca")[0] == 404


def test_the_newest_attachment_is_returned_byte_for_byte(catcher):
    letter = bytes(range(256)) * 40
    catcher.send("Lettre", "officer@example.ca", files=[("lettre d’été.pdf", letter)])
    with catcher.fetch("/latest/attachment?to=officer@example.ca") as answer:
        assert answer.read() == letter
        assert answer.headers["Content-Type"] == "application/pdf"
        assert "lettre%20d%E2%80%99%C3%A9t%C3%A9.pdf" in answer.headers["Content-Disposition"]


def test_a_mail_without_attachment_says_so(catcher):
    catcher.send("Rien", "zoe@exemple.ca")
    status, sentence = catcher.refused("/latest/attachment?to=zoe@exemple.ca")
    assert status == 404
    assert "no attachment" in sentence


def test_the_page_lists_mail_newest_first_and_shows_one_with_its_files(catcher):
    catcher.send("First subject", "zoe@exemple.ca")
    catcher.send(
        "Votre <lettre>", "zoe@exemple.ca", "Bonjour,", [("a.pdf", b"%PDF")], html="<p>Salut</p>"
    )
    listing = catcher.get("/")
    assert listing.index("Votre &lt;lettre&gt;") < listing.index("First subject")
    assert "<lettre>" not in listing
    address = listing.partition("href='/m/")[2].partition("'")[0]
    page = catcher.get(f"/m/{address}")
    assert "zoe@exemple.ca" in page
    assert "Bonjour," in page
    assert catcher.get(f"/m/{address}/files/0") == "%PDF"
    with catcher.fetch(f"/m/{address}/html") as answer:
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_its_pages_are_correct_html_without_script(catcher):
    catcher.send("Sujet", "zoe@exemple.ca", files=[("a.pdf", b"%PDF")])
    listing = catcher.get("/")
    address = listing.partition("href='/m/")[2].partition("'")[0]
    for page in (listing, catcher.get(f"/m/{address}")):
        html5lib.HTMLParser(strict=True).parse(page)
        assert "<script" not in page
        assert page.count("<h1>") == 1


@pytest.mark.parametrize("path", ["/nothing", "/m/unknown", "/m/../../etc/passwd", "/m/x/files/9"])
def test_an_unknown_address_is_not_found(catcher, path):
    assert catcher.refused(path)[0] == 404


def test_a_page_of_another_host_name_cannot_read_the_mail(catcher):
    # DNS rebinding: a stranger's name that points to this machine.
    assert catcher.refused("/", host="evil.example")[0] == 421


def test_it_listens_on_the_loopback_only(catcher):
    import psutil

    listening = psutil.Process(catcher.process.pid).net_connections()
    assert {c.laddr.ip for c in listening if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_mail_outlives_a_restart(catcher):
    catcher.send("Avant", "zoe@exemple.ca", "before")
    assert catcher.stop() == 0
    assert gone_within([catcher.process.pid], 1)
    catcher.start()
    catcher.send("Après", "zoe@exemple.ca", "after")
    assert "after" in catcher.get("/latest?to=zoe@exemple.ca")
    assert "Avant" in catcher.get("/")
