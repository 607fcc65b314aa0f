"""The document as a whole: marked, titled, in a language, and open to assistive programs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pikepdf

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-\w{5,8})*")


def faults(pdf: pikepdf.Pdf, language: str | None) -> Iterator[str]:
    yield from _marked(pdf.Root)
    yield from _titled(pdf)
    yield from _in_a_language(pdf.Root, language)
    if pdf.is_encrypted:
        yield "7.16: it is locked, and what reads aloud may not get in"
    for name in ("/OCProperties", "/AcroForm"):
        if name in pdf.Root:
            yield f"not one of our letters: it holds {name}"


def _marked(root: pikepdf.Dictionary) -> Iterator[str]:
    marks = root.get("/MarkInfo", pikepdf.Dictionary())
    if marks.get("/Marked") is not True:
        yield "7.1: it does not say that it is tagged (Marked)"
    if marks.get("/Suspects") is True:
        yield "7.1: its tags are said to be doubtful (Suspects)"


def _titled(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/Metadata" not in pdf.Root:
        yield "7.1: no metadata"
        return
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        title = str(metadata.get("dc:title", "")).strip()
        if metadata.get("pdfuaid:part") != "1":
            yield "5: it does not claim PDF/UA-1 (pdfuaid:part)"
    if not title:
        yield "7.1: no title in the metadata (dc:title)"
    elif str(pdf.docinfo.get("/Title", title)) != title:
        yield "7.1: two titles"
    preferences = pdf.Root.get("/ViewerPreferences", pikepdf.Dictionary())
    if preferences.get("/DisplayDocTitle") is not True:
        yield "7.1: a window would show the file's name and not its title (DisplayDocTitle)"


def _in_a_language(root: pikepdf.Dictionary, language: str | None) -> Iterator[str]:
    said = str(root.get("/Lang", ""))
    if not said:
        yield "7.2: no language of the document (Lang)"
    elif not LANGUAGE.fullmatch(said):
        yield f"7.2: no language is called {said!r}"
    elif language is not None and said.partition("-")[0].lower() != language:
        yield f"7.2: in {said}, and should be in {language}"
