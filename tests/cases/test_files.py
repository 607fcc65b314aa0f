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
