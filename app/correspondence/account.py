"""What correspondence gives to the packages below it: how their deeds tell people things."""

from __future__ import annotations

from app.authority import telling
from app.correspondence.service import notify

telling.install(notify)
