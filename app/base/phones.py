"""Telephone numbers: stored in E.164, shown as people here write them."""

from __future__ import annotations

import phonenumbers


def parse_phone(typed: str) -> str | None:
    """The E.164 form of a typed number, None when it is none.

    Without a country it is a Canadian or U.S. one, with its area code: seven digits are possible
    “locally” only. An extension is refused, since E.164 would lose it without a word.
    """
    try:
        number = phonenumbers.parse(typed, "CA")
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE or number.extension:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(stored: str | None) -> str:
    """A stored number in its national form, 902-555-0142; with the country when it is abroad."""
    if not stored:
        return ""
    try:
        number = phonenumbers.parse(stored, "CA")
    except phonenumbers.NumberParseException:
        return stored
    if number.country_code == 1:
        digits = str(number.national_number)
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
