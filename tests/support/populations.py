"""A small population, who watches it, and a log that dies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jimbot_stream.agents.failing import DivergedError
from jimbot_stream.agents.population.membership import PopulationConfig
from jimbot_stream.agents.population.population import Population
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.runners import HERE, Workplace
from jimbot_stream.agents.rollouts.training import Progress
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import PopulationExploited
from jimbot_stream.eventlog import Appended, EventLog, ExpectedVersion, NewEvent, RecordedEvent

SEED: Final = 5
"""One whose members do not reach the same."""
SIZE: Final = PopulationConfig(members=3, every=2, games=12)
CONFIG: Final = TrainConfig(
    RolloutConfig(games=4, steps=4, rounds=2, most_steps=40),
    UpdateConfig(epochs=1, minibatch=16),
)


@dataclass
class Witness:
    """Keeps what it sees, and can ask for an end."""

    updates: list[tuple[str, int]] = field(default_factory=list)
    exchanges: list[PopulationExploited] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    played: list[str] = field(default_factory=list)
    enough: Callable[["Witness"], bool] = lambda witness: False

    def told(self, steps: int) -> None:
        """Nobody counts decisions here."""

    def done(self, run: str, update: Progress) -> None:
        self.updates.append((run, update.applied.update))

    def failed(self, run: str, error: DivergedError) -> None:
        self.failures.append(run)

    def playing(self, run: str, games: int) -> Callable[[int], None]:
        self.played.append(run)
        return lambda ended: None

    def exchanged(self, change: PopulationExploited) -> None:
        self.exchanges.append(change)


async def begun(log: EventLog, blobs: BlobStore, workplace: Workplace = HERE) -> Population:
    """The population as its record leaves it."""
    return await Population.begin(log, blobs, SEED, SIZE, CONFIG, FrozenClock(), workplace)


async def grown(
    log: EventLog,
    blobs: BlobStore,
    updates: int,
    witness: Witness | None = None,
    workplace: Workplace = HERE,
) -> Population:
    """Go on with it until every member has so many updates, or the witness has seen enough."""
    watch = witness or Witness()
    population = await begun(log, blobs, workplace)
    await population.go_on(updates, lambda: watch.enough(watch), watch)
    return population


async def recorded(log: EventLog) -> dict[str, list[tuple[str, bytes, bytes]]]:
    """Everything in a log but for times and the order of streams."""
    found: dict[str, list[tuple[str, bytes, bytes]]] = {}
    async for event in log.read_all():
        if not event.stream.startswith("$"):
            told = (event.type, event.data, event.metadata)
            found.setdefault(event.stream, []).append(told)
    return found


def of(events: Sequence[RecordedEvent], stream: str, kind: str) -> list[RecordedEvent]:
    """Events of a type in a stream."""
    return [event for event in events if event.stream == stream and event.type == kind]


class Killed(BaseException):
    """The process ended here."""


class MortalLog:
    """Passes on one append, and kills whoever tries another."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.appends = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    async def append(
        self, stream: str, events: Sequence[NewEvent], expected: ExpectedVersion
    ) -> Appended:
        if self.appends:
            raise Killed
        self.appends += 1
        return await self._log.append(stream, events, expected)
