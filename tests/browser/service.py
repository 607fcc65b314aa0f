"""The portal as `make run` starts it: web, worker, mail catcher, database, real processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from config import ROOT, SECRET_VARIABLES
from tests.support.mail import free_port

PASSWORD = "brume-tuque-1634"
"""Of the demonstration's people, and of whoever signs up in a journey."""

_STARTS = 120
_ARRIVES = 30
_URN = re.compile(r"N-\d{7}-[A-Z]")
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


class Service:
    """One run of everything, in a folder of its own, with the demonstration in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.mail_port, self.smtp_port = free_port(), free_port(), free_port()
        self.lines: list[str] = []
        self._run: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it prints its welcome."""
        self._run = subprocess.Popen(
            [sys.executable, "run.py"],
            cwd=ROOT,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        reader = threading.Thread(target=self._read, daemon=True)
        reader.start()
        give_up = time.monotonic() + _STARTS
        while not any("Ctrl-C" in line for line in list(self.lines)):
            alive = self._run.poll() is None and time.monotonic() < give_up
            assert alive, "the portal did not start:\n" + "".join(self.lines[-30:])
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self._run is None:
            return
        self._run.send_signal(signal.SIGINT)
        try:
            self._run.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._run.pid, signal.SIGKILL)
            self._run.wait()
            raise
        finally:
            if self._run.stdout is not None:
                self._run.stdout.close()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the portal beside it: `service.command("audit", "verify")`."""
        return subprocess.run(
            [sys.executable, "run.py", "flask", *arguments],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    # ── mail ────────────────────────────────────────────────────────────────────────────

    def latest(self, to: str, *, after: str | None = None) -> str:
        """The text of the newest message to an address; another one than `after`."""
        return self._wait(f"/latest?to={urllib.parse.quote(to)}", after).decode()

    def attachment(self, to: str) -> bytes:
        """The first file of the newest message to an address."""
        return self._wait(f"/latest/attachment?to={urllib.parse.quote(to)}", None)

    def code(self, to: str, *, after: str | None = None) -> str:
        """The one-time code in the newest message to an address."""
        text = self.latest(to, after=after)
        found = _CODE.search(text)
        assert found, f"no code in {text!r}"
        return found[1]

    def urn(self, to: str) -> str:
        """The reference number that the person's newest message holds."""
        give_up = time.monotonic() + _ARRIVES
        while time.monotonic() < give_up:
            found = _URN.search(self.newest(to) or "")
            if found:
                return found[0]
            time.sleep(0.1)
        raise AssertionError(f"no reference number for {to} within {_ARRIVES} s")

    def newest(self, to: str) -> str | None:
        """The text of the newest message now, or None: what `after` asks to differ from."""
        try:
            return self._fetch(f"/latest?to={urllib.parse.quote(to)}").decode()
        except urllib.error.HTTPError:
            return None

    def _wait(self, path: str, after: str | None) -> bytes:
        give_up = time.monotonic() + _ARRIVES
        while time.monotonic() < give_up:
            try:
                body = self._fetch(path)
            except urllib.error.HTTPError as error:
                error.close()
            else:
                if after is None or body.decode() != after:
                    return body
            time.sleep(0.1)
        raise AssertionError(f"no mail at {path} within {_ARRIVES} s")

    def _fetch(self, path: str) -> bytes:
        with urllib.request.urlopen(
            f"http://localhost:{self.mail_port}{path}", timeout=5
        ) as answer:
            body: bytes = answer.read()
        return body

    # ── process ─────────────────────────────────────────────────────────────────────────

    def _environment(self) -> dict[str, str]:
        ours = {"PORT", "INSTANCE_DIR", "GUICHET_ENV", "LOG_LEVEL", *SECRET_VARIABLES}
        kept = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("PYTEST")}
        return kept | {
            "INSTANCE_DIR": str(self.folder),
            "PORT": str(self.port),
            "MAIL_PORT": str(self.mail_port),
            "SMTP_PORT": str(self.smtp_port),
            "DEMO_PASSWORD": PASSWORD,
        }

    def _read(self) -> None:
        assert self._run is not None
        assert self._run.stdout is not None
        for line in self._run.stdout:
            self.lines.append(line)
