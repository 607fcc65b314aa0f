"""The code of a letter: drawn, kept as a keyed hash, and put on paper."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.base import keys, settings
from app.base.identifiers import new_activation_code
from app.enrolment.codes import digest
from app.enrolment.letter import LetterContent, LetterFacts, compose
from app.enrolment.models import ActivationCode, Letter
from app.enrolment.rules.states import CodeState
from app.enrolment.rules.times import expiry
from app.enrolment.service.businesses import ensure_client_number
from app.enrolment.service.common import end_code, mailed
from app.programs.limits import limits
from app.programs.schema.definition import Definition


def with_code(
    db: Session, actor: int, letter: Letter, program: Definition, moment: datetime
) -> tuple[LetterContent, dict[str, object]]:
    """Draw the letter's code and compose it; with what the trail may tell of the code.

    The registration's code before it ends. Raises Conflict ``no_letters``.
    """
    registration = letter.registration
    assert registration.party_id is not None  # noqa: S101 (held by letter_needs_registry)
    end_code(db, actor, registration, "new_letter")
    drawn, key = new_activation_code(), keys.current()
    code = ActivationCode(
        registration_id=registration.id,
        letter_id=letter.id,
        program_id=letter.program_id,
        key_id=key.id,
        digest=digest(key, registration.id, drawn),
        state=CodeState.VALID,
        made_at=moment,
        expires_at=expiry(moment, mailed(program).valid, program.zone),
    )
    db.add(code)
    db.flush()
    facts = LetterFacts(
        language=letter.language,
        number=letter.number or "",
        addressee=registration.person.full_name,
        address=letter.address,
        client_number=ensure_client_number(db, registration.party_id, letter.program_id),
        code=drawn,
        made_at=moment,
        expires_at=code.expires_at,
    )
    content = compose(program, limits().letter_code, facts, settings.get().base_url)
    return content, {"key_id": code.key_id, "expires_at": code.expires_at}
