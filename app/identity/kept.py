"""Forms that were sent after their session had ended: kept, and shown again after sign-in.

Only when the form's token proves that it was drawn for that very session; sealed under a server
key; without passwords, codes, facts about a business or files. Nothing is sent by itself: the
person sees what they had typed and sends it, or not.
"""

from __future__ import annotations

import base64
import json
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.datastructures import MultiDict

from app.base import keys
from app.base.db import deed
from app.identity import cookie
from app.identity.models import KeptForm
from app.identity.sessions import Seen

Db = Session | scoped_session[Session]

KEPT_FOR = timedelta(hours=1)
"""Long enough to sign in, short enough for a shared computer."""
_LARGEST = 200_000
_SECRETS = frozenset({"code", "activation_code", "present", "sin", "csrf_token"})
_FACTS = "fact_"
"""Before the fields of facts by which a business is proved."""
MARK = "kept"
"""In an address: this page has something to show again."""


def keep(seen: Seen) -> bool:
    """Seal what was posted, when its token belongs to the ended session. Else keep nothing.

    Returns whether there is something to show again.
    """
    if seen.row.person_id is None or not _is_from(str(cookie.shown())):
        return False
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not name.startswith(("_", _FACTS)) and name not in _SECRETS and "password" not in name
    ]
    text = json.dumps(fields)
    if not fields or len(text) > _LARGEST:
        return False
    _keep(seen.row.person_id, seen.row.id, request.path, text)
    return True


def _is_from(token: str) -> bool:
    """Whether the posted form token was made for the session of this cookie."""
    signer = URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token")
    try:
        told = signer.loads(request.form.get("csrf_token", ""))
    except BadData:
        return False
    return bool(told == cookie.form_token_of(token))


def _sealer(key: keys.KeyRef) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key.derive("kept form")))


@deed
def _keep(db: Session, person_id: int, session_id: int, path: str, text: str) -> None:
    key = keys.current()
    db.execute(delete(KeptForm).where(KeptForm.person_id == person_id, KeptForm.path == path))
    db.add(
        KeptForm(
            person_id=person_id,
            session_id=session_id,
            path=path,
            key_id=key.id,
            sealed=_sealer(key).encrypt(text.encode()),
        )
    )


def find(db: Db, person_id: int, path: str) -> MultiDict[str, str] | None:
    """What this person had typed on this page, if it was kept less than an hour ago."""
    wanted = select(KeptForm).where(
        KeptForm.person_id == person_id,
        KeptForm.path == path,
        KeptForm.kept_at > func.guichet_now() - KEPT_FOR,
    )
    row = db.scalars(wanted.order_by(KeptForm.id.desc()).limit(1)).one_or_none()
    key = keys.by_id(row.key_id) if row is not None else None
    if row is None or key is None:
        return None
    try:
        text = _sealer(key).decrypt(row.sealed)
    except InvalidToken:
        return None
    return MultiDict((name, value) for name, value in json.loads(text))


@deed
def forget(db: Session, person_id: int, path: str) -> None:
    """The form is sent again: what was kept of it is not needed any more."""
    db.execute(delete(KeptForm).where(KeptForm.person_id == person_id, KeptForm.path == path))


@deed
def prune(db: Session) -> None:
    """Delete what nobody came back for."""
    db.execute(delete(KeptForm).where(KeptForm.kept_at < func.guichet_now() - KEPT_FOR))
