"""Before the terms: a token that says that the numbers, or the facts, were right.

It names the person, the session, the registration and what was proved: the code's row, or the
registry's entry. It holds neither number and no fact. Used by anybody else, in another session,
for another business or too late, it opens nothing.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer

from app.base import keys
from app.base.context import origin
from app.base.errors import Conflict

LIFE: Final = timedelta(minutes=15)
Kind = Literal["code", "facts"]
_USES: Final[dict[Kind, str]] = {
    "code": "proof of an activation code",
    "facts": "proof of shared facts",
}


class Proof(NamedTuple):
    """That this person, in this session, typed right what proves this code or this business."""

    person_id: int
    session_id: int | None
    registration_id: int
    of_id: int
    at: datetime


def _signer(kind: Kind) -> URLSafeSerializer:
    key = keys.current().derive(_USES[kind])
    return URLSafeSerializer(key, signer_kwargs={"digest_method": hashlib.sha256})


def write(proof: Proof, kind: Kind = "code") -> str:
    """The token: signed, readable, of no use to anybody else, nor for the other kind."""
    return str(_signer(kind).dumps([*proof[:4], proof.at.isoformat()]))


def read(token: str, actor: int, kind: Kind = "code") -> Proof:
    """The token, if it is this person's in this session. Raises Conflict ``proof_ended``."""
    try:
        person_id, session_id, registration_id, of_id, at = _signer(kind).loads(token)
    except BadSignature:
        raise Conflict("proof_ended") from None
    if (person_id, session_id) != (actor, origin().session_id):
        raise Conflict("proof_ended")
    moment = datetime.fromisoformat(at)
    return Proof(person_id, session_id, registration_id, of_id, moment)


def proved_registration(actor: int, token: str, kind: Kind = "code") -> int:
    """Which registration a token is about. Raises Conflict ``proof_ended``."""
    return read(token, actor, kind).registration_id
