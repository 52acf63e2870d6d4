"""The learner process: what it takes, what it records, and what a crash cannot change."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from jimbot_stream.agents.announcing import Announcer
from jimbot_stream.agents.checkpoint import from_bytes, sha256, untrained
from jimbot_stream.agents.feed import read_batch
from jimbot_stream.agents.gate.succession import Succession
from jimbot_stream.agents.generation import Generation
from jimbot_stream.agents.policy import load_policy
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.agents.update import apply_update
from jimbot_stream.bus import BusUnavailableError, Place, Start
from jimbot_stream.bus.memory import MemoryBus
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import CheckpointSaved, EpisodeClosed, Event
from jimbot_stream.contracts.batch import decode_batch
from jimbot_stream.contracts.json_codec import from_json
from jimbot_stream.eventlog import EventLog, RecordedEvent
from jimbot_stream.eventlog.naming import checkpoint_stream, run_stream
from jimbot_stream.promotion import InService
from tests.support.online import GAMES, TOPICS, close, learner, told
from tests.support.schemas import change_schema

CONFIG = UpdateConfig(epochs=1)


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus({"episode": 2, "checkpoint": 1, "training": 1})


async def begin(log: EventLog, blobs: BlobStore) -> TrainingRun:
    return await TrainingRun.begin(log, blobs, 7, CONFIG)


class DyingAnnouncer(Announcer):
    """Is killed between the record of an update and its announcement."""

    async def announce(
        self, events: Sequence[RecordedEvent], history: Sequence[RecordedEvent]
    ) -> None:
        if any(event.type == "UpdateApplied" for event in events):
            raise RuntimeError("killed")
        await super().announce(events, history)


class ShakyBus(MemoryBus):
    """Is away for a moment."""

    def __init__(self, topics: Mapping[str, int]) -> None:
        super().__init__(topics)
        self.failures = 1

    async def publish(self, topic: str, value: bytes, *, key: bytes, timestamp_ms: int) -> Place:
        if self.failures:
            self.failures -= 1
            raise BusUnavailableError("away")
        return await super().publish(topic, value, key=key, timestamp_ms=timestamp_ms)


async def told_saved(bus: MemoryBus) -> list[Event]:
    events = [received.event for received in await told(bus, "checkpoint")]
    return [event for event in events if event.HasField("checkpoint_saved")]


async def kinds(log: EventLog, stream: str) -> list[str]:
    return [event.type async for event in log.read_stream(stream, from_revision=0)]


async def test_beginning_a_run_records_its_untrained_checkpoint(
    log: EventLog, blobs: BlobStore
) -> None:
    run = await begin(log, blobs)
    assert run.checkpoint == sha256(untrained(7))
    assert blobs.get(run.checkpoint) == untrained(7)
    assert await kinds(log, run_stream("run7")) == ["RunStarted", "CheckpointSaved"]
    assert await kinds(log, checkpoint_stream(run.checkpoint)) == ["CheckpointSaved"]


async def test_records_of_an_older_schema_are_gone_on_with_and_announced_as_current_ones(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(log, blobs)
    change_schema(monkeypatch, "RunStarted", lambda data: {**data, "environment_json": "lifted"})
    change_schema(monkeypatch, "CheckpointSaved", lambda data: {**data, "size": 12})
    run = await begin(log, blobs)
    assert run.started.environment_json == "lifted"
    await Announcer(bus, TOPICS, run.started.run_id).announce(run.events, run.events)
    (started,) = await told(bus, "training")
    assert started.event.run_started.environment_json == "lifted"
    (saved,) = await told(bus, "checkpoint")
    assert saved.event.checkpoint_saved.size == 12


async def test_beginning_again_changes_nothing(log: EventLog, blobs: BlobStore) -> None:
    first = await begin(log, blobs)
    again = await TrainingRun.begin(log, blobs, 7, UpdateConfig(epochs=9))
    assert [event.id for event in again.events] == [event.id for event in first.events]
    assert again.config == CONFIG


async def test_a_generation_becomes_an_update(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    closed = [await record(number) for number in range(GAMES)]
    await close(bus, closed[::-1])
    run = await begin(log, blobs)
    before = run.checkpoint
    await (await learner(run, log, bus)).learn(1)
    [applied] = run.updates
    assert (applied.checkpoint_in, applied.checkpoint_out) == (before, run.checkpoint)
    assert [one.game_id for one in applied.episodes] == [one.game_id for one in closed]
    assert from_bytes(blobs.get(run.checkpoint)).update == 1
    assert (await kinds(log, run_stream("run7")))[2:] == [
        "UpdateApplied",
        "CheckpointSaved",
        "RunEnded",
    ]


async def test_an_update_can_be_repeated_from_its_record(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    await close(bus, [await record(number) for number in range(GAMES)])
    run = await begin(log, blobs)
    await (await learner(run, log, bus)).learn(1)
    [applied] = run.updates
    batch = await read_batch(log, applied.episodes, run.config)
    before = blobs.get(applied.checkpoint_in)
    again = apply_update(before, batch, run.config, applied.shuffle_seed)
    assert sha256(again.checkpoint) == applied.checkpoint_out
    assert applied.steps == batch.steps


async def test_checkpoints_and_updates_are_announced_in_order(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    await close(bus, [await record(number) for number in range(GAMES)])
    run = await begin(log, blobs)
    await (await learner(run, log, bus)).learn(1)
    saved = await told_saved(bus)
    assert [event.checkpoint_saved.update for event in saved] == [0, 1]
    assert saved[-1].checkpoint_saved.checkpoint == run.checkpoint
    training = [received.event.WhichOneof("payload") for received in await told(bus, "training")]
    assert training == ["run_started", "update_applied", "run_ended"]


async def test_a_second_generation_needs_the_new_checkpoint(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    await close(bus, [await record(number) for number in range(GAMES)])
    run = await begin(log, blobs)
    await (await learner(run, log, bus)).learn(1)
    policy = load_policy(blobs.get(run.checkpoint))
    await close(bus, [await record(GAMES + number, policy) for number in range(GAMES)])
    resumed = await begin(log, blobs)
    await (await learner(resumed, log, bus)).learn(2)
    assert [applied.update for applied in resumed.updates] == [1, 2]
    assert resumed.updates[1].checkpoint_in == resumed.updates[0].checkpoint_out


async def test_a_recorded_update_that_was_not_announced_is_announced(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    await close(bus, [await record(number) for number in range(GAMES)])

    doomed = await learner(await begin(log, blobs), log, bus, DyingAnnouncer(bus, TOPICS, "run7"))
    with pytest.raises(RuntimeError, match="killed"):
        await doomed.learn(1)
    assert len(await told_saved(bus)) == 1

    resumed = await begin(log, blobs)
    await (await learner(resumed, log, bus)).learn(1)
    assert resumed.update == 1
    assert [event.checkpoint_saved.update for event in await told_saved(bus)] == [0, 1]


async def test_announcing_again_repeats_the_record_byte_for_byte(
    log: EventLog, blobs: BlobStore, bus: MemoryBus
) -> None:
    run = await begin(log, blobs)
    announcer = Announcer(bus, TOPICS, "run7")
    for _ in range(2):
        await announcer.announce(run.events, run.events)
    reader = await bus.open_reader(["checkpoint"], Start.BEGINNING)
    one, other = await reader.take(0.01)
    assert one.value == other.value
    assert one.key == b"run7"
    assert decode_batch(one.value).first_sequence == 0


async def test_a_crash_before_the_record_leads_to_the_same_update(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    await close(bus, [await record(number) for number in range(GAMES)])
    run = await begin(log, blobs)
    doomed = await learner(run, log, bus)
    succession = Succession(run, await InService.open(log), None)
    references = (await doomed._gather(succession)).references()
    batch, _ = await doomed._read(references)
    lost, _ = await doomed._compute(references, batch)
    resumed = await begin(log, blobs)
    await (await learner(resumed, log, bus)).learn(1)
    assert resumed.updates == [lost]


async def test_a_second_learner_cannot_fork_the_run(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    await close(bus, [await record(number) for number in range(GAMES)])
    slow, quick = await begin(log, blobs), await begin(log, blobs)
    await (await learner(quick, log, bus)).learn(1)
    with pytest.raises(RunError, match="another learner"):
        await (await learner(slow, log, bus, per_update=GAMES - 1)).learn(1)


async def test_a_second_learner_that_makes_the_same_update_records_nothing_new(
    log: EventLog, blobs: BlobStore, bus: MemoryBus, record: Any
) -> None:
    await close(bus, [await record(number) for number in range(GAMES)])
    slow, quick = await begin(log, blobs), await begin(log, blobs)
    for run in (quick, slow):
        await (await learner(run, log, bus)).learn(1)
    assert (await kinds(log, run_stream("run7"))).count("UpdateApplied") == 1
    assert slow.checkpoint == quick.checkpoint


async def test_a_bus_that_is_away_for_a_moment_is_waited_for(
    log: EventLog, blobs: BlobStore
) -> None:
    run, bus = await begin(log, blobs), ShakyBus({"checkpoint": 1, "training": 1})
    await Announcer(bus, TOPICS, "run7").announce(run.events, run.events)
    assert len(await told(bus, "training")) == 1


async def test_the_checkpoint_index_is_made_up_for_after_a_crash(
    log: EventLog, blobs: BlobStore
) -> None:
    run = await begin(log, blobs)
    stream = checkpoint_stream(run.checkpoint)
    await begin(log, blobs)
    [event] = [event async for event in log.read_stream(stream, from_revision=0)]
    assert from_json(CheckpointSaved, event.data).checkpoint == run.checkpoint


class TestGeneration:
    def closed(self, name: str, checkpoint: str = "c", run_seed: int = 7) -> EpisodeClosed:
        return EpisodeClosed(game_id=name, run_seed=run_seed, checkpoints=[checkpoint])

    @pytest.fixture
    def generation(self) -> Generation:
        return Generation(7, "c", 2)

    def test_games_are_sorted_by_id(self, generation: Generation) -> None:
        assert generation.offer(self.closed("b"))
        assert generation.offer(self.closed("a"))
        assert generation.complete
        assert [one.game_id for one in generation.references()] == ["a", "b"]

    def test_a_game_told_twice_counts_once(self, generation: Generation) -> None:
        assert generation.offer(self.closed("a"))
        assert not generation.offer(self.closed("a"))
        assert not generation.complete
        assert generation.stale == 0

    @pytest.mark.parametrize("checkpoints", [[], ["older"], ["older", "c"], ["c", "newer"]])
    def test_games_of_other_checkpoints_are_stale(
        self, generation: Generation, checkpoints: list[str]
    ) -> None:
        other = EpisodeClosed(game_id="a", run_seed=7, checkpoints=checkpoints)
        assert not generation.offer(other)
        assert generation.stale == 1

    def test_games_of_other_runs_are_stale(self, generation: Generation) -> None:
        assert not generation.offer(self.closed("a", run_seed=8))
        assert generation.stale == 1

    def test_games_beyond_the_last_one_needed_are_stale(self, generation: Generation) -> None:
        for name in "abc":
            generation.offer(self.closed(name))
        assert [one.game_id for one in generation.references()] == ["a", "b"]
        assert generation.stale == 1
