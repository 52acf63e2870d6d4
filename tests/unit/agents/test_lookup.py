"""A checkpoint is meant by the first letters of its sha256."""

import pytest

from jimbot_stream.agents.lookup import among_blobs, among_saved, saved
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import EventLog


def test_among_blobs_only_checkpoints_are_meant(blobs: BlobStore, checkpoint: bytes) -> None:
    name = blobs.put(checkpoint)
    assert any(blobs.put(b"%d" % n).startswith(name[0]) for n in range(1000))
    assert among_blobs(blobs.folder, name[0]) == name
    assert among_blobs(blobs.folder, name) == name
    with pytest.raises(ValueError, match="no checkpoint in"):
        among_blobs(blobs.folder, "0" * 12)


@pytest.mark.parametrize("letters", ["", "../x", "*", "XYZ", "a" * 65])
def test_other_letters_are_refused(blobs: BlobStore, letters: str) -> None:
    with pytest.raises(ValueError, match="give its sha256 in hex, or the first letters"):
        among_blobs(blobs.folder, letters)
    with pytest.raises(ValueError, match="give its sha256 in hex, or the first letters"):
        among_saved([], letters)


def test_letters_that_fit_several_are_refused() -> None:
    known = ["ab" * 32, "ac" * 32]
    assert among_saved(known, "ab") == known[0]
    with pytest.raises(ValueError, match="2 checkpoints in the log"):
        among_saved(known, "a")
    with pytest.raises(ValueError, match="no checkpoint in the log"):
        among_saved(known, "b")


async def test_the_log_knows_what_was_saved_and_by_which_run(
    log: EventLog, blobs: BlobStore
) -> None:
    run = await TrainingRun.begin(log, blobs, 7, UpdateConfig())
    known = await saved(log)
    assert known[run.checkpoint].run_id == "run7"
