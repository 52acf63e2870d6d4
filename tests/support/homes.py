"""Data folders with logs made by hand, for what reads a log and executes nothing of it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from click.testing import CliRunner, Result
from google.protobuf.message import Message

from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.eventlog import Expected, NewEvent, RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal
from jimbot_stream.replay.cli import main


def replay(*arguments: str | Path) -> Result:
    """``jimbot-replay`` with these arguments, in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@dataclass
class Home:
    """A data folder that a test fills."""

    folder: Path
    clock: FrozenClock = field(default_factory=FrozenClock)

    @property
    def blobs(self) -> BlobStore:
        return BlobStore(self.folder / "blobs")

    @property
    def log_file(self) -> Path:
        return self.folder / "events.sqlite"

    def tell(self, *told: tuple[str, Message]) -> None:
        """Append facts to streams, each in turn."""
        asyncio.run(self._tell(told))

    async def _tell(self, told: Iterable[tuple[str, Message]]) -> None:
        async with EmbeddedLog(self.log_file, self.clock) as log:
            for stream, fact in told:
                self.clock.advance(1.5)
                entry = Entry(fact.DESCRIPTOR.name, to_json(fact), stream, metadata={"schema": "1"})
                await (await StreamJournal.open(log, stream)).append([entry])

    def append(self, stream: str, *events: NewEvent) -> None:
        """Append bytes as they are, which nobody chained."""
        asyncio.run(self._append(stream, events))

    async def _append(self, stream: str, events: Sequence[NewEvent]) -> None:
        async with EmbeddedLog(self.log_file, self.clock) as log:
            for event in events:
                self.clock.advance(0.25)
                await log.append(stream, [event], Expected.ANY)

    def events(self) -> list[RecordedEvent]:
        return asyncio.run(self._events())

    async def _events(self) -> list[RecordedEvent]:
        async with EmbeddedLog(self.log_file, read_only=True) as log:
            return [event async for event in log.read_all()]


def streams_in(bundle: Path) -> set[str]:
    lines = (bundle / "events.jsonl").read_bytes().splitlines()
    return {orjson.loads(line)["stream"] for line in lines}


def files_of(folder: Path) -> dict[str, bytes]:
    """Contents by path within a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
