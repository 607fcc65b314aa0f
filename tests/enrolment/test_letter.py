"""The registered letter: an accessible file, in the business's language, that tells no log."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pikepdf
import pytest
from pypdf import PdfReader

from app.enrolment.letter import LetterContent, LetterFacts, compose, render, render_many
from app.programs.limits import limits
from tests.support.definitions import transferring

CODE, CLIENT = "K7QD4MXP92HT", "48213607"
ADDRESS = {
    "name": "Quincaillerie Boréale inc.",
    "street": "1180, boulevard La Salle, bureau 4",
    "city": "Baie-Comeau",
    "region": "QC",
    "postal_code": "G5C 3B1",
    "country": "CA",
}
LONG = {
    "name": "Les Entreprises de transport intermodal et d’entreposage frigorifique de la"
    " Côte-Nord et du Bas-Saint-Laurent Gagné, Tremblay, Desrochers et associés, société en nom"
    " collectif à responsabilité limitée",
    "street": "a/s du service des finances, édifice Papineau-Lafontaine, 4e étage\n"
    "1180, boulevard La Salle Nord-Est, bureau 400, case postale 1234, succursale Centre-ville",
    "city": "Sainte-Marguerite-du-Lac-Masson",
    "region": "QC",
    "postal_code": "G5C 3B1",
    "country": "CA",
}


pytestmark = pytest.mark.usefixtures("words")


def letter(language: str = "fr", **changes: object) -> LetterContent:
    facts = {
        "language": language,
        "number": "L-2026-031882",
        "addressee": "Rose-Aimée Gagné",
        "address": ADDRESS,
        "client_number": CLIENT,
        "code": CODE,
        "made_at": datetime(2026, 10, 23, 15, 0, tzinfo=UTC),
        "expires_at": datetime(2026, 12, 8, 4, 59, 59, tzinfo=UTC),
        **changes,
    }
    program = transferring()
    return compose(program, limits().letter_code, LetterFacts(**facts), "https://guichet.example")


def opened(file: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(file))


def text_of(file: bytes) -> str:
    pages = (
        page.extract_text(extraction_mode="layout") for page in PdfReader(io.BytesIO(file)).pages
    )
    return re.sub(r"[ \u00a0\n\f]+", " ", "\n".join(pages))


def tags(pdf: pikepdf.Pdf) -> list[str]:
    """The names of the structure elements, in reading order."""

    def walk(node: pikepdf.Object) -> Iterator[str]:
        if isinstance(node, pikepdf.Array):
            for kid in node:
                yield from walk(kid)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            yield str(node["/S"])
            if "/K" in node:
                yield from walk(node["/K"])

    return list(walk(pdf.Root.StructTreeRoot.K))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_letter_is_a_tagged_pdf_ua_1_in_the_language_of_the_business(language):
    pdf = opened(render(letter(language)))
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.Root.Lang).lower().startswith(language)
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == str(pdf.docinfo["/Title"])
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    found = tags(pdf)
    assert found.count("/H1") == 1
    assert found.count("/H2") == 3
    assert found.count("/LI") == 4
    assert found.index("/H1") < found.index("/H2") < found.index("/L")


def test_every_font_of_the_letter_is_embedded():
    pdf = opened(render(letter()))
    fonts = [obj for obj in pdf.objects if isinstance(obj, pikepdf.Dictionary)]
    descriptors = [obj for obj in fonts if obj.get("/Type") == "/FontDescriptor"]
    assert descriptors
    for descriptor in descriptors:
        assert any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3"))
        assert "AtkinsonHyperlegible" in str(descriptor.FontName)


@pytest.mark.parametrize("paper", ["us-letter", "a4"])
@pytest.mark.parametrize("address", [ADDRESS, LONG])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_letter_is_one_page_on_letter_and_on_a4_however_long_the_name(language, address, paper):
    content = letter(language, address=address, addressee="Marie-Bernadette-Joséphine " * 3)
    pdf = opened(render(content, paper))
    assert len(pdf.pages) == 1
    height = float(pdf.pages[0].mediabox[3])
    assert height == pytest.approx(842 if paper == "a4" else 792, abs=1)


def test_the_letter_holds_both_numbers_the_last_day_and_the_address_of_the_registry():
    text = text_of(render(letter()))
    assert "4821 3607" in text
    assert "K7QD 4MXP 92HT" in text
    assert "Votre code d’activation expire le 7 décembre 2026" in text
    assert "7 décembre 2026, 23 h 59 (HE)" in text
    assert "Quincaillerie Boréale inc. 1180, boulevard La Salle, bureau 4" in text
    assert "Baie-Comeau (Québec) G5C 3B1" in text
    assert "guichet.example/fr/activate" in text
    assert "Le 23 octobre 2026" in text
    assert "Page 1 sur 1 · L-2026-031882" in text


def test_the_english_letter_has_english_dates_and_address():
    text = text_of(render(letter("en")))
    assert "December 7, 2026, 11:59 pm ET" in text
    assert "October 23, 2026" in text
    assert "Baie-Comeau QC G5C 3B1" in text
    assert "guichet.example/en/activate" in text


def test_the_postal_code_stands_after_two_spaces_that_stay_together():
    content = letter("en")
    assert content.address[-1] == "Baie-Comeau QC\u00a0\u00a0G5C\u00a03B1"


@pytest.mark.parametrize(("language", "word"), [("fr", "English"), ("en", "français")])
def test_each_letter_says_in_the_other_language_that_it_exists_in_it(language, word):
    content = letter(language)
    assert content.other_language.language != language
    assert word in content.other_language.text
    assert word in text_of(render(content))


def test_the_code_is_in_no_metadata_of_the_file_and_in_no_printed_form_of_its_words():
    content = letter()
    file = render(content)
    pdf = opened(file)
    metadata = bytes(pdf.Root.Metadata.read_bytes()).decode()
    said = metadata + str(dict(pdf.docinfo)) + repr(content) + str(content)
    for secret in (CODE, CODE[:4], CODE[4:8], CODE[8:], CLIENT, CLIENT[:4]):
        assert secret not in said


def test_many_letters_make_one_file_of_one_page_each_in_order():
    contents = [letter("fr"), letter("en", number="L-2026-031883", code="XXXXYYYYZZZZ")]
    file = render_many(contents)
    assert len(opened(file).pages) == 2
    text = text_of(file)
    assert text.index("K7QD 4MXP 92HT") < text.index("XXXX YYYY ZZZZ")
    assert text.index("L-2026-031882") < text.index("L-2026-031883")
    assert "pages" not in text
    assert tags(opened(file)).count("/H1") == 2


def test_a_per_cent_sign_in_a_name_is_printed_as_it_is():
    content = letter(address={**ADDRESS, "name": "100 % Vélo %(code)s inc."})
    assert "100 % Vélo %(code)s inc." in content.opening
