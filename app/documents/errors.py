"""What may go wrong with a store of documents."""

from __future__ import annotations

from app.base.errors import GuichetError


class StoreError(GuichetError):
    """The store did not do what it was asked."""


class NotKept(StoreError):
    """Nothing is kept under this key."""


class Unavailable(StoreError):
    """The store does not answer, or has no room: try again later."""


class BrokenUpload(StoreError):
    """The parts of an upload do not make a whole: give it up, and begin another."""


class TooLarge(StoreError):
    """More octets came than ``at_most``."""

    def __init__(self, at_most: int) -> None:
        super().__init__(f"more than {at_most} octets")
        self.at_most = at_most


class WrongOffset(StoreError):
    """The upload is not at the offset that was given; ``have`` is where it is."""

    def __init__(self, have: int) -> None:
        super().__init__(f"the upload is at {have}")
        self.have = have
