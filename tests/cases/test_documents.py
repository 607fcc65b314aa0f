"""Documents as answers: sent whole or in parts, scanned, removed, kept until submission."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import func, select, update

from app.authority.queries import visible
from app.base import settings as base_settings
from app.base.errors import Conflict, NotFound, Refused
from app.cases.models import Document, Submission, Upload
from app.cases.rules.files import MOST_FILES, most_of
from app.cases.rules.progress import of_topic
from app.cases.service import answering, looking, parting, removing, sending
from app.cases.service.sending import Wanted
from app.documents.kinds import Found, Kind, Reason, Unfit
from app.documents.scanning import ScanState
from app.documents.store import Kept, store
from tests.cases.sending import Sending
from tests.documents import files
from tests.support.clamd import SIGN, running_clamd
from tests.support.race import race


@pytest.fixture
def sender(filing, owner):
    return Sending(filing, owner)


@pytest.fixture
def kept():
    """`kept()`: the keys of everything that the store holds."""
    return lambda: sorted(name for name, _, _ in store().listed(None))


def test_a_file_answers_its_question_byte_for_byte_as_it_came(sender, owner):
    octets = files.jpeg(exif=files.photographed())
    number = sender.send(octets, "Quai\u202e 3.JPG")
    row = sender.row(number)
    assert b"".join(store().read(row.key)) == octets
    assert (row.size, row.sha256) == (len(octets), hashlib.sha256(octets).hexdigest())
    assert (row.name, row.kind, row.sent_by) == ("Quai 3.jpg", "jpeg", owner.id)
    assert sender.there() == [number]


def test_a_document_is_told_to_the_trail_by_its_hash_and_its_name_can_be_erased(sender, filing):
    row = sender.row(sender.send())
    sender.remove(row.id)
    sender.bring_back(row.id)
    told = filing.told(
        "case_part.document_sent", "case_part.document_removed", "case_part.document_back"
    )
    assert [one.event for one in told] == [
        "case_part.document_sent",
        "case_part.document_removed",
        "case_part.document_back",
    ]
    for one in told:
        assert one.changes["sha256"] == [None, row.sha256]
        assert "plan.pdf" not in str(one.changes)


def test_a_question_is_answered_by_its_first_document(sender):
    def missing():
        part = sender.folder().parts[sender.section.code][0]
        shown = next(one for one in part.asked if one.topic.code == sender.topic.code)
        progress = of_topic(shown, part.filled)
        return progress.wanted - progress.given

    before = missing()
    number = sender.send()
    assert missing() == before - sender.question.required
    sender.remove(number)
    assert missing() == before


def test_a_question_takes_so_many_files_and_no_more(sender, kept):
    for place in range(most_of(sender.question)):
        sender.send(files.pdf(pages=place + 1))
    there = kept()
    with pytest.raises(Conflict, match="too_many_files"):
        sender.send(files.jpeg())
    assert kept() == there


def test_nothing_is_begun_for_a_question_that_is_full(sender, world):
    for place in range(most_of(sender.question)):
        sender.send(files.pdf(pages=place + 1))
    with pytest.raises(Conflict, match="too_many_files"):
        sender.begin(files.png())
    assert world.db.scalar(select(func.count()).select_from(Upload)) == 0


def test_two_who_send_the_last_file_at_once_leave_one(sender, kept):
    most = most_of(sender.question)
    for place in range(most - 1):
        sender.send(files.pdf(pages=place + 1))
    done = race(lambda: sender.send(files.jpeg()), lambda: sender.send(files.png()))
    assert [str(one) for one in done if isinstance(one, Exception)] == ["too_many_files"]
    assert len(sender.there()) == most
    assert len(kept()) == most


def test_the_same_file_sent_twice_is_there_once(sender, kept):
    octets = files.pdf()
    first, again = sender.send(octets), sender.send(octets, "autre nom.pdf")
    assert first == again
    assert sender.there() == [first]
    assert len(kept()) == 1


def test_the_same_file_for_a_full_question_is_said_to_be_there_and_no_other_is_taken(sender, kept):
    for place in range(most_of(sender.question)):
        octets = files.pdf(pages=place + 1)
        last = sender.send(octets, f"plan {place}.pdf")
    there = sender.there()
    came = sender.came(octets, "once more.pdf")
    assert (came.document, came.is_new, came.name) == (last, False, sender.row(last).name)
    assert (sender.there(), len(kept())) == (there, len(there))


@pytest.fixture
def takes_one(monkeypatch):
    """Every question of documents takes one file."""
    monkeypatch.setattr("app.cases.rules.files.most_of", lambda _question: 1)


@pytest.mark.usefixtures("takes_one")
def test_a_file_that_is_taken_again_replaces_the_only_one_which_can_come_back(sender, filing):
    first = sender.send(files.jpeg(), "quay.jpg")
    came = sender.came(files.png(), "quay again.png")
    assert (came.is_new, came.instead_of) == (True, "quay.jpg")
    assert sender.there() == [came.document]
    told = filing.told("case_part.document_removed")
    assert [one.changes["sha256"] for one in told] == [[None, sender.row(first).sha256]]
    sender.bring_back(first)
    assert sender.there() == [first]
    assert sender.row(came.document).removed_by == sender.person.id


@pytest.mark.usefixtures("takes_one")
def test_the_same_file_for_a_question_that_takes_one_is_said_to_be_there(sender):
    first = sender.send(files.jpeg(), "quay.jpg")
    came = sender.came(files.jpeg(), "quay.jpg")
    assert (came.document, came.is_new, came.instead_of) == (first, False, None)
    assert sender.there() == [first]


@pytest.mark.usefixtures("takes_one")
def test_two_who_replace_the_only_file_at_once_leave_one_and_the_other_can_come_back(sender):
    sender.send(files.pdf())
    race(lambda: sender.send(files.jpeg()), lambda: sender.send(files.png()))
    assert len(sender.there()) == 1


@pytest.mark.parametrize("state", [ScanState.INFECTED, ScanState.COULD_NOT_SCAN])
def test_a_file_that_nobody_may_open_gives_way_to_the_next_and_does_not_come_back(sender, state):
    good, bad = sender.send(files.pdf()), sender.send(files.jpeg(), "quay.jpg")
    looking.settle_scan(bad, state)
    came = sender.came(files.png())
    assert came.instead_of == "quay.jpg"
    assert sender.there() == [good, came.document]
    with pytest.raises(Conflict, match="file_refused"):
        sender.bring_back(bad)


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"<html><script>alert(1)</script>", Reason.UNKNOWN_KIND),
        (b"MZ" + b"\0" * 100, Reason.UNKNOWN_KIND),
        (files.pdf()[:60], Reason.DAMAGED),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing_behind(sender, world, kept, octets, reason):
    with pytest.raises(Unfit) as told:
        sender.send(octets, "facture.pdf")
    assert told.value.reason is reason
    assert kept() == []
    assert world.db.scalar(select(func.count()).select_from(Document)) == 0
    assert world.db.scalar(select(func.count()).select_from(Upload)) == 0


def test_a_file_that_says_that_it_is_small_is_counted(sender, monkeypatch, kept):
    monkeypatch.setattr(sending, "largest", lambda: 1_000)
    octets = files.pdf() + b"%" * 1_000
    with pytest.raises(Unfit) as told:
        sending.receive(
            sender.person.id, sender.account.id, sender.wanted, "x.pdf", 10, iter([octets] * 3)
        )
    assert told.value.reason is Reason.TOO_LARGE
    assert kept() == []


def test_a_file_that_is_announced_as_too_large_is_not_even_begun(sender, world):
    with pytest.raises(Unfit) as told:
        sender.begin(range(sending.largest() + 1))
    assert told.value.reason is Reason.TOO_LARGE
    assert world.db.scalar(select(func.count()).select_from(Upload)) == 0


def test_only_who_may_edit_a_section_sends_and_removes_its_documents(sender, world):
    number = sender.send()
    stranger = world.owner(world.account())
    for deed in (
        lambda: sender.send(files.png(), person=stranger),
        lambda: sender.remove(number, stranger),
        lambda: sender.bring_back(number, stranger),
    ):
        with pytest.raises(Refused):
            deed()
    assert sender.there() == [number]


def test_a_document_of_another_account_is_not_found(sender, world):
    number = sender.send()
    other = world.account()
    other_owner = world.owner(other)
    with pytest.raises(NotFound):
        removing.remove(other_owner.id, other.id, number)


@pytest.mark.parametrize("code", ["nothing", None])
def test_only_a_question_of_documents_that_is_asked_takes_one(sender, code):
    section = sender.section
    other = code or next(
        one.code for one in sender.topic.questions.values() if one.type != "document"
    )
    wanted = Wanted(sender.place, sender.topic.code, other)
    assert section.topics
    with pytest.raises((Conflict, NotFound)):
        sender.send(wanted=wanted)


def test_a_topic_that_does_not_apply_takes_no_document(sender, owner):
    assert sender.topic.may_not_apply, "the definition has no such topic with a document"
    answering.set_aside(owner.id, sender.account.id, sender.place, sender.topic.code, "Aucun.")
    with pytest.raises(Conflict, match="set_aside"):
        sender.send()


# ── in parts ────────────────────────────────────────────────────────────────────────────


def test_an_upload_goes_on_where_a_broken_connection_left_it(sender, kept):
    octets = files.pdf(pages=20)
    begun = sender.begin(octets)
    assert (begun.offset, begun.document) == (0, None)
    sender.take(begun.upload, 0, octets[:1_000])
    again = sender.begin(octets)
    assert (again.upload, again.offset) == (begun.upload, 1_000)
    done = sender.take(again.upload, 1_000, octets[1_000:])
    assert sender.row(done.document).sha256 == hashlib.sha256(octets).hexdigest()
    assert kept() == [sender.row(done.document).key]


def test_octets_that_come_twice_are_kept_once(sender):
    octets = files.pdf(pages=20)
    upload = sender.begin(octets).upload
    sender.take(upload, 0, octets[:1_000])
    assert sender.take(upload, 0, octets[:1_000]).offset == 1_000
    done = sender.take(upload, 1_000, octets[1_000:])
    assert sender.row(done.document).size == len(octets)


def test_another_file_of_the_same_name_begins_anew(sender):
    octets = files.pdf()
    first = sender.begin(octets, modified=1)
    assert sender.begin(octets, modified=2).upload != first.upload


def test_nobody_goes_on_with_the_upload_of_somebody_else(sender, filing, world):
    colleague = world.person_of(world.member(filing.account, 1))
    octets = files.pdf()
    upload = sender.begin(octets).upload
    with pytest.raises(NotFound):
        sender.take(upload, 0, octets, colleague)
    assert sender.begin(octets, person=colleague).upload != upload


def test_nobody_makes_the_upload_of_somebody_else_an_answer(sender, filing, world):
    colleague = world.person_of(world.member(filing.account, 1))
    upload = sender.begin(files.pdf()).upload
    found, kept = Found(Kind.PDF, 1), Kept(10, "a" * 64)
    with pytest.raises(NotFound):
        sending.finish(colleague.id, sender.account.id, sender.wanted, upload, found, kept)
    assert sender.there() == []


def test_an_upload_that_turns_out_unfit_leaves_nothing_behind(sender, world, kept):
    octets = b"<html>" + b"x" * 2_000
    upload = sender.begin(octets).upload
    with pytest.raises(Unfit):
        sender.take(upload, 0, octets)
    assert kept() == []
    assert world.db.scalar(select(func.count()).select_from(Upload)) == 0


def test_an_upload_that_nobody_went_on_with_is_swept_after_a_week(sender, clock, kept, world):
    octets = files.pdf(pages=20)
    sender.take(sender.begin(octets).upload, 0, octets[:1_000])
    looking.sweep()
    assert len(kept()) == 1
    clock.move(days=8)
    looking.sweep()
    assert kept() == []
    assert world.db.scalar(select(func.count()).select_from(Upload)) == 0


def test_each_sees_the_documents_of_the_sections_that_they_may_view(sender, filing, world):
    """By the same rule as the section: `visible` is asked for its own action, and no other."""
    number = sender.send()
    view = f"{sender.section.code}.view"
    mine = visible(sender.person.id, view, Document)
    assert [one.id for one in world.db.scalars(mine)] == [number]
    other = next(
        one.code
        for one in filing.kind.sections.values()
        if one.kind == "questions" and one.code != sender.section.code
    )
    assert world.db.scalars(visible(sender.person.id, f"{other}.view", Document)).all() == []
    stranger = world.owner(world.account())
    assert world.db.scalars(visible(stranger.id, view, Document)).all() == []


# ── the scanner, and previews ───────────────────────────────────────────────────────────


@pytest.fixture
def scanner(settings):
    """`scanner(answers=True)`: a clamd is set from here on, one that answers or not."""
    with ExitStack() as stack:

        def use(*, answers=True):
            address = "127.0.0.1:9"
            if answers:
                folder = Path(stack.enter_context(TemporaryDirectory(prefix="clamd")))
                address = stack.enter_context(running_clamd(folder)).port
            values = settings.model_copy(update={"clamd_address": address})
            base_settings.install(values)

        yield use


def test_a_document_waits_for_the_scanner_then_its_verdict_stays(sender, scanner, filing):
    scanner()
    clean = sender.send(files.pdf())
    infected = sender.send(files.docx({"word/media/x": SIGN}), "devis.docx")
    assert {sender.row(one).scan for one in (clean, infected)} == {"waiting"}
    for number in (clean, infected, clean, infected):
        looking.look_at(number)
    assert (sender.row(clean).scan, sender.row(infected).scan) == ("clean", "infected")
    assert sender.row(infected).preview_type is None
    told = filing.told("case_part.document_scanned")
    assert [one.changes["scan"] for one in told] == [[None, "clean"], [None, "infected"]]
    assert [one.actor_id for one in told] == [None, None]


def test_a_scanner_that_is_away_is_asked_again(sender, scanner, clock):
    scanner(answers=False)
    number = sender.send()
    with pytest.raises(looking.ScannerAway):
        looking.look_at(number)
    assert sender.row(number).scan == "waiting"
    assert looking.ask_again() == 0
    clock.move(hours=2)
    assert looking.ask_again() == 1


def test_what_was_sent_before_a_scanner_was_set_is_scanned_once_there_is_one(
    sender, scanner, clock
):
    number = sender.send()
    clock.move(hours=2)
    assert looking.ask_again() == 0
    scanner()
    assert looking.ask_again() == 1
    looking.look_at(number)
    assert sender.row(number).scan == "clean"


def test_without_a_scanner_a_document_says_that_it_was_not_scanned(sender):
    assert sender.row(sender.send()).scan == "not_scanned"


def test_a_preview_is_drawn_without_what_lies_beside_the_dots(sender):
    number = sender.send(files.jpeg(exif=files.photographed()), "quai.jpg")
    looking.look_at(number)
    looking.look_at(number)
    row = sender.row(number)
    assert (row.preview_type, row.preview_width, row.preview_height) == ("image/jpeg", 60, 40)
    drawn = b"".join(store().read(looking.preview_key(row.key)))
    assert b"Maker of telephones" not in drawn


def test_a_spreadsheet_has_no_preview(sender):
    number = sender.send(files.xlsx(), "liste.xlsx")
    looking.look_at(number)
    assert sender.row(number).preview_type is None


# ── kept until submission ───────────────────────────────────────────────────────────────


def test_a_removed_document_is_kept_and_comes_back(sender, kept):
    number = sender.send()
    sender.remove(number)
    sender.remove(number)
    assert sender.there() == []
    assert len(kept()) == 1
    sender.bring_back(number)
    sender.bring_back(number)
    assert sender.there() == [number]


def test_a_document_does_not_come_back_into_a_full_question(sender):
    number = sender.send()
    sender.remove(number)
    for place in range(most_of(sender.question)):
        sender.send(files.pdf(pages=place + 2))
    with pytest.raises(Conflict, match="too_many_files"):
        sender.bring_back(number)


def test_a_purged_document_does_not_come_back(sender):
    number = sender.send()
    sender.remove(number)
    looking.purge(number, sender.row(number).key)
    with pytest.raises(Conflict, match="file_gone"):
        sender.bring_back(number)
    assert not store().exists(sender.row(number).key)


def test_a_document_of_a_question_that_is_gone_does_not_come_back(sender, owner, world):
    left = Document(
        part_id=sender.part.row.id,
        question="asked_long_ago",
        key="documents/old",
        name="x.pdf",
        kind="pdf",
        size=1,
        sha256="a" * 64,
        scan="clean",
        scanned_at=world.now(),
        sent_by=owner.id,
        removed_by=owner.id,
        removed_at=world.now(),
    )
    world.db.add(left)
    world.db.commit()
    with pytest.raises(Conflict, match="not_asked"):
        sender.bring_back(left.id)


def test_nothing_is_done_with_the_documents_of_a_part_that_was_removed(sender, owner):
    number = sender.send()
    parting.remove(owner.id, sender.account.id, sender.place)
    with pytest.raises(NotFound):
        sender.remove(number)
    assert sender.row(number).removed_at is None


def test_what_came_back_meanwhile_is_not_purged(sender, kept):
    number = sender.send()
    looking.purge(number, sender.row(number).key)
    assert sender.row(number).purged_at is None
    assert len(kept()) == 1


def test_a_question_that_says_nothing_takes_some_files(sender):
    assert most_of(sender.question.model_copy(update={"most_files": None})) == MOST_FILES


@pytest.fixture
def submit(sender, world):
    """`submit()`: a submission of the case, made now."""

    def make():
        case_id = sender.part.row.case_id
        ordinal = 1 + (world.db.scalar(select(func.max(Submission.ordinal))) or 0)
        row = {"case_id": case_id, "ordinal": ordinal, "number": f"S-{ordinal}"}
        row |= {"definition_version": 1, "language": "fr", "submitted_by": sender.person.id}
        world.db.add(Submission(**row, snapshot={}, sha256="a" * 64))
        world.db.commit()

    return make


def test_a_removed_document_is_purged_after_the_submission_that_leaves_it_out(
    sender, submit, clock, kept
):
    gone, stays = sender.send(files.pdf()), sender.send(files.png())
    looking.look_at(gone)
    sender.remove(gone)
    assert looking.superfluous(sender.world.db) == []
    clock.move(hours=1)
    submit()
    found = looking.superfluous(sender.world.db)
    assert [number for number, _key in found] == [gone]
    for number, key in found * 2:
        looking.purge(number, key)
    assert sender.row(gone).purged_at is not None
    assert kept() == [sender.row(stays).key]
    assert len(sender.filing.told("case_part.document_purged")) == 1


def test_a_document_that_a_submission_holds_is_never_purged(sender, submit, clock, kept):
    held = sender.send()
    clock.move(hours=1)
    submit()
    clock.move(hours=1)
    sender.remove(held)
    clock.move(hours=1)
    submit()
    assert looking.superfluous(sender.world.db) == []
    assert len(kept()) == 1


def test_a_worker_that_died_before_it_deleted_a_purged_document_does_so_next_time(
    sender, submit, clock, kept, world
):
    number = sender.send()
    sender.remove(number)
    clock.move(hours=1)
    submit()
    with world.as_owner() as owner:
        owner.execute(update(Document).values(purged_at=world.now()))
    for document, key in looking.superfluous(world.db):
        looking.purge(document, key)
    assert kept() == []
