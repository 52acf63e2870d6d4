"""The games of one generation: all played with one checkpoint, gathered until complete."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from statistics import fmean

from jimbot_stream.contracts import EpisodeClosed, EpisodeReference


@dataclass(slots=True)
class Generation:
    """Collects the closed games from which the next update learns.

    A game counts when it belongs to the run's seed and its decisions came from the
    current checkpoint alone. Any other is stale and dropped: PPO cannot learn from what
    another policy did, and a run must be a function of its seed. Should more games close
    than are wanted, those that come after the last one needed are stale as well. A game that an
    update of the run learned from, or failed to, does not come back: after a refused update
    the same checkpoint plays on.
    """

    run_seed: int
    checkpoint: str
    wanted: int
    learned: AbstractSet[str] = frozenset()
    """Games of earlier updates."""
    closed: dict[str, EpisodeClosed] = field(default_factory=dict)
    stale: int = 0

    def offer(self, episode: EpisodeClosed) -> bool:
        """Take a closed game in; False where it does not belong here, or is here already."""
        if episode.game_id in self.closed or episode.game_id in self.learned:
            return False
        if not self._belongs(episode) or self.complete:
            self.stale += 1
            return False
        self.closed[episode.game_id] = episode
        return True

    @property
    def complete(self) -> bool:
        """Every game that the update needs is there."""
        return len(self.closed) >= self.wanted

    def references(self) -> list[EpisodeReference]:
        """The games by id: the order in which they were closed is luck."""
        return [
            EpisodeReference(game_id=name, last_revision=episode.last_revision)
            for name, episode in sorted(self.closed.items())
        ]

    def mean_score(self) -> float:
        """Mean of the best round of each game."""
        return fmean(episode.best_score for episode in self.closed.values())

    def mean_ante(self) -> float:
        """Mean of the last ante of each game."""
        return fmean(episode.ante for episode in self.closed.values())

    def _belongs(self, episode: EpisodeClosed) -> bool:
        pinned = list(episode.checkpoints) == [self.checkpoint]
        return pinned and episode.run_seed == self.run_seed
