"""The portal's limits and lives: one table for code, help texts and boundary tests."""

from __future__ import annotations

from app.programs.schema.base import (
    BusinessSpan,
    CalendarSpan,
    Characters,
    Rule,
    Span,
    Strict,
    Whole,
)


class OneTimeCode(Rule):
    """The six digits sent by e-mail at each sign-in."""

    digits: Whole
    life: Span
    tries: Whole
    """Wrong tries that end one code."""
    in_a_row: Whole
    """Wrong tries in a row, over all codes, that lock the account. A new code never resets it."""
    in_all: Whole
    """Wrong tries in all after which only staff can open the factor again."""


class Resend(Rule):
    """How often a new code may be asked for, counted by account and by mailbox."""

    gap: Span
    per_hour: Whole
    per_day: Whole


class Lock(Rule):
    """How long an account stays locked: `first`, then twice as long each time, to `longest`."""

    first: Span
    longest: Span


class Tries(Strict):
    """A number of failures within a sliding length of time."""

    tries: Whole
    within: Span


class PasswordTries(Rule):
    """Two tiers for one name from one address, one for the address, and a cap over everybody."""

    short: Tries
    long: Tries
    address: Tries
    """Failures from one network address, whatever the names: an office may share one."""
    everybody: Tries


class Password(Rule):
    """Lengths are in characters as the person sees them."""

    min: Whole
    max: Whole
    forbidden: Characters


class Session(Rule):
    """A sign-in session ends after `idle` without a request and after `absolute` anyway."""

    idle: Span
    warning: Span
    """How long before the idle end the person is warned."""
    absolute: Span


class StepUp(Rule):
    """For how long after a verified code a person may do what asks for a fresh one."""

    window: Span


class LetterCode(Rule):
    """The activation code on the registered letter."""

    length: Whole
    groups: Whole
    alphabet: Characters
    valid_at_most: CalendarSpan
    """The longest life a program may give its codes; the program's own value decides."""
    tries_a_code: Whole
    tries_an_account: Whole
    new_letter_after: BusinessSpan
    letters: Whole
    letters_within: CalendarSpan


class Invitation(Rule):
    """Invitations and links sent by e-mail; they are used by a form, never by opening."""

    life: CalendarSpan


class EmailChange(Rule):
    """For how long the old address may undo a change of address."""

    undo: Span


class LostMailbox(Rule):
    """Recovery without the mailbox: several officers, then a wait that can be cancelled."""

    officers: Whole
    wait: Span


class AddAUser(Rule):
    """Wrong guesses of the three data by which a user is added, per adder, account, target."""

    failures: Whole
    within: Span


class AskAClient(Rule):
    """How often a business asks others to let it act for them, a person or a business counted."""

    times: Whole
    """A checked list counts once."""
    within: Span


class SharedFacts(Rule):
    """Questions answered from the business's own records."""

    failures_a_person: Whole
    locked: Span
    failures_an_account: Whole


class AskForAccess(Rule):
    """Requests of people who ask a business for access, by its number."""

    requests: Whole
    """Of one person, whether or not there is such a business."""
    within: Span
    life: CalendarSpan
    """How long one waits for an answer; then it is over, and the person may ask again."""


class AccessEnds(Rule):
    """Access that was given until a day."""

    told_before: CalendarSpan
    """How long before its end the person and who manages the access are told."""


class Documents(Rule):
    """A file that is attached to an application."""

    megabytes: Whole
    """The largest file, in millions of octets, as a size is shown everywhere else."""

    @property
    def octets(self) -> int:
        """The largest file, in octets."""
        return self.megabytes * 1_000_000


class Limits(Strict):
    """Every limit of the portal."""

    one_time_code: OneTimeCode
    resend: Resend
    lock: Lock
    password_tries: PasswordTries
    password: Password
    session: Session
    step_up: StepUp
    letter_code: LetterCode
    invitation: Invitation
    email_change: EmailChange
    lost_mailbox: LostMailbox
    add_a_user: AddAUser
    ask_a_client: AskAClient
    shared_facts: SharedFacts
    ask_for_access: AskForAccess
    access_ends: AccessEnds
    documents: Documents
