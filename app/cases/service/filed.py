"""A case as it stands, whole: what is submitted, whoever may see which of its sections."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app.authority.models import Membership
from app.cases.models import ClientCase
from app.cases.queries import Part, whole
from app.cases.rules.files import may_be_submitted
from app.cases.rules.shown import asked
from app.cases.rules.snapshot import Evidence, Filed, Snapshot, take
from app.parties.models import Account
from app.programs.schema.cases import CaseType
from app.programs.schema.definition import Definition

Db = Session | scoped_session[Session]


class Standing:
    """What the guards of a move and its snapshot are taken from, read once."""

    def __init__(self, db: Db, account: Account, program: Definition, kind: CaseType) -> None:
        self.db, self.account, self.program, self.kind = db, account, program, kind
        self.case: ClientCase | None = None
        self.parts: dict[str, tuple[Part, ...]] = {}

    def read(self, case: ClientCase | None) -> Standing:
        """Read the parts of the case, or those of one that nobody has begun."""
        self.case = case
        self.parts = whole(self.db, self.program, self.kind, case)
        return self

    def snapshot(self) -> Snapshot:
        """What would be kept if it were submitted now."""
        return take(self.program, self.kind.code, (_filed(part) for part in self._in_order()))

    def is_complete(self) -> bool:
        """Whether every section is at 100 %: "Une fois que toutes les roues affichent 100 %"."""
        return all(self._is_complete(code) for code in self.kind.sections)

    def is_scanned(self) -> bool:
        """Whether no document waits for its scan, and none was found to be harmful."""
        shown = (
            document
            for part in self._in_order()
            for one in asked(part.section, part.known, part.aside)
            for question in one.questions
            for document in part.files.get(question.code, ())
        )
        return all(may_be_submitted(document.scan) for document in shown)

    def _in_order(self) -> Iterator[Part]:
        for code in self.kind.sections:
            yield from self.parts.get(code, ())

    def _is_complete(self, code: str) -> bool:
        if self.kind.sections[code].kind == "users":
            return nobody_waits(self.db, self.account)
        there = self.parts.get(code, ())
        return bool(there) and all(part.progress.is_complete for part in there)


def nobody_waits(db: Db, account: Account) -> bool:
    """Whether everybody who was offered a role of the account has taken it up, or is gone."""
    waits = select(func.count()).where(
        Membership.account_id == account.id, Membership.status.in_(("waiting", "offered"))
    )
    return not db.scalar(waits)


def has_one_owner(db: Db, account: Account, role: str) -> bool:
    """Whether exactly one person holds the role that owns the account."""
    held = select(func.count()).where(
        Membership.account_id == account.id,
        Membership.role_code == role,
        Membership.status == "active",
    )
    return db.scalar(held) == 1


def _filed(part: Part) -> Filed:
    return Filed(
        section=part.section,
        key=part.key,
        label=part.label,
        number=part.row.id if part.row is not None else None,
        answers=part.known,
        aside=part.aside,
        documents={
            code: tuple(Evidence(d.id, d.name, d.kind, d.size, d.sha256) for d in files)
            for code, files in part.files.items()
        },
    )
