"""The name that a person gave a file: what is kept of it, and what never comes through."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from app.documents.kinds import EXTENSIONS, Kind
from app.documents.names import LONGEST, attachment, safe_name

KINDS = st.sampled_from(sorted(Kind))
HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from('/\\.:*?"<>|\0\n\r\t\u202e\u200b\u2066\ufeff\u0301 ~$%éÉœ漢😀'),
    ),
    max_size=200,
)


@pytest.mark.parametrize(
    ("given_name", "kind", "safe"),
    [
        ("Plan de sécurité.pdf", Kind.PDF, "Plan de sécurité.pdf"),
        ("L’entrepôt – côté nord.JPG", Kind.JPEG, "L’entrepôt – côté nord.jpg"),
        ("plan de se\u0301curite\u0301.pdf", Kind.PDF, "plan de sécurité.pdf"),
        ("rapport v1.2", Kind.PDF, "rapport v1.2.pdf"),
        ("IMG_0001.jpeg", Kind.JPEG, "IMG_0001.jpg"),
        ("IMG_0001.HEIC", Kind.JPEG, "IMG_0001.jpg"),
        ("../../etc/passwd", Kind.PDF, "passwd.pdf"),
        ("C:\\Users\\Marie\\plan.docx", Kind.DOCX, "plan.docx"),
        ("..\\..\\plan.docx", Kind.DOCX, "plan.docx"),
        ("invoice.pdf.exe", Kind.PDF, "invoice.pdf"),
        ("photo.html", Kind.PNG, "photo.png"),
        ("report.docm", Kind.DOCX, "report.docx"),
        ("invoice\u202efdp.exe", Kind.PDF, "invoicefdp.pdf"),
        ("a\u200bb\ufeffc\u00ad.pdf", Kind.PDF, "abc.pdf"),
        ("line\r\nbreak\tand tab.pdf", Kind.PDF, "line break and tab.pdf"),
        ("a\0b.pdf", Kind.PDF, "ab.pdf"),
        ('what? "this": <that>|*.pdf', Kind.PDF, "what- -this-- -that---.pdf"),
        ("CON", Kind.PDF, "document-CON.pdf"),
        ("nul.pdf", Kind.PDF, "document-nul.pdf"),
        ("Lpt1.old.xlsx", Kind.XLSX, "document-Lpt1.old.xlsx"),
        ("console.pdf", Kind.PDF, "console.pdf"),
        (".htaccess", Kind.PDF, "htaccess.pdf"),
        ("plan.pdf. . .", Kind.PDF, "plan.pdf"),
        ("", Kind.PNG, "document.png"),
        (".pdf", Kind.PDF, "pdf.pdf"),
        ("....", Kind.PDF, "document.pdf"),
        ("\u0301\u0301plan.pdf", Kind.PDF, "plan.pdf"),
        ("漢字.pdf", Kind.PDF, "漢字.pdf"),
    ],
)
def test_a_name_is_made_safe_and_keeps_its_letters(given_name, kind, safe):
    assert safe_name(given_name, kind) == safe


def test_a_long_name_is_shortened_and_keeps_its_extension():
    assert safe_name("é" * 500 + ".pdf", Kind.PDF) == "é" * LONGEST + ".pdf"
    many = safe_name("😀" * 500, Kind.PDF)
    assert len(many.encode()) <= 204
    assert many.startswith("😀")


@given(HOSTILE, KINDS)
def test_whatever_was_typed_the_name_is_harmless(typed, kind):
    name = safe_name(typed, kind)
    stem, _, extension = name.rpartition(".")
    assert extension == EXTENSIONS[kind]
    assert 1 <= len(stem) <= LONGEST + len("document-")
    assert len(name.encode()) < 255
    assert not set(name) & set('/\\<>:"|?*')
    assert not {unicodedata.category(one) for one in name} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert {one for one in name if unicodedata.category(one).startswith("Z")} <= {" "}
    assert stem == stem.strip(" .")
    assert not stem.startswith("~")
    assert unicodedata.is_normalized("NFC", name)


@given(HOSTILE, KINDS)
def test_a_safe_name_stays_as_it_is(typed, kind):
    name = safe_name(typed, kind)
    assert safe_name(name, kind) == name


@given(HOSTILE, KINDS)
def test_a_download_is_an_attachment_whose_name_arrives_whole(typed, kind):
    name = safe_name(typed, kind)
    header = attachment(name)
    assert header.isascii()
    assert header.isprintable()
    kind_told, options = parse_options_header(header)
    assert kind_told == "attachment"
    assert options["filename"] == name
    plain = header.split('"')[1]
    assert plain.endswith(f".{EXTENSIONS[kind]}")
    assert header.count('"') == 2
