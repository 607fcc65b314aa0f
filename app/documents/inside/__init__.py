"""Looking into a file that may be hostile: done in a child process with limits only.

Each module knows a family of kinds and has one `look`, which says what the file is or raises
Unfit. The parsers of libraries read it last: what can be seen from its octets is seen before.
"""

from __future__ import annotations

from pathlib import Path

from app.documents.kinds import Found, Kind


def look(path: Path, kind: Kind) -> Found:
    """Look into a file that begins as this kind. Raises Unfit."""
    if kind is Kind.PDF:
        from app.documents.inside import pdfs  # each brings its own library: one is enough

        return pdfs.look(path)
    if kind in {Kind.DOCX, Kind.XLSX}:
        from app.documents.inside import office

        return office.look(path)
    from app.documents.inside import pictures

    return pictures.look(path, kind)
