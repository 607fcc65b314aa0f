"""Fonts: in the file itself, and each sign of them says which letter it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pikepdf

_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_SHOWS = frozenset({"Tj", "TJ", "'", '"'})
_CHAR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
_RANGE = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*(<([0-9a-fA-F]+)>|\[([^\]]*)\])")
_NO_LETTERS = {0x0000, 0xFEFF, 0xFFFE}


def faults(pdf: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(pdf.pages):
        fonts = dict(page.resources.get("/Font", {}).items())
        for name, font in fonts.items():
            yield from (f"page {number + 1}: {fault}" for fault in _of_font(name, font))
        yield from (f"page {number + 1}: {fault}" for fault in _shown(page, fonts))


def _of_font(name: str, font: pikepdf.Dictionary) -> Iterator[str]:
    inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    descriptor = inner.get("/FontDescriptor", pikepdf.Dictionary())
    if not any(file in descriptor for file in _FILES):
        yield f"7.21.4: the font {name} is not in the file"
    if "/ToUnicode" not in font:
        yield f"7.21.7: the font {name} does not say which letters it shows (ToUnicode)"
    elif _NO_LETTERS & set(_letters(font).values()):
        yield f"7.21.7: the font {name} shows a sign that is no letter"


def _shown(page: pikepdf.Page, fonts: dict[str, pikepdf.Dictionary]) -> Iterator[str]:
    """Codes that are shown and of which the font does not say which letter they are."""
    known = {name: _letters(font) for name, font in fonts.items() if "/ToUnicode" in font}
    unknown: dict[str, set[int]] = {}
    font = ""
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            font = str(operands[0])
        elif str(operator) in _SHOWS and font in known:
            codes = set(_codes(operands[-1], wide="/DescendantFonts" in fonts[font]))
            unknown.setdefault(font, set()).update(codes - set(known[font]))
    for name, codes in unknown.items():
        if codes:
            yield f"7.21.7: the font {name} shows {len(codes)} signs of which it names no letter"


def _codes(shown: pikepdf.Object, *, wide: bool) -> Iterator[int]:
    pieces = shown if isinstance(shown, pikepdf.Array) else [shown]
    for piece in pieces:
        if not isinstance(piece, pikepdf.String):
            continue
        raw, step = bytes(piece), 2 if wide else 1
        yield from (int.from_bytes(raw[at : at + step]) for at in range(0, len(raw), step))


def _letters(font: pikepdf.Dictionary) -> dict[int, int]:
    """Code → the first letter that it shows."""
    source = font.ToUnicode.read_bytes()
    found: dict[int, int] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", source, re.DOTALL):
        found |= {int(code, 16): _first(letter) for code, letter in _CHAR.findall(block)}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", source, re.DOTALL):
        for low, high, _, first, several in _RANGE.findall(block):
            codes = range(int(low, 16), int(high, 16) + 1)
            if first:
                found |= {code: _first(first) + code - codes[0] for code in codes}
            else:
                letters = re.findall(rb"<([0-9a-fA-F]+)>", several)
                found |= {c: _first(one) for c, one in zip(codes, letters, strict=False)}
    return found


def _first(letters: bytes) -> int:
    return int(letters[:4], 16)
