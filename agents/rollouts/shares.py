r"""The games of a run, cut into shares that are played apart, and put together again.

How many shares there are is part of the configuration, for matrix kernels give other bits to
other numbers of rows; who plays a share, and where, has no say. Where the games of several
shares stand is one snapshot:

    8 bytes   magic "JIMBOTG\x01"
    8 bytes   how many shares, little-endian
    8 bytes   length of the snapshot of each, likewise
    the rest  the snapshots, one after another
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.batch import picked
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.agents.rollouts.sampler import Choosing, Sampler, SnapshotError

MAGIC: Final = b"JIMBOTG\x01"
Bits = NDArray[np.uint8]


class Way(Protocol):
    """How a round is played, told in so few words that it travels."""

    def choosing(self, run_seed: int, share: int) -> Choosing:
        """What chooses the actions of one share of a run in one round."""
        ...


@dataclass(frozen=True, slots=True)
class Played:
    """A round of play."""

    chunk: Chunk
    seen: Bits | None = None
    """What is rare in it, where the way of choosing watched for that: [T * N]."""


def samplers(config: RolloutConfig, run_seed: int) -> list[Sampler]:
    """The games of a run, begun: one sampler for each share.

    Raises:
        ValueError: an unknown deck, stake or ante.
    """
    return [Sampler(config, run_seed, share) for share in range(config.runners)]


def joined_snapshot(parts: Sequence[bytes]) -> bytes:
    """Where the games of all shares stand; that of a single one is its own."""
    if len(parts) == 1:
        return parts[0]
    lengths = struct.pack(f"<{len(parts) + 1}Q", len(parts), *map(len, parts))
    return b"".join((MAGIC, lengths, *parts))


def begun_snapshot(config: RolloutConfig, run_seed: int) -> bytes:
    """Where all games of a run begin.

    Raises:
        ValueError: an unknown deck, stake or ante.
    """
    return joined_snapshot([share.snapshot() for share in samplers(config, run_seed)])


def parted_snapshot(snapshot: bytes, shares: int) -> list[bytes]:
    """The snapshot of each share.

    Raises:
        SnapshotError: it is damaged, or of another number of shares.
    """
    if shares == 1:
        return [snapshot]
    start = len(MAGIC) + 8 * (shares + 1)
    if snapshot[: len(MAGIC)] != MAGIC or len(snapshot) < start:
        raise SnapshotError(f"not the snapshot of {shares} runners, or of another format")
    count, *lengths = struct.unpack(f"<{shares + 1}Q", snapshot[len(MAGIC) : start])
    if count != shares or start + sum(lengths) != len(snapshot):
        raise SnapshotError(f"the snapshot is of {count} runners, not of {shares}, or not whole")
    ends = start + np.cumsum([0, *lengths])
    return [snapshot[a:b] for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]


def joined(parts: Sequence[Played]) -> Played:
    """The shares of a round as one: games of the first share first, and so on.

    Games that ended stand share by share.
    """
    if len(parts) == 1:
        return parts[0]
    chunks = [part.chunk for part in parts]
    steps, order = len(chunks[0].rewards), _order(chunks)
    told = {name: _beside([getattr(chunk, name) for chunk in chunks]) for name in _BY_GAME}
    rows, ends = picked(_ends(chunks), order)
    chunk = Chunk(
        features=np.concatenate([chunk.features for chunk in chunks])[order],
        rows=np.concatenate([chunk.rows for chunk in chunks])[rows],
        ends=ends,
        actions=np.concatenate([chunk.actions for chunk in chunks])[order],
        log_probs=np.concatenate([chunk.log_probs for chunk in chunks])[order],
        last_features=np.concatenate([chunk.last_features for chunk in chunks]),
        episodes=np.concatenate([chunk.episodes for chunk in chunks]),
        **told,
    )
    seen = [part.seen.reshape(steps, -1) for part in parts if part.seen is not None]
    return Played(chunk, _beside(seen).reshape(-1) if seen else None)


def copied(played: Played) -> Played:
    """The same in memory of its own, for what a store of objects lends is not to be held."""
    chunk = Chunk(**{item.name: getattr(played.chunk, item.name).copy() for item in fields(Chunk)})
    return Played(chunk, None if played.seen is None else played.seen.copy())


_BY_GAME: Final = ("values", "rewards", "ended")
"""Columns of a chunk that are [T, N]."""


def _beside(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(columns, axis=1)


def _order(chunks: Sequence[Chunk]) -> NDArray[np.int64]:
    """Where decision t of game n of the joined round stands when shares stand in a row."""
    starts = np.cumsum([0, *(len(chunk) for chunk in chunks[:-1])])
    places = [
        start + np.arange(len(chunk)).reshape(chunk.rewards.shape)
        for start, chunk in zip(starts.tolist(), chunks, strict=True)
    ]
    return _beside(places).reshape(-1)


def _ends(chunks: Sequence[Chunk]) -> NDArray[np.int64]:
    starts = np.cumsum([0, *(len(chunk.rows) for chunk in chunks[:-1])])
    return np.concatenate([chunk.ends + at for chunk, at in zip(chunks, starts, strict=True)])
