"""A folder and a bucket to keep documents in, and the settings that name them."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path

import pytest

from app.documents import store as documents
from tests.conftest import _values
from tests.support import s3
from tests.support.clamd import running_clamd


@pytest.fixture(scope="session")
def s3_address():
    with s3.s3_server() as address:
        yield address


@pytest.fixture
def values(tmp_path):
    """The settings of a portal that nobody starts: no database answers there."""
    return _values(
        database_url="postgresql://nobody@localhost/none",
        instance_dir=tmp_path / "instance",
        anchor_dir=tmp_path / "anchors",
    )


_numbers = itertools.count(1)


@pytest.fixture
def in_bucket(values, s3_address):
    """The same portal, with a new bucket of its own."""
    bucket = f"documents-{next(_numbers)}"
    s3.make_bucket(s3_address, bucket)
    return values.model_copy(
        update={
            "document_store_url": f"s3://{bucket}/kept",
            "s3_endpoint": s3_address,
            "s3_access_key_id": s3.KEY,
            "s3_secret_access_key": s3.SECRET,
        }
    )


@pytest.fixture
def folder(values):
    """A store that is a folder."""
    return documents.store(values)


@pytest.fixture
def bucket(in_bucket):
    """A store that is a bucket."""
    return documents.store(in_bucket)


@pytest.fixture(params=["folder", "bucket"])
def store(request):
    """A store of either kind."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def clamd():
    """A running scanner that knows one signature."""
    # Not pytest's folder: a socket's path may have 107 octets.
    folder = Path(tempfile.mkdtemp(prefix="clamd"))
    try:
        with running_clamd(folder) as running:
            yield running
    finally:
        shutil.rmtree(folder)
