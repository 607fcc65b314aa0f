"""Terms that people accept: versioned, so that what was accepted can be shown again."""

from __future__ import annotations

import hashlib
from typing import Literal

from app.programs.schema.base import Day, Many, Rule, Section, Text, Whole


class Terms(Rule):
    """One set of terms. A changed text needs a new version and is then accepted anew."""

    version: Whole
    published: Day
    accepted: Literal["once", "at_every_sign_in", "at_activation"]
    title: Text
    lead: Text
    sections: Many[Section]

    def sha256(self) -> str:
        """A fingerprint of version and wording in both languages, to keep with an acceptance."""
        return hashlib.sha256(self.model_dump_json(exclude={"source"}).encode()).hexdigest()
