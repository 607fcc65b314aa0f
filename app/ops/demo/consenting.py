"""What the demonstration's businesses let the agency share: a choice, and one withdrawn since."""

from __future__ import annotations

from typing import Final

from app.consents import service
from app.consents.queries import sheet
from app.ops.demo import people
from app.ops.demo.cases import OPEN, Open
from app.ops.demo.stage import Stage

_HOW_MANY: Final = 4


def consent(stage: Stage) -> None:
    """The first business that may gives each consent to some partners, then withdraws one."""
    for code in stage.definition.consents:
        for one in OPEN:
            if _choose(stage, one, code, 0):
                _choose(stage, one, code, 1)
                break


def _choose(stage: Stage, one: Open, code: str, dropped: int) -> bool:
    """Let the owner choose the first partners but for those dropped; False where nobody may."""
    account = stage.account(one.business)
    with stage.acting(one.owner) as actor:
        found = sheet(stage.db, actor, account, code)
        if not found.may_be_given:
            return False
        choice = service.Choice(
            found.open_today[dropped:_HOW_MANY],
            found.fingerprint,
            declared=True,
            language=_language(one.owner),
        )
        service.choose(actor, account.id, code, choice)
    return True


def _language(sign_in_name: str) -> str:
    return next(one.language for one in people.everybody() if one.sign_in_name == sign_in_name)
