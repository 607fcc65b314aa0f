"""Who may see sign-in rows: one's own, and staff those of the people they help."""

from __future__ import annotations

from app.authority.registered import SELF, person_by_staff
from app.authority.scopes import Scope, register
from app.identity.models import Challenge, Credential, Factor, KeptForm, SignInSession

for _model in (Challenge, Credential, Factor, KeptForm, SignInSession):
    register(
        _model,
        Scope(
            owner=_model.person_id,
            own_actions=SELF,
            staff=person_by_staff(_model.person_id),
        ),
    )
