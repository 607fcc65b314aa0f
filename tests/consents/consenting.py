"""An account whose case was submitted, and its consent, whatever the definition calls them."""

from __future__ import annotations

from sqlalchemy import select, update

from app.audit.models import Entry
from app.authority.locks import lock_account
from app.base.db import deed, session
from app.cases.models import ClientCase
from app.cases.rules import moves
from app.cases.service.common import begin
from app.consents import rules, service
from app.consents.models import GivenConsent
from app.correspondence.models import Notice
from app.programs import library


class Consenting:
    """What tests ask of a consent, and of the case that it waits for."""

    def __init__(self, world, account):
        self.world, self.account = world, account
        self.program = library.definition(account.program.code)
        self.consent = next(iter(self.program.consents.values()))
        self.code = self.consent.code
        self.kind = self.program.cases[self.consent.case]
        self.partners = list(self.consent.partners)

    @property
    def path(self):
        return f"/a/{self.account.id}/consents/{self.code}"

    # ── the case ────────────────────────────────────────────────────────────────────────

    def begin(self, person):
        """The case is begun, and submitted by nobody yet."""
        _begin(person.id, self.account.id, self.kind)
        return self

    def file(self, person):
        """The case is where the consent may be given."""
        self.begin(person)
        return self.bring_to(self.consent.given_in[0])

    def bring_to(self, state):
        """Lead the case to a state by the moves of its definition."""
        for code in self._way(state):
            closed = self.world.now() if self.kind.states[code].final else None
            self.world.db.execute(
                update(ClientCase)
                .where(ClientCase.account_id == self.account.id)
                .values(state=code, closed_at=closed)
            )
        self.world.db.commit()
        return self

    def _way(self, wanted):
        here = self.world.db.scalar(
            select(ClientCase.state).where(ClientCase.account_id == self.account.id)
        )
        reached = {here: []}
        waiting = [here or moves.initial(self.kind)]
        while waiting:
            state = waiting.pop(0)
            for move in self.kind.moves.values():
                if state in move.comes_from and move.goes_to not in reached:
                    reached[move.goes_to] = [*reached[state], move.goes_to]
                    waiting.append(move.goes_to)
        return reached[wanted]

    # ── choosing ────────────────────────────────────────────────────────────────────────

    def shown(self):
        """What a page would show now, in a word."""
        standing = {row.partner: row.id for row in self.rows() if row.withdrawn_at is None}
        return rules.fingerprint(self.consent, standing)

    def choose(self, person, *partners, **values):
        """Send the page with these partners ticked."""
        given = {"shown": self.shown(), "declared": True} | values
        choice = service.Choice(partners, **given)
        return service.choose(person.id, self.account.id, self.code, choice)

    # ── what came of it ─────────────────────────────────────────────────────────────────

    def rows(self):
        """Every consent of the account, oldest first."""
        wanted = select(GivenConsent).filter_by(account_id=self.account.id)
        session.rollback()
        found = list(session.scalars(wanted.order_by(GivenConsent.id)))
        for row in found:
            session.refresh(row)
        session.rollback()
        return found

    def standing(self):
        """The partners for which consent stands."""
        return {row.partner for row in self.rows() if row.withdrawn_at is None}

    def told(self):
        """The entries of the trail about consents, oldest first: event, actor, what changed."""
        wanted = select(Entry).where(Entry.event.startswith("consent.")).order_by(Entry.seq)
        return [(row.event, row.actor_id, row.changes) for row in self.world.db.scalars(wanted)]

    def notices(self, person):
        """The notices about consents that the person was sent, oldest first."""
        wanted = select(Notice).where(
            Notice.person_id == person.id, Notice.template.startswith("consent_")
        )
        return list(self.world.db.scalars(wanted.order_by(Notice.id)))


@deed
def _begin(db, actor, account_id, kind):
    begin(db, actor, lock_account(db, account_id), kind)
