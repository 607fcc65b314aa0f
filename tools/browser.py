"""Where a Chromium is, which draws the pages for tests and pictures."""

import os
import shutil
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find() -> str | None:
    """Return the path of a Chromium, CHROMIUM first, or None."""
    wanted = os.environ.get("CHROMIUM")
    names = (wanted, *NAMES) if wanted else NAMES
    return next((path for name in names if (path := shutil.which(name))), None)
