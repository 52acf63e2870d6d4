"""Games and learner take turns."""

import asyncio
from typing import Any

import pytest

from jimbot_stream.bus import Start
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.bus.memory import MemoryBus
from jimbot_stream.bus.producer import GameProducer
from jimbot_stream.clock import SystemClock
from jimbot_stream.contracts import CheckpointSaved, Event, EventType, UpdateRejected
from jimbot_stream.play import plan
from jimbot_stream.play.generations import (
    CheckpointWatch,
    NoCheckpointError,
    play_generations,
)
from jimbot_stream.play.player import House
from jimbot_stream.play.table import Table
from jimbot_stream.play.tally import Tally
from jimbot_stream.streams import topics


async def announce(bus: MemoryBus, update: int, run: str = "run7") -> None:
    saved = CheckpointSaved(checkpoint=f"{update:064d}", run_id=run, update=update)
    event = Event(type=EventType.EVENT_TYPE_CHECKPOINT_SAVED, checkpoint_saved=saved)
    async with GameProducer(bus, f"learner-{run}-{update}") as producer:
        await producer.send(topics.CHECKPOINT.name, [event])


async def turn_down(bus: MemoryBus, update: int, stays: int, rejected: str) -> None:
    told = UpdateRejected(
        checkpoint=f"{stays:064d}", run_id="run7", update=update, rejected=rejected
    )
    event = Event(type=EventType.EVENT_TYPE_UPDATE_REJECTED, update_rejected=told)
    async with GameProducer(bus, f"learner-run7-rejected-{update}") as producer:
        await producer.send(topics.TRAINING.name, [event])


async def watch(bus: MemoryBus, patience_s: float = 5.0) -> CheckpointWatch:
    consumer = await EventConsumer.open(
        bus, [topics.CHECKPOINT.name, topics.TRAINING.name], Start.BEGINNING
    )
    return CheckpointWatch(consumer, "run7", SystemClock(), patience_s)


async def test_a_generation_waits_for_its_checkpoint_and_is_decided_by_it(
    bus: MemoryBus, worker: Any, open_desk: Any
) -> None:
    desks = [(await open_desk(source))[0] for source in ("one", "two")]
    tally = Tally(6, updates_planned=2)
    tables = [Table(desk, tally, House(), seats=2) for desk in desks]
    run = asyncio.create_task(
        play_generations(tables, plan.generations(7, 6, 3), await watch(bus), tally)
    )

    await asyncio.sleep(0.1)
    assert tally.decisions == 0
    await announce(bus, 0)
    async with asyncio.timeout(20):
        while len(tally.results) < 3:  # noqa: ASYNC110 - a tally tells nobody
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        assert len(tally.results) == 3
        await announce(bus, 1)
        await announce(bus, 2)
        await run

    assert [(row.number, row.games, row.checkpoint) for row in tally.generations()] == [
        (0, 3, f"{0:064d}"),
        (1, 3, f"{1:064d}"),
    ]
    assert tally.updates == 2


async def test_decisions_do_not_depend_on_tables_and_seats(
    bus: MemoryBus, worker: Any, open_desk: Any
) -> None:
    digests = set()
    await announce(bus, 0)
    for names, seats in ((("a",), 1), (("b", "c"), 5)):
        tally = Tally(5)
        tables = [Table((await open_desk(name))[0], tally, House(), seats) for name in names]
        async with asyncio.timeout(20):
            await play_generations(tables, plan.generations(7, 5, 5), await watch(bus), tally)
        digests.add(tally.digest())
    assert len(digests) == 1


async def test_a_silent_learner_is_reported(bus: MemoryBus) -> None:
    await announce(bus, 0, run="run8")
    with pytest.raises(NoCheckpointError, match="update 0 of run7"):
        await (await watch(bus, patience_s=0.1)).checkpoint_of(0)


async def test_a_checkpoint_that_was_skipped_is_reported(bus: MemoryBus) -> None:
    await announce(bus, 3)
    with pytest.raises(NoCheckpointError, match="update 3 of run7 is announced, 2 is not"):
        await (await watch(bus)).checkpoint_of(2)


async def test_where_an_update_is_turned_down_the_checkpoint_before_plays_on(
    bus: MemoryBus,
) -> None:
    await announce(bus, 0)
    await announce(bus, 1)
    await turn_down(bus, 2, 1, "ab" * 32)
    await turn_down(bus, 3, 1, "")
    watching = await watch(bus)
    stands = [await watching.checkpoint_of(number) for number in range(4)]
    assert stands == [f"{number:064d}" for number in (0, 1, 1, 1)]
    assert (watching.refused, watching.failed) == (1, 1)
