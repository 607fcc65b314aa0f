"""Files of every kind, made by the tests themselves, and the parts of hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf
import pillow_heif
import xlsxwriter
from PIL import Image, PngImagePlugin

PLACE = 0x8825
"""The EXIF entry of where a picture was taken."""


def drawing(width=60, height=40):
    """A picture whose left upper corner is red, the rest of it blue."""
    made = Image.new("RGB", (width, height), "blue")
    made.paste("red", (0, 0, width // 2, height // 2))
    return made


def photographed(turned=1):
    """What a telephone writes beside the dots: how it was held, its maker, and the place."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = turned, "Maker of telephones"
    exif.get_ifd(PLACE).update({1: "N", 2: (46.0, 48.0, 29.0), 3: "W", 4: (71.0, 12.0, 29.0)})
    return exif


def png(picture=None, **options):
    into = io.BytesIO()
    (picture or drawing()).save(into, "PNG", **options)
    return into.getvalue()


def jpeg(picture=None, **options):
    into = io.BytesIO()
    (picture or drawing()).save(into, "JPEG", **options)
    return into.getvalue()


def heic(picture=None, exif=None):
    pillow_heif.register_heif_opener(thumbnails=False)
    into = io.BytesIO()
    # As telephones do, it writes how it was held in the way of this format as well.
    about = {"exif": exif.tobytes()} if exif else {}
    (picture or drawing(64, 64)).save(into, "HEIF", quality=60, **about)
    return into.getvalue()


def pdf(change=None, pages=1, **options):
    """A PDF; ``change(pdf)`` may add to it."""
    into = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
        if change:
            change(made)
        made.save(into, **options)
    return into.getvalue()


def xlsx():
    into = io.BytesIO()
    with xlsxwriter.Workbook(into, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Yard")
        sheet.write_url(1, 0, "https://portal.example/help")
    return into.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TYPES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{WORD}.main+xml"/></Types>"""
DOCX = {
    "[Content_Types].xml": _TYPES,
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/'
    '2006/main"><w:body><w:p><w:r><w:t>Plan</w:t></w:r></w:p></w:body></w:document>',
}
"""The parts of a small document."""


def archive(parts, method=zipfile.ZIP_DEFLATED):
    """An archive of parts, as text or octets by their names."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", method) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return into.getvalue()


def docx(more=None):
    """A document, with more parts or other ones."""
    return archive(DOCX | (more or {}))


def relation(kind, target, mode="External"):
    """A part's relation to something else."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{base}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        "</Relationships>"
    )


def chunk(name, content):
    """A chunk of a PNG with its sum."""
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png_that_says(width, height):
    """A PNG of a few octets that says to be this large."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    dots = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + head + dots + chunk(b"IEND", b"")


def with_text(text):
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text)
    return png(pnginfo=info)


def box(name, content):
    """A box of an ISO media file."""
    return struct.pack(">I4s", 8 + len(content), name) + content


FILM = box(b"ftyp", b"mp42\0\0\0\0isommp42") + box(b"moov", bytes(40)) + box(b"mdat", bytes(99))


def records():
    """What Samsung's telephones put behind a picture: blocks, their directory, its length."""
    block = b"\0\0\x01\x0a" + struct.pack("<I", 14) + b"Image_UTC_Data" + b"1790000000000"
    entry = b"\0\0\x01\x0a" + struct.pack("<II", len(block), len(block))
    directory = b"SEFH" + struct.pack("<II", 107, 1) + entry
    return block + directory + struct.pack("<I", len(directory)) + b"SEFT"


GOOD = {
    "pdf": pdf,
    "png": png,
    "jpeg": jpeg,
    "heic": heic,
    "docx": docx,
    "xlsx": xlsx,
}
"""Kind → what makes a small file of it."""
