"""Checkpoints are content-addressed, so equal content must be equal bytes."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from jimbot_stream.agents.checkpoint import (
    CheckpointError,
    canonical_json,
    from_bytes,
    sha256,
    untrained,
)
from jimbot_stream.balatro import RULES_VERSION


def test_equal_seeds_give_equal_bytes(checkpoint: bytes) -> None:
    assert untrained(7) == checkpoint
    assert sha256(untrained(8)) != sha256(checkpoint)


def test_another_process_makes_the_same_bytes(checkpoint: bytes) -> None:
    code = (
        "from jimbot_stream.agents.checkpoint import sha256, untrained; print(sha256(untrained(7)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sha256(checkpoint)


def test_reading_and_writing_is_lossless(checkpoint: bytes) -> None:
    read = from_bytes(checkpoint)
    assert read.to_bytes() == checkpoint
    assert (read.update, read.optimizer_steps, read.run_seed) == (0, 0, 7)
    assert read.rules_version == RULES_VERSION


def test_the_order_of_tensors_does_not_matter(checkpoint: bytes) -> None:
    read = from_bytes(checkpoint)
    turned = dict(reversed(read.module.items()))
    assert replace(read, module=turned).to_bytes() == checkpoint


def test_every_part_has_a_say_in_the_name(checkpoint: bytes) -> None:
    read = from_bytes(checkpoint)
    louder = {name: value + np.float32(1) for name, value in read.adam_first.items()}
    others = [
        replace(read, update=1),
        replace(read, optimizer_steps=1),
        replace(read, run_seed=8),
        replace(read, rules_version="other"),
        replace(read, adam_first=louder),
        replace(read, adam_second=louder),
    ]
    names = {sha256(other.to_bytes()) for other in others}
    assert len(names | {sha256(checkpoint)}) == len(others) + 1


@pytest.mark.parametrize("length", [0, 7, 15, 60, 5_000])
def test_truncated_bytes_are_refused(checkpoint: bytes, length: int) -> None:
    with pytest.raises(CheckpointError):
        from_bytes(checkpoint[:length])


def test_bytes_behind_the_end_are_refused(checkpoint: bytes) -> None:
    with pytest.raises(CheckpointError):
        from_bytes(checkpoint + b"\x00")


@pytest.mark.parametrize("place", [0, 9, 20, 80, 400])
def test_a_changed_byte_in_the_head_is_refused(checkpoint: bytes, place: int) -> None:
    spoilt = bytearray(checkpoint)
    spoilt[place] ^= 0xFF
    with pytest.raises(CheckpointError):
        from_bytes(bytes(spoilt))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(checkpoint: bytes, value: float) -> None:
    read = from_bytes(checkpoint)
    read.module["mixed.bias"][3] = value
    with pytest.raises(CheckpointError, match=r"mixed\.bias"):
        from_bytes(read.to_bytes())


def test_tensors_of_another_architecture_are_refused(checkpoint: bytes) -> None:
    read = from_bytes(checkpoint)
    wider = replace(read, shape=replace(read.shape, hidden=read.shape.hidden * 2))
    with pytest.raises(CheckpointError, match="do not fit"):
        from_bytes(wider.to_bytes())


def test_an_impossible_architecture_is_refused_without_building_it(checkpoint: bytes) -> None:
    read = from_bytes(checkpoint)
    for hidden in (0, -1, 10**12):
        other = replace(read, shape=replace(read.shape, hidden=hidden))
        with pytest.raises(CheckpointError):
            from_bytes(other.to_bytes())


def test_canonical_json_refuses_what_is_not_a_number() -> None:
    assert canonical_json({"b": 1, "a": 0.5}) == '{"a":0.5,"b":1}'
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json({"a": float("nan")})
