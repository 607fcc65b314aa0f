"""Whom requests for access are visible to. Imported once, at start.

To who asked, as their own; to who answers for the account, or for the program account that was
named; to the program's staff.
"""

from __future__ import annotations

from app.authority.models_delegation import AccessRequest
from app.authority.scopes import Scope, register

READ = "request.read"
WITHDRAW = "request.withdraw"

register(
    AccessRequest,
    Scope(
        account=AccessRequest.account_id,
        part=AccessRequest.program_account_id,
        program=AccessRequest.program_id,
        owner=AccessRequest.person_id,
        own_actions=frozenset({READ, WITHDRAW}),
    ),
)
