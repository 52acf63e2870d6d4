"""How much the replay memory compresses real play, and how fast, beside zlib and lz4.

Two players play whole games with shops and jokers: one at random, one by the rule of thumb,
which reaches later antes. The states that they see are put into a replay memory, and compressed
by zlib and by LZ4 as well: each by itself, so that it can be drawn alone as the memory's are,
and a round at once, so that it cannot.
"""

import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # scripts find each other

from bench import figures

from jimbot_stream.agents.evaluation.players import QUICK, Player
from jimbot_stream.agents.replay_memory.block import encode
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.replay_memory.memory import ReplayMemory, Shape
from jimbot_stream.agents.rollouts.chunk import EPISODE, Chunk
from jimbot_stream.agents.rollouts.lockstep import Lockstep, word_of
from jimbot_stream.balatro import wire
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.kernels import rollouts
from jimbot_stream.clock import SystemClock

CLOCK = SystemClock()
GAMES, STEPS = 32, 32
SKIPPED = 60
"""Decisions of every game before the first that is kept: games begin alike."""
BATCH = 256
Compress = Callable[[bytes], bytes]
Decompress = Callable[[bytes, int], bytes]
LZ4 = pa.Codec("lz4_raw")
CODECS: dict[str, tuple[Compress, Decompress]] = {
    "zlib 1": (lambda data: zlib.compress(data, 1), lambda data, size: zlib.decompress(data)),
    "zlib 6": (lambda data: zlib.compress(data, 6), lambda data, size: zlib.decompress(data)),
    "lz4": (
        lambda data: LZ4.compress(data, asbytes=True),
        lambda data, size: LZ4.decompress(data, decompressed_size=size, asbytes=True),
    ),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """What one way of compressing came to."""

    bytes_a_transition: float
    ratio: float
    encoded: float
    """Transitions a second."""
    decoded: float


def play(player: Player, rounds: int) -> Iterator[Chunk]:
    """Rounds of play; what actions brought is of no matter here."""
    lockstep = Lockstep(Games(GAMES), word_of("bench", 1))
    listed = np.empty((GAMES + 1) * rollouts.CAPACITY, dtype=np.int64)
    rows = np.empty((len(listed), wire.CANDIDATE_FEATURES), dtype=np.float32)
    seen: list[tuple[Any, ...]] = []
    for step in range(SKIPPED + rounds * STEPS):
        features, ends = np.empty((GAMES, wire.FEATURES), np.float32), np.empty(GAMES, np.int64)
        upto = lockstep.look(features, listed, rows, ends)
        chosen = player.choose(features, rows[:upto], ends, step)
        lockstep.advance(listed[chosen])
        if step >= SKIPPED:
            taken = chosen - np.concatenate(([0], ends[:-1]))
            seen.append((features, rows[:upto].copy(), ends, taken, lockstep.ended.copy()))
        if len(seen) == STEPS:
            yield chunk_of(seen)
            seen = []


def chunk_of(seen: Sequence[tuple[Any, ...]]) -> Chunk:
    """Steps of all games as a round."""
    features, rows, ends, actions, ended = (list(column) for column in zip(*seen, strict=True))
    before = np.cumsum([0, *(len(part) for part in rows[:-1])])
    return Chunk(
        features=np.concatenate(features),
        rows=np.concatenate(rows),
        ends=np.concatenate([part + start for part, start in zip(ends, before, strict=True)]),
        actions=np.concatenate(actions),
        log_probs=np.zeros(STEPS * GAMES),
        values=np.zeros((STEPS + 1, GAMES)),
        rewards=np.zeros((STEPS, GAMES)),
        ended=np.stack(ended),
        last_features=np.zeros_like(features[-1]),
        episodes=np.zeros(0, EPISODE),
    )


def of_memory(chunks: Sequence[Chunk]) -> Figure:
    """The memory with everything that belongs to it: columns, dictionaries, tree."""
    shape = Shape(STEPS, GAMES, wire.FEATURES, wire.CANDIDATE_FEATURES)
    memory = ReplayMemory(MemoryConfig(), shape)
    plain = np.zeros(STEPS * GAMES, dtype=np.uint8)
    encode(chunks[0], plain, 0)  # compiled, or read from the cache
    begun = CLOCK.monotonic()
    for chunk in chunks:
        memory.add(chunk, plain)
    encoded = CLOCK.monotonic() - begun
    drawn = np.random.Generator(np.random.Philox(key=1)).integers(0, len(memory), (20, BATCH))
    memory.states(drawn[0])
    begun = CLOCK.monotonic()
    for places in drawn:
        memory.states(places)
    decoded = CLOCK.monotonic() - begun
    return Figure(
        memory.nbytes / len(memory),
        memory.raw_bytes / memory.nbytes,
        len(memory) / encoded,
        drawn.size / decoded,
    )


def of_codec(compress: Compress, decompress: Decompress, parts: Sequence[bytes], of: int) -> Figure:
    """Bytes, compressed part by part."""
    begun = CLOCK.monotonic()
    small = [compress(part) for part in parts]
    encoded = CLOCK.monotonic() - begun
    begun = CLOCK.monotonic()
    for part, whole in zip(small, parts, strict=True):
        if decompress(part, len(whole)) != whole:
            raise AssertionError("a codec that loses something is no baseline")
    decoded = CLOCK.monotonic() - begun
    size = sum(len(part) for part in small)
    return Figure(size / of, sum(len(part) for part in parts) / size, of / encoded, of / decoded)


def compared(chunks: Sequence[Chunk]) -> dict[str, Figure]:
    """Every way, by name."""
    alone = [part for chunk in chunks for part in states(chunk)]
    rounds = [chunk.features.tobytes() + chunk.rows.tobytes() for chunk in chunks]
    found = {"replay memory": of_memory(chunks)}
    for name, codec in CODECS.items():
        found[f"{name}, each state"] = of_codec(*codec, alone, len(alone))
        found[f"{name}, a round"] = of_codec(*codec, rounds, len(alone))
    return found


def states(chunk: Chunk) -> Iterator[bytes]:
    """Every state of a round as raw float32."""
    starts = np.concatenate(([0], chunk.ends[:-1]))
    for features, start, end in zip(chunk.features, starts, chunk.ends, strict=True):
        yield features.tobytes() + chunk.rows[start:end].tobytes()


@click.command()
@figures.options
def main(quick: bool, json_file: Path | None) -> None:
    """Play, compress, and print what it came to."""
    told: figures.Figures = {}
    for name in ("random", "rule"):
        chunks = list(play(QUICK[name](), 2 if quick else 16))
        found = compared(chunks)
        raw = sum(chunk.features.nbytes + chunk.rows.nbytes for chunk in chunks)
        each = raw / sum(len(chunk) for chunk in chunks)
        headings = ("way", "bytes a transition", "ratio", "written a second", "read a second")
        rows = [
            (way, one.bytes_a_transition, one.ratio, f"{one.encoded:,.0f}", f"{one.decoded:,.0f}")
            for way, one in found.items()
        ]
        figures.show(f"Play by {name}: {each:,.0f} bytes a transition raw", headings, rows)
        told[name] = {
            "raw_bytes_a_transition": round(each, 1),
            "ratio": round(found["replay memory"].ratio, 2),
            "bytes_a_transition": round(found["replay memory"].bytes_a_transition, 1),
            "encoded_per_s": round(found["replay memory"].encoded),
            "decoded_per_s": round(found["replay memory"].decoded),
            "others": {
                way: {"ratio": round(one.ratio, 2), "decoded_per_s": round(one.decoded)}
                for way, one in found.items()
                if way != "replay memory"
            },
        }
    figures.finish(told, json_file)


if __name__ == "__main__":
    main()
