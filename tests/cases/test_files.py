"""How many files a question takes, and what a scanner's verdict means for one."""

from __future__ import annotations

import pytest

from app.cases.rules import files
from app.documents.scanning import ScanState
from tests.cases.conftest import question


def test_a_question_takes_as_many_files_as_it_says():
    assert files.most_of(question("document", most_files="2")) == 2


def test_a_question_that_says_nothing_takes_five():
    assert files.most_of(question("document")) == files.MOST_FILES == 5


ANSWERING = {"waiting", "clean", "not_scanned", "could_not_scan"}
OPENED = {"clean", "not_scanned"}


@pytest.mark.parametrize("state", ScanState)
def test_a_document_answers_unless_it_is_known_to_be_harmful(state):
    assert files.answers(state) is (state in ANSWERING)


@pytest.mark.parametrize("state", ScanState)
def test_a_document_is_given_out_and_submitted_once_nothing_was_found_in_it(state):
    assert files.may_be_opened(state) is (state in OPENED)
    assert files.may_be_submitted(state) is (state in OPENED)


CLEAN, BAD, UNSEEN = "clean", "infected", "could_not_scan"


@pytest.mark.parametrize(
    ("most", "scans", "place"),
    [
        ("1", [], None),
        ("1", [CLEAN], 0),
        ("1", [BAD], 0),
        ("3", [CLEAN], None),
        ("3", [CLEAN, CLEAN, CLEAN], None),
        ("3", [CLEAN, UNSEEN, BAD], 1),
    ],
)
def test_a_new_file_takes_the_place_of_the_only_one_or_of_one_that_nobody_may_open(
    most, scans, place
):
    assert files.gives_way(question("document", most_files=most), scans) == place


@pytest.mark.parametrize(
    ("most", "scans", "room"),
    [("1", [CLEAN], True), ("2", [CLEAN], True), ("2", [CLEAN, CLEAN], False),
     ("2", [CLEAN, BAD], True)],
)  # fmt: skip
def test_there_is_room_where_one_more_fits_or_one_gives_way(most, scans, room):
    assert files.has_room(question("document", most_files=most), scans) is room


@pytest.mark.parametrize("scan", ScanState)
@pytest.mark.parametrize(("submitted", "purged"), [(True, False), (True, True), (False, False)])
def test_the_staff_open_what_a_submission_holds_and_is_still_kept(scan, submitted, purged):
    found = files.opens_for_staff(scan, submitted=submitted, purged=purged)
    assert found is (scan in OPENED and submitted and not purged)
