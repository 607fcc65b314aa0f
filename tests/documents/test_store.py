"""The store of documents, in a folder and in a bucket of a server that speaks S3."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import secrets
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from app.documents import store as documents
from app.documents import uploads
from app.documents.errors import (
    BrokenUpload,
    NotKept,
    TooLarge,
    Unavailable,
    WrongOffset,
)
from app.documents.store import DocumentStore, Kept
from app.documents.uploads import PART
from app.ops.backup.documents import pack, unpack
from app.ops.backup.errors import BackupError
from tests.support import s3
from tests.support.mail import free_port

MIB = 1 << 20


def content(store: DocumentStore, key: str) -> bytes:
    return b"".join(store.read(key))


def kept(octets: bytes) -> Kept:
    return Kept(len(octets), hashlib.sha256(octets).hexdigest())


def broken(octets: bytes, chunk: int = 1000):
    """What arrives until the connection breaks."""
    for start in range(0, len(octets), chunk):
        yield octets[start : start + chunk]
    raise ConnectionError("the phone went into a tunnel")


def everything(store: DocumentStore) -> list[str]:
    return [name for name, _, _ in store.listed()]


# ── put, read, delete ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [0, 1, 3000, 12 * MIB + 7])
def test_what_was_put_is_read_octet_by_octet_with_its_hash(store, size):
    octets = secrets.token_bytes(size)
    chunks = (octets[start : start + 70_000] for start in range(0, size, 70_000))
    assert store.put("2026/one", chunks) == kept(octets)
    assert content(store, "2026/one") == octets
    size_told, chunks = store.opened("2026/one")
    assert (size_told, b"".join(chunks)) == (size, octets)
    assert list(store.names()) == ["2026/one"]


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (5, 2000), (2_999, 3_000), (2_999, 9_000), (7, None), (9, 9), (4000, None)],
)
def test_a_range_is_read_alone(store, start, end):
    octets = secrets.token_bytes(3000)
    store.put("one", [octets])
    assert b"".join(store.read("one", start, end)) == octets[start:end]


def test_what_is_not_kept_is_told_at_once(store):
    for ask in (store.read, store.size, store.opened):
        with pytest.raises(NotKept):
            ask("nothing")
    assert not store.exists("nothing")
    store.delete("nothing")
    assert list(store.names("nowhere/")) == []


def test_what_was_deleted_is_gone(store):
    store.put("a/one", [b"1"])
    store.put("a/two", [b"2"])
    store.delete("a/one")
    assert not store.exists("a/one")
    assert list(store.names("a/")) == ["a/two"]


@pytest.mark.parametrize("size", [10, 12 * MIB])
def test_a_put_that_is_interrupted_leaves_nothing(store, s3_address, size):
    with pytest.raises(ConnectionError):
        store.put("one", broken(bytes(size), 1 << 18))
    assert everything(store) == []
    assert not store._folder or not any(path.is_file() for path in store._folder.rglob("*"))
    if store._folder is None:
        name = store._objects.config["bucket"]
        assert s3.open_multiparts(s3_address, name) == 0


def test_a_document_of_one_store_is_put_into_another(folder, bucket):
    octets = secrets.token_bytes(6 * MIB)
    folder.put("one", [octets])
    assert bucket.put("two", folder.read("one")) == kept(octets)


def test_a_put_that_is_interrupted_leaves_what_was_there(store):
    store.put("one", [b"before"])
    with pytest.raises(ConnectionError):
        store.put("one", broken(bytes(10 * MIB), 1 << 18))
    assert content(store, "one") == b"before"


def test_more_than_may_come_is_not_kept(store):
    with pytest.raises(TooLarge) as told:
        store.put("one", [bytes(600), bytes(401)], at_most=1000)
    assert told.value.at_most == 1000
    assert everything(store) == []
    assert store.put("one", [bytes(600), bytes(400)], at_most=1000).size == 1000


@pytest.mark.parametrize(
    "key", ["", "../one", "a/../b", "/etc/passwd", "a//b", "a/", ".hidden", "réponse.pdf", "a\\b",
            "a b", "a\n", "a#1", "x" * 401],
)  # fmt: skip
def test_a_key_is_made_by_the_program(folder, key):
    for deed in (lambda: folder.put(key, [b""]), lambda: folder.read(key), lambda: folder.size(key),
                 lambda: folder.opened(key), lambda: folder.delete(key)):  # fmt: skip
        with pytest.raises(ValueError, match="is no key"):
            deed()


def test_memory_stays_small_however_large_the_document(in_bucket):
    """60 MB, in and out, through a process that grows by far less."""
    script = """
import resource, sys
from app.documents.store import _opened
folder, bucket, endpoint = sys.argv[1:]
def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
chunk = bytes(1 << 20)
for url in (folder, bucket):
    kept = _opened(0, url, endpoint, "ca-central-1", "a", "b")
    kept.put("first", [b"1"])
    before = most()
    kept.put("one", (chunk for _ in range(60)))
    assert sum(map(len, kept.read("one"))) == 60 << 20
    print((most() - before) // 1024)
"""
    urls = (f"file://{in_bucket.instance_dir}/d", in_bucket.document_store_url)
    done = subprocess.run(
        [sys.executable, "-c", script, *urls, in_bucket.s3_endpoint],
        cwd=config.ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert max(map(int, done.stdout.split())) < 40


def test_a_folder_of_documents_is_for_our_eyes_alone(folder):
    assert folder._folder.stat().st_mode & 0o777 == 0o700


def test_the_store_is_probed_by_a_whole_round(store):
    store.probe()
    assert everything(store) == []


# ── a store that fails ──────────────────────────────────────────────────────────────────


def test_a_server_that_does_not_answer_is_told_without_a_secret(in_bucket):
    away = in_bucket.model_copy(update={"s3_endpoint": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(Unavailable) as told:
        documents.store(away).size("one")
    assert s3.SECRET not in str(told.value)
    assert "\n" not in str(told.value)
    with pytest.raises(Unavailable):
        documents.store(away).probe()


def test_a_bucket_that_is_not_there_is_told(in_bucket):
    gone = in_bucket.model_copy(update={"document_store_url": "s3://nowhere-at-all"})
    with pytest.raises((Unavailable, NotKept)):
        documents.store(gone).probe()


def test_a_disk_without_room_is_told_and_leaves_nothing(folder):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MIB, before[1]))
    try:
        with pytest.raises(Unavailable):
            folder.put("one", (bytes(MIB) for _ in range(5)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert everything(folder) == []


def test_a_store_that_gives_something_else_back_is_noticed(folder, monkeypatch):
    monkeypatch.setattr(DocumentStore, "read", lambda *_: iter([b"something else"]))
    with pytest.raises(Unavailable):
        folder.probe()


def test_a_folder_that_cannot_be_made_is_told(values, tmp_path):
    (tmp_path / "file").write_text("")
    blocked = values.model_copy(update={"document_store_url": f"file://{tmp_path}/file/in"})
    with pytest.raises(Unavailable, match="cannot be made"):
        documents.store(blocked)


def test_a_fork_has_connections_of_its_own(in_bucket):
    """Web processes are forks: the parent's threads, which carry its connections, are not there."""
    mine = documents.store(in_bucket)
    assert documents.store(in_bucket) is mine
    pid = os.getpid
    try:
        os.getpid = lambda: -1
        assert documents.store(in_bucket) is not mine
    finally:
        os.getpid = pid


# ── uploads that may break ──────────────────────────────────────────────────────────────


def test_a_broken_upload_goes_on_from_its_last_whole_part(store):
    octets = secrets.token_bytes(2 * PART + 500)
    with pytest.raises(ConnectionError):
        uploads.append(store, "upload-one", 0, broken(octets[: PART + 300]))
    assert uploads.received(store, "upload-one") == PART
    assert uploads.append(store, "upload-one", PART, [octets[PART:]]) == len(octets)
    assert list(store.names()) == []
    assert uploads.assemble(store, "upload-one", "one") == kept(octets)
    assert content(store, "one") == octets
    assert everything(store) == ["one"]


def test_an_upload_that_is_elsewhere_says_where(store):
    uploads.append(store, "upload-one", 0, [b"12345"])
    for offset in (0, 4, 6):
        with pytest.raises(WrongOffset) as told:
            uploads.append(store, "upload-one", offset, [b"x"])
        assert told.value.have == 5


def test_of_two_connections_that_send_the_same_upload_one_goes_on(store):
    """The first one hangs; the browser asked where to go on, and sends before it wakes up."""
    octets = secrets.token_bytes(PART + 10)

    def hanging():
        yield octets[:PART]
        assert uploads.append(store, "upload-one", PART, [octets[PART:]]) == len(octets)
        yield octets[PART:]

    with pytest.raises(WrongOffset) as told:
        uploads.append(store, "upload-one", 0, hanging())
    assert told.value.have == len(octets)
    assert uploads.assemble(store, "upload-one", "one") == kept(octets)


def test_an_upload_grows_no_further_than_it_may(store):
    uploads.append(store, "upload-one", 0, [bytes(900)], at_most=1000)
    with pytest.raises(TooLarge):
        uploads.append(store, "upload-one", 900, [bytes(101)], at_most=1000)
    assert uploads.append(store, "upload-one", 900, [bytes(100)], at_most=1000) == 1000
    with pytest.raises(TooLarge):
        uploads.assemble(store, "upload-one", "one", at_most=999)
    assert uploads.received(store, "upload-one") == 1000
    assert not store.exists("one")


def test_whoever_sends_octet_by_octet_is_stopped(folder, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_PARTS", 3)
    for offset in range(3):
        uploads.append(folder, "upload-one", offset, [b"1"])
    with pytest.raises(BrokenUpload):
        uploads.append(folder, "upload-one", 3, [b"1"])


def test_an_upload_that_lacks_a_part_is_never_a_document(folder):
    uploads.append(folder, "upload-one", 0, [b"123"])
    uploads.append(folder, "upload-one", 3, [b"456"])
    folder.delete("uploads/upload-one/000000000000")
    with pytest.raises(BrokenUpload):
        uploads.assemble(folder, "upload-one", "one")
    uploads.abandon(folder, "upload-one")
    for upload in ("upload-one", "upload-two"):
        with pytest.raises(NotKept):
            uploads.assemble(folder, upload, "two")


def test_uploads_that_nobody_goes_on_with_are_found_and_forgotten(store):
    uploads.append(store, "upload-one", 0, [b"123"])
    now = datetime.now(UTC)
    assert uploads.abandoned(store, now - timedelta(hours=1)) == set()
    assert uploads.abandoned(store, now + timedelta(hours=1)) == {"upload-one"}
    uploads.abandon(store, "upload-one")
    assert everything(store) == []


@pytest.mark.parametrize("upload", ["", "short", "../../etc/passwd", "with/slash", "x" * 65])
def test_the_name_of_an_upload_is_made_by_the_program(folder, upload):
    with pytest.raises(ValueError, match="names no upload"):
        uploads.append(folder, upload, 0, [b""])


@settings(max_examples=25)
@given(
    octets=st.binary(min_size=1, max_size=400),
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=8),
    breaks=st.lists(st.booleans(), min_size=1, max_size=8),
)
def test_however_an_upload_is_cut_and_broken_the_document_is_the_same(
    tmp_path_factory, octets, sizes, breaks
):
    from obstore.store import LocalStore

    root = tmp_path_factory.mktemp("cut")
    store = DocumentStore(LocalStore(root), root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads, "_cut", lambda chunks, _: real_cut(chunks, 32))
        turn = 0
        while (at := uploads.received(store, "upload-one")) < len(octets):
            size, breaks_off = sizes[turn % len(sizes)] * 8, breaks[turn % len(breaks)]
            turn += 1
            sent = octets[at : at + size]
            if breaks_off and turn < 20:
                with pytest.raises(ConnectionError):
                    uploads.append(store, "upload-one", at, broken(sent, 7))
            else:
                uploads.append(store, "upload-one", at, [sent])
        assert uploads.assemble(store, "upload-one", "one") == kept(octets)
        assert content(store, "one") == octets


real_cut = uploads._cut


# ── backup ──────────────────────────────────────────────────────────────────────────────


def test_a_backup_of_a_bucket_is_restored_into_a_bucket_and_into_a_folder(bucket, folder):
    bucket.put("2026/large", [secrets.token_bytes(3 * MIB)])
    bucket.put("empty", [])
    uploads.append(bucket, "upload-one", 0, [b"not yet a document"])
    packed = io.BytesIO()
    assert pack(bucket, packed) == 2
    before = {name: content(bucket, name) for name in bucket.names()}
    for target in (folder, bucket):
        target.clear()
        assert everything(target) == []
        packed.seek(0)
        assert unpack(target, packed) == 2
        assert {name: content(target, name) for name in everything(target)} == before


def test_a_document_that_is_deleted_meanwhile_is_no_fault_of_a_backup(folder, monkeypatch):
    folder.put("one", [b"1"])
    folder.put("two", [b"2"])
    listed = list(folder.names())
    folder.delete(listed[0])
    monkeypatch.setattr(DocumentStore, "names", lambda _: iter(listed))
    assert pack(folder, io.BytesIO()) == 1


def test_what_the_portal_never_wrote_is_not_backed_up_in_silence(folder):
    (folder._folder / "a file of mine").write_text("?")
    with pytest.raises(BackupError, match="nobody but the portal"):
        pack(folder, io.BytesIO())


def test_a_backup_writes_nowhere_but_into_the_store(folder):
    import tarfile

    for name, kind in (("../out", tarfile.REGTYPE), ("link", tarfile.SYMTYPE)):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w|") as tar:
            member = tarfile.TarInfo(name)
            member.type = kind
            tar.addfile(member)
        packed.seek(0)
        with pytest.raises(BackupError):
            unpack(folder, packed)
    assert everything(folder) == []
