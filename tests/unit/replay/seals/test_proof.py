"""Proofs by themselves, notes and keys: what holds, and that nothing else does."""

import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.seals.keys import KeyFileError, make_key, read_key, read_public
from jimbot_stream.replay.seals.merkle import ProofError
from jimbot_stream.replay.seals.note import Note, read_note
from jimbot_stream.replay.seals.proof import read_proof
from jimbot_stream.replay.seals.proving import Prover
from jimbot_stream.replay.seals.record import SealError
from jimbot_stream.replay.seals.sealing import Sealer

House = Any  # of conftest.py


@pytest.fixture
async def prover(house: House, tmp_path: Path) -> Prover:
    """Of the log, sealed once."""
    shutil.copy(house.log_file, tmp_path / "events.sqlite")
    blobs = BlobStore(tmp_path / "blobs")
    async with EmbeddedLog(tmp_path / "events.sqlite", FrozenClock()) as log:
        await Sealer(log, blobs).seal()
        return await Prover.open(Bundle([event async for event in log.read_all()]), blobs)


async def test_every_event_is_proved_by_its_file_alone(house: House, prover: Prover) -> None:
    for event in house.events:
        proof = await prover.inclusion(event.stream, event.revision)
        read_proof(proof.to_json()).check()


async def test_a_proof_with_one_letter_changed_does_not_hold(prover: Prover) -> None:
    whole = (await prover.inclusion("game-one", 4)).to_json()
    told = orjson.loads(whole)
    # Position and time are the store's own, and are not sealed.
    for name in ("stream", "revision", "id", "type", "data", "metadata"):
        value = told["event"][name]
        changed = value + 1 if isinstance(value, int) else value + "x"
        if name == "id":
            changed = value[:-1] + ("0" if value[-1] != "0" else "1")
        with pytest.raises(ProofError):
            read_proof(orjson.dumps({**told, "event": {**told["event"], name: changed}})).check()
    for change in ({"index": told["index"] + 1}, {"path": told["path"][1:]}, {"note": "x"}):
        with pytest.raises(ProofError):
            read_proof(orjson.dumps({**told, **change})).check()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format":"jimbot-stream/9"}', b"\xff"])
def test_what_is_no_proof_is_said_so(content: bytes) -> None:
    with pytest.raises(ProofError, match="not a proof"):
        read_proof(content)


async def test_an_event_that_is_not_sealed_cannot_be_proved(prover: Prover) -> None:
    with pytest.raises(SealError, match="came after the newest seal"):
        await prover.inclusion("audit-seals", 0)
    with pytest.raises(SealError, match="no event at revision 999"):
        await prover.inclusion("game-one", 999)
    with pytest.raises(SealError, match="no seals 0 and 7"):
        prover.consistency(0, 7)


@given(st.text("abc/-.", min_size=1), st.integers(0, 1 << 60), st.binary(min_size=32, max_size=32))
def test_a_note_is_read_as_it_is_written(origin: str, size: int, root: bytes) -> None:
    assert read_note(str(Note(origin, size, root))) == Note(origin, size, root, [])


def test_a_signature_is_its_keys_and_of_its_text(tmp_path: Path) -> None:
    public = make_key(tmp_path / "key", "auditor")
    other = make_key(tmp_path / "other", "auditor")
    note = read_note(str(Note("log", 3, b"r" * 32).sign(read_key(tmp_path / "key"))))

    assert note.signed_by(public)
    assert not note.signed_by(other), "the same name does not make the same key"
    assert not Note(note.origin, 4, note.root, note.signatures).signed_by(public)
    assert read_public(str(public)) == public


def test_a_key_is_kept_to_its_owner_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "key"
    make_key(file, "auditor")
    with pytest.raises(KeyFileError, match="not overwritten"):
        make_key(file, "auditor")

    assert file.stat().st_mode & 0o777 == 0o600
    assert read_key(file).name == "auditor"


@pytest.mark.parametrize("text", ["", "name", "a+b+c", "auditor+00000000+AQID"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(KeyFileError):
        read_public(text)


def test_what_is_no_private_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("nothing")
    for file in (tmp_path / "key", tmp_path / "none"):
        with pytest.raises(KeyFileError, match="keygen makes one"):
            read_key(file)
    with pytest.raises(KeyFileError, match="no spaces"):
        make_key(tmp_path / "new", "an auditor")
