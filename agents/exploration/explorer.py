"""What an update does to explore: what it pays beside the games' rewards, and what it keeps."""

from dataclasses import replace
from typing import Final

from jimbot_stream.agents.checkpoint import Checkpoint, Tensors, extra_tensors
from jimbot_stream.agents.exploration import widening
from jimbot_stream.agents.exploration.builds import builds_named
from jimbot_stream.agents.exploration.counts import Counts
from jimbot_stream.agents.exploration.progress import Progress
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.agents.rollouts.config import TrainConfig

COUNTS: Final = "combinations.counts"
"""Name of the table among the tensors that a checkpoint holds besides."""


class Explorer:
    """One update's; where nothing is asked for, it changes nothing."""

    def __init__(self, config: TrainConfig, before: Checkpoint) -> None:
        """Take up what the checkpoint before keeps.

        Raises:
            CheckpointError: it keeps the tensors of another algorithm, or of another configuration.
        """
        told, builds = config.combinations, builds_named(config.rollout.builds)
        self._columns = len(builds)
        wanted = widening.shapes(before, self._columns) if builds else {}
        wanted |= {COUNTS: (told.slots,)} if told is not None else {}
        kept: Tensors = (extra_tensors(before, wanted) if wanted else None) or {}
        self.begun = widening.widened(before, self._columns, kept) if builds else before
        """What learns: its network sees the columns of the builds, too."""
        self._counts = Counts(told, kept.get(COUNTS)) if told is not None else None
        self._progress = Progress(builds, config.rollout.build_reward) if builds else None

    def paid(self, chunk: Chunk) -> Chunk:
        """A round with its rewards; rounds are to be given in their order."""
        rewards = chunk.rewards
        if self._progress is not None:
            rewards = rewards + self._progress.bonus(chunk)
        if self._counts is not None:
            rewards = rewards + self._counts.bonus(chunk)
        return chunk if rewards is chunk.rewards else replace(chunk, rewards=rewards)

    def kept(self, after: Checkpoint) -> Checkpoint:
        """The checkpoint that the next update takes up."""
        extra: Tensors = {}
        if self._columns:
            after, extra = widening.narrowed(after, self._columns)
        if self._counts is not None:
            extra[COUNTS] = self._counts.table
        return replace(after, extra=extra) if extra else after

    def metrics(self) -> dict[str, float]:
        """For people."""
        parts = (part.metrics() for part in (self._counts, self._progress) if part is not None)
        return {name: value for part in parts for name, value in part.items()}
