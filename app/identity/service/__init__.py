"""The deeds of signing in: one function a deed, one transaction each."""

from app.identity.service.details import update_details
from app.identity.service.passwords import (
    change_password,
    confirm_reset,
    request_reset,
    set_password,
)
from app.identity.service.sessions import end_other_sessions, end_session, sign_out
from app.identity.service.sign_in import accept_terms, confirm_code, send_new_code, sign_in
from app.identity.service.sign_up import prune_sign_ups, sign_up
from app.identity.service.staff import disable_person, enable_person, unlock_person
from app.identity.service.step_up import begin_step_up, confirm_step_up

__all__ = [
    "accept_terms",
    "begin_step_up",
    "change_password",
    "confirm_code",
    "confirm_reset",
    "confirm_step_up",
    "disable_person",
    "enable_person",
    "end_other_sessions",
    "end_session",
    "prune_sign_ups",
    "request_reset",
    "send_new_code",
    "set_password",
    "sign_in",
    "sign_out",
    "sign_up",
    "unlock_person",
    "update_details",
]
