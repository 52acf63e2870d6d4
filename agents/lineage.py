"""Which weights a run goes on with: a fold over its stream, for learners and for the audit."""

from dataclasses import dataclass, field
from typing import Final

from google.protobuf.message import Message

from jimbot_stream.contracts import (
    EpisodeRejected,
    PopulationExploited,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)

LINEAGE: Final[dict[str, type[Message]]] = {
    kind.DESCRIPTOR.name: kind
    for kind in (RunStarted, UpdateApplied, UpdateRejected, EpisodeRejected, PopulationExploited)
}
"""Events that say which weights a run goes on with."""


@dataclass(slots=True)
class Lineage:
    """Where a run stands after the events that it was shown.

    The gate's rule: every update whose number ``every`` divides is compared with the incumbent,
    the last checkpoint that was accepted. Turned down, UpdateRejected follows it and the next
    update begins with the incumbent. Accepted, nothing follows: the next update says so by
    beginning with it.
    """

    every: int = 0
    """Updates from one comparison to the next; 0: none is made."""
    newest: str = ""
    """The checkpoint that the next update begins with."""
    incumbent: str = ""
    """What the newest must not be worse than."""
    number: int = 0
    """The last update, applied or not."""
    made: dict[str, int] = field(default_factory=dict)
    """Update by the checkpoint that it made; 0 for the one that the run began with."""
    given_up: set[str] = field(default_factory=set)
    """Checkpoints that were turned down, and those that went on from one."""
    learned: set[str] = field(default_factory=set)
    """Games that an update learned from, or tried to."""

    def take(self, message: Message) -> None:
        """Stand after an event."""
        if isinstance(message, RunStarted):
            self.newest = self.incumbent = message.checkpoint
            self.made[message.checkpoint] = 0
        elif isinstance(message, UpdateApplied):
            self._apply(message)
        elif isinstance(message, UpdateRejected):
            self._reject(message)
        elif isinstance(message, EpisodeRejected):
            self.learned.add(message.episode.game_id)
        elif isinstance(message, PopulationExploited):
            self.newest = self.incumbent = message.from_checkpoint
            self.made[message.from_checkpoint] = self.number

    def due(self, number: int) -> bool:
        """Whether the checkpoint of an update is compared."""
        return self.every > 0 and number > 0 and number % self.every == 0

    @property
    def undecided(self) -> bool:
        """Whether the newest checkpoint is one that the gate compares."""
        made_last = self.made.get(self.newest) == self.number
        return self.due(self.number) and made_last and self.newest != self.incumbent

    def _apply(self, update: UpdateApplied) -> None:
        if self.undecided:
            self.incumbent = self.newest  # else it would have been turned down
        self.newest, self.number = update.checkpoint_out, update.update
        self.made.setdefault(update.checkpoint_out, update.update)
        self.learned.update(episode.game_id for episode in update.episodes)

    def _reject(self, rejected: UpdateRejected) -> None:
        if self.undecided and rejected.update > self.number:
            self.incumbent = self.newest
        self.number = max(self.number, rejected.update)
        if rejected.rejected:
            self.newest = self.incumbent = rejected.checkpoint
            kept = self.made.get(rejected.checkpoint, 0)
            self.given_up |= {name for name, number in self.made.items() if number > kept}
            self.given_up.discard(rejected.checkpoint)
        self.learned.update(episode.game_id for episode in rejected.episodes)
