"""The portal's limits, typed: the one table that code, help texts and tests read."""

from app.programs import library
from app.programs.schema.limits import Limits


def limits() -> Limits:
    """Every limit of the portal, from definitions/portal.yaml.

    Lengths of time are `timedelta`; numbers of days are `CalendarDays` or `BusinessDays`.
    """
    return library.portal().limits
