"""What is said about cases: the words are the definition's own, in both languages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.correspondence.template import declare

declare("case_moved", "title text", "%(title)s", ["%(text)s"], _l("Open the dashboard"))
