"""What a deed tells people. The words and the post are correspondence's, which stands above.

Imports run downward only, so correspondence hands its ``notify`` in at start-up
(``app.correspondence.account``); a deed that tells somebody something before that fails loudly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.parties.models import Account


class Notify(Protocol):
    """The shape of ``app.correspondence.service.notify``."""

    def __call__(  # noqa: D102 (said above)
        self,
        db: Session,
        person_id: int,
        template: str,
        facts: Mapping[str, Any],
        *,
        account_id: int | None = None,
        program_id: int | None = None,
        path: str | None = None,
        mail: bool = True,
    ) -> object: ...


_installed: list[Notify] = []


def install(notify: Notify) -> None:
    """Hand in what carries the messages; the last one given counts."""
    _installed[:] = [notify]


def tell(
    db: Session, person_id: int, template: str, account: Account, *, path: str, **facts: Any
) -> None:
    """Tell a person, in the portal and by e-mail, what happened in an account.

    The business's name is always a fact. Raises RuntimeError when nothing carries messages.
    """
    if not _installed:
        raise RuntimeError("app.authority.telling.install() was not called")
    _installed[0](
        db,
        person_id,
        template,
        {"business": account.party.name, **facts},
        account_id=account.id,
        program_id=account.program_id,
        path=path,
    )
