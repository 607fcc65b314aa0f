"""Every table, in one import: what Alembic and the tests compare the database with."""

from __future__ import annotations

from sqlalchemy import Index, func

from app.audit import models as audit
from app.authority import models as authority
from app.authority import models_delegation as delegation
from app.authority import models_use as use
from app.base import limiting
from app.base.db import User, metadata
from app.cases import models as cases
from app.consents import models as consents
from app.correspondence import models as correspondence
from app.delegation import models as asking
from app.desk import models as desk
from app.enrolment import models as enrolment
from app.identity import models as identity
from app.ledger import models as ledger
from app.parties import models as parties
from app.parties import models_terms as terms
from app.programs import models as programs

# A sign-in name is one name whatever its case; FAB's own index tells Ann from ann.
Index("uq_ab_user_username_folded", func.lower(User.__table__.c.username), unique=True)

__all__ = [
    "asking",
    "audit",
    "authority",
    "cases",
    "consents",
    "correspondence",
    "delegation",
    "desk",
    "enrolment",
    "identity",
    "ledger",
    "limiting",
    "metadata",
    "parties",
    "programs",
    "terms",
    "use",
]
