"""Answers as people read them: see ``app.cases.wording``."""

from __future__ import annotations

from app.cases.wording import lines_of as lines_of  # noqa: PLC0414
