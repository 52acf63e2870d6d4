"""``learning.checkpoint`` → the policies in service.

Every worker must hear every announcement, so this is no agent of the group: each worker
reads the whole topic, and then the log, which knows what decides. A checkpoint that was promoted,
or rolled back to, decides from the next decision on that asks for none in particular; a game that
names its checkpoint is not touched by it. One that was only saved changes nothing.
"""

import logging

from jimbot_stream.bus import Place
from jimbot_stream.bus.consumer import EventConsumer, Received
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import CheckpointSaved, Event
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.journal import ConflictError, Entry, StreamJournal
from jimbot_stream.eventlog.naming import checkpoint_stream
from jimbot_stream.promotion import InService
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.metrics import Metrics
from jimbot_stream.streams.outbox import Outbox
from jimbot_stream.streams.policies import Policies

SAVED = CheckpointSaved.__name__

logger = logging.getLogger(__name__)


async def record_untrained(log: EventLog, blobs: BlobStore, data: bytes, rules_version: str) -> str:
    """Store the untrained checkpoint and record it; whoever was first, the record is one."""
    name = blobs.put(data)
    saved = CheckpointSaved(checkpoint=name, size=len(data), rules_version=rules_version)
    journal = await StreamJournal.open(log, checkpoint_stream(name))
    if journal.version < 0:
        try:
            schema = str(SCHEMA_VERSIONS[SAVED])
            entry = Entry(SAVED, to_json(saved), correlation=name, metadata={"schema": schema})
            await journal.append([entry])
        except ConflictError:
            logger.info("%s was recorded by another process at the same moment", name)
    return name


class CheckpointListener:
    """Takes announced checkpoints into service, until it is cancelled."""

    def __init__(
        self,
        announced: EventConsumer,
        service: InService,
        policies: Policies,
        outbox: Outbox,
        metrics: Metrics,
    ) -> None:
        """Listen to announced, which must have been opened before service was read."""
        self._announced = announced
        self._service = service
        self._policies = policies
        self._outbox = outbox
        self._metrics = metrics

    async def run(self) -> None:
        """Listen."""
        async for received in self._announced:
            if _changes(received.event):
                await self._follow(received)

    async def _follow(self, received: Received) -> None:
        """Take what the log says decides: announcements of several may overtake one another."""
        await self._service.refresh()
        checkpoint = self._service.checkpoint
        if checkpoint and checkpoint != self._policies.in_service:
            await self._take(received, checkpoint)

    async def _take(self, received: Received, checkpoint: str) -> None:
        try:
            await self._policies.take(checkpoint)
        except Rejected as reason:
            place: Place = received.place
            value = received.event.SerializeToString(deterministic=True)
            await self._outbox.reject(place, 0, received.key or b"", value, reason)
        else:
            self._metrics.count("checkpoints_taken")
            logger.info("checkpoint %s is in service", checkpoint)


def _changes(event: Event) -> bool:
    """Whether an event changes what is in service."""
    return event.HasField("checkpoint_promoted") or event.HasField("checkpoint_rolled_back")
