"""Saving a page of answers while others may be at it: what is kept, and what people must choose.

A page carries a fingerprint of each answer that it showed. What was saved since by somebody else
is then seen, question by question, and nobody's words are written over unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.cases.rules.shown import Value

THEIRS: Final = "theirs"
"""The reader keeps what the colleague saved, whatever it is by now."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a page of answers leads to, question by question."""

    changed: Mapping[str, Value | None] = field(default_factory=dict)
    """To be written: the new answer, or None where it was emptied."""
    between: tuple[str, ...] = ()
    """Left as somebody else saved them since; the reader had not touched them."""
    disputed: tuple[str, ...] = ()
    """Changed by both: the reader chooses before anything of the page is kept."""


def fingerprint(value: Value | None) -> str:
    """A short word that differs when the answer does. It hides nothing and proves nothing."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def compare(
    shown: Mapping[str, str],
    typed: Mapping[str, Value | None],
    there: Mapping[str, Value],
    chosen: Mapping[str, str],
) -> Outcome:
    """Compare what was typed with what is there now.

    `shown` are the fingerprints of the answers that the page was drawn with. `chosen` is what the
    reader said of those that both had changed: THEIRS, or the fingerprint of the answer that is
    to give way to the reader's own. If yet another came since, the reader is asked again.
    """
    changed: dict[str, Value | None] = {}
    between, disputed = [], []
    for code, mine in typed.items():
        theirs = there.get(code)
        if mine == theirs or chosen.get(code) == THEIRS:
            continue
        if fingerprint(theirs) in (shown.get(code), chosen.get(code)):
            changed[code] = mine
        elif fingerprint(mine) == shown.get(code):
            between.append(code)
        else:
            disputed.append(code)
    return Outcome(changed, tuple(between), tuple(disputed))
