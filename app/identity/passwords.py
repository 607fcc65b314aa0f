"""Passwords: how they are kept, and the list of those that are refused."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.base.errors import Invalid
from app.identity import rules
from app.identity.models import Credential
from app.programs.limits import limits

Db = Session | scoped_session[Session]

# OWASP's smallest argon2id: 19 MiB, two passes, one lane; about 30 ms on one core.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """The hash of a password that nobody has: an unknown name costs the same time as a known."""
    return _hasher.hash("the password of nobody")


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """The shipped list of passwords that are tried first (docs/decisions/common-passwords.md)."""
    path = Path(__file__).parent / "common_passwords.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


def hashed(password: str) -> str:
    """What is kept instead of a password."""
    return _hasher.hash(password)


def matches(secret: str | None, password: str) -> bool:
    """Whether the password is the one that was kept; without one, no, in the same time.

    A password beyond the allowed length is compared like any other: the work is bounded by the
    size that a form may have.
    """
    try:
        _hasher.verify(secret or _nobody(), password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return secret is not None


def is_outdated(secret: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(secret)


def password_of(db: Db, person_id: int) -> Credential | None:
    """The person's password credential, if they have one."""
    wanted = select(Credential).where(
        Credential.person_id == person_id, Credential.kind == "password"
    )
    return db.scalars(wanted).one_or_none()


def check_new(password: str, *, sign_in_name: str, email: str) -> None:
    """Raise Invalid at the field ``password`` when a new password may not be used."""
    limit = limits().password
    fault = rules.password_fault(
        password,
        shortest=limit.min,
        longest=limit.max,
        forbidden=limit.forbidden,
        common=common_passwords(),
        context=(sign_in_name, email.partition("@")[0], "guichet"),
    )
    if fault is not None:
        raise Invalid(
            {"password": f"password_{fault}"},
            min=limit.min,
            max=limit.max,
            chars=" ".join(rules.forbidden_in(password, limit.forbidden)),
        )
