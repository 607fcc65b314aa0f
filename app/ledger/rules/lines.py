"""One line of the ledger: what it may say."""

from __future__ import annotations

from typing import Final

TRANSACTION: Final = "transaction"
PAYMENT: Final = "payment"
STATEMENT: Final = "statement"
KINDS: Final = (TRANSACTION, PAYMENT, STATEMENT)

STATES: Final = ("open", "arrears", "paid", "cancelled")
"""*open*: something is still to be paid, or of a payment still to be applied · *arrears*: it was
not paid when it was due, and is being collected · *paid*: nothing is left · *cancelled*: it counts
no more, as a payment that the bank returned."""
