"""A business of the invented program that is enrolled by shared facts: its registry and ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.base.db import session
from app.enrolment.models import BusinessTries, Letter, Registration
from app.enrolment.rules.facts import Answer
from app.enrolment.service import accepting, proving, registering
from app.programs.rules.identifiers import identifier_for

PAID_ON, OWED_ON = date(2026, 9, 14), date(2026, 9, 25)
NAME = "Traversiers J.-P. Côté & Fils, s.e.n.c."
RIGHT = {
    "transaction": Answer("transaction", Decimal("0.00"), number="14000000017"),
    "payment": Answer("payment", Decimal("731.42"), dated=PAID_ON),
    "statement": Answer("statement", Decimal("-58.31"), dated=OWED_ON),
}
"""What whoever keeps the records of the business can say of it."""


class ByFacts:
    """The program, one business of it, and the steps of its enrolment."""

    def __init__(self, world, second, name=NAME):
        self.world, self.second = world, second
        self.program = second.program(world.db)
        self.rule = second.definition.enrolment.shared_facts
        self.entry = self.business(name=name)

    def business(self, *kinds, name=NAME, language="fr"):
        """A business with a line of each kind in its ledger; of all of them when none is named."""
        entry = self.world.registry_entry(
            name, program=self.program, language=language, street="12, rue St-Paul O., bur. 4",
            city="Rimouski", region="QC", postal_code="G5L 1A1",
            program_accounts=["RM0001 Ferries", "RM0002"],
        )  # fmt: skip
        lines = {
            "transaction": ("0.00", {"number": "14000000017"}),
            "payment": ("-731.42", {"dated": PAID_ON}),
            "statement": ("-58.31", {"dated": OWED_ON}),
        }
        for kind in kinds or lines:
            amount, columns = lines[kind]
            self.world.ledger_line(entry, kind, amount, program_account="RM0001", **columns)
        return entry

    def draft(self, person, entry=None, name=None, account="RM0001", **address):
        """A registration whose questions are answered, with these words for the business."""
        entry, definition = entry or self.entry, self.second.definition
        number = registering.begin(person.id, self.program.id)
        base, line = next(iter(definition.bases)), next(iter(definition.lines))
        for question in definition.eligibility.questions.values():
            answer = {"yes_no": "yes", "one_of": base, "several_of": [line]}[question.type]
            registering.answer_question(person.id, number, question.code, answer)
        identifier = identifier_for(definition, base, [line])
        typed = {next(iter(identifier.fields)): entry.bn}
        registering.identify(person.id, number, typed, name or entry.legal_name, account)
        registering.give_address(person.id, number, {**entry.address, **address})
        return number

    def matched(self, person, entry=None):
        number = self.draft(person, entry)
        proving.match(person.id, number)
        return number

    def prove(self, person, number, *kinds):
        answers = [RIGHT[kind] for kind in kinds or ("transaction", "payment")]
        return proving.prove(person.id, number, answers)

    def accept(self, person, number, token="", **changes):
        version = changes.get("version", self.second.definition.terms.version)
        attested = changes.get("attested", True)
        return accepting.accept(person.id, number, token, version, attested=attested)

    def enrolled(self, person, entry=None):
        """Every step; the account's number."""
        number = self.matched(person, entry)
        return self.accept(person, number, self.prove(person, number))

    def tries(self, entry=None):
        session.rollback()
        wanted = select(BusinessTries).where(BusinessTries.number == (entry or self.entry).bn)
        return session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none()

    def row(self, number):
        session.rollback()
        return session.get_one(Registration, number, populate_existing=True)

    def letters(self, number):
        session.rollback()
        wanted = select(Letter).where(Letter.registration_id == number)
        return list(session.scalars(wanted.order_by(Letter.id)))
