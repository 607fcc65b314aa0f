"""What became of a deed, in words that the reference can say as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded, TooMany


def outcome_of(deed: Callable[[], object]) -> tuple[str, object]:
    """The outcome and what the deed returned. Any error that is none of ours passes through."""
    try:
        return "done", deed()
    except Refused:
        return "refused", None
    except NotFound:
        return "not found", None
    except StepUpNeeded:
        return "a fresh code", None
    except Conflict as conflict:
        return f"conflict: {conflict.reason}", None
    except Invalid as problem:
        told = ", ".join(f"{name or 'form'} {code}" for name, code in problem.errors.items())
        left = problem.values.get("left")
        return f"invalid: {told}" + ("" if left is None else f" ({left} left)"), None
    except TooMany as full:
        return f"too many until {full.retry_at.astimezone(UTC)}", None
