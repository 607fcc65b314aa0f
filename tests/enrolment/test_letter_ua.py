"""Every letter keeps to PDF/UA-1; and the checker that says so sees each way of breaking it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pikepdf
import pytest

from app.enrolment.letter import render, render_many
from app.enrolment.service import letters
from tests.enrolment import steps
from tests.enrolment.test_letter import ADDRESS, LONG, letter
from tests.support.pdf_ua import faults

ABROAD = ADDRESS | {
    "city": "Saint Albans",
    "region": "VT",
    "postal_code": "05478",
    "country": "US",
}


# ── sound letters ───────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("paper", ["us-letter", "a4"])
@pytest.mark.parametrize("address", [ADDRESS, LONG, ABROAD], ids=["usual", "long", "abroad"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_letter_keeps_to_pdf_ua(language, address, paper):
    assert faults(render(letter(language, address=address), paper), language) == []


@pytest.mark.usefixtures("words")
def test_a_file_of_many_letters_keeps_to_pdf_ua():
    several = [letter(one, number=f"L-2026-00000{n}") for n, one in enumerate(("fr", "en", "fr"))]
    assert faults(render_many(several), "fr") == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_letters_that_officers_make_keep_to_pdf_ua(world, registrant, officer, language):
    """Made, made anew before it left, made after one came back, for both countries."""
    for base in ("CA", "US"):
        entry = world.registry_entry(f"Les Scieries {base} inc.", language=language, base=base)
        registration = steps.register(world, registrant, entry)
        first = letters.make(officer.id, [steps.last_letter(registration).id])
        again = letters.make_anew(officer.id, [steps.last_letter(registration).id], "a4")
        for file in (first, again):
            assert faults(file.content, language) == []


# ── damaged letters ─────────────────────────────────────────────────────────────────────

Damage = Callable[[pikepdf.Pdf], None]
DAMAGES: dict[str, tuple[Damage, str]] = {}


def breaks(fault: str) -> Callable[[Damage], Damage]:
    """One way of damaging a letter, and the fault that must be told."""

    def keep(damage: Damage) -> Damage:
        DAMAGES[damage.__name__] = (damage, fault)
        return damage

    return keep


def elements(pdf: pikepdf.Pdf, kind: str) -> list[pikepdf.Dictionary]:
    """The tags of a kind, in reading order."""

    def walk(node: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
        for kid in node.K if isinstance(node.get("/K"), pikepdf.Array) else [node.get("/K")]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield kid
                yield from walk(kid)

    return [one for one in walk(pdf.Root.StructTreeRoot) if f"/{kind}" == one.S]


def rewrite(pdf: pikepdf.Pdf, change: Callable[[list], list]) -> None:
    """Change what the first page paints."""
    page = pdf.pages[0]
    instructions = change(list(pikepdf.parse_content_stream(page)))
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))


def operator(name: str, *operands: object) -> pikepdf.ContentStreamInstruction:
    return pikepdf.ContentStreamInstruction(list(operands), pikepdf.Operator(name))


def first_font(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    return next(iter(pdf.pages[0].resources.Font.values()))


@breaks("7.1: it does not say that it is tagged")
def is_not_said_to_be_tagged(pdf):
    pdf.Root.MarkInfo.Marked = False


@breaks("7.1: its tags are said to be doubtful")
def is_said_to_be_doubtful(pdf):
    pdf.Root.MarkInfo.Suspects = True


@breaks("7.1: no tags at all")
def has_no_tree(pdf):
    del pdf.Root.StructTreeRoot


@breaks("7.1: the tree of tags is empty")
def has_an_empty_tree(pdf):
    pdf.Root.StructTreeRoot.K = pikepdf.Array()


@breaks("7.1: the tree of tags has no end")
def has_a_tree_that_never_ends(pdf):
    heading = elements(pdf, "H1")[0]
    heading.K = pikepdf.Array([heading])


@breaks("7.1: a H2 that does not know its parent")
def has_a_tag_with_another_parent(pdf):
    elements(pdf, "H2")[0].P = elements(pdf, "H1")[0]


@breaks("7.1: a tag without a kind")
def has_a_tag_without_a_kind(pdf):
    del elements(pdf, "H2")[0].S


@breaks("7.1: Paragraph is no kind of tag")
def has_a_kind_that_nobody_knows(pdf):
    elements(pdf, "P")[0].S = pikepdf.Name.Paragraph


@breaks("7.1: no metadata")
def has_no_metadata(pdf):
    del pdf.Root.Metadata


@breaks("5: it does not claim PDF/UA-1")
def claims_nothing(pdf):
    with pdf.open_metadata() as metadata:
        del metadata["pdfuaid:part"]


@breaks("7.1: no title")
def has_no_title(pdf):
    with pdf.open_metadata() as metadata:
        del metadata["dc:title"]


@breaks("7.1: two titles")
def has_two_titles(pdf):
    pdf.docinfo["/Title"] = "Another"


@breaks("7.1: a window would show the file's name")
def hides_its_title(pdf):
    del pdf.Root.ViewerPreferences


@breaks("7.2: no language of the document")
def has_no_language(pdf):
    del pdf.Root.Lang


@breaks("7.2: in en-CA, and should be in fr")
def is_in_another_language_than_it_says(pdf):
    pdf.Root.Lang = "en-CA"


@breaks("7.2: no language is called 'français'")
def calls_its_language_by_no_code(pdf):
    pdf.Root.Lang = "français"


@breaks("7.2: no language is called 'anglais'")
def calls_a_sentence_s_language_by_no_code(pdf):
    elements(pdf, "P")[-1].Lang = "anglais"


@breaks("neither tagged nor decoration")
def paints_outside_of_its_tags(pdf):
    rewrite(pdf, lambda told: [*told, operator("re", 0, 0, 9, 9), operator("f")])


@breaks("7.1: a mark that never ends")
def leaves_a_mark_open(pdf):
    def drop_the_last_end(told):
        last = max(n for n, one in enumerate(told) if str(one.operator) == "EMC")
        return told[:last] + told[last + 1 :]

    rewrite(pdf, drop_the_last_end)


@breaks("7.1: a mark ends that never began")
def ends_a_mark_twice(pdf):
    rewrite(pdf, lambda told: [*told, operator("EMC")])


@breaks("7.1: decoration inside of tagged content")
def calls_its_words_decoration(pdf):
    rewrite(pdf, lambda told: within_first(told, [operator("BMC", pikepdf.Name.Artifact)]))


@breaks("7.1: tagged content inside of decoration")
def tags_its_decoration(pdf):
    rewrite(
        pdf,
        lambda told: [
            operator("BMC", pikepdf.Name.Artifact),
            *told,
            operator("EMC"),
        ],
    )


def within_first(told, begun):
    """The same, with another mark inside of the first tagged one."""
    start = next(n for n, one in enumerate(told) if begins_a_tag(one))
    return [*told[: start + 1], *begun, operator("EMC"), *told[start + 1 :]]


def begins_a_tag(one) -> bool:
    return str(one.operator) == "BDC" and "/MCID" in one.operands[1]


@breaks("7.1: two pieces of content have the number")
def uses_a_number_twice(pdf):
    def repeat(told):
        tags = [one for one in told if begins_a_tag(one)]
        tags[1].operands[1]["/MCID"] = tags[0].operands[1]["/MCID"]
        return told

    rewrite(pdf, repeat)


@breaks("belongs to no tag")
def drops_a_tag(pdf):
    heading = elements(pdf, "H1")[0]
    heading.P.K = pikepdf.Array([kid for kid in heading.P.K if kid.objgen != heading.objgen])


@breaks("holds content that is not there")
def tags_what_is_not_there(pdf):
    elements(pdf, "H1")[0].K = pikepdf.Array([4000])


@breaks("belongs to two tags")
def reads_its_words_twice(pdf):
    first, second = elements(pdf, "H2")[:2]
    second.K = pikepdf.Array([*second.K, *first.K])


@breaks("7.1: a H1 holds content of no page")
def holds_content_of_no_page(pdf):
    heading = elements(pdf, "H1")[0]
    del heading.Pg


@breaks("no way from its content to its tags (StructParents)")
def has_no_way_back(pdf):
    del pdf.pages[0].StructParents


@breaks("no way from its content to its tags (ParentTree)")
def has_a_way_back_to_nowhere(pdf):
    pdf.pages[0].StructParents = 4000


@breaks("leads to another tag than the one that holds it")
def has_a_way_back_to_another_tag(pdf):
    parents = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
    key = int(pdf.pages[0].StructParents)
    parents[key] = pikepdf.Array([*parents[key][1:], parents[key][0]])


@breaks("7.4: the first heading is an H2")
def has_no_first_heading(pdf):
    elements(pdf, "H1")[0].S = pikepdf.Name.H2


@breaks("7.4: an H4 after an H1")
def leaves_out_a_heading(pdf):
    elements(pdf, "H2")[0].S = pikepdf.Name.H4


@breaks("7.4: no heading")
def has_no_heading(pdf):
    for kind in ("H1", "H2"):
        for heading in elements(pdf, kind):
            heading.S = pikepdf.Name.P


@breaks("7.1: a H1 that holds nothing")
def has_an_empty_heading(pdf):
    elements(pdf, "H1")[0].K = pikepdf.Array()


@breaks("7.5, 7.6: a P in a L")
def has_a_list_of_paragraphs(pdf):
    elements(pdf, "LI")[0].S = pikepdf.Name.P


@breaks("7.5, 7.6: a LI in")
def has_an_item_of_no_list(pdf):
    elements(pdf, "L")[0].S = pikepdf.Name.Div


@breaks("7.3, 7.7: a Figure without words")
def has_a_picture_without_words(pdf):
    elements(pdf, "P")[0].S = pikepdf.Name.Figure


@breaks("7.5: a table without heads")
def has_a_table_without_heads(pdf):
    make_table(pdf, "TD")


@breaks("7.5: a head of a table that does not say of what")
def has_a_head_of_nothing(pdf):
    make_table(pdf, "TH")


def make_table(pdf, kind):
    """The list of steps as a table of one column."""
    steps_taken = elements(pdf, "L")[0]
    for item in elements(pdf, "LI"):
        item.S = pikepdf.Name.TR
        for part in item.K:
            part.S = pikepdf.Name(f"/{kind}")
    steps_taken.S = pikepdf.Name.Table


@breaks("7.9: a note without its own name")
def has_a_note_without_a_name(pdf):
    elements(pdf, "P")[-1].S = pikepdf.Name.Note


@breaks("is not in the file")
def leaves_a_font_out(pdf):
    descriptor = first_font(pdf).DescendantFonts[0].FontDescriptor
    for name in ("/FontFile", "/FontFile2", "/FontFile3"):
        if name in descriptor:
            del descriptor[name]


@breaks("does not say which letters it shows")
def has_a_font_of_no_letters(pdf):
    del first_font(pdf).ToUnicode


@breaks("signs of which it names no letter")
def has_a_font_that_misses_letters(pdf):
    font = first_font(pdf)
    font.ToUnicode = pdf.make_stream(
        b"1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        b"1 beginbfchar\n<0001> <0041>\nendbfchar"
    )


@breaks("shows a sign that is no letter")
def has_a_font_with_a_sign_of_no_letter(pdf):
    font = first_font(pdf)
    source = font.ToUnicode.read_bytes() + b"\n1 beginbfchar\n<fffe> <0000>\nendbfchar"
    font.ToUnicode = pdf.make_stream(source)


@breaks("7.18.1: a /Link that belongs to no tag")
def has_a_link_of_no_tag(pdf):
    add_link(pdf)


@breaks("7.18.3: the tabulator does not follow the tags")
def has_a_link_out_of_order(pdf):
    add_link(pdf)
    del pdf.pages[0].Tabs


@breaks("7.18.5: a /Link without words")
def has_a_link_without_words(pdf):
    add_link(pdf)


def add_link(pdf):
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://guichet.example"),
    )
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(link)])


@breaks("7.16: it is locked")
def is_locked(pdf):
    """By its encryption, which is chosen when it is saved."""


@breaks("not one of our letters")
def asks_to_be_filled_in(pdf):
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array())


LOCKED = pikepdf.Encryption(owner="o", user="")


@pytest.fixture(scope="module")
def sound() -> bytes:
    """A letter, drawn once, that is damaged again and again."""
    from flask import Flask
    from flask_babel import Babel

    from config import ROOT

    speaking = Flask(__name__)
    speaking.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    Babel(speaking)
    with speaking.app_context():
        return render(letter("fr"))


@pytest.mark.parametrize("name", DAMAGES)
def test_the_checker_sees_a_letter_that(sound: bytes, name: str):
    damage, fault = DAMAGES[name]
    with pikepdf.open(io.BytesIO(sound)) as pdf:
        damage(pdf)
        damaged = io.BytesIO()
        pdf.save(damaged, encryption=LOCKED if damage is is_locked else None)
    told = faults(damaged.getvalue(), "fr")
    assert any(fault in one for one in told), told
