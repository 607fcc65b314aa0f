"""What a file is, by its content; and each file that is not taken, with its reason."""

from __future__ import annotations

import io
import signal
import struct
import zipfile

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents import confined, inside
from app.documents.confined import ALLOWED, Allowance
from app.documents.examining import examine
from app.documents.inside import office, pdfs, pictures
from app.documents.inside.octets import boxes
from app.documents.kinds import EXTENSIONS, MEDIA_TYPES, Found, Kind, Reason, Unfit, by_head
from tests.documents import files
from tests.documents.files import FILM, GOOD, box, chunk, docx, jpeg, pdf, png, relation

LARGEST = 25_000_000


@pytest.fixture
def look(tmp_path):
    """`look(octets)`: what the file is, or the reason for which it is not taken; no child."""

    def ask(octets):
        path = tmp_path / "a file"
        path.write_bytes(octets)
        try:
            return inside.look(path, by_head(path, LARGEST))
        except Unfit as unfit:
            return unfit.reason

    return ask


# ── what is taken ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", GOOD)
def test_a_file_is_known_by_its_content(look, kind):
    found = look(GOOD[kind]())
    assert found.kind == kind
    assert found.kind in MEDIA_TYPES
    assert found.kind in EXTENSIONS


def test_pages_and_dots_are_counted(look):
    assert look(pdf(pages=3)) == Found(Kind.PDF, pages=3)
    assert look(png(files.drawing(70, 30))) == Found(Kind.PNG, width=70, height=30)
    assert look(jpeg(files.drawing(70, 30))) == Found(Kind.JPEG, width=70, height=30)
    assert look(files.heic(files.drawing(70, 64)))[2:] == (70, 64)


@pytest.mark.parametrize(
    "picture",
    [
        jpeg(exif=files.photographed()),
        jpeg(progressive=True),
        jpeg(files.drawing().convert("CMYK")),
        jpeg(files.drawing().convert("L")),
        jpeg() + jpeg(),
        jpeg() + FILM,
        jpeg() + files.records(),
        jpeg() + jpeg() + FILM,
        jpeg() + bytes(12) + b"\xff\r\n",
    ],
    ids=["place", "progressive", "cmyk", "grey", "lights", "film", "records", "both", "zeros"],
)
def test_what_telephones_put_into_and_behind_a_picture_is_taken(look, picture):
    assert look(picture).kind is Kind.JPEG


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_sort_of_png_is_taken(look, mode):
    picture = files.drawing().convert("L").convert(mode) if mode == "I;16" else None
    assert look(png(picture or files.drawing().convert(mode))).kind is Kind.PNG


def test_links_that_a_person_follows_are_taken(look):
    for target in ("https://portal.example/?a=1", "HTTP://portal.example", "mailto:a@b.example",
                   "#Part", "Plan%20B.docx", "../plans/nord.xlsx", "Été.pdf"):  # fmt: skip
        links = {"word/_rels/document.xml.rels": relation("hyperlink", target)}
        assert look(docx(links)).kind is Kind.DOCX, target

    def link(made):
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://portal.example/")
        made.pages[0].Annots = pikepdf.Array(
            [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action)]
        )

    assert look(pdf(link)).kind is Kind.PDF


# ── by the head ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "octets",
    [
        b"x",
        b"<html><script>alert(1)</script></html>",
        b"MZ\x90\x00" + bytes(100),
        b"GIF89a" + bytes(100),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        box(b"ftyp", b"avif\0\0\0\0avifmif1miaf"),
        FILM,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG",
    ],
    ids=["x", "html", "exe", "gif", "old office", "avif", "film", "svg", "half a head"],
)
def test_every_other_kind_is_refused(look, octets):
    assert look(octets) is Reason.UNKNOWN_KIND


def test_an_empty_file_and_one_that_is_too_large_are_refused(tmp_path, look):
    assert look(b"") is Reason.EMPTY
    path = tmp_path / "large"
    path.write_bytes(pdf())
    size = path.stat().st_size
    assert by_head(path, size) is Kind.PDF
    with pytest.raises(Unfit) as told:
        by_head(path, size - 1)
    assert told.value.reason is Reason.TOO_LARGE


def test_a_document_locked_by_its_program_is_refused_as_such(look):
    case = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert look(case) is Reason.ENCRYPTED


# ── two files in one ────────────────────────────────────────────────────────────────────

ZIP = files.archive({"run.js": "alert(1)"})


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize(
    "more", [ZIP, b"<script>alert(1)</script>", b"<a>"], ids=["archive", "markup", "little"]
)
def test_nothing_may_stand_behind_the_end_of_a_file(look, kind, more):
    assert look(GOOD[kind]() + more) is Reason.POLYGLOT


@pytest.mark.parametrize("kind", GOOD)
def test_nothing_may_stand_before_the_head_of_a_file(look, kind):
    assert look(b"\n" + GOOD[kind]()) is Reason.UNKNOWN_KIND


@pytest.mark.parametrize("tail", [b"%PDF-1.7\n", b"SEFT", b"SEFH" + bytes(12) + b"SEFT", FILM[:-1]])
def test_behind_a_photograph_only_what_is_known_may_stand(look, tail):
    assert look(jpeg() + tail) is Reason.POLYGLOT


def test_records_that_do_not_fill_their_place_are_refused(look):
    assert look(jpeg() + b"MZ" + files.records()) is Reason.POLYGLOT


@pytest.mark.parametrize(
    "markup",
    ["<script>alert(1)</script>", "<HTML >", "<?php system($_GET[0]); ?>", "<!DOCTYPE html>",
     "<iframe src=//e.example>", "<svg onload=alert(1)>"],
)  # fmt: skip
def test_a_picture_holds_no_markup(look, markup):
    assert look(files.with_text(markup)) is Reason.POLYGLOT
    assert look(jpeg(comment=markup.encode())) is Reason.POLYGLOT
    assert look(files.heic() + box(b"free", markup.encode())) is Reason.POLYGLOT


def test_a_picture_holds_no_archive(look):
    assert look(jpeg(comment=ZIP)) is Reason.POLYGLOT
    assert look(files.heic() + box(b"free", ZIP)) is Reason.POLYGLOT
    assert look(files.heic() + box(b"free", b"PK\x05\x06" + bytes(8) + b"\x09" + bytes(9))).kind, (
        "four octets by chance are no archive"
    )


def test_a_pdf_holds_no_archive(look):
    assert look(pdf() + b"%" + ZIP + b"\n%%EOF\n") is Reason.POLYGLOT


def test_a_document_begins_with_its_own_archive_and_ends_with_it(look):
    assert look(ZIP + docx()) is Reason.POLYGLOT
    into = io.BytesIO(docx())
    with zipfile.ZipFile(into, "a") as made:
        made.comment = b"<script>"
    assert look(into.getvalue()) is Reason.POLYGLOT


# ── damaged ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_half_a_file_is_no_file(look, kind, part):
    octets = GOOD[kind]()
    assert look(octets[: max(int(len(octets) * part), 70)]) in {Reason.DAMAGED, Reason.POLYGLOT}


def test_a_changed_octet_of_a_png_or_a_document_is_noticed(look):
    octets = bytearray(png())
    octets[octets.index(b"IDAT") + 10] ^= 1
    assert look(bytes(octets)) is Reason.DAMAGED
    octets = bytearray(files.archive(files.DOCX, zipfile.ZIP_STORED))
    octets[octets.index(b"Plan")] ^= 1
    assert look(bytes(octets)) is Reason.DAMAGED


@pytest.mark.parametrize(
    "octets",
    [
        b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"x" * 80) + chunk(b"IEND", b""),
        png()[:33] + png()[8:],
        files.png_that_says(0, 10),
        files.png_that_says(200, 200),
        b"\xff\xd8\xff\xd9" + bytes(60),
        b"\xff\xd8\xff\xe0\x00\x01" + bytes(60),
        b"\xff\xd8\xff\xe0\xff\xff" + bytes(60),
        b"\xff\xd8\xff\xe0\x00\x04ab" + b"no marker" * 9,
        b"%PDF-1.7\nnothing\n%%EOF\n",
        b"%PDF-1.7\n" + bytes(90),
        pdf(pages=0),
        b"PK\x03\x04" + bytes(90),
        box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(50)),
    ],
    ids=["no head", "two heads", "no width", "too few dots", "no picture", "short", "long", "lost",
         "no objects", "no end", "no page", "no archive", "no items"],
)  # fmt: skip
def test_what_cannot_be_read_is_damaged(look, octets):
    assert look(octets) is Reason.DAMAGED


@pytest.mark.parametrize(
    "see",
    [
        lambda: pictures._png(png().replace(b"IDAT", b"IDAX")),
        lambda: pictures._segment(b"\x00\x01", 0),
        lambda: pictures._segment(b"\x00\x09", 0),
        lambda: list(boxes(struct.pack(">I4s", 1, b"free") + b"1234", 0, broken=Reason.DAMAGED)),
        lambda: list(boxes(b"\x00\x00\x00\x04free", 0, broken=Reason.DAMAGED)),
    ],
    ids=["sum", "short", "long", "half a size", "no size"],
)
def test_damage_is_seen_before_a_library_sees_it(see):
    with pytest.raises(Unfit) as told:
        see()
    assert told.value.reason is Reason.DAMAGED


def test_what_decodes_to_nothing_is_damaged(look):
    octets = jpeg(files.drawing(600, 600))
    head = octets[: octets.index(b"\xff\xda")]
    assert look(head + b"\xff\xd9") is Reason.DAMAGED
    whole = files.heic()
    at = whole.index(b"mdat") + 4
    assert look(whole[:at] + bytes(len(whole) - at)) is Reason.DAMAGED


@given(at=st.integers(0, 10**6), octet=st.integers(0, 255), kind=st.sampled_from(sorted(GOOD)))
def test_no_changed_octet_makes_the_look_fail_in_another_way(tmp_path_factory, at, octet, kind):
    octets = bytearray(MADE[kind])
    octets[at % len(octets)] = octet
    path = tmp_path_factory.getbasetemp() / "changed"
    path.write_bytes(octets)
    try:
        found = inside.look(path, by_head(path, LARGEST))
    except Unfit:
        return
    assert isinstance(found, Found)


MADE = {kind: make() for kind, make in GOOD.items()}


# ── too large inside ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [(30_001, 1), (1, 30_001), (8_001, 8_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_of_too_many_dots_is_refused_before_any_is_decoded(look, size, monkeypatch):
    monkeypatch.setattr(pictures, "_decode", lambda *_: pytest.fail("it was decoded"))
    assert look(files.png_that_says(*size)) is Reason.TOO_MANY_PIXELS


def test_a_photograph_and_a_heic_of_too_many_dots_are_refused_too(look, monkeypatch):
    octets = jpeg()
    at = octets.index(b"\xff\xc0") + 5
    large = octets[:at] + struct.pack(">HH", 9_000, 9_000) + octets[at + 4 :]
    assert look(large) is Reason.TOO_MANY_PIXELS
    monkeypatch.setattr(pictures, "MOST_PIXELS", 64 * 64 - 1)
    assert look(files.heic()) is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize("size", [(0, 10), (10, 0)])
def test_a_picture_without_dots_is_damaged_whoever_says_so(size):
    with pytest.raises(Unfit) as told:
        pictures.refuse_pixels(*size)
    assert told.value.reason is Reason.DAMAGED


def test_a_photograph_that_gives_two_sizes_is_refused(look):
    octets = jpeg()
    at = octets.index(b"\xff\xc0")
    frame = octets[at : at + 19]
    large = frame[:5] + struct.pack(">HH", 9_000, 9_000) + frame[9:]
    for place in (at, at + 19):
        told = look(octets[:place] + large + octets[place:])
        assert told in {Reason.TOO_MANY_PIXELS, Reason.DAMAGED}


def test_an_archive_that_unfolds_a_thousandfold_is_refused(look):
    assert look(docx({"word/media/zero": bytes(3_000_000)})) is Reason.ARCHIVE_BOMB


def test_small_parts_may_be_as_repetitive_as_they_like(look):
    assert look(docx({"word/styles.xml": b"<a/>" * 200_000})).kind is Kind.DOCX


def test_an_archive_that_says_to_be_too_large_is_refused_before_it_is_unfolded(look, monkeypatch):
    monkeypatch.setattr(office, "_kind", lambda _: pytest.fail("it was unfolded"))
    monkeypatch.setattr(office, "LARGEST", 300)
    assert look(docx()) is Reason.ARCHIVE_BOMB


def test_an_archive_that_lies_about_its_size_is_refused(look):
    octets = docx({"word/media/zero": bytes(3_000_000)})
    lie = octets.replace(struct.pack("<I", 3_000_000), struct.pack("<I", 3_000))
    assert look(lie) in {Reason.DAMAGED, Reason.ARCHIVE_BOMB}


def test_parts_that_are_small_alone_are_counted_together(look, monkeypatch):
    parts = {f"word/media/{number}": bytes(range(256)) * 40 for number in range(30)}
    monkeypatch.setattr(office, "LARGEST", 100_000)
    monkeypatch.setattr(office, "_refuse_unfit_directory", lambda _: None)
    assert look(docx(parts)) is Reason.ARCHIVE_BOMB


def test_an_archive_of_too_many_parts_is_refused(look, monkeypatch):
    monkeypatch.setattr(office, "MOST_PARTS", 3)
    assert look(docx()).kind is Kind.DOCX
    assert look(docx({"word/styles.xml": "<a/>"})) is Reason.ARCHIVE_BOMB


@pytest.mark.parametrize("head", [ZIP, b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08\0"])
def test_an_archive_holds_no_archive(look, head):
    assert look(docx({"word/media/image1.png": head + bytes(20)})) is Reason.ARCHIVE_BOMB


def test_parts_that_share_their_octets_are_refused(look):
    octets = bytearray(docx({"word/a.xml": "<a/>", "word/b.xml": "<a/>"}))
    directory = octets.index(b"PK\x01\x02")
    a = octets.index(b"word/a.xml", directory) - 4
    b = octets.index(b"word/b.xml", directory) - 4
    octets[b : b + 4] = octets[a : a + 4]
    assert look(bytes(octets)) is Reason.ARCHIVE_BOMB


# ── what runs, fetches, or carries something ────────────────────────────────────────────


@pytest.mark.parametrize(
    "part", ["word/vbaProject.bin", "word/vbaData.xml", "word/activeX/activeX1.xml",
             "xl/macrosheets/sheet1.xml", "xl/dialogsheets/sheet1.xml"],
)  # fmt: skip
def test_a_part_with_a_program_is_refused(look, part):
    assert look(docx({part: "x"})) is Reason.MACROS


def test_a_document_that_says_to_have_a_program_is_refused(look):
    main = f"{files.WORD}.main+xml"
    types = files.DOCX["[Content_Types].xml"]
    enabled = types.replace(main, "application/vnd.ms-word.document.macroEnabled.main+xml")
    assert look(docx({"[Content_Types].xml": enabled})) is Reason.MACROS
    template = types.replace(main, main.replace("document.main", "template.main"))
    assert look(docx({"[Content_Types].xml": template})) is Reason.UNKNOWN_KIND


def test_a_document_that_says_to_be_two_is_refused(look):
    types = files.DOCX["[Content_Types].xml"]
    second = f'<Override PartName="/x" ContentType="{MEDIA_TYPES[Kind.XLSX]}.main+xml"/></Types>'
    both = types.replace("</Types>", second)
    assert look(docx({"[Content_Types].xml": both})) is Reason.UNKNOWN_KIND


def test_any_other_archive_is_refused(look):
    assert look(ZIP) is Reason.UNKNOWN_KIND


@pytest.mark.parametrize("name", ["/etc/passwd", "../../up", "word\\..\\x", "WORD/document.xml"])
def test_an_archive_whose_parts_have_names_for_an_attack_is_refused(look, name):
    assert look(docx({name: "x"})) is Reason.DAMAGED


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("attachedTemplate", "http://evil.example/t.dotm"),
        ("attachedTemplate", "file://evil.example/share/t.dotm"),
        ("image", "http://evil.example/pixel.png"),
        ("oleObject", "http://evil.example/o"),
        ("frame", "http://evil.example/"),
        ("hyperlink", "javascript:alert(1)"),
        ("hyperlink", "file://evil.example/share/run.exe"),
        ("hyperlink", "\\\\evil.example\\share\\run.exe"),
        ("hyperlink", "//evil.example/share/run.exe"),
        ("hyperlink", "ms-word:ofe|u|http://evil.example/t.dotm"),
        ("hyperlink", ""),
    ],
)
def test_what_is_fetched_from_elsewhere_is_refused(look, kind, target):
    assert look(docx({"word/_rels/document.xml.rels": relation(kind, target)})) is Reason.EXTERNAL


@pytest.mark.parametrize("part", ["xl/externalLinks/externalLink1.xml", "xl/connections.xml"])
def test_a_spreadsheet_that_reads_others_is_refused(look, part):
    assert look(docx({part: "<a/>"})) is Reason.EXTERNAL


def test_objects_of_other_programs_are_refused(look):
    assert look(docx({"word/embeddings/oleObject1.bin": "x"})) is Reason.EMBEDDED
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert look(docx({"word/media/image1.png": ole + bytes(99)})) is Reason.EMBEDDED


def test_declarations_that_name_other_files_or_grow_are_refused(look):
    grown = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    for part in ("_rels/.rels", "[Content_Types].xml"):
        declared = grown + files.DOCX[part].removeprefix('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n')  # fmt: skip  # noqa: E501
        assert look(docx({part: declared})) is Reason.DAMAGED
        assert look(docx({part: declared.encode("utf-16")})) is Reason.DAMAGED
        assert look(docx({part: "<no end>"})) is Reason.DAMAGED


def test_relations_of_many_megabytes_are_not_read(look, monkeypatch):
    monkeypatch.setattr(office, "_SMALL", 10)
    monkeypatch.setattr(office, "HIGHEST_RATIO", 10**9)
    assert look(docx()) is Reason.ARCHIVE_BOMB


def test_a_document_with_locked_parts_is_refused(look):
    octets = bytearray(docx())
    octets[octets.rindex(b"PK\x01\x02") + 8] |= 1
    assert look(bytes(octets)) is Reason.ENCRYPTED


def action(kind, **more):
    def change(made):
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)

    return change


@pytest.mark.parametrize(
    "kind",
    ["JavaScript", "Launch", "ImportData", "SubmitForm", "Rendition", "GoToE", "GoToR"],
)
def test_a_pdf_that_does_something_is_refused(look, kind):
    assert look(pdf(action(kind))) is Reason.ACTIVE
    hidden = pdf(action(kind)).replace(f"/{kind}".encode(), b"/#" + f"{ord(kind[0]):02x}{kind[1:]}".encode())  # fmt: skip  # noqa: E501
    assert look(hidden) is Reason.ACTIVE, "written in another way"


@pytest.mark.parametrize("key", ["JS", "XFA"])
def test_a_pdf_with_a_program_anywhere_is_refused(look, key):
    def change(made):
        deep = pikepdf.Array([pikepdf.Dictionary({f"/{key}": pikepdf.String("app.alert(1)")})])
        made.pages[0].PieceInfo = pikepdf.Dictionary(X=pikepdf.Dictionary(Y=deep))

    assert look(pdf(change)) is Reason.ACTIVE
    packed = pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert key.encode() not in packed
    assert look(packed) is Reason.ACTIVE, "in a compressed stream of objects"


def test_lists_that_a_program_left_empty_are_taken(look):
    def change(made):
        empty = pikepdf.Dictionary(Names=pikepdf.Array([]))
        made.Root.Names = pikepdf.Dictionary(EmbeddedFiles=empty, JavaScript=empty)

    assert look(pdf(change)).kind is Kind.PDF


def test_a_pdf_that_carries_files_is_refused(look):
    def attach(made):
        made.attachments["run.exe"] = pikepdf.AttachedFileSpec(made, b"MZ")

    def note(made):
        made.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.RichMedia)])

    def stream(made):
        made.Root.X = made.make_stream(b"MZ", Type=pikepdf.Name.EmbeddedFile)

    for change in (attach, note, stream):
        assert look(pdf(change)) is Reason.EMBEDDED


@pytest.mark.parametrize("user", ["secret", ""])
def test_a_pdf_with_a_password_is_refused_also_when_it_opens_without(look, user):
    locked = pdf(encryption=pikepdf.Encryption(owner="owner", user=user))
    assert look(locked) is Reason.ENCRYPTED


def test_a_pdf_of_too_many_objects_or_too_deep_ones_is_too_costly(look, monkeypatch):
    monkeypatch.setattr(pdfs, "MOST_OBJECTS", 2)
    assert look(pdf(pages=5)) is Reason.TOO_COSTLY
    monkeypatch.undo()
    monkeypatch.setattr(pdfs, "_DEEPEST", 5)

    def deep(made):
        nested = pikepdf.Array([])
        for _ in range(10):
            nested = pikepdf.Array([nested])
        made.Root.X = nested

    assert look(pdf(deep)) is Reason.TOO_COSTLY


# ── in the child ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", GOOD)
def test_the_child_says_the_same(tmp_path, kind):
    path = tmp_path / "a file"
    path.write_bytes(GOOD[kind]())
    assert examine(path, LARGEST) == inside.look(path, by_head(path, LARGEST))


@pytest.mark.parametrize(
    ("octets", "reason"),
    [(pdf(action("Launch")), Reason.ACTIVE), (png() + b"x", Reason.POLYGLOT), (b"", Reason.EMPTY)],
)
def test_the_child_refuses_with_the_reason(tmp_path, octets, reason):
    path = tmp_path / "a file"
    path.write_bytes(octets)
    with pytest.raises(Unfit) as told:
        examine(path, LARGEST)
    assert told.value.reason is reason


def test_a_file_that_takes_too_much_memory_ends_its_child_alone(tmp_path):
    path = tmp_path / "a file"
    path.write_bytes(files.png_that_says(8_000, 8_000))
    for allowed, reason in ((ALLOWED, Reason.DAMAGED), (SMALL, Reason.TOO_COSTLY)):
        with pytest.raises(Unfit) as told:
            examine(path, LARGEST, allowed)
        assert told.value.reason is reason


SMALL = Allowance(memory=200 << 20)


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (-signal.SIGXCPU, b"", Reason.TOO_COSTLY),
        (-signal.SIGABRT, b"", Reason.TOO_COSTLY),
        (-signal.SIGSEGV, b"{}", Reason.DAMAGED),
        (0, b"", Reason.DAMAGED),
        (0, b'{"broke": "KeyError: 1"}', Reason.DAMAGED),
        (0, b'{"unfit": "macros"}', Reason.MACROS),
    ],
)
def test_however_a_child_ends_there_is_a_reason(status, said, reason):
    with pytest.raises(Unfit) as told:
        confined._answer("look", Kind.PDF, status, said)
    assert told.value.reason is reason


def test_a_child_knows_no_secret_and_writes_no_large_file(tmp_path, monkeypatch):
    """What a hostile file could do there, done by ourselves in the place of the task."""
    monkeypatch.setenv("SECRET_KEY", "for nobody")
    script = """
import json, os, sys
from app.documents import child
def do(*_):
    try:
        with open(sys.argv[4] + ".out", "wb") as file:
            file.write(bytes(2_000_000))
    except OSError as error:
        return {"environment": list(os.environ.values()), "said": error.strerror}
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
child._do = do
"""
    first = confined._START.replace(
        "from app.documents.child", f"{script}\nfrom app.documents.child"
    )
    monkeypatch.setattr(confined, "_START", first)
    told = confined.run("look", tmp_path / "x", Kind.PDF, allowed=Allowance(written=1_000_000))
    assert told["said"] == "File too large"
    assert "for nobody" not in told["environment"]


def test_a_child_that_talks_without_end_or_does_not_end_is_stopped(tmp_path, monkeypatch):
    for deed in ("while True: print('x' * 10_000)", "import time; time.sleep(600)"):
        monkeypatch.setattr(confined, "_START", deed)
        with pytest.raises(Unfit):
            confined.run("look", tmp_path, Kind.PDF, allowed=Allowance(lasting=-4))
