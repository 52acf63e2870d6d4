"""Blocks give back what went in, bit for bit, and take little room for it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jimbot_stream.agents.replay_memory import codec
from jimbot_stream.agents.replay_memory.block import Block, BlockError, encode, from_bytes
from jimbot_stream.agents.rollouts.chunk import Chunk
from tests.support.rounds import GAMES, PLAIN, STEPS, chunk_of, noise, real, rows_of

BITS = st.one_of(
    st.integers(0, 2**32 - 1),  # every float32, each NaN among them
    st.sampled_from([0, 0x80000000, 0x3F800000, 0x7FC00001, 0xFFC00000, 0x7F800001, 1]),
)


def columns(bits: list[int], width: int) -> NDArray[np.float32]:
    return np.array(bits, dtype=np.uint32).view(np.float32).reshape(-1, width)


def decoded(block: Block, place: int) -> tuple[bytes, bytes]:
    """Features and candidates at a place, as bytes."""
    features = np.full(block.features, 0xFFFFFFFF, dtype=np.uint32)
    rows = np.full((int(block.counts[place]), block.candidate_features), 7, dtype=np.uint32)
    payload = np.frombuffer(block.payload, dtype=np.uint8)
    end = codec.decode(payload, int(block.offsets[place]), block.dictionary, features, rows)
    assert end == block.offsets[place + 1]
    return features.tobytes(), rows.tobytes()


def assert_lossless(chunk: Chunk, block: Block) -> None:
    steps, games = chunk.ended.shape
    for game in range(games):
        for step in range(steps):
            decision = step * games + game
            found = decoded(block, game * steps + step)
            expected = chunk.features[decision].tobytes(), rows_of(chunk, decision).tobytes()
            assert found == expected


@settings(deadline=None)  # the first example may have to wait for the compiler
@given(st.data())
def test_every_float_survives(data: Any) -> None:
    counts = data.draw(st.lists(st.integers(0, 4), min_size=4, max_size=4))
    features = data.draw(st.lists(BITS, min_size=12, max_size=12))
    rows = data.draw(st.lists(BITS, min_size=2 * sum(counts), max_size=2 * sum(counts)))
    chunk = chunk_of(
        columns(features, 3),
        columns(rows, 2),
        np.cumsum(counts),
        np.zeros((2, 2)),
        np.zeros((2, 2), dtype=np.bool_),
    )
    object.__setattr__(chunk, "actions", np.zeros(4, dtype=np.int64))
    block = encode(chunk, np.zeros(4, dtype=np.uint8), 0)
    assert_lossless(chunk, block)
    assert_lossless(chunk, from_bytes(block.to_bytes()))


@pytest.mark.parametrize("width", [253, 254, 255, 509, 1000])
def test_a_change_may_stand_anywhere_in_a_wide_vector(width: int) -> None:
    features = np.zeros((width, width), dtype=np.float32)
    np.fill_diagonal(features, 3.0)
    rows, ends = np.ones((width, 1), dtype=np.float32), np.arange(1, width + 1)
    no_end = np.zeros((width, 1), dtype=np.bool_)
    chunk = chunk_of(features, rows, ends, np.zeros((width, 1)), no_end)
    assert_lossless(chunk, encode(chunk, np.zeros(width, dtype=np.uint8), 0))


def test_more_values_than_the_dictionary_takes_are_written_out() -> None:
    """Each of 70,000 values twice: 65,790 fit, the others stand in the payload."""
    values = np.arange(1, 70_001, dtype=np.uint32).view(np.float32)
    features = np.concatenate((values, values)).reshape(2, -1)
    ends, no_end = np.array([1, 2]), np.zeros((2, 1), dtype=np.bool_)
    chunk = chunk_of(features, np.ones((2, 1), np.float32), ends, np.zeros((2, 1)), no_end)
    block = encode(chunk, np.zeros(2, dtype=np.uint8), 0)
    assert len(block.dictionary) == codec.LONGEST
    assert_lossless(chunk, block)


def test_columns_stand_game_after_game() -> None:
    chunk, rare = noise(1, ended=((3, 1),)), np.arange(STEPS * GAMES, dtype=np.uint8)
    block = encode(chunk, rare, 30)
    assert block.first == 30
    assert block.segments == GAMES
    assert block.rare[STEPS : 2 * STEPS].tolist() == [1, 4, 7, 10]
    assert block.ended.tolist() == [0] * (2 * STEPS - 1) + [1] + [0] * STEPS
    decisions = np.arange(STEPS * GAMES).reshape(STEPS, GAMES).T.reshape(-1)
    assert block.actions.tolist() == chunk.actions[decisions].tolist()


def test_real_play_takes_less_than_a_quarter_of_its_floats() -> None:
    """Everything counted: dictionary, offsets, actions, rewards, marks and the header."""
    chunk, rare = real()
    block = encode(chunk, rare, 0)
    raw = chunk.features.nbytes + chunk.rows.nbytes
    assert block.raw_bytes == raw
    assert raw / len(block.to_bytes()) >= 4
    assert_lossless(chunk, block)


def test_equal_rounds_give_equal_bytes() -> None:
    data = encode(noise(2), PLAIN, 0).to_bytes()
    assert encode(noise(2), PLAIN, 0).to_bytes() == data
    assert from_bytes(data).to_bytes() == data
    assert encode(noise(3), PLAIN, 0).to_bytes() != data


def test_what_is_no_block_is_refused() -> None:
    good = encode(noise(2), PLAIN, 0).to_bytes()
    for spoilt, says in (
        (b"", "not a block"),
        (good[:-1], "not whole"),
        (good + b"\0", "not whole"),
        (good[:60], "damaged"),
        (good[:200], "damaged"),
    ):
        with pytest.raises(BlockError, match=says):
            from_bytes(spoilt)
