"""An owner, the consent of the account, and definitions that say something else of it."""

from __future__ import annotations

import pytest

from app.programs import library
from tests.consents.consenting import Consenting

READERS = (
    "app.consents.service",
    "app.consents.queries",
    "app.consents.pages.opening",
    "app.consents.pages.board",
)
"""Modules that ask for the definition in force."""


@pytest.fixture
def account(world):
    return world.account()


@pytest.fixture
def owner(world, account):
    return world.owner(account)


@pytest.fixture
def consenting(world, account):
    return Consenting(world, account)


@pytest.fixture
def filed(consenting, owner, acting):
    """The case was submitted, and the owner proved a code just now."""
    consenting.file(owner)
    acting(owner)
    return consenting


@pytest.fixture
def in_force(monkeypatch):
    """`in_force(consenting, wording=2, partners={code: {"ends": day}})`: said otherwise from now.

    A partner whose changes are None is gone.
    """

    def say(consenting, *, partners=None, **values):
        told = dict(consenting.consent.partners)
        for code, changes in (partners or {}).items():
            if changes is None:
                del told[code]
            else:
                told[code] = told[code].model_copy(update=changes)
        consent = consenting.consent.model_copy(update={"partners": told, **values})
        program = consenting.program.model_copy(update={"consents": {consent.code: consent}})
        for module in READERS:
            monkeypatch.setattr(
                f"{module}.definition",
                lambda code: program if code == program.code else library.definition(code),
            )
        consenting.program, consenting.consent = program, consent
        return consent

    return say
