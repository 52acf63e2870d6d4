"""What an update pays beside the rewards of the games, and what it keeps of that for the next."""

from dataclasses import replace
from typing import Final

from jimbot_stream.agents.checkpoint import Checkpoint, extra_tensors
from jimbot_stream.agents.exploration.counts import Counts
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.agents.rollouts.config import TrainConfig

COUNTS: Final = "combinations.counts"
"""Name of the table among the tensors that a checkpoint holds besides."""


class Explorer:
    """The rewards of one update; without any to pay, it changes nothing."""

    def __init__(self, config: TrainConfig, before: Checkpoint) -> None:
        """Take up what the checkpoint before keeps.

        Raises:
            CheckpointError: it keeps the tensors of another algorithm, or of a table of other size.
        """
        self._counts: Counts | None = None
        told = config.combinations
        if told is not None:
            kept = extra_tensors(before, {COUNTS: (told.slots,)})
            self._counts = Counts(told, None if kept is None else kept[COUNTS])

    def paid(self, chunk: Chunk) -> Chunk:
        """A round with its rewards; rounds are to be given in their order."""
        if self._counts is None:
            return chunk
        return replace(chunk, rewards=chunk.rewards + self._counts.bonus(chunk))

    def kept(self, after: Checkpoint) -> Checkpoint:
        """The checkpoint that the next update takes up."""
        if self._counts is None:
            return after
        return replace(after, extra={COUNTS: self._counts.table})

    def metrics(self) -> dict[str, float]:
        """For people."""
        return self._counts.metrics() if self._counts is not None else {}
