"""Generations: games and learner take turns, so that a run is a function of its seed."""

import asyncio
import logging
from collections.abc import Sequence

from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.clock import Clock
from jimbot_stream.play.plan import GamePlan
from jimbot_stream.play.table import Table
from jimbot_stream.play.tally import Tally

logger = logging.getLogger(__name__)


class NoCheckpointError(Exception):
    """The learner did not announce the checkpoint that the next generation needs."""


class CheckpointWatch:
    """Follows the announcements of one training run."""

    def __init__(
        self, consumer: EventConsumer, run_id: str, clock: Clock, patience_s: float = 300.0
    ) -> None:
        """Read announcements of run_id, and what was turned down; from the topics' beginning."""
        self._consumer = consumer
        self._run_id = run_id
        self._clock = clock
        self._patience_s = patience_s
        self._seen: dict[int, str] = {}
        self.refused = 0
        """Updates whose checkpoint was turned down."""
        self.failed = 0
        """Updates that made none."""

    async def checkpoint_of(self, update: int) -> str:
        """sha256 of the checkpoint that stood after the update; 0 is the untrained one.

        Where the update was turned down, that is the one before it.

        Raises:
            NoCheckpointError: it was not announced in time, or only later ones were.
        """
        deadline = self._clock.monotonic() + self._patience_s
        while update not in self._seen:
            if self._seen and max(self._seen) > update:
                raise NoCheckpointError(
                    f"update {max(self._seen)} of {self._run_id} is announced, {update} is not"
                )
            if self._clock.monotonic() > deadline:
                raise NoCheckpointError(
                    f"update {update} of {self._run_id} was not announced within"
                    f" {self._patience_s:.0f} s"
                )
            await self._read()
        return self._seen[update]

    async def _read(self) -> None:
        for received in await self._consumer.take(timeout_s=1.0):
            saved, rejected = received.event.checkpoint_saved, received.event.update_rejected
            if saved.run_id == self._run_id:
                self._seen[saved.update] = saved.checkpoint
                logger.info("update %d made checkpoint %s", saved.update, saved.checkpoint)
            elif rejected.run_id == self._run_id:
                self._seen[rejected.update] = rejected.checkpoint
                self.refused += bool(rejected.rejected)
                self.failed += not rejected.rejected
                logger.info("update %d was turned down: %s", rejected.update, rejected.reason)


async def play_generations(
    tables: Sequence[Table],
    generations: Sequence[Sequence[GamePlan]],
    watch: CheckpointWatch,
    tally: Tally,
) -> None:
    """Play every generation with the checkpoint that learned from the one before.

    Raises:
        NoCheckpointError: the learner fell silent.
        DeskError: a decision did not come about, or was not legal.
    """
    for number, plans in enumerate(generations):
        await _await_update(watch, tally, number)
        tally.stage = f"playing generation {number}"
        checkpoint = await watch.checkpoint_of(number)
        shares = [plans[seat :: len(tables)] for seat in range(len(tables))]
        await asyncio.gather(
            *(table.play(share, checkpoint) for table, share in zip(tables, shares, strict=True))
        )
    await _await_update(watch, tally, tally.updates_planned)
    tally.stage = "all games played"


async def _await_update(watch: CheckpointWatch, tally: Tally, number: int) -> None:
    tally.stage = f"waiting for update {number}" if number else "waiting for the first checkpoint"
    await watch.checkpoint_of(number)
    tally.refused, tally.failed = watch.refused, watch.failed
    tally.updates = number - watch.refused - watch.failed
