"""Every event of the trail, and which fields each may tell.

An event declares its fields twice over: the *plain* ones, which the chain holds for ever, and
the *personal* ones, whose values are kept beside the chain, where they can be erased. A field
that an event does not declare is refused, so that nothing personal slips into the chain.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

_NAMES = "given_name family_name"
_CONTACT = "contact_title contact_phone contact_email"
_BUSINESS = "bn carrier_code legal_name registry_entry_id party_id"
_SIGNING_AUTHORITY = "attested terms_version terms_language"


class Event(StrEnum):
    """An event as ``noun.verb``; `plain` and `personal` are the fields that it may tell.

    The words that people read are in `app.audit.labels`.
    """

    plain: frozenset[str]
    personal: frozenset[str]

    def __new__(cls, code: str, plain: str = "", personal: str = "") -> Self:
        """Make a member from its code and the names of its fields, parted by spaces.

        Raises ValueError for a field *address*: under that name the database puts the network
        address that every entry came from, and the field's own value would be lost.
        """
        if "address" in f"{plain} {personal}".split():
            raise ValueError(f"{code}: name the kind of address, the network's is in every entry")
        member = str.__new__(cls, code)
        member._value_ = code
        member.plain = frozenset(plain.split())
        member.personal = frozenset(personal.split())
        return member

    # ── signing in ──────────────────────────────────────────────────────────────────────
    SIGNED_UP = "person.signed_up", "language state", f"{_NAMES} sign_in_name email"
    URN_ISSUED = "person.urn_issued", "state", "urn"
    DETAILS_CHANGED = "person.details_changed", "language", f"{_NAMES} phone"
    CODE_SENT = "code.sent", "purpose challenge language", "mailbox"
    CODE_WRONG = "code.wrong", "purpose challenge tries reason"
    PASSWORD_WRONG = "password.wrong", "tries reason"
    PASSWORD_CHANGED = "password.changed", "sessions_ended"
    PASSWORD_RESET = "password.reset", "sessions_ended"
    CODE_ACCEPTED = "code.accepted", "purpose"
    SIGN_IN_REFUSED = "sign_in.refused", "purpose reason"
    SIGN_IN_LOCKED = "person.locked", "locked_until locks in_a_row reason"
    FACTOR_DISABLED = "factor.disabled", "kind in_all"
    SIGNED_IN = "session.begun", "factor purpose", "device"
    STEPPED_UP = "session.stepped_up", "factor"
    SIGNED_OUT = "session.signed_out"
    SESSION_ENDED = "session.ended", "reason sessions_ended", "device"
    TERMS_ACCEPTED = "terms.accepted", "kind version language program"

    # ── getting an account ──────────────────────────────────────────────────────────────
    REGISTRATION_STARTED = "registration.started", "kind base lines state"
    REGISTRATION_ANSWERED = "registration.answered", "answers base lines state"
    REGISTRATION_IDENTIFIED = (
        "registration.identified",
        f"{_BUSINESS} zip_code program_account state",
        "mailing_address",
    )
    REGISTRATION_INELIGIBLE = "registration.ineligible", "answers question reason state"
    REGISTRATION_ROUTED = "registration.routed", "answers question reason state"
    REGISTRATION_SENT = (
        "registration.sent",
        f"{_BUSINESS} state officer_reason definition_version",
        "mailing_address",
    )
    REGISTRATION_CREATED = (
        "registration.created",
        f"{_BUSINESS} kind state person_id paper_reference definition_version",
        "urn officer_note",
    )
    REGISTRATION_APPROVED = (
        "registration.approved",
        "state paper_reference registry_entry_id party_id officer_reason",
        "officer_note mailing_address",
    )
    REGISTRATION_REFUSED = (
        "registration.refused",
        "state paper_reference officer_reason reason",
        "officer_note",
    )
    FACTS_RIGHT = "facts.right", "reason state registry_entry_id"
    FACTS_WRONG = "facts.wrong", "tries reason"
    FACTS_LOCKED = "facts.locked", "tries reason"
    FACTS_UNLOCKED = "facts.unlocked", "number failures locked_at reason"
    REGISTRATION_HELD = "registration.held", "state officer_reason reason"
    REGISTRATION_WITHDRAWN = "registration.withdrawn", "state reason"
    REGISTRATION_LAPSED = "registration.lapsed", "state reason"
    LETTER_REQUESTED = "letter.requested", "state kind reason registration_id language"
    LETTER_MADE = "letter.made", "state number language registration_id key_id expires_at"
    LETTER_PRINTED = "letter.printed", "state number"
    LETTER_POSTED = "letter.posted", "state number mail_number"
    LETTER_DELIVERED = "letter.delivered", "state number mail_number"
    LETTER_RETURNED = "letter.returned", "state number mail_number reason"
    LETTER_REPLACED = "letter.replaced", "state number reason"
    LETTER_STOPPED = "letter.stopped", "state number reason"
    ACTIVATION_CODE_MADE = "activation_code.made", "state letter_id key_id expires_at"
    ACTIVATION_CODE_ENDED = "activation_code.ended", "state letter_id reason"
    ACTIVATION_WRONG = "activation.wrong", "tries reason registration_id"
    ACTIVATION_LOCKED = "activation.locked", "tries reason state registration_id"
    ACCOUNT_ACTIVATED = (
        "account.activated",
        f"state standing registration_id party_id owner_id {_SIGNING_AUTHORITY}",
    )
    ACCOUNT_CLOSED = "account.closed", "state reason"
    STANDING_CHANGED = "account.standing_changed", "standing reason"

    # ── who may do what ─────────────────────────────────────────────────────────────────
    MEMBERSHIP_OFFERED = (
        "membership.offered",
        "person_id role status offer_expires_at proposed",
        _CONTACT,
    )
    MEMBERSHIP_ADD_FAILED = "membership.add_failed", "tries reason role"
    MEMBERSHIP_ACCEPTED = "membership.accepted", "person_id role status"
    MEMBERSHIP_DECLINED = "membership.declined", "person_id role status reason"
    MEMBERSHIP_ACTIVATED = "membership.activated", "person_id role status"
    MEMBERSHIP_CHANGED = "membership.changed", "person_id role status starts_at ends_at", _CONTACT
    MEMBERSHIP_SUSPENDED = "membership.suspended", "person_id role status reason"
    MEMBERSHIP_REACTIVATED = "membership.reactivated", "person_id role status"
    MEMBERSHIP_ENDED = "membership.ended", "person_id role status reason"
    MEMBERSHIP_LAPSED = "membership.lapsed", "person_id role status reason"
    TRANSFER_OFFERED = (
        "transfer.offered",
        "from_person_id to_person_id role old_owner_role state expires_at",
    )
    TRANSFER_OFFER_FAILED = "transfer.offer_failed", "tries reason"
    TRANSFER_ACCEPTED = (
        "transfer.accepted",
        f"from_person_id to_person_id role old_owner_role state {_SIGNING_AUTHORITY}",
    )
    TRANSFER_DECLINED = "transfer.declined", "from_person_id to_person_id role state reason"
    TRANSFER_WITHDRAWN = "transfer.withdrawn", "from_person_id to_person_id role state reason"
    TRANSFER_LAPSED = "transfer.lapsed", "from_person_id to_person_id role state reason"

    # ── who works here ──────────────────────────────────────────────────────────────────
    ACCESS_ASKED = "access_request.asked", "person_id state program_account"
    ACCESS_WITHDRAWN = "access_request.withdrawn", "person_id state"
    ACCESS_LAPSED = "access_request.lapsed", "person_id state"
    ACCESS_APPROVED = "access_request.approved", "person_id state role ends_at"
    ACCESS_REFUSED = "access_request.refused", "person_id state", "reason_given"
    ACCESS_GIVEN = "membership.given", "person_id role status program_account ends_at"
    ACCESS_CHANGED = (
        "membership.access_changed",
        "person_id role status program_account ends_at",
    )
    ACCESS_ENDED = (
        "membership.access_ended",
        "person_id role status program_account reason",
        "reason_given",
    )

    # ── acting for others ───────────────────────────────────────────────────────────────
    CLIENT_ASKED = "client.asked", "number", "comment"
    CLIENT_ASK_WITHDRAWN = "client.ask_withdrawn", "number"
    CLIENT_LIST_BEGUN = "client.list_begun", "rows"
    CLIENT_ASSIGNED = "client.assigned", "person_id name acting"
    CLIENT_UNASSIGNED = "client.unassigned", "person_id name acting"
    DELEGATION_REQUESTED = "delegation.requested", "party_id", "comment"
    DELEGATION_WITHDRAWN = "delegation.request_withdrawn", "party_id"
    DELEGATION_REFUSED = "delegation.refused", "party_id", "reason_given"
    DELEGATION_MADE = (
        "delegation.made",
        "party_id level program_account sees starts_at ends_at",
    )
    DELEGATION_CHANGED = (
        "delegation.changed",
        "party_id level program_account sees starts_at ends_at",
    )
    DELEGATION_ENDED = "delegation.ended", "party_id level program_account", "reason_given"
    GROUP_MADE = "client_group.made", "name"
    GROUP_DELETED = "client_group.deleted", "name"
    GROUP_JOINED = "client_group.joined", "name person_id"
    GROUP_LEFT = "client_group.left", "name person_id"

    # ── what may be shared ──────────────────────────────────────────────────────────────
    CONSENT_GIVEN = "consent.given", "consent partners wording"
    CONSENT_WITHDRAWN = "consent.withdrawn", "consent partners wording"

    # ── what is filed ───────────────────────────────────────────────────────────────────
    CASE_OPENED = "case.opened", "case_type case_state definition_version lines"
    CASE_CARRIED = "case.carried", "definition_version questions_aside questions_back"
    CASE_PART_ADDED = "case_part.added", "section line copied_from_id", "label"
    CASE_PART_RENAMED = "case_part.renamed", "section", "label"
    CASE_PART_REMOVED = "case_part.removed", "section line", "label"
    CASE_ANSWERED = "case_part.answered", "section topic questions", "answers_given"
    TOPIC_SET_ASIDE = "case_part.topic_set_aside", "section topic", "reason_given"
    TOPIC_BROUGHT_BACK = "case_part.topic_brought_back", "section topic", "reason_given"
    CASE_MOVED = "case.moved", "case_type case_move case_state", "reason_given"
    CASE_SUBMITTED = "submission.made", "number definition_version language sha256"
    SUBMISSION_COPIED = "submission.copied", "number sha256"
    DOCUMENT_SENT = "case_part.document_sent", "section questions sha256", "file_name"
    DOCUMENT_REMOVED = "case_part.document_removed", "section questions sha256", "file_name"
    DOCUMENT_BROUGHT_BACK = "case_part.document_back", "section questions sha256", "file_name"
    DOCUMENT_SCANNED = "case_part.document_scanned", "section questions sha256 scan"
    DOCUMENT_PURGED = "case_part.document_purged", "section questions sha256"

    # ── the agency's side ───────────────────────────────────────────────────────────────
    REGISTRY_IMPORTED = "registry.imported", "file_name sha256 row_count added changed"
    REGISTRY_ENTRY_ADDED = (
        "registry.entry_added",
        "bn carrier_code legal_name base language lines program_accounts paper_reference",
        "street city region postal_code country",
    )
    REGISTRY_ENTRY_CORRECTED = (
        "registry.entry_corrected",
        "bn carrier_code legal_name base language lines program_accounts paper_reference",
        "street city region postal_code country",
    )
    LEDGER_IMPORTED = "ledger.imported", "file_name sha256 row_count added changed"
    LEDGER_LINE_CHANGED = "ledger.line_changed", "state due_on description"
    SCREEN_EXPORTED = "screen.exported", "screen format rows filters", "search"
    VIEW_KEPT = "view.kept", "screen columns filters", "name search"
    VIEW_CHANGED = "view.changed", "screen columns filters", "name search"
    VIEW_REMOVED = "view.removed", "screen", "name"
    COLUMNS_CHOSEN = "columns.chosen", "screen columns"
    ROWS_CHOSEN = "bulk.begun", "screen deed rows"
    PERSON_UNLOCKED = "person.unlocked", "locked_until in_a_row in_all disabled_at reason"
    PERSON_DISABLED = "person.disabled", "state reason sessions_ended"
    PERSON_ENABLED = "person.enabled", "state reason"
    ASSIGNMENT_GIVEN = "assignment.given", "person_id staff_role starts_at ends_at"
    ASSIGNMENT_ENDED = "assignment.ended", "person_id staff_role ends_at reason"
    USER_CHANGED = "user.changed", "active roles", f"{_NAMES} sign_in_name email"
    ROLE_CHANGED = "role.changed", "name permissions"
    ANNOUNCEMENT_WRITTEN = (
        "announcement.written",
        "title_en title_fr body_en body_fr starts_at ends_at",
    )
    ANNOUNCEMENT_CHANGED = (
        "announcement.changed",
        "title_en title_fr body_en body_fr starts_at ends_at program_id",
    )
    DEFINITION_PUBLISHED = "definition.published", "code version sha256"

    # ── the trail itself ────────────────────────────────────────────────────────────────
    DEED_REFUSED = "deed.refused", "action reason"
    LIMIT_REACHED = "limit.reached", "limit retry_at"
    TRAIL_ERASED = "trail.erased", "entries reason"


class Outcome(StrEnum):
    """How it ended: *done*, *refused* to who asked, or *failed* (a wrong code, a lock)."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
