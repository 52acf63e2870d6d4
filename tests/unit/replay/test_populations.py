"""Exchanges of a population are found identical, and forgeries of them are not."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest

from jimbot_stream.agents.population.membership import Membership
from jimbot_stream.agents.rollouts.config import from_json
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.naming import run_stream
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.history import RUN_PREFIX, read_history
from jimbot_stream.replay.populations import check_population
from jimbot_stream.replay.replayer import Replayer, Selection
from jimbot_stream.replay.verdict import Divergence, Match
from tests.support.populations import SEED, SIZE, Witness, grown

Events = list[RecordedEvent]
Rechain = Callable[[Events], Events]
EVERYBODY = Membership.all(SIZE, SEED)
UPDATES = 3
"""Of each member: one generation, and one update beyond it."""
OTHER = "ab" * 32


@dataclass(frozen=True)
class Told:
    """A population's log, as its events, and who took over whom in it."""

    events: Events
    blobs: BlobStore
    loser: str
    winner: str
    rechain: Rechain

    @property
    def third(self) -> str:
        """The member that had no part in it."""
        (found,) = set(EVERYBODY[0].runs) - {self.loser, self.winner}
        return found

    def of(self, stream: str) -> Events:
        return [event for event in self.events if event.stream == stream]

    def at(self, run: str, kind: str, which: int = 0) -> RecordedEvent:
        return [event for event in self.of(run_stream(run)) if event.type == kind][which]

    def told(self, run: str, kind: str) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.at(run, kind).data)
        return found

    def forged(self, run: str, kind: str, **fields: object) -> Events:
        """With other fields in the first event of a type, and the traces covered."""
        old = self.at(run, kind)
        changed = replace(old, data=orjson.dumps(orjson.loads(old.data) | fields))
        return self.with_stream([changed if e is old else e for e in self.of(run_stream(run))])

    def with_stream(self, stream: Events) -> Events:
        """With another stream in the place of one, and the traces covered."""
        name = stream[0].stream
        return [*(e for e in self.events if e.stream != name), *self.rechain(stream)]


async def record(log: EmbeddedLog, blobs: BlobStore) -> tuple[Events, str, str]:
    witness = Witness()
    await grown(log, blobs, UPDATES, witness)
    (change,) = witness.exchanges
    events = [event async for event in log.read_all() if not event.stream.startswith("$")]
    return events, change.run_id, change.from_run


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Events, BlobStore, str, str]:
    folder = tmp_path_factory.mktemp("population")
    blobs = BlobStore(folder / "blobs")

    async def made() -> tuple[Events, str, str]:
        async with EmbeddedLog(folder / "events.sqlite") as log:
            return await record(log, blobs)

    events, loser, winner = asyncio.run(made())
    return events, blobs, loser, winner


@pytest.fixture
def told(recorded: tuple[Events, BlobStore, str, str], rechain: Rechain) -> Told:
    return Told(*recorded, rechain)


async def exchange_faults(events: Sequence[RecordedEvent]) -> list[Divergence]:
    """What differs in what members took over; nothing else is looked at."""
    log = Bundle(events)
    found: list[Divergence] = []
    for stream in dict.fromkeys(e.stream for e in events if e.stream.startswith(RUN_PREFIX)):
        verdicts = check_population(await read_history(log, stream), log)
        found += [verdict async for verdict in verdicts if isinstance(verdict, Divergence)]
    return found


async def test_a_genuine_population_is_found_identical(told: Told) -> None:
    verdicts = [v async for v in Replayer(Bundle(told.events), told.blobs).verify()]
    assert not [verdict for verdict in verdicts if isinstance(verdict, Divergence)]
    matches = [v for v in verdicts if isinstance(v, Match) and v.kind == "exchange"]
    assert sorted(match.stream for match in matches) == sorted(map(run_stream, EVERYBODY[0].runs))
    at = told.at(told.loser, "PopulationExploited")
    assert Match("exchange", at.stream, at.revision) in matches


async def test_every_prefix_of_a_genuine_log_is_found_identical(told: Told) -> None:
    """As whoever audits sees it while members still learn."""
    for end in range(len(told.events) + 1):
        assert not await exchange_faults(told.events[:end])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"from_checkpoint": OTHER}, "from_checkpoint"),
        ({"checkpoint_before": OTHER}, "checkpoint_before"),
        ({"seed": 1}, "seed"),
        ({"generation": 2}, "generation"),
        ({"run_id": "population6.0"}, "run_id"),
        ({"update": 1}, "update"),
        ({"update": 4}, "type"),
    ],
)
async def test_a_forged_exchange_is_found(
    told: Told, change: dict[str, object], field: str
) -> None:
    forged = told.forged(told.loser, "PopulationExploited", **change)
    found = await exchange_faults(forged)
    assert (field, run_stream(told.loser)) in {(each.field, each.stream) for each in found}


async def test_another_donor_is_found(told: Told) -> None:
    """Even one whose checkpoint goes with it."""
    told_there = told.told(told.third, "UpdateApplied")
    forged = told.forged(
        told.loser,
        "PopulationExploited",
        from_run=told.third,
        from_checkpoint=told_there["checkpoint_out"],
    )
    (fault,) = await exchange_faults(forged)
    assert (fault.field, fault.expected, fault.got) == (
        "from_run",
        repr(told.winner),
        repr(told.third),
    )
    assert fault.cause == "tampering"


async def test_other_scores_are_found(told: Told) -> None:
    scores = told.told(told.loser, "PopulationExploited")["scores"]
    better = scores | {told.loser: 9.0}
    forged = told.forged(told.loser, "PopulationExploited", scores=better)
    (fault,) = await exchange_faults(forged)
    assert (fault.field, fault.cause) == ("scores", "tampering")


async def test_hyperparameters_that_do_not_derive_from_the_seed_are_found(told: Told) -> None:
    config = from_json(told.told(told.loser, "PopulationExploited")["config_json"])
    wanted = replace(config, ppo=replace(config.ppo, learning_rate=0.00123)).to_json()
    forged = told.forged(told.loser, "PopulationExploited", config_json=wanted)
    (fault,) = await exchange_faults(forged)
    assert (fault.field, fault.got) == ("config_json", repr(wanted))
    assert fault.expected == repr(config.to_json())


async def test_an_exchange_that_was_taken_away_is_missed(told: Told) -> None:
    stream = told.of(run_stream(told.loser))
    kept = [event for event in stream if event.type != "PopulationExploited"]
    (fault,) = await exchange_faults(told.with_stream(kept))
    assert (fault.field, fault.expected, fault.got, fault.cause) == (
        "type",
        f"PopulationExploited from {told.winner}",
        "UpdateApplied",
        "missing",
    )


async def test_a_worst_that_stays_behind_unchanged_is_found(told: Told) -> None:
    """Its run was cut off before the exchange; that others went on shows that there was one."""
    stream = told.of(run_stream(told.loser))
    at = stream.index(told.at(told.loser, "PopulationExploited"))
    (fault,) = await exchange_faults(told.with_stream(stream[:at]))
    assert (fault.expected, fault.cause) == (f"PopulationExploited from {told.winner}", "missing")


async def test_an_exchange_of_the_best_is_found(told: Told) -> None:
    taken = told.at(told.loser, "PopulationExploited")
    stream = told.of(run_stream(told.winner))
    at = stream.index(told.at(told.winner, "UpdateApplied", 2))
    data = orjson.loads(taken.data) | {
        "run_id": told.winner,
        "from_run": told.loser,
        "from_checkpoint": orjson.loads(taken.data)["checkpoint_before"],
        "checkpoint_before": orjson.loads(taken.data)["from_checkpoint"],
    }
    own = replace(taken, stream=stream[0].stream, data=orjson.dumps(data))
    forged = told.with_stream([*stream[:at], own, *stream[at:]])
    found = await exchange_faults(forged)
    assert (own.stream, "type", "no exchange") in {(f.stream, f.field, f.expected) for f in found}


async def test_an_exchange_that_comes_twice_is_found(told: Told) -> None:
    stream = told.of(run_stream(told.loser))
    at = stream.index(told.at(told.loser, "PopulationExploited"))
    forged = told.with_stream([*stream[:at], stream[at], *stream[at:]])
    found = await exchange_faults(forged)
    assert {(each.field, each.expected) for each in found} == {
        ("update", f"one exchange every {SIZE.every} updates")
    }


async def test_a_run_of_its_own_takes_nothing_over(told: Told) -> None:
    config = from_json(told.told(told.loser, "RunStarted")["config_json"])
    alone = replace(config, population=None).to_json()
    found = await exchange_faults(told.forged(told.loser, "RunStarted", config_json=alone))
    assert ("type", "no exchange", run_stream(told.loser)) in {
        (each.field, each.expected, each.stream) for each in found
    }


@pytest.mark.parametrize(
    ("change", "field", "cause"),
    [
        ({"run_seed": 12}, "run_seed", "seed"),
        ({"run_id": "population5.7"}, "run_id", "tampering"),
        ({"gate_json": "{}"}, "gate_json", "tampering"),
        ({"begun_from": OTHER}, "begun_from", "weights"),
    ],
)
async def test_a_member_that_did_not_begin_as_one_is_found(
    told: Told, change: dict[str, object], field: str, cause: str
) -> None:
    found = await exchange_faults(told.forged(told.third, "RunStarted", **change))
    assert (field, cause, run_stream(told.third)) in {(f.field, f.cause, f.stream) for f in found}


async def test_first_hyperparameters_that_were_not_drawn_are_found(told: Told) -> None:
    last = EVERYBODY[-1].run
    config = from_json(told.told(last, "RunStarted")["config_json"])
    chosen = replace(config, ppo=replace(config.ppo, learning_rate=0.00123)).to_json()
    found = await exchange_faults(told.forged(last, "RunStarted", config_json=chosen))
    fault = next(each for each in found if each.stream == run_stream(last))
    assert (fault.field, fault.expected, fault.got) == ("config_json", config.to_json(), chosen)


async def test_a_member_that_was_taken_out_is_missed(told: Told) -> None:
    gone = run_stream(told.third)
    left = [event for event in told.events if event.stream != gone]
    found = await exchange_faults(left)
    missed = ("scores", f"{told.third} at update 2", "no such stream", "missing")
    assert missed in {(each.field, each.expected, each.got, each.cause) for each in found}
    assert {each.stream for each in found} == {run_stream(told.loser), run_stream(told.winner)}


async def test_an_evaluation_that_was_taken_out_is_missed(told: Told) -> None:
    evaluation = next(e.stream for e in told.events if e.stream.startswith("evaluation-"))
    left = [event for event in told.events if event.stream != evaluation]
    found = await exchange_faults(left)
    assert {(each.field, each.cause) for each in found} == {("scores", "missing")}
    assert {each.stream for each in found} == set(map(run_stream, EVERYBODY[0].runs))


async def test_a_better_result_of_the_worst_is_found_twice(told: Told) -> None:
    """Once where the games are played again, once where the exchange follows from them."""
    before = told.told(told.loser, "PopulationExploited")["checkpoint_before"]
    begun = next(
        event
        for event in told.events
        if event.type == "EvaluationStarted" and orjson.loads(event.data)["checkpoint"] == before
    )
    stream = told.of(begun.stream)
    played = next(event for event in stream if event.type == "GamesEvaluated")
    data = orjson.loads(played.data)
    data["results"] = [each | {"beaten": 24} for each in data["results"]]
    changed = replace(played, data=orjson.dumps(data))
    forged = told.with_stream([changed if e is played else e for e in stream])
    verdicts = Replayer(Bundle(forged), told.blobs).verify(Selection(updates=False))
    kinds = {verdict.kind async for verdict in verdicts if isinstance(verdict, Divergence)}
    assert kinds == {"evaluation", "exchange"}
