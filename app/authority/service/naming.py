"""Finding a person by the three data they gave, without becoming a way to guess them.

"A user is added by giving URN + family name + e-mail address" (facts A2); "accents, case, spaces
forgiven; no hint which was wrong" (issue 2 §4). Every try is counted before it is compared, in a
transaction of its own: for who asks, for the account, and for the number that was typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.audit.targets import Target
from app.authority.rules import Named, is_same_person
from app.base.errors import Invalid, TooMany
from app.base.identifiers import clean, parse_urn
from app.base.limiting import Window, give_back, spend
from app.base.text import fold, fold_email, fold_words
from app.parties.models import Person
from app.programs.limits import limits

KIND = "add_a_user"
"""The limit's name in portal.yaml; a transfer names a person the same way and shares it."""
NO_MATCH = "no_match"
"""Code of the one answer to a wrong, unknown or disabled person."""


@dataclass(frozen=True, slots=True)
class ThreeData:
    """What the form was given, as typed."""

    urn: str
    family_name: str
    email: str

    def folded(self) -> Named:
        """The same, ready to be compared."""
        return Named(
            parse_urn(self.urn) or clean(self.urn),
            _name_key(self.family_name),
            fold_email(self.email),
        )


def _name_key(name: str) -> str:
    # A name in another script has no a-z left: compare it as it is, or all such names are one.
    return fold_words(name).replace(" ", "") or fold(name)


def find_person(db: Session, given: ThreeData) -> Person:
    """The live person whom all three data name.

    Raises Invalid ``no_match``, whichever was wrong and also when nobody, or somebody disabled,
    has that number: the query and the comparisons are the same.
    """
    asked = given.folded()
    person = db.scalars(select(Person).where(Person.urn == asked.urn)).one_or_none()
    known = Named(
        asked.urn if person is not None else "",
        _name_key(person.family_name if person is not None else ""),
        fold_email(person.email if person is not None else ""),
    )
    live = person is not None and person.state == "active"
    if not is_same_person(asked, known, live=live) or person is None:
        raise Invalid({"": NO_MATCH})
    return person


@contextmanager
def counted(actor: int, account: Target, given: ThreeData) -> Iterator[None]:
    """Count one try first; give it back unless it named nobody.

    Raises TooMany after "5 failures an hour per adder, account and target" (limits).
    """
    subjects = _subjects(actor, account.id, given)
    _spend_each(actor, account, subjects)
    try:
        yield
    except Exception as problem:
        # Whatever else went wrong was no guess: a colleague's open offer, a database that is away.
        if not _named_nobody(problem):
            with suppress(SQLAlchemyError):
                _give_back_each(subjects)
        raise
    _give_back_each(subjects)


def _named_nobody(problem: Exception) -> bool:
    return isinstance(problem, Invalid) and NO_MATCH in problem.errors.values()


def _subjects(actor: int, account_id: str, given: ThreeData) -> list[str]:
    # The target is what was typed, so that a number nobody has is limited like any other.
    target = given.folded().urn[:40]
    return [f"person:{actor}", f"account:{account_id}", f"target:{target}"]


def _spend_each(actor: int, account: Target, subjects: list[str]) -> None:
    limit = limits().add_a_user
    windows = [Window(limit.failures, limit.within)]
    done: list[str] = []
    try:
        for subject in subjects:
            spend(KIND, subject, windows, person_id=actor, target=account)
            done.append(subject)
    except TooMany:
        # Nothing was compared: what was counted for the others was no failure.
        _give_back_each(done)
        raise


def _give_back_each(subjects: list[str]) -> None:
    for subject in subjects:
        give_back(KIND, subject)
