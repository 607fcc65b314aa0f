"""The settings of this process, for code that knows no Flask: jobs, rules' callers, mail."""

from __future__ import annotations

from config import Settings

_installed: Settings | None = None


def install(settings: Settings) -> None:
    """Make `settings` the ones of this process; called once, by whoever starts it."""
    global _installed  # noqa: PLW0603 (one process has one environment)
    _installed = settings


def get() -> Settings:
    """Return the settings of this process; raise RuntimeError when none were installed."""
    if _installed is None:
        raise RuntimeError("app.base.settings.install() was not called")
    return _installed
