"""Whether a PDF keeps to PDF/UA-1 (ISO 14289-1), as far as a program can tell.

The clauses that apply to files like ours: tagged text, headings, lists, tables, figures, links.
`faults` names each breach with its clause. What no program can judge (whether a description is a
good one, whether the order makes sense) is left to whoever reads the letter's own tests.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf

from tests.support.pdf_ua import content, document, fonts, structure, tree


def faults(file: bytes, language: str | None = None) -> list[str]:
    """Every breach of the file; `language` is the one it should be in."""
    with pikepdf.open(io.BytesIO(file)) as pdf:
        return list(_faults(pdf, language))


def _faults(pdf: pikepdf.Pdf, language: str | None) -> Iterator[str]:
    yield from document.faults(pdf, language)
    found = tree.read(pdf)
    yield from found.faults
    yield from structure.faults(found)
    yield from content.faults(pdf, found)
    yield from fonts.faults(pdf)
