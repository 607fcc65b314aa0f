"""Make sure that the programs which the tests need are there: Debian's, installed when allowed.

Chromium draws the pages, clamd scans documents, pdftotext reads letters as somebody who copies from
them would. None runs for the portal itself.
"""

import os
import shutil
import subprocess
import sys
from typing import Final

from tools import browser

PACKAGES: Final = {
    "chromium": "chromium",
    "clamd": "clamav-daemon",
    "pdftotext": "poppler-utils",
}
"""Program → the Debian package that brings it."""
_SYSTEM: Final = "/usr/sbin"
"""Where clamd is, which no plain user's PATH names."""


def find(program: str) -> str | None:
    """Return the path of a program, or None; CHROMIUM, CLAMD or PDFTOTEXT name another one."""
    if program == "chromium":
        return browser.find()
    wanted = os.environ.get(program.upper())
    names = (*([wanted] if wanted else []), program, f"{_SYSTEM}/{program}")
    return next((path for name in names if (path := shutil.which(name))), None)


def missing() -> list[str]:
    """Return the Debian packages of the programs that are not there."""
    return [package for program, package in PACKAGES.items() if find(program) is None]


def hint() -> str:
    """Say in one line what to install."""
    return f"The tests need more programs: run `apt-get install {' '.join(missing())}` as root"


def install(packages: list[str]) -> bool:
    """Install packages where this is Debian and we are root; tell whether it worked."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    steps = (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    )
    return all(
        subprocess.run(step, env=environment, stdout=sys.stderr, check=False).returncode == 0
        for step in steps
    )


def main() -> int:
    """Return 0 when all programs are there in the end."""
    packages = missing()
    if not packages or (install(packages) and not missing()):
        return 0
    print(hint(), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
