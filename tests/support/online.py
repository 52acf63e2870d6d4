"""A learner on a bus in memory, and the games that it is told of."""

from collections.abc import Sequence
from typing import Final

from jimbot_stream.agents.announcing import Announcer, Topics
from jimbot_stream.agents.online import OnlineLearner
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.bus import Start
from jimbot_stream.bus.consumer import EventConsumer, Received
from jimbot_stream.bus.memory import MemoryBus
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import EpisodeClosed, Event, EventBatch
from jimbot_stream.contracts.batch import encode_batch
from jimbot_stream.eventlog import EventLog

TOPICS: Final = Topics(episode="episode", checkpoint="checkpoint", training="training")
GAMES: Final = 3
"""Of a generation."""


async def learner(
    run: TrainingRun,
    log: EventLog,
    bus: MemoryBus,
    announcer: Announcer | None = None,
    per_update: int = GAMES,
) -> OnlineLearner:
    """A learner as its process makes it."""
    episodes = await EventConsumer.open(bus, [TOPICS.episode], Start.BEGINNING)
    announcer = announcer or Announcer(bus, TOPICS, run.started.run_id)
    return OnlineLearner(run, log, episodes, announcer, FrozenClock(), per_update=per_update)


async def close(bus: MemoryBus, episodes: Sequence[EpisodeClosed]) -> None:
    """Publish closed games, as the worker does."""
    for number, episode in enumerate(episodes):
        batch = EventBatch(
            source="worker-0", first_sequence=number, events=[Event(episode_closed=episode)]
        )
        await bus.publish("episode", encode_batch(batch), key=b"worker-0", timestamp_ms=0)


async def told(bus: MemoryBus, topic: str) -> list[Received]:
    """Everything on a topic."""
    consumer = await EventConsumer.open(bus, [topic], Start.BEGINNING)
    return await consumer.take(0.01)
