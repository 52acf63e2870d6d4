"""What is in service: one ordered stream, ``service-policy``, that says which checkpoint decides.

A promotion puts a checkpoint on top of those that were in service before, a roll-back takes off
what was put on since. Workers read the stream at their start and hear of changes on the bus.
"""

from collections.abc import Callable, Sequence
from typing import Final, Self, TypeVar

from google.protobuf.message import Message

from jimbot_stream.contracts import CheckpointPromoted, CheckpointRefused, CheckpointRolledBack
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS, read_event
from jimbot_stream.eventlog import EventLog, RecordedEvent
from jimbot_stream.eventlog.journal import ConflictError, Entry, StreamJournal
from jimbot_stream.eventlog.naming import SERVICE

M = TypeVar("M", bound=Message)
KINDS: Final[dict[str, type[Message]]] = {
    kind.DESCRIPTOR.name: kind
    for kind in (CheckpointPromoted, CheckpointRefused, CheckpointRolledBack)
}
"""Every type of event that the stream may hold."""


class PromotionError(ValueError):
    """What is in service cannot be changed so; the message says what can be done."""


def stand_after(stack: Sequence[str], message: Message) -> list[str]:
    """The checkpoints of the stack, oldest first, after an event; the last of them decides."""
    if isinstance(message, CheckpointPromoted):
        return [*stack, message.checkpoint]
    if isinstance(message, CheckpointRolledBack) and message.checkpoint in stack:
        last = len(stack) - 1 - stack[::-1].index(message.checkpoint)
        return list(stack[: last + 1])
    return list(stack)


class InService:
    """The stream as it was read last, and what may be added to it."""

    def __init__(self, log: EventLog, journal: StreamJournal) -> None:
        self._log = log
        self._journal = journal
        self.events: list[RecordedEvent] = []
        self.stack: list[str] = []
        """Checkpoints that were promoted and not rolled back, oldest first."""
        self._take(journal.events)

    @classmethod
    async def open(cls, log: EventLog) -> Self:
        """Read the whole stream; it has an event per promotion.

        Raises:
            LogUnavailableError: no answer.
        """
        return cls(log, await StreamJournal.open(log, SERVICE, keep_events=True))

    @property
    def checkpoint(self) -> str:
        """The checkpoint that decides, as sha256 in hex; empty where none was ever promoted."""
        return self.stack[-1] if self.stack else ""

    @property
    def by(self) -> str:
        """Who put it there: a person, or a run; empty where nothing is in service."""
        for event in reversed(self.events):
            if event.type in ("CheckpointPromoted", "CheckpointRolledBack"):
                told = read_event(KINDS[event.type], event)
                return str(getattr(told, "by", ""))
        return ""

    async def refresh(self) -> None:
        """Read what others have added."""
        self._take(await self._journal.catch_up())

    async def promote(
        self, what: CheckpointPromoted, over: Callable[[str], bool] = lambda decides: True
    ) -> list[RecordedEvent]:
        """Put a checkpoint into service; nothing happens where it is there already.

        Nor where over says no to the checkpoint that decides. ``replaced`` is filled in. Gives
        the new events.
        """

        def promoted() -> Message | None:
            if self.checkpoint == what.checkpoint or not over(self.checkpoint):
                return None
            told = CheckpointPromoted()
            told.CopyFrom(what)
            told.replaced = self.checkpoint
            return told

        return await self._append(promoted)

    async def refuse(self, what: CheckpointRefused) -> list[RecordedEvent]:
        """Record that a checkpoint did worse; nothing happens where that is recorded already."""

        def refused() -> Message | None:
            return None if what in self.all(CheckpointRefused) else what

        return await self._append(refused)

    async def roll_back(self, to: str, reason: str, by: str) -> list[RecordedEvent]:
        """Let an earlier checkpoint decide again; empty to: the one before.

        Named, and in service already, nothing happens.

        Raises:
            PromotionError: it is not among those before; none was.
        """

        def rolled_back() -> Message | None:
            earlier = self._earlier(to)
            if earlier == self.checkpoint:
                return None
            return CheckpointRolledBack(
                checkpoint=earlier, withdrawn=self.checkpoint, reason=reason, by=by
            )

        return await self._append(rolled_back)

    def all(self, kind: type[M]) -> list[M]:
        """Every event of one type, in order."""
        name = kind.DESCRIPTOR.name
        return [read_event(kind, event) for event in self.events if event.type == name]

    def before(self) -> str:
        """The checkpoint that was in service before the one that is.

        Raises:
            PromotionError: there was none.
        """
        if len(self.stack) < 2:
            raise PromotionError(
                "no checkpoint was in service before: promote one with jimbot-learn promote"
            )
        return self.stack[-2]

    def _earlier(self, to: str) -> str:
        if not to:
            return self.before()
        if to not in self.stack:
            raise PromotionError(
                f"{to[:12]} is not among the checkpoints that were in service and not rolled"
                " back: put it there with jimbot-learn promote"
            )
        return to

    async def _append(self, tell: Callable[[], Message | None]) -> list[RecordedEvent]:
        """Append what there is to tell, asked anew whenever somebody else was quicker."""
        await self.refresh()
        while True:
            message = tell()
            if message is None:
                return []
            try:
                revisions = await self._journal.append([_entry(message)])
            except ConflictError as error:
                self._take(error.events)
                continue
            start = revisions[0]
            new = [e async for e in self._log.read_stream(SERVICE, from_revision=start)]
            self._take(new)
            return new

    def _take(self, events: Sequence[RecordedEvent]) -> None:
        for event in events:
            self.events.append(event)
            if event.type in KINDS:
                self.stack = stand_after(self.stack, read_event(KINDS[event.type], event))


def _entry(message: Message) -> Entry:
    kind = message.DESCRIPTOR.name
    return Entry(
        type=kind,
        data=to_json(message),
        correlation=str(getattr(message, "checkpoint", "")),
        metadata={"producer": "promotion", "schema": str(SCHEMA_VERSIONS[kind])},
    )
