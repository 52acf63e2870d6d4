"""A memory is taken up from its manifest and blocks as if it had never been away."""

import numpy as np
import pytest

from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.agents.replay_memory import memory as room
from jimbot_stream.agents.replay_memory.block import BlockError
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.replay_memory.manifest import ManifestError
from jimbot_stream.agents.replay_memory.memory import ReplayMemory, Shape
from tests.support.rounds import GAMES, PLAIN, SHAPE, STEPS, noise

CONFIG = MemoryConfig(mib=1)
Blocks = dict[str, bytes]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> ReplayMemory:
    """One from which segments have made way, and of which some were learned from."""
    monkeypatch.setattr(room, "MIB", 8000)
    memory = ReplayMemory(CONFIG, SHAPE)
    for number in range(30):
        memory.add(noise(number, ended=((2, 1),)), PLAIN)
        places = np.flatnonzero(np.repeat(memory.segments.numbers >= 0, STEPS))[::3]
        errors = np.random.Generator(np.random.Philox(key=number)).random(len(places))
        memory.learned(places, errors.astype(np.float32))
    return memory


def restored(data: bytes, blocks: Blocks) -> ReplayMemory:
    return manifest.restore(data, CONFIG, SHAPE, blocks.__getitem__)


def test_it_goes_on_as_if_nothing_had_happened(memory: ReplayMemory) -> None:
    data = manifest.to_bytes(memory)
    other = restored(data, memory.new_blocks)
    assert manifest.to_bytes(other) == data
    assert other.nbytes == memory.nbytes
    for number in range(30, 50):
        draws = []
        for each in (memory, other):
            drawn = each.draw(8, 0.4, np.random.Generator(np.random.Philox(key=number)))
            draws.append((drawn, each.states(drawn.places)))
            each.learned(drawn.places, np.linspace(0, 2, 8, dtype=np.float32))
            each.add(noise(number), PLAIN)
        (one, seen), (two, seen_too) = draws
        assert one.places.tobytes() == two.places.tobytes()
        assert one.weights.tobytes() == two.weights.tobytes()
        assert seen.rows.tobytes() == seen_too.rows.tobytes()
        assert manifest.to_bytes(memory) == manifest.to_bytes(other)


def test_it_lets_go_of_the_blocks_that_it_was_read_from(memory: ReplayMemory) -> None:
    other = restored(manifest.to_bytes(memory), memory.new_blocks)
    for slot in np.flatnonzero(other.segments.numbers >= 0):
        payload, dictionary = other.segments.coded(int(slot))
        assert dictionary.base is None, "a view would keep the whole block"
        assert payload.nbytes < len(memory.new_blocks[next(iter(memory.new_blocks))])


def test_it_lists_the_blocks_that_it_needs(memory: ReplayMemory) -> None:
    names = manifest.blocks_of(manifest.to_bytes(memory))
    assert names == list(memory.segments.blocks)
    assert set(names) < set(memory.new_blocks)
    assert all(sha256(memory.new_blocks[name]) == name for name in names)
    restored(manifest.to_bytes(memory), {name: memory.new_blocks[name] for name in names})


def test_manifests_share_blocks(memory: ReplayMemory) -> None:
    before = manifest.blocks_of(manifest.to_bytes(memory))
    memory.add(noise(77), PLAIN)
    after = manifest.blocks_of(manifest.to_bytes(memory))
    assert len(set(after) - set(before)) == 1


def test_what_cannot_be_used_is_refused(memory: ReplayMemory) -> None:
    good = manifest.to_bytes(memory)
    for spoilt, says in (
        (b"", "not the manifest"),
        (good[:-4], "not whole"),
        (good[:60], "damaged"),
        (good.replace(b'"rounds"', b'"pounds"'), "damaged"),
        (good.replace(b'"blocks"', b'"clocks"'), "lists no blocks"),
        (good.replace(b'"alpha":0.6', b'"alpha":0.7'), "memory's memory was"),
    ):
        with pytest.raises(ManifestError, match=says):
            restored(spoilt, memory.new_blocks)


def test_segments_without_a_block_are_refused(memory: ReplayMemory) -> None:
    good = manifest.to_bytes(memory)
    name = manifest.blocks_of(good)[-1]
    with pytest.raises(ManifestError, match="in none of its blocks"):
        restored(
            good.replace(name.encode(), manifest.blocks_of(good)[0].encode()), memory.new_blocks
        )


def test_blocks_of_other_games_are_refused(memory: ReplayMemory) -> None:
    good = manifest.to_bytes(memory)
    with pytest.raises(ManifestError, match="shape"):
        manifest.restore(good, CONFIG, Shape(STEPS, GAMES + 1, 5, 3), memory.new_blocks.__getitem__)
    with pytest.raises(BlockError):
        manifest.restore(good, CONFIG, SHAPE, lambda name: memory.new_blocks[name][:-1])
