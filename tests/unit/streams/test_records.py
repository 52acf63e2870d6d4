from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jimbot_stream.bus import Place, RecordRefusedError, UnknownTopicError
from jimbot_stream.clock import SystemClock
from jimbot_stream.contracts import DecisionRequest, Event, EventBatch, EventType, GameState
from jimbot_stream.contracts.batch import decode_batch, encode_batch
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.streams.games import Games
from jimbot_stream.streams.metrics import Metrics
from jimbot_stream.streams.outbox import Outbox
from jimbot_stream.streams.records import Incoming, RecordDesk
from jimbot_stream.streams.topics import DEAD_LETTER, DECISION_REQUEST

LONG = "x" * 250_000
"""Twice this fits into one record that the bus takes, four times does not."""


class StrictBus:
    """Refuses what Kafka refuses: records whose key and value are too large together."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Event]] = []
        self.unknown = 0
        """Records to come that it will say it has no topic for, as a bus that is away does."""

    async def publish(self, topic: str, value: bytes, *, key: bytes, timestamp_ms: int) -> Place:
        self.unknown -= 1
        if self.unknown >= 0:
            raise UnknownTopicError(topic)
        if len(key) + len(value) > 999_000:
            raise RecordRefusedError(f"{len(key)} + {len(value)} bytes")
        self.sent += [(topic, event) for event in decode_batch(value).events]
        return Place(topic, 0, len(self.sent))


class Alike:
    """Begins with the same decider for every record."""

    def __init__(self, decider: Any) -> None:
        self._decider = decider

    def begin(self) -> Any:
        return self._decider


class Bench:
    """A desk, and what it published."""

    def __init__(self, log: EmbeddedLog, decider: Any, rows: Any) -> None:
        clock, metrics = SystemClock(), Metrics()
        bus: Any = StrictBus()
        self._rows = rows
        self.bus, self.sent = bus, bus.sent
        outbox = Outbox(bus, "", "w", clock, metrics)
        alike: Any = Alike(decider)
        self._desk = RecordDesk(Games(log, clock, metrics), alike, outbox, metrics, clock)

    async def handle(self, value: bytes, key: bytes = b"p") -> None:
        place = Place(DECISION_REQUEST.name, 0, 0)
        record = Incoming(place.topic, place, key, value, (), timestamp_ms=0, read_at=0.0)
        await self._desk.handle(record, self._rows)


@pytest.fixture
async def bench(tmp_path: Path, decider: Any, rows: Any) -> AsyncIterator[Bench]:
    async with EmbeddedLog(tmp_path / "events.sqlite") as log:
        yield Bench(log, decider, rows)


def request(**changed: Any) -> Event:
    asked = DecisionRequest(request_id="r", state=GameState(seed="TEST"))
    event = Event(
        type=EventType.EVENT_TYPE_DECISION_REQUEST,
        game_id="g1",
        source="p",
        schema_version=1,
        decision_request=asked,
    )
    event.MergeFrom(Event(**changed))
    return event


def batch(*events: Event, source: str = "p") -> bytes:
    return encode_batch(EventBatch(source=source, events=events))


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (b"no protobuf", LONG.encode() * 3),
        (b"no protobuf", b"\xff" * 700_000),
        (batch(request(), source=LONG), b"p"),
        (batch(request(), source=""), LONG.encode() * 3),
        (batch(request(game_id=LONG)), b"p"),
        (batch(request(source=LONG)), b"p"),
        (batch(request(event_id=LONG)), b"p"),
        (batch(request(game_id="?", correlation_id=LONG)), b"p"),
        (batch(request(decision_request=DecisionRequest(request_id=LONG))), b"p"),
        (batch(request(decision_request=DecisionRequest(request_id=LONG)), source=LONG), b"p"),
        (batch(request(decision_request=DecisionRequest(checkpoint=LONG))), b"p"),
    ],
)
async def test_whatever_is_long_ends_as_a_dead_letter_that_the_bus_takes(
    bench: Bench, value: bytes, key: bytes
) -> None:
    await bench.handle(value, key)
    assert DEAD_LETTER.name in {topic for topic, _ in bench.sent}


async def test_a_rejected_request_is_answered_with_the_reason(bench: Bench) -> None:
    await bench.handle(batch(request(schema_version=2)))
    (answer,) = [
        event.decision_reply for _, event in bench.sent if event.HasField("decision_reply")
    ]
    assert (answer.request_id, "unknown_schema" in answer.error) == ("r", True)


async def test_a_bus_that_is_away_makes_no_dead_letter_of_a_good_record(bench: Bench) -> None:
    bench.bus.unknown = 2
    await bench.handle(batch(request(schema_version=2)))
    assert len(bench.sent) == 2
    reasons = [e.record_rejected.reason for _, e in bench.sent if e.HasField("record_rejected")]
    assert reasons == ["unknown_schema"]
