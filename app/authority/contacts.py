"""The business contact of a user: cleaned, checked, and shown."""

from __future__ import annotations

from dataclasses import dataclass

from app.base.emails import is_address
from app.base.errors import Invalid
from app.base.phones import parse_phone

LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Contact:
    """How a business's people are reached there; each may be missing.

    Never the mailbox that receives codes, which is the person's own and changed by them alone.
    """

    title: str | None = None
    phone: str | None = None
    email: str | None = None

    def cleaned(self) -> Contact:
        """The same as it is stored: trimmed, the telephone number in E.164.

        Raises Invalid with ``long``, ``phone`` or ``email`` at the field that cannot be used.
        """
        title, phone, email = (_trimmed(part) for part in (self.title, self.phone, self.email))
        errors = {}
        if title is not None and len(title) > LONGEST_TITLE:
            errors["title"] = "long"
        number = parse_phone(phone) if phone is not None else None
        if phone is not None and number is None:
            errors["phone"] = "phone"
        if email is not None and not is_address(email):
            errors["email"] = "email"
        if errors:
            raise Invalid(errors, max=LONGEST_TITLE)
        return Contact(title, number, email)


def _trimmed(part: str | None) -> str | None:
    return (part or "").strip() or None
