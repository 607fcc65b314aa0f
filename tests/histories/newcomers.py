"""Histories of newcomers: they sign up, wait, come back, or are forgotten."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.identity import service as identity
from app.identity.jobs import prune
from tests.histories import reference_newcomers as reference
from tests.histories.signing import Signing
from tests.support.people import PASSWORD

NAMES = ("zoe.roy", "yves.ng", "eve.person")
MAILBOXES = ("office@mail.example", "home@mail.example")


class Newcomers(Signing):
    """People whom the portal does not know yet."""

    @rule(name=st.sampled_from(NAMES), mailbox=st.sampled_from(MAILBOXES))
    def somebody_signs_up(self, name: str, mailbox: str) -> None:
        self.newcomers += 1
        person = f"Newcomer {self.newcomers}"
        given = identity.NewPerson(person, "Nouveau", name, mailbox, "en", PASSWORD)
        outcome, step = self.do(
            f"{person} signs up as {name} at {mailbox}",
            lambda w: reference.sign_up(w, person, name, mailbox),
            lambda: identity.sign_up(given),
        )
        if outcome == "done":
            self.follow(self.w.sessions[-1], step)
            self.read_mail(self.w.sessions[-1])

    newcomers = 0

    @precondition(lambda self: any(row["stage"] != "full" for row in self.w.sessions))
    @rule()
    def the_worker_forgets_who_did_not_finish(self) -> None:
        self.do("the worker forgets what nobody finished", reference.prune, prune)
