"""Drawing a preview: done in a child process with limits only (``previews`` starts it).

A preview is a new picture made of the old one's dots. Nothing else comes along: no place, no
camera, no thumbnail of what was cut away, no profile, no comment.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

import PIL.ImageCms
import pypdfium2
from PIL import Image, ImageOps

from app.documents.inside.octets import UNREADABLE
from app.documents.inside.pictures import open_picture
from app.documents.kinds import Kind, Reason, Unfit

LONGEST_SIDE: Final = 1_200
"""Pixels of a preview's longer side, at most."""
_LARGEST_SCALE: Final = 4.0
_SHRINKABLE: Final = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"})


def draw(path: Path, kind: Kind, into: Path) -> dict[str, Any]:
    """Draw a picture, or a PDF's first page, into a new file. Raises Unfit."""
    try:
        drawn = _page(path) if kind is Kind.PDF else _picture(path, kind)
    except UNREADABLE:
        raise Unfit(Reason.DAMAGED) from None
    # A new one: what belongs to a file beside its dots stays with the old one.
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    if kind is Kind.JPEG or (kind is Kind.HEIC and clean.mode == "RGB"):
        media_type = "image/jpeg"
        clean.save(into, "JPEG", quality=82, optimize=True)
    else:
        media_type = "image/png"
        clean.save(into, "PNG", optimize=False)
    return {"media_type": media_type, "width": clean.width, "height": clean.height}


def _page(path: Path) -> Image.Image:
    with pypdfium2.PdfDocument(path) as pdf:
        page = pdf[0]
        width, height = page.get_size()
        scale = min(LONGEST_SIDE / max(width, height), _LARGEST_SCALE)
        drawn: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
        return drawn.convert("RGB")


def _picture(path: Path, kind: Kind) -> Image.Image:
    with open_picture(path, kind) as picture:
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        if picture.mode in _SHRINKABLE:
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # first: the rest copies it
        turned = ImageOps.exif_transpose(picture)
        profile = turned.info.get("icc_profile")
        plain = _plain(turned)
        plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return _in_common_colours(plain, profile)


def _plain(picture: Image.Image) -> Image.Image:
    """The same in eight bits a colour, with transparency where it has some."""
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value / 256).convert("L").convert("RGB")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _in_common_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The dots of a telephone's wide colours in every screen's; as they are where that fails."""
    if not profile:
        return picture
    try:
        own = PIL.ImageCms.ImageCmsProfile(io.BytesIO(profile))
        common = PIL.ImageCms.createProfile("sRGB")
        made = PIL.ImageCms.profileToProfile(picture, own, common, outputMode=picture.mode)
    except (PIL.ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return made or picture
