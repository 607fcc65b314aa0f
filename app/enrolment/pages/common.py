"""What the officer's pages share: the program they work in, the way back to the screens."""

from __future__ import annotations

from app.web.staff.programs import program_for, screen

__all__ = ["program_for", "screen"]
