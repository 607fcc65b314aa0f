"""The deeds of signing in: one function a deed, one transaction each."""

from app.identity.service.details import Details, update_details
from app.identity.service.passwords import (
    change_password,
    confirm_reset,
    request_reset,
    resend_reset,
    set_password,
)
from app.identity.service.sessions import end_other_sessions, end_session, replace, sign_out
from app.identity.service.signing_in import (
    accept_terms,
    confirm_code,
    expires_at,
    has_accepted,
    pending_terms,
    send_new_code,
    sign_in,
    terms_of,
)
from app.identity.service.signing_up import NewPerson, check_credential, prune_sign_ups, sign_up
from app.identity.service.staff import disable_person, enable_person, unlock_person
from app.identity.service.stepping_up import begin_step_up, confirm_step_up
from app.identity.sessions import Step

__all__ = [
    "Details",
    "NewPerson",
    "Step",
    "accept_terms",
    "begin_step_up",
    "change_password",
    "check_credential",
    "confirm_code",
    "confirm_reset",
    "confirm_step_up",
    "disable_person",
    "enable_person",
    "end_other_sessions",
    "end_session",
    "expires_at",
    "has_accepted",
    "pending_terms",
    "prune_sign_ups",
    "replace",
    "request_reset",
    "resend_reset",
    "send_new_code",
    "set_password",
    "sign_in",
    "sign_out",
    "sign_up",
    "terms_of",
    "unlock_person",
    "update_details",
]
