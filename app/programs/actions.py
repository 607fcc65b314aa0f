"""The deeds that code asks about: one vocabulary for pages, services and definitions.

A definition decides which of its roles may do each, and says them in both languages; a code
that is not listed here is refused when the definition is read. What a deed is stays code; who
may do it is data.
"""

from enum import StrEnum


class Action(StrEnum):
    """A deed on a program account, as ``noun.verb``.

    Sections of cases and consents bring their own beside these: `Definition.brought`.
    """

    ACCOUNT_VIEW = "account.view"
    """Open the account: its front page, its nameplate, its place among “my businesses”."""
    ACCOUNT_ACTIVATE = "account.activate"
    """Enter the client number and the activation code."""
    ACCOUNT_SUBMIT = "account.submit"
    """Submit changes to the portal account."""
    ACTIVITY_VIEW = "activity.view"
    """Read the account's part of the trail."""
    APPLICATION_SUBMIT = "application.submit"
    """Submit an application for membership."""
    CLIENTS_ALL = "clients.all"
    """Act for every client of the business, without being put on each."""
    CLIENTS_ASK = "clients.ask"
    """Ask another business to let this one act for it, and take the request back."""
    CLIENTS_ASSIGN = "clients.assign"
    """Choose who of the business acts for which client; make, fill and delete client groups."""
    CLIENTS_VIEW = "clients.view"
    """See for which clients the business acts, and who acts for them."""
    DELEGATIONS_ANSWER = "delegations.answer"
    """Approve or refuse the request of a third party; change and end what it may do."""
    DELEGATIONS_VIEW = "delegations.view"
    """See which third parties act for the account, and which have asked to."""
    DOCUMENTS_SEND = "documents.send"
    """Send the agency a document that belongs to no case."""
    OWNERSHIP_TRANSFER = "ownership.transfer"
    """Offer the ownership of the account, and withdraw the offer."""
    PROFILE_EDIT = "profile.edit"
    """Change what the program keeps of a program account: its name in use, its contacts."""
    REGISTER_REVIEW = "register.review"
    """Confirm, once a year, that everybody who has access still needs it."""
    REGISTER_VIEW = "register.view"
    """See who can see this: every person and business, through which grant, since when."""
    REQUESTS_ANSWER = "requests.answer"
    """Approve or refuse the request of a person who works here."""
    STATUS_VIEW = "status.view"
    """Read the membership status and the notices sent to the account."""
    TERMS_ACCEPT = "terms.accept"
    """Accept the program's terms of use for the business."""
    TRANSACTIONS_VIEW = "transactions.view"
    """Read transactions, payments, statements and their totals."""
    USERS_ACTIVATE = "users.activate"
    """Open the access of a person whom somebody else added."""
    USERS_ADD = "users.add"
    """Add, or propose, a user by reference number, family name and e-mail address."""
    USERS_MODIFY = "users.modify"
    """Change a user's business contact or role, suspend, restore or remove their access."""
    USERS_REACTIVATE = "users.reactivate"
    """Open again the access of a person whose reference number had expired."""
    USERS_VIEW = "users.view"
    """See who has access to the account."""
