"""Between the numbers and the terms: a token that says that both numbers were right.

It names the person, the session, the registration and the code's row, and neither number. Used by
anybody else, in another session or too late, it opens nothing.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer

from app.base import keys
from app.base.context import origin
from app.base.errors import Conflict

LIFE: Final = timedelta(minutes=15)
_USE: Final = "proof of an activation code"


class Proof(NamedTuple):
    """That this person, in this session, typed both numbers right."""

    person_id: int
    session_id: int | None
    registration_id: int
    code_id: int
    at: datetime


def _signer() -> URLSafeSerializer:
    key = keys.current().derive(_USE)
    return URLSafeSerializer(key, signer_kwargs={"digest_method": hashlib.sha256})


def write(proof: Proof) -> str:
    """The token: signed, readable, of no use to anybody else."""
    return str(_signer().dumps([*proof[:4], proof.at.isoformat()]))


def read(token: str, actor: int) -> Proof:
    """The token, if it is this person's in this session. Raises Conflict ``proof_ended``."""
    try:
        person_id, session_id, registration_id, code_id, at = _signer().loads(token)
    except BadSignature:
        raise Conflict("proof_ended") from None
    if (person_id, session_id) != (actor, origin().session_id):
        raise Conflict("proof_ended")
    moment = datetime.fromisoformat(at)
    return Proof(person_id, session_id, registration_id, code_id, moment)


def proved_registration(actor: int, token: str) -> int:
    """Which registration a token is about. Raises Conflict ``proof_ended``."""
    return read(token, actor).registration_id
