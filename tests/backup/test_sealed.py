"""A sealed file is read only as it was written, with its key, in a chunk's memory."""

from __future__ import annotations

import secrets
import shutil
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ops.backup.errors import BackupError
from app.ops.backup.sealed import CHUNK, Reader, Writer, read_key

KEY = b"k" * 32
HEADER = 17 + 16 + 16 + 1 + 4 + 8
"""Of a part with a name of four letters."""


def seal(path, *pieces, key=KEY, backup=b"b" * 16):
    with Writer(path, key, backup) as file:
        for piece in pieces:
            file.write(piece)
    return path


def unseal(path, key=KEY):
    with Reader(path, key) as file:
        return file.read()


@given(sizes=st.lists(st.sampled_from([0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1]), max_size=5))
def test_what_is_read_is_what_was_written(tmp_path_factory, sizes):
    pieces = [secrets.token_bytes(size) for size in sizes]
    path = seal(tmp_path_factory.mktemp("sealed") / "part", *pieces)
    assert unseal(path) == b"".join(pieces)
    assert path.stat().st_size == HEADER + sum(sizes) + 16 * max(1, -(-sum(sizes) // CHUNK))


@pytest.fixture
def three(tmp_path):
    return seal(tmp_path / "part", secrets.token_bytes(3 * CHUNK))


def chunks(path):
    content, step = path.read_bytes(), CHUNK + 16
    return content[:HEADER], [content[i : i + step] for i in range(HEADER, len(content), step)]


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 2, 1], [0, 1], [0, 0, 2], [0, 1, 1, 2], []])
def test_chunks_moved_left_out_or_repeated_are_refused(three, order):
    header, found = chunks(three)
    three.write_bytes(header + b"".join(found[i] for i in order))
    with pytest.raises(BackupError, match="damaged or cut short"):
        unseal(three)


def test_a_chunk_of_another_part_or_backup_does_not_fit(three, tmp_path):
    header, found = chunks(three)
    for name, backup in (("trap", b"b" * 16), ("part", b"c" * 16)):
        (tmp_path / name[0] / "x").parent.mkdir(exist_ok=True)
        other = seal(tmp_path / name[0] / name, secrets.token_bytes(3 * CHUNK), backup=backup)
        three.write_bytes(header + found[0] + chunks(other)[1][1] + found[2])
        with pytest.raises(BackupError, match="damaged"):
            unseal(three)
        shutil.rmtree(tmp_path / name[0])


def test_another_key_is_named_as_what_is_wrong(three):
    with pytest.raises(BackupError, match="not the key"):
        unseal(three, b"x" * 32)


def test_a_file_that_was_never_finished_is_refused(tmp_path):
    with suppress(RuntimeError), Writer(tmp_path / "part", KEY, b"b" * 16) as file:
        file.write(b"x" * 3 * CHUNK)
        raise RuntimeError
    with pytest.raises(BackupError, match="damaged or cut short"):
        unseal(tmp_path / "part")


def test_a_large_part_takes_a_chunks_memory(tmp_path):
    block = secrets.token_bytes(1 << 20)
    tracemalloc.start()
    try:
        with Writer(tmp_path / "part", KEY, b"b" * 16) as file:
            for _ in range(48):
                file.write(block)
        with Reader(tmp_path / "part", KEY) as sealed:
            size = 0
            while piece := sealed.read(1 << 16):
                size += len(piece)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert size == 48 << 20


@pytest.mark.parametrize("content", ["", "not base64!", "c2hvcnQ=", "é"])
def test_what_is_no_key_is_refused(tmp_path, content):
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(BackupError, match="this is no key"):
        read_key(path)


def test_a_key_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BackupError, match="cannot be read"):
        read_key(tmp_path / "key")
