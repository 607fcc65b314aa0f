"""An importer with program accounts, its ledger, and brokers who act for it with other switches."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.parties.models import Account, Business, Person, ProgramAccount
from app.programs.models import Program
from tests.support.definitions import delegating

NAME = "Importations Beauséjour & Fils ltée"


class Importer:
    """The business in the program whose businesses let others act for them."""

    def __init__(self, world, *numbers: str, name: str = NAME, owner: Person | None = None):
        self.world = world
        code = delegating().code
        self.program: Program = world._read(select(Program).where(Program.code == code))
        self.entry = world.registry_entry(
            name, program=self.program, street="40, rue du Vieux-Port", city="Rimouski",
            region="QC", postal_code="G5L 1A1",
            program_accounts=[f"{one} Branch {one[-1]}" for one in numbers],
        )  # fmt: skip
        self.bn = self.entry.bn
        business = world.business(name, bn=self.bn, program=self.program)
        self.account: Account = world.account(owner, business, program=self.program)
        self.manager: Person = world.owner(self.account)
        self.parts: dict[str, ProgramAccount] = {}
        for one in numbers:
            part = world.part(self.account, one)
            self.parts[one] = world.set(part, label=f"Branch {one[-1]}") or part

    def line(
        self, amount: str, by: str | None = None, part: str = "RM0001", *, officer=None, **columns
    ):
        """A line of one of its program accounts; `by` is who submitted it, none the agency."""
        return self.world.ledger_line(
            self.entry, columns.pop("kind", "transaction"), amount,
            program_account=part, submitted_by=by, imported_by=officer or self.officer(), **columns,
        )  # fmt: skip

    def officer(self) -> Person:
        """Who brought the ledger."""
        if not hasattr(self, "_officer"):
            self._officer = self.world.staff("program_officer", self.program)
        return self._officer

    def on_part(
        self, role: int | str, part: str = "RM0001", person: Person | None = None
    ) -> Person:
        """Somebody in a role on one program account: 1 its manager, 2 an editor, 3 a reader."""
        row = self.world.member(self.account, role, person, program_account_id=self.parts[part].id)
        return self.world.person_of(row)

    def broker(
        self, name: str, part: str | None = None, **switches: bool
    ) -> tuple[Business, Person]:
        """A broker and its manager, who acts for every client of it, on a part or on the whole."""
        business = self.world.business(name, program=self.program)
        manager = self.world.person()
        self.world.account(manager, business, program=self.program)
        levels = delegating().delegation.levels
        reach = "account" if part is None else "program_account"
        level = next(code for code, one in levels.items() if one.reach == reach)
        on = None if part is None else self.parts[part].id
        self.world.delegation(
            self.account, business, level=level, may=(), program_account_id=on, **switches
        )
        return business, manager

    def url(self, part: str = "RM0001", below: str = "") -> str:
        """The address of a program account, or of a page of it."""
        return f"/a/{self.account.id}/p/{self.parts[part].id}/{below}"


def amounts_of_example(importer: Importer, own: str, other: str) -> None:
    """Lines of every submitter, each amount a power of two: any sum says which were counted."""
    day = date(2026, 9, 1)
    importer.line("1.00", own, dated=day)
    importer.line("2.00", importer.bn, dated=day)
    importer.line("4.00", None, dated=day)
    importer.line("8.00", other, dated=day)
