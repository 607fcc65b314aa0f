"""Previews: drawn anew, upright, small, and without anything but their dots."""

from __future__ import annotations

import io
import math

import pikepdf
import pytest
from PIL import Image, ImageCms, ImageOps

from app.documents import drawing, previews
from app.documents.confined import Allowance
from app.documents.kinds import Kind, Reason, Unfit
from tests.documents import files
from tests.documents.files import GOOD


@pytest.fixture
def draw(tmp_path):
    """`draw(octets, kind)`: the preview, opened; no child."""

    def make(octets, kind):
        path, into = tmp_path / "a file", tmp_path / "preview"
        path.write_bytes(octets)
        into.unlink(missing_ok=True)
        told = drawing.draw(path, kind, into)
        picture = Image.open(io.BytesIO(into.read_bytes()))
        assert Image.MIME[picture.format] == told["media_type"]
        assert (told["width"], told["height"]) == picture.size
        return picture

    return make


def is_red(picture, x, y):
    red, green, blue = picture.convert("RGB").getpixel((x, y))
    return red > 180 and green < 90 and blue < 90


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("kind", [Kind.JPEG, Kind.HEIC, Kind.PNG])
def test_a_picture_is_shown_upright_however_the_telephone_was_held(draw, kind, turned):
    make = {Kind.JPEG: files.jpeg, Kind.HEIC: files.heic, Kind.PNG: files.png}[kind]
    exif = files.photographed(turned)
    octets = make(files.drawing(160, 80), exif=exif)
    upright = files.drawing(160, 80)
    upright.getexif()[0x0112] = turned
    upright = ImageOps.exif_transpose(upright)
    drawn = draw(octets, kind)
    assert drawn.size == upright.size
    width, height = drawn.size
    for x in (width // 8, width - width // 8):
        for y in (height // 8, height - height // 8):
            assert is_red(drawn, x, y) == is_red(upright, x, y)


@pytest.mark.parametrize("kind", [Kind.JPEG, Kind.HEIC, Kind.PNG])
def test_the_place_and_the_telephone_stay_with_the_original(draw, kind):
    make = {Kind.JPEG: files.jpeg, Kind.HEIC: files.heic, Kind.PNG: files.png}[kind]
    octets = make(exif=files.photographed())
    assert b"Maker of telephones" in octets
    with Image.open(io.BytesIO(octets)) as original:
        assert original.getexif().get_ifd(files.PLACE)
    drawn = draw(octets, kind)
    assert not drawn.getexif()
    assert b"Maker" not in drawn.fp.read() if drawn.fp else True
    assert not set(drawn.info) & {"exif", "icc_profile", "comment", "xmp", "Comment", "photoshop"}


def test_nothing_else_comes_along(draw, tmp_path):
    for octets, kind in (
        (files.jpeg(comment=b"a secret remark"), Kind.JPEG),
        (files.jpeg() + files.FILM, Kind.JPEG),
        (files.with_text("a secret remark"), Kind.PNG),
    ):
        draw(octets, kind)
        written = (tmp_path / "preview").read_bytes()
        assert b"a secret remark" not in written
        assert b"ftyp" not in written


def test_a_large_picture_becomes_a_small_one_of_the_same_form(draw):
    drawn = draw(files.jpeg(files.drawing(3000, 1000)), Kind.JPEG)
    assert drawn.size == (drawing.LONGEST_SIDE, 400)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_sort_of_png_is_drawn(draw, mode):
    grey = files.drawing().convert("L")
    picture = grey.convert(mode) if mode == "I;16" else files.drawing().convert(mode)
    assert draw(files.png(picture), Kind.PNG).mode in {"RGB", "RGBA"}


def test_what_is_transparent_stays_so(draw):
    glass = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    assert draw(files.png(glass), Kind.PNG).getpixel((5, 5))[3] == 0


def test_a_picture_in_a_printers_colours_is_drawn(draw):
    drawn = draw(files.jpeg(files.drawing().convert("CMYK")), Kind.JPEG)
    assert drawn.mode == "RGB"


def test_a_profile_of_colours_is_applied_and_left_behind(draw):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for one in (profile, own, b"no profile at all"):
        drawn = draw(files.png(icc_profile=one), Kind.PNG)
        assert "icc_profile" not in drawn.info
    assert is_red(draw(files.png(icc_profile=own), Kind.PNG), 5, 5)


def test_the_first_page_of_a_pdf_is_drawn(draw):
    def fill(made):
        made.pages[0].Contents = made.make_stream(b"1 0 0 rg 0 396 306 396 re f")

    drawn = draw(files.pdf(fill, pages=2), Kind.PDF)
    assert drawn.size == (928, 1200)
    assert is_red(drawn, 100, 100)
    assert drawn.getpixel((900, 1100)) == (255, 255, 255)


@pytest.mark.parametrize("size", [(1, 1), (100_000, 10), (10**7, 10**7), (0.001, 5)])
def test_a_page_of_any_size_gives_a_bounded_preview(draw, size):
    def resize(made):
        made.pages[0].MediaBox = pikepdf.Array([0, 0, *map(str_number, size)])

    try:
        drawn = draw(files.pdf(resize), Kind.PDF)
    except Unfit as unfit:
        refused = unfit.reason
    else:
        refused = None
        assert max(drawn.size) <= drawing.LONGEST_SIDE
    assert refused in {None, Reason.DAMAGED}


def str_number(value):
    return value if isinstance(value, int) and math.isfinite(value) else float(value)


def test_a_picture_of_too_many_dots_is_not_drawn(draw):
    with pytest.raises(Unfit) as told:
        draw(files.png_that_says(9_000, 9_000), Kind.PNG)
    assert told.value.reason is Reason.TOO_MANY_PIXELS


# ── in the child ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", GOOD)
def test_the_child_draws_each_kind_that_has_a_preview(tmp_path, kind):
    path, into = tmp_path / "a file", tmp_path / "preview"
    path.write_bytes(GOOD[kind]())
    drawn = previews.draw(path, Kind(kind), into)
    if Kind(kind) in previews.DRAWN:
        assert into.stat().st_size > 0
        assert drawn.media_type in {"image/png", "image/jpeg"}
    else:
        assert drawn is None
        assert not into.exists()


def test_a_pdf_that_never_ends_drawing_ends_its_child_alone(tmp_path):
    def toil(made):
        page = made.pages[0]
        page.Resources = pikepdf.Dictionary(
            ExtGState=pikepdf.Dictionary(G=pikepdf.Dictionary(ca=0.5, BM=pikepdf.Name.Luminosity))
        )
        page.Contents = made.make_stream(b"/G gs " + b"0 0 612 792 re f " * 100_000)

    path = tmp_path / "a file"
    path.write_bytes(files.pdf(toil))
    assert path.stat().st_size < 100_000
    with pytest.raises(Unfit) as told:
        previews.draw(path, Kind.PDF, tmp_path / "preview", Allowance(computing=1))
    assert told.value.reason is Reason.TOO_COSTLY


def test_what_cannot_be_drawn_is_told(tmp_path, draw):
    path = tmp_path / "a file"
    for octets, kind in ((b"%PDF-1.7\nno", Kind.PDF), (b"\xff\xd8\xff", Kind.JPEG)):
        with pytest.raises(Unfit):
            draw(octets, kind)
        with pytest.raises(Unfit) as told:
            previews.draw(path, kind, tmp_path / "preview")
        assert told.value.reason is Reason.DAMAGED
