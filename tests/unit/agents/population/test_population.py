"""Members learn by turns, the worst goes on where the best stood, and no kill changes anything."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from jimbot_stream.agents.checkpoint import untrained
from jimbot_stream.agents.failing import DivergedError
from jimbot_stream.agents.population import members
from jimbot_stream.agents.population.membership import Membership, PopulationConfig
from jimbot_stream.agents.population.population import Population
from jimbot_stream.agents.rollouts.config import ALGORITHM, RolloutConfig, TrainConfig, from_json
from jimbot_stream.agents.rollouts.runners import LocalRunners, Workplace
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import RunError, TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import PopulationExploited, RunStarted, UpdateApplied
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import EventLog, RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.naming import run_stream
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence, Match
from tests.support.populations import (
    CONFIG,
    SEED,
    SIZE,
    Killed,
    MortalLog,
    Witness,
    begun,
    grown,
    recorded,
)

UPDATES = 4
"""Of each member: two generations, one exchange."""
EVERYBODY = Membership.all(SIZE, SEED)


@dataclass(frozen=True)
class Straight:
    """What a population that nobody stopped has recorded, and who saw it."""

    witness: Witness
    record: dict[str, list[tuple[str, bytes, bytes]]]
    events: dict[str, list[RecordedEvent]]
    """Of each run."""
    checkpoints: list[str]


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Straight:
    folder, witness = tmp_path_factory.mktemp("straight"), Witness()

    async def made() -> Straight:
        async with EmbeddedLog(folder / "events.sqlite") as log:
            population = await grown(log, BlobStore(folder / "blobs"), UPDATES, witness)
            runs = {run.started.run_id: run.events for run in population.runs}
            checkpoints = [run.checkpoint for run in population.runs]
            return Straight(witness, await recorded(log), runs, checkpoints)

    return asyncio.run(made())


def test_members_take_turns_and_are_compared(straight: Straight) -> None:
    first = [(run, number) for run in EVERYBODY[0].runs for number in (1, 2)]
    assert straight.witness.updates == [*first, *((run, number + 2) for run, number in first)]
    assert straight.witness.played == EVERYBODY[0].runs * 2


def test_the_worst_goes_on_where_the_best_stood(straight: Straight) -> None:
    (change,) = straight.witness.exchanges
    assert change.scores[change.run_id] == min(change.scores.values())
    assert change.scores[change.from_run] == max(change.scores.values())
    events = straight.events[change.run_id]
    at = [event.type for event in events].index("PopulationExploited")
    assert read_event(PopulationExploited, events[at]) == change
    following = read_event(UpdateApplied, events[at + 1])
    assert following.update == 3
    assert following.checkpoint_in == change.from_checkpoint
    assert following.config_json == change.config_json
    theirs, ours = (
        from_json(each).ppo for each in (config_of(straight, change), change.config_json)
    )
    assert theirs != ours
    assert replace(ours, **{name: getattr(theirs, name) for name in SIZE.ranges}) == theirs


def config_of(straight: Straight, change: PopulationExploited) -> str:
    """What the donor learned by."""
    return read_event(RunStarted, straight.events[change.from_run][0]).config_json


async def test_killed_at_every_append_it_comes_to_the_same_record(
    log: EventLog, blobs: BlobStore, straight: Straight
) -> None:
    kills, again = 0, None
    while again is None:
        try:
            again = await grown(cast(EventLog, MortalLog(log)), blobs, UPDATES)
        except Killed:
            kills += 1
    assert kills > 3 * 2 * UPDATES  # an update, and the checkpoint's own stream
    assert [run.checkpoint for run in again.runs] == straight.checkpoints
    assert await recorded(log) == straight.record


async def test_stopped_softly_it_comes_to_the_same_record(
    log: EventLog, blobs: BlobStore, straight: Straight
) -> None:
    for updates in (1, 3, 4):
        stopping = Witness(enough=lambda seen: bool(seen.played or seen.updates))
        await grown(log, blobs, updates, stopping)
        await grown(log, blobs, updates)
    assert await recorded(log) == straight.record


async def test_what_the_first_member_began_with_holds_for_all(
    log: EventLog, blobs: BlobStore
) -> None:
    """Killed before the others began, and started again with another profile."""
    own = members.member_config(CONFIG, EVERYBODY[0])
    first = EVERYBODY[0]
    await TrainingRun.begin(log, blobs, first.run_seed, own, ALGORITHM, first.run)
    other = TrainConfig(RolloutConfig(games=9))
    population = await Population.begin(log, blobs, SEED, SIZE, other, FrozenClock())
    for run, member in zip(population.runs, EVERYBODY, strict=True):
        assert from_json(run.config_json) == members.member_config(CONFIG, member)


async def test_all_members_begin_with_the_weights_that_the_first_took_over(
    log: EventLog, blobs: BlobStore
) -> None:
    source = blobs.put(untrained(99))
    size, clock = SIZE, FrozenClock()
    await Population.begin(log, blobs, SEED, size, CONFIG, clock, begun_from=source)
    again = await begun(log, blobs)
    assert [run.started.begun_from for run in again.runs] == [source] * 3
    assert len({run.checkpoint for run in again.runs}) == 3  # each has its own seed
    other = blobs.put(untrained(98))
    with pytest.raises(RunError, match="not with those of"):
        await Population.begin(log, blobs, SEED, size, CONFIG, clock, begun_from=other)


@pytest.mark.parametrize("change", [{"members": 4}, {"every": 3}, {"games": 5}])
async def test_another_size_is_refused(
    log: EventLog, blobs: BlobStore, change: dict[str, Any]
) -> None:
    await begun(log, blobs)
    size: PopulationConfig = replace(SIZE, **change)
    told = "was begun as one of 3 members that 12 games compare every 2 updates, not as"
    with pytest.raises(RunError, match=told):
        await Population.begin(log, blobs, SEED, size, CONFIG, FrozenClock())


async def test_a_checkpoint_that_is_damaged_later_changes_no_exchange(
    log: EventLog, blobs: BlobStore
) -> None:
    witness = Witness(enough=lambda seen: bool(seen.exchanges))
    await grown(log, blobs, UPDATES, witness)
    (change,) = witness.exchanges
    path = next(path for path in blobs.folder.rglob(change.from_checkpoint))
    path.chmod(0o600)
    path.write_bytes(b"spoilt")
    again = Witness()
    population = await grown(log, blobs, UPDATES, again)
    assert population.update == UPDATES
    assert not again.exchanges
    turned_down = [
        run.started.run_id
        for run in population.runs
        if any(event.type == "UpdateRejected" for event in run.events)
    ]
    assert sorted(turned_down) == sorted([change.run_id, change.from_run])
    verdicts = [verdict async for verdict in Replayer(log, blobs).verify_run(stream_of(change))]
    assert [v for v in verdicts if v.kind == "exchange" and isinstance(v, Match)]
    assert not [v for v in verdicts if v.kind == "exchange" and isinstance(v, Divergence)]


def stream_of(change: PopulationExploited) -> str:
    return run_stream(change.run_id)


async def test_an_update_that_fails_is_recorded_and_the_population_goes_on(
    log: EventLog, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    member, apply = EVERYBODY[1], Training.apply

    def fails(training: Training, before: bytes, shuffle_seed: int, told: Any) -> Any:
        run = training._run
        if run.started.run_id == member.run and run.update == 1:
            raise DivergedError("the loss")
        return apply(training, before, shuffle_seed, told)

    monkeypatch.setattr(Training, "apply", fails)
    witness = Witness()
    population = await grown(log, blobs, UPDATES, witness)
    assert witness.failures == [member.run]
    assert [run.update for run in population.runs] == [UPDATES] * 3
    kinds = [event.type for event in population.runs[1].events]
    assert kinds.count("UpdateRejected") == 1
    assert kinds.count("UpdateApplied") == UPDATES - 1


async def test_every_turn_lets_go_of_its_place(log: EventLog, blobs: BlobStore) -> None:
    open_now: set[int] = set()

    class Counted(LocalRunners):
        def __init__(self, config: RolloutConfig, run_seed: int) -> None:
            assert not open_now, "two members at once"
            super().__init__(config, run_seed)
            open_now.add(id(self))

        def close(self) -> None:
            open_now.discard(id(self))
            super().close()

    await grown(log, blobs, UPDATES, workplace=Workplace(runners=Counted))
    assert not open_now


async def test_of_two_who_go_on_with_it_one_is_refused(
    log: EventLog, blobs: BlobStore, straight: Straight
) -> None:
    one, late = await begun(log, blobs), await begun(log, blobs)
    await one.go_on(UPDATES - 1, lambda: False, Witness())
    with pytest.raises(RunError, match="another learner goes on with the same run"):
        await late.go_on(UPDATES, lambda: False, Witness())
    await grown(log, blobs, UPDATES)
    assert await recorded(log) == straight.record
