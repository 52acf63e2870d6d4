"""Blobs of a run that were let go of, computed again from the nearest ones before them.

Only what the record says was pruned is made again: a blob that is missing otherwise is a loss.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from jimbot_stream.agents.algorithms import Blobs as Readable
from jimbot_stream.agents.algorithms import FromPlay, algorithm_named
from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.feed import read_game
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.agents.rewards import reward_named
from jimbot_stream.agents.trajectory import batch_of, trajectory
from jimbot_stream.checkpoints import BlobError
from jimbot_stream.contracts import RunStarted, UpdateApplied
from jimbot_stream.eventlog import LogReader

_SHOWN: Final = 12


class RecomputeError(ValueError):
    """A pruned blob cannot be made again; the message says why."""

    def __init__(self, text: str, update: UpdateApplied) -> None:
        """Tell the update that came out otherwise, or could not be computed."""
        super().__init__(text)
        self.update = update


def needs(update: UpdateApplied) -> list[str]:
    """Blobs that an update begins with."""
    names = (update.checkpoint_in, update.rollout.sampler_in, update.memory_in)
    return [name for name in names if name]


def leaves(update: UpdateApplied) -> list[str]:
    """Blobs that it leaves, but for the blocks of its replay memory."""
    names = (update.checkpoint_out, update.rollout.sampler_out, update.memory_out)
    return [name for name in names if name]


class Recomputed:
    """The blobs of a run: those of a store, and pruned ones once they were asked for.

    ``ensure`` makes what is asked for, by computing the updates since the nearest kept ones again;
    ``get`` reads it. What is no longer needed is forgotten, so one that is asked for update after
    update computes each once.
    """

    def __init__(
        self,
        log: LogReader,
        store: Readable,
        started: RunStarted,
        updates: Sequence[UpdateApplied],
        pruned: Iterable[str],
    ) -> None:
        """Take a run's record: how it began, its updates in order, and what was pruned."""
        self._log, self._store = log, store
        self._started, self._updates = started, updates
        self.pruned = frozenset(pruned)
        self._made: dict[str, bytes] = {}
        self._makers = {name: at for at, each in enumerate(updates) for name in leaves(each)}

    def get(self, sha256: str) -> bytes:
        """The bytes of a blob.

        Raises:
            BlobError: it is missing or damaged, and was not made again.
        """
        if sha256 in self._made:
            return self._made[sha256]
        return self._store.get(sha256)

    def has(self, name: str) -> bool:
        """Whether ``get`` will find a sound blob."""
        return self._there(name)

    def gone(self, name: str) -> bool:
        """Whether a blob was pruned, and is neither in the store nor made again."""
        return name in self.pruned and not self.has(name)

    async def ensure(self, names: Iterable[str]) -> None:
        """Make those of the blobs again that were pruned.

        Raises:
            BlobError: one that they are made from is missing, and was not pruned.
            RecomputeError: an update came out otherwise than recorded.
        """
        wanted = [name for name in names if self._wanting(name)] if self.pruned else []
        order = self._order(wanted)
        for place, at in enumerate(order):
            update = self._updates[at]
            later = {name for rest in order[place + 1 :] for name in needs(self._updates[rest])}
            self.remember(update, await self._again(update, first=at == 0), {*wanted, *later})

    def remember(
        self, update: UpdateApplied, left: Mapping[str, bytes], also: Iterable[str] = ()
    ) -> None:
        """Keep what an update left, computed again, and of what was made before only ``also``.

        What was not pruned is read from the store, where it must be.
        """
        made = {**self._made, **left}
        keep = {*leaves(update), *also}
        for name in [name for name in keep if name in made and _is_manifest(made[name])]:
            keep.update(manifest.blocks_of(made[name]))
        self._made = {name: data for name, data in made.items() if name in keep & self.pruned}

    def _order(self, wanted: Iterable[str]) -> list[int]:
        """Updates to compute, in order, until all that is wanted was made."""
        found: set[int] = set()
        waiting = [self._makers[name] for name in wanted if name in self._makers]
        while waiting:
            at = waiting.pop()
            if at not in found:
                found.add(at)
                missing = [name for name in needs(self._updates[at]) if self._wanting(name)]
                waiting += [self._makers[name] for name in missing if name in self._makers]
        return sorted(found)

    def _wanting(self, name: str) -> bool:
        """Whether a blob, or a block of it, was pruned and is not there."""
        if self.gone(name):
            return True
        maker = self._makers.get(name)
        if maker is None or self._updates[maker].memory_out != name or not self._there(name):
            return False
        return any(self.gone(block) for block in manifest.blocks_of(self.get(name)))

    def _there(self, name: str) -> bool:
        if name in self._made:
            return True
        try:
            self._store.get(name)
        except BlobError:
            return False
        return True

    async def _again(self, update: UpdateApplied, *, first: bool) -> Mapping[str, bytes]:
        left = await self._computed(update, first=first)
        for name in leaves(update):
            if name not in left:
                found = ", ".join(made[:_SHOWN] for made in left)
                raise RecomputeError(
                    f"update {update.update} left {name[:_SHOWN]} and comes out as {found} here",
                    update,
                )
        return left

    async def _computed(self, update: UpdateApplied, *, first: bool) -> Mapping[str, bytes]:
        algorithm = algorithm_named(self._started.algorithm)
        before = self.get(update.checkpoint_in)
        if isinstance(algorithm, FromPlay):
            made = algorithm.repeat(update, self._started.run_seed, before, self, first)
            return {sha256(made.checkpoint): made.checkpoint, **made.left}
        config = algorithm.read_config(update.config_json)
        games = [await read_game(self._log, episode) for episode in update.episodes]
        batch = batch_of([trajectory(game, reward_named(config.reward)) for game in games])
        after = algorithm.apply(before, batch, config, update.shuffle_seed).checkpoint
        return {sha256(after): after}


def _is_manifest(data: bytes) -> bool:
    return data.startswith(manifest.MAGIC)
