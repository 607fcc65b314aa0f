"""The name that a person gave a file, made safe to show and to download.

It is shown to colleagues and officers, so it must not look like another name than it is; it is
given to their computers, so it must not be a command, a path or a device there. Nothing is ever
kept under it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from app.documents.kinds import EXTENSIONS, Kind

LONGEST: Final = 100
"""Characters of a name without its extension."""
_MOST_OCTETS: Final = 200  # file systems count octets: 255 with the extension
_NAMELESS: Final = "document"
_REMOVED: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
"""Control, direction and invisible characters, and those that no font shows."""
_SPACES: Final = frozenset({"Zl", "Zp", "Zs"})
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
_RESERVED: Final = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE
)
_EXTENSIONS: Final = frozenset({
    "pdf", "png", "jpg", "jpeg", "jpe", "jfif", "heic", "heif", "docx", "xlsx", "doc",
    "xls", "docm", "xlsm", "dotm", "exe", "com", "scr", "bat", "cmd", "msi", "ps1", "vbs",
    "js", "jse", "wsf", "hta", "lnk", "htm", "html", "xhtml", "svg", "xml", "php", "jar",
    "sh", "app", "apk", "zip", "rar", "7z", "iso",
})  # fmt: skip
"""Endings that are taken off: the kind that was found gives the only one that counts."""


def safe_name(given: str, kind: Kind) -> str:
    """Return the name to show and to download, with the extension of the kind found."""
    text = re.split(r"[/\\]", given)[-1]
    text = unicodedata.normalize("NFC", "".join(map(_character, text)))
    text = _trimmed(_FORBIDDEN.sub("-", text))
    while (parts := text.rpartition("."))[1] and parts[2].lower() in _EXTENSIONS:
        text = _trimmed(parts[0])
    text = _shortened(text) or _NAMELESS
    if _RESERVED.fullmatch(text.partition(".")[0].strip()):
        text = f"{_NAMELESS}-{text}"
    return f"{text}.{EXTENSIONS[kind]}"


def _character(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACES or character in "\t\n\r":
        return " "
    return "" if category in _REMOVED else character


def _trimmed(text: str) -> str:
    """Without spaces and dots at its ends, hidden files' and Windows' traps, nor double spaces."""
    text = " ".join(text.split()).strip(" .~")
    while text and unicodedata.category(text[0]).startswith("M"):
        text = text[1:].strip(" .~")  # an accent needs a letter before it
    return text


def _shortened(text: str) -> str:
    text = _trimmed(text[:LONGEST])
    while len(text.encode()) > _MOST_OCTETS:
        text = _trimmed(text[:-1])
    return text


def attachment(name: str) -> str:
    """Return the Content-Disposition of a download: always saved, never shown in the page.

    Old programs get the name without its accents, all others the name itself (RFC 6266).
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "_", plain)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
