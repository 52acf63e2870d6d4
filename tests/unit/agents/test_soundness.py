"""Checkpoints that cannot be used are told apart, each with what to do."""

from dataclasses import replace

import pytest

from jimbot_stream.agents.checkpoint import CheckpointError, from_bytes
from jimbot_stream.agents.network import Architecture, initial_weights
from jimbot_stream.agents.policy import load_policy
from jimbot_stream.agents.soundness import (
    OTHER_ARCHITECTURE,
    OTHER_RULES,
    UNREADABLE,
    Fault,
    fault_in,
    fault_of,
)
from jimbot_stream.checkpoints import BlobStore


def of_other_rules(checkpoint: bytes) -> bytes:
    return replace(from_bytes(checkpoint), rules_version="0.9/1").to_bytes()


def of_other_architecture(checkpoint: bytes) -> bytes:
    import numpy as np

    shape = Architecture(features=3, candidate_features=2, actions=4, hidden=2)
    module = initial_weights(shape, np.random.Generator(np.random.Philox(key=1)))
    read = from_bytes(checkpoint)
    return replace(
        read, shape=shape, module=module, adam_first=module, adam_second=module
    ).to_bytes()


def test_a_checkpoint_of_this_release_is_sound(checkpoint: bytes, blobs: BlobStore) -> None:
    assert fault_of(blobs, blobs.put(checkpoint)) is None


@pytest.mark.parametrize(
    ("spoil", "cause", "reason"),
    [
        (lambda data: data[:-9], UNREADABLE, "go on from an earlier checkpoint"),
        (lambda data: b"", UNREADABLE, "not a checkpoint"),
        (of_other_rules, OTHER_RULES, "rules_version: it was made for the rules 0.9/1"),
        (of_other_architecture, OTHER_ARCHITECTURE, "architecture: it looks at 3 features"),
    ],
)
def test_what_is_wrong_is_named_and_the_worker_refuses_it_too(
    checkpoint: bytes, spoil: "pytest.FixtureRequest", cause: str, reason: str
) -> None:
    data = spoil(checkpoint)  # type: ignore[operator]  # a function, by parametrize
    fault = fault_in(data)
    assert fault is not None
    assert fault.cause == cause
    assert reason in fault.reason
    with pytest.raises(CheckpointError, match=cause):
        load_policy(data)


def test_a_blob_that_is_missing_or_changed_is_unreadable(
    checkpoint: bytes, blobs: BlobStore
) -> None:
    name = blobs.put(checkpoint)
    path = blobs.path(name)
    path.chmod(0o600)
    path.write_bytes(checkpoint[:-1])
    for wanted in (name, "ab" * 32):
        fault = fault_of(blobs, wanted)
        assert isinstance(fault, Fault)
        assert fault.cause == UNREADABLE
        assert "copy the blob from where it was made" in fault.reason
