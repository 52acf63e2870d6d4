"""Content-addressed blobs: durable, checked, shared by many writers."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from jimbot_stream.checkpoints import BlobError, BlobStore


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.mark.parametrize("data", [b"", b"weights", bytes(range(256)) * 1000])
def test_a_blob_is_found_by_the_sha256_of_its_bytes(store: BlobStore, data: bytes) -> None:
    name = store.put(data)
    assert name == sha256(data).hexdigest()
    assert store.has(name)
    assert store.get(name) == data
    assert store.path(name) == store.folder / name[:2] / name[2:4] / name


def test_putting_again_changes_nothing(store: BlobStore) -> None:
    name = store.put(b"weights")
    before = store.path(name).stat().st_mtime_ns
    assert store.put(b"weights") == name
    assert store.path(name).stat().st_mtime_ns == before


def test_many_writers_of_the_same_blob_agree(store: BlobStore) -> None:
    data = os.urandom(100_000)
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(store.put, [data] * 32))
    assert names == {sha256(data).hexdigest()}
    assert [path.name for path in store.folder.rglob("*") if path.is_file()] == list(names)


def test_a_missing_blob_is_named(store: BlobStore) -> None:
    name = sha256(b"none").hexdigest()
    assert not store.has(name)
    with pytest.raises(BlobError, match=f"no blob {name}"):
        store.get(name)


@pytest.mark.parametrize("change", ["flip", "cut", "grow"])
def test_a_damaged_blob_is_refused_and_can_be_put_anew(store: BlobStore, change: str) -> None:
    data = b"weights" * 100
    name = store.put(data)
    changed = {"flip": b"W" + data[1:], "cut": data[:-1], "grow": data + b"x"}[change]
    store.path(name).write_bytes(changed)
    with pytest.raises(BlobError, match="is damaged: its sha256 is"):
        store.get(name)
    assert store.put(data) == name
    assert store.get(name) == data


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_only_a_sha256_names_a_blob(store: BlobStore, name: str) -> None:
    with pytest.raises(BlobError, match="not a sha256"):
        store.get(name)


@pytest.mark.crash
@pytest.mark.parametrize(("point", "there"), [("blob-written", False), ("blob-renamed", True)])
def test_a_writer_that_dies_leaves_a_whole_blob_or_none(
    store: BlobStore, point: str, there: bool
) -> None:
    code = (
        "import sys; from jimbot_stream.checkpoints import BlobStore;"
        f"BlobStore({str(store.folder)!r}).put(b'weights' * 1000)"
    )
    environment = {**os.environ, "JIMBOT_FAULT": point}
    died = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert died.returncode == -signal.SIGKILL
    name = sha256(b"weights" * 1000).hexdigest()
    assert store.has(name) is there
    assert store.put(b"weights" * 1000) == name
    assert store.get(name) == b"weights" * 1000
