"""Businesses, the registry, accounts, memberships, transfers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from stdnum.ca import bn as business_number

from app.authority.models import Membership, OwnershipTransfer
from app.base import identifiers
from app.ledger.models import LedgerImport, LedgerLine
from app.parties.models import (
    Account,
    Business,
    ClientNumber,
    Party,
    Person,
    RegistryEntry,
)
from app.programs.models import Program, ProgramRole, Standing
from tests.support.people import People


class Accounts(People):
    """What businesses there are, and who holds which role for them."""

    # ── businesses and accounts ─────────────────────────────────────────────────────────

    def bn(self) -> str:
        """A business number with the right check digit, never the same twice."""
        while True:
            body = f"{70_000_000 + next(self._numbers):08d}"
            for last in "0123456789":
                if business_number.is_valid(body + last):
                    return body + last

    def registry_entry(
        self,
        name: str | None = None,
        *,
        program: Program | None = None,
        bn: str | None = None,
        carrier_code: str | None = None,
        language: str = "en",
        base: str = "CA",
        **columns: Any,
    ) -> RegistryEntry:
        """A business as the registry has it."""
        address = {
            "street": "12 Quay Street",
            "city": "Halifax",
            "region": "NS",
            "postal_code": "B3H 4R2",
            "country": "CA",
        }
        if base == "US":
            address |= {"city": "Buffalo", "region": "NY", "postal_code": "14202", "country": "US"}
        entry = RegistryEntry(
            program_id=(program or self.program()).id,
            legal_name=name or f"Northern Freight {next(self._numbers)} Ltd.",
            bn=bn or (None if carrier_code else self.bn()),
            carrier_code=carrier_code,
            base=base,
            language=language,
            origin="import",
            **(address | columns),
        )
        self.db.add(entry)
        return self._kept(entry)

    def ledger_line(
        self,
        entry: RegistryEntry,
        kind: str = "transaction",
        amount: str = "1250.00",
        *,
        number: str | None = None,
        dated: date = date(2026, 9, 1),
        program_account: str | None = None,
        submitted_by: str | None = None,
        imported_by: Person | None = None,
        file_name: str = "grand-livre.csv",
        **columns: Any,
    ) -> LedgerLine:
        """A line of the ledger, as a file of staff would bring it: a payment is negative."""
        by = imported_by or self.staff()
        one = LedgerImport(
            program_id=entry.program_id, file_name=file_name, sha256="0" * 64,
            row_count=1, added=1, changed=0, imported_by=by.id,
        )  # fmt: skip
        self.db.add(one)
        self.db.flush()
        line = LedgerLine(
            program_id=entry.program_id,
            registry_entry_id=entry.id,
            program_account=program_account,
            kind=kind,
            number=number or f"{next(self._numbers):011d}",
            dated=dated,
            amount=Decimal(amount),
            submitted_by=submitted_by,
            import_id=one.id,
            **({"description": "Duties and taxes", "state": "open"} | columns),
        )
        self.db.add(line)
        return self._kept(line)

    def business(
        self,
        name: str | None = None,
        *,
        bn: str | None = None,
        carrier_code: str | None = None,
        base: str = "CA",
        program: Program | None = None,
    ) -> Business:
        """A business known to the portal, with its client number in the program."""
        party = Party(kind="business", name=name or f"Northern Freight {next(self._numbers)} Ltd.")
        self.db.add(party)
        self.db.flush()
        business = Business(
            id=party.id,
            bn=bn or (None if carrier_code else self.bn()),
            carrier_code=carrier_code,
            base=base,
        )
        self.db.add(business)
        self.db.add(
            ClientNumber(
                party_id=party.id,
                program_id=(program or self.program()).id,
                number=identifiers.new_client_number(),
            )
        )
        return self._kept(business)

    def account(
        self,
        owner: Person | None = None,
        business: Business | None = None,
        *,
        program: Program | None = None,
        standing: str | None = None,
        name: str | None = None,
    ) -> Account:
        """An open account with its owner, made in one transaction as the constraint asks."""
        program = program or self.program()
        owner = owner or self.person()
        business = business or self.business(name, program=program)
        first = select(Standing.code).where(Standing.program_id == program.id)
        account = Account(
            party_id=business.id,
            program_id=program.id,
            standing_code=standing or self.db.scalars(first).first(),
        )
        self.db.add(account)
        self.db.flush()
        role = next(role for role in self._roles(program.id) if role.required)
        self.db.add(self._membership(account, role, owner, "active", {}))
        return self._kept(account)

    def owner(self, account: Account) -> Person:
        """Who owns the account now."""
        owns = select(Membership.person_id).where(
            Membership.account_id == account.id,
            Membership.required,
            Membership.status == "active",
        )
        return self._read(select(Person).where(Person.id.in_(owns)))

    def member(
        self,
        account: Account,
        role: str | int = 1,
        person: Person | None = None,
        *,
        status: str = "active",
        **columns: Any,
    ) -> Membership:
        """A membership: `role` is a role's code, or its place in `roles()`, 0 being the owner's."""
        roles = self._roles(account.program_id)
        found = (
            roles[role] if isinstance(role, int) else next(one for one in roles if one.code == role)
        )
        row = self._membership(account, found, person or self.person(), status, columns)
        self.db.add(row)
        return self._kept(row)

    def with_each_role(self, account: Account) -> dict[str, Person]:
        """Somebody in each of the program's roles; the owner is the account's own."""
        people = {}
        for place, role in enumerate(self._roles(account.program_id)):
            if place == 0:
                people[role.code] = self.owner(account)
            else:
                people[role.code] = self.person_of(self.member(account, role.code))
        return people

    def person_of(self, row: Membership) -> Person:
        """Whose membership it is."""
        return self._read(select(Person).where(Person.id == row.person_id))

    def close_account(self, account: Account) -> Account:
        """Close it: nobody may do anything on it any more."""
        self.db.execute(
            update(Account)
            .where(Account.id == account.id)
            .values(state="closed", closed_at=func.guichet_now())
        )
        self.db.commit()
        return self.fresh(account)

    def transfer(
        self,
        account: Account,
        to: Person | None = None,
        *,
        old_owner_role: str | None = None,
        days: int = 7,
        **columns: Any,
    ) -> OwnershipTransfer:
        """An offer of the ownership that waits for its answer."""
        role = next(role for role in self._roles(account.program_id) if role.required)
        row = OwnershipTransfer(
            account_id=account.id,
            role_code=role.code,
            from_person_id=self.owner(account).id,
            to_person_id=(to or self.person()).id,
            old_owner_role=old_owner_role,
            expires_at=self.now() + timedelta(days=days),
            **columns,
        )
        self.db.add(row)
        return self._kept(row)

    def _membership(
        self,
        account: Account,
        role: ProgramRole,
        person: Person,
        status: str,
        columns: dict[str, Any],
    ) -> Membership:
        moment = self.now()
        accepted = moment if status != "offered" else None
        begun = moment if status in {"active", "suspended", "ended"} else None
        values = {
            "accepted_at": accepted,
            "starts_at": begun,
            "offer_expires_at": moment + timedelta(days=7) if status == "offered" else None,
            "ended_at": moment if status == "ended" else None,
            "end_reason": "removed" if status == "ended" else None,
        }
        return Membership(
            person_id=person.id,
            account_id=account.id,
            program_id=account.program_id,
            role_code=role.code,
            exclusive=role.exclusive,
            required=role.required,
            status=status,
            **(values | columns),
        )
