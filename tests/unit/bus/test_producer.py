"""The game producer: numbers, packing, repetition, failure."""

import asyncio
from typing import Any

import pytest

from jimbot_stream.bus import BusUnavailableError, RecordRefusedError, Start
from jimbot_stream.bus.lane import Packing, ProducerBrokenError
from jimbot_stream.bus.memory import MemoryBus
from jimbot_stream.bus.producer import GameProducer
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import Event, EventBatch
from jimbot_stream.contracts.batch import decode_batch

TOPIC = "game.state"


async def stored(bus: MemoryBus) -> list[EventBatch]:
    reader = await bus.open_reader([TOPIC], Start.BEGINNING)
    return [decode_batch(record.value) for record in await reader.take(timeout_s=0.01)]


def spans(batches: list[EventBatch]) -> list[tuple[int, int]]:
    return [(batch.first_sequence, len(batch.events)) for batch in batches]


async def test_events_of_one_tick_travel_in_one_record(bus: MemoryBus) -> None:
    async with GameProducer(bus, "alice") as producer:
        await asyncio.gather(*(producer.send(TOPIC, [Event()]) for _ in range(50)))
    assert spans(await stored(bus)) == [(0, 50)]


async def test_a_linger_gathers_events_of_many_ticks(bus: MemoryBus) -> None:
    async with GameProducer(bus, "alice", packing=Packing(linger_s=0.05)) as producer:
        for _ in range(5):
            producer.post(TOPIC, [Event()])
            await asyncio.sleep(0.001)
    assert spans(await stored(bus)) == [(0, 5)]


async def test_a_record_stays_below_the_byte_limit_unless_one_event_is_larger(
    bus: MemoryBus,
) -> None:
    small, large = Event(game_id="x" * 400), Event(game_id="x" * 5000)
    async with GameProducer(bus, "alice", packing=Packing(max_bytes=1000)) as producer:
        await producer.send(TOPIC, [small, small, small, large, small])
    assert spans(await stored(bus)) == [(0, 2), (2, 1), (3, 1), (4, 1)]


async def test_missing_fields_are_filled_from_number_and_clock(bus: MemoryBus) -> None:
    clock = FrozenClock()

    async def sent() -> Event:
        event = Event(game_id="g")
        async with GameProducer(bus, "alice", epoch=7, clock=clock) as producer:
            await producer.send(TOPIC, [event])
        return event

    first, second = await sent(), await sent()

    assert first == second
    assert first.source == "alice"
    assert first.schema_version == 1
    assert first.timestamp.ToNanoseconds() == clock.ns
    assert len(first.event_id) == 36


async def test_given_fields_are_kept(bus: MemoryBus) -> None:
    event = Event(event_id="mine", source="somebody", schema_version=9)
    async with GameProducer(bus, "alice") as producer:
        await producer.send(TOPIC, [event])
    ((kept,),) = [batch.events for batch in await stored(bus)]
    assert (kept.event_id, kept.source, kept.schema_version) == ("mine", "somebody", 9)


async def test_every_topic_is_numbered_on_its_own(bus: MemoryBus) -> None:
    async with GameProducer(bus, "alice") as producer:
        await producer.send("game.lifecycle", [Event()])
        await producer.send(TOPIC, [Event()])
    assert spans(await stored(bus)) == [(0, 1)]


async def test_a_record_without_answer_is_sent_again_unchanged(bus: MemoryBus, flaky: Any) -> None:
    flaky.after = [BusUnavailableError("no answer")]
    async with GameProducer(flaky, "alice") as producer:
        await producer.send(TOPIC, [Event(game_id="g")])
        await producer.send(TOPIC, [Event(game_id="h")])

    first, again, next_one = await stored(bus)

    assert first == again
    assert spans([next_one]) == [(1, 1)]


async def test_a_refused_record_uses_up_no_number(bus: MemoryBus, flaky: Any) -> None:
    flaky.before = [RecordRefusedError("too large")]
    async with GameProducer(flaky, "alice") as producer:
        with pytest.raises(RecordRefusedError):
            await producer.send(TOPIC, [Event()])
        await producer.send(TOPIC, [Event(game_id="next")])
    assert spans(await stored(bus)) == [(0, 1)]


async def test_after_giving_up_nothing_may_follow(bus: MemoryBus, flaky: Any) -> None:
    flaky.before = [BusUnavailableError("no answer")] * 3
    async with GameProducer(flaky, "alice", patience_s=-1.0) as producer:
        with pytest.raises(ProducerBrokenError):
            await producer.send(TOPIC, [Event()])
        with pytest.raises(ProducerBrokenError):
            await producer.send(TOPIC, [Event()])
    assert await stored(bus) == []


async def test_closing_sends_what_was_posted(bus: MemoryBus) -> None:
    producer = GameProducer(bus, "alice", packing=Packing(max_events=3))
    producer.post(TOPIC, [Event() for _ in range(10)])
    await producer.close()
    assert spans(await stored(bus)) == [(0, 3), (3, 3), (6, 3), (9, 1)]


async def test_leaving_with_an_error_tells_the_senders(bus: MemoryBus) -> None:
    async def fail() -> asyncio.Future[Any]:
        async with GameProducer(bus, "alice", packing=Packing(linger_s=60.0)) as producer:
            (future,) = producer.post(TOPIC, [Event()])
            raise LookupError(future)

    with pytest.raises(LookupError) as caught:
        await fail()
    with pytest.raises(ProducerBrokenError):
        await caught.value.args[0]
