"""Make sure that a Chromium is there for the browser tests: Debian's, installed when allowed."""

import os
import shutil
import subprocess
import sys
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_HINT: Final = "The browser tests need Chromium: run `apt-get install chromium` as root, then again"


def find() -> str | None:
    """Return the path of a Chromium, CHROMIUM first, or None."""
    wanted = os.environ.get("CHROMIUM")
    names = (wanted, *NAMES) if wanted else NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


def install() -> bool:
    """Install Debian's Chromium where this is Debian and we are root; tell whether it worked."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    steps = (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    )
    return all(
        subprocess.run(step, env=environment, stdout=sys.stderr, check=False).returncode == 0
        for step in steps
    )


def main() -> int:
    """Return 0 when a browser is there in the end."""
    if find() or (install() and find()):
        return 0
    print(_HINT, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
