"""A gate's decisions and what was in service, checked against the games; and forgeries of both."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from google.protobuf.message import Message

from jimbot_stream.agents.evaluation.archive import Archive
from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.gate.gate import Gate
from jimbot_stream.agents.gate.succession import Succession
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import ALGORITHM, RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import CheckpointsPruned
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.promotion import InService
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer, Selection
from jimbot_stream.replay.verdict import Divergence, Match

Events = list[RecordedEvent]
Rechain = Callable[[Events], Events]
RUN, SERVICE, EVALUATION = "trainingRun-", "service-", "evaluation-"
LENIENT, STRICT = 1e-9, 1 - 1e-9
"""Levels that let everything pass, and nothing that does not do better in every game."""
OTHER = "ab" * 32
CONFIG = TrainConfig(
    RolloutConfig(games=6, steps=5, rounds=3), UpdateConfig(epochs=2, minibatch=16)
)


@dataclass
class Told:
    """A log, as its events."""

    events: Events
    blobs: BlobStore
    rechain: Rechain

    def of(self, prefix: str) -> Events:
        """One stream: the first of those whose names begin so."""
        there = [event for event in self.events if event.stream.startswith(prefix)]
        return [event for event in there if event.stream == there[0].stream]

    def at(self, prefix: str, kind: str, which: int = -1) -> int:
        """Revision of the last, or another, event of a type in a stream."""
        return [event.revision for event in self.of(prefix) if event.type == kind][which]

    def field(self, prefix: str, kind: str, name: str) -> str:
        """A field of the last event of a type."""
        found: str = orjson.loads(self.of(prefix)[self.at(prefix, kind)].data)[name]
        return found

    def forged(self, prefix: str, revision: int, **fields: object) -> Events:
        """With other fields in one event, and the traces covered."""
        stream = self.of(prefix)
        data = orjson.loads(stream[revision].data) | fields
        changed = replace(stream[revision], data=orjson.dumps(data))
        return self._with([*stream[:revision], changed, *stream[revision + 1 :]])

    def inserted(self, prefix: str, revision: int, what: Message) -> Events:
        """With one event more, and the traces covered."""
        stream = self.of(prefix)
        kind, data = what.DESCRIPTOR.name, to_json(what)
        new = replace(stream[revision], type=kind, data=data)
        return self._with([*stream[:revision], new, *stream[revision:]])

    def without(self, prefix: str, revision: int) -> Events:
        """Without one event, and the traces covered."""
        stream = self.of(prefix)
        return self._with([*stream[:revision], *stream[revision + 1 :]])

    def _with(self, stream: Events) -> Events:
        name = stream[0].stream
        return [*(e for e in self.events if e.stream != name), *self.rechain(stream)]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[float], Awaitable[Any]]:
    """Two updates in the simulator under a gate of a level, made once for all tests."""
    made: dict[float, tuple[Events, BlobStore]] = {}

    async def at_level(level: float) -> tuple[Events, BlobStore]:
        if level not in made:
            made[level] = await _trained(tmp_path_factory.mktemp("gate"), level)
        return made[level]

    return at_level


async def _trained(folder: Path, level: float) -> tuple[Events, BlobStore]:
    gate, blobs = GateConfig(games=24, most_steps=30, level=level), BlobStore(folder / "blobs")
    async with EmbeddedLog(folder / "events.sqlite") as log:
        run = await TrainingRun.begin(log, blobs, 1, CONFIG, ALGORITHM, gate=gate)
        service = await InService.open(log)
        succession = Succession(run, service, Gate(gate, Archive(log, blobs.get)))
        await succession.begin()

        async def settle() -> None:
            await succession.settle()

        await _train(run, settle, 2 if level == LENIENT else 3)
        if level == LENIENT:  # a person steps in, and the run goes on from there
            await service.roll_back("", "looks odd", "somebody")
            await _train(run, settle, 3)
        await run.record_end("finished")
        return [e async for e in log.read_all() if not e.stream.startswith("$")], blobs


async def _train(run: TrainingRun, settle: Any, updates: int) -> None:
    training = Training(run, FrozenClock(), settle)
    await training.train(lambda: run.update >= updates, lambda steps: None, lambda done: None)


@pytest.fixture
async def passed(recorded: Any, rechain: Rechain) -> Told:
    """Everything passed, and a person went back once."""
    events, blobs = await recorded(LENIENT)
    return Told(events, blobs, rechain)


@pytest.fixture
async def refused(recorded: Any, rechain: Rechain) -> Told:
    """Nothing passed."""
    events, blobs = await recorded(STRICT)
    return Told(events, blobs, rechain)


async def audit(events: Events, blobs: BlobStore, *, evaluations: bool = False) -> list[Divergence]:
    """What differs, without the updates, which these forgeries leave alone."""
    selection = Selection(updates=False, evaluations=evaluations)
    verdicts = Replayer(Bundle(events), blobs).verify(selection)
    return [verdict async for verdict in verdicts if isinstance(verdict, Divergence)]


def found(divergences: Sequence[Divergence]) -> set[tuple[str, str, str]]:
    return {(each.kind, each.field, each.cause) for each in divergences}


@pytest.mark.parametrize(("which", "judged"), [("passed", 2), ("refused", 3)])
async def test_genuine_decisions_are_found_identical(
    which: str, judged: int, passed: Told, refused: Told
) -> None:
    told = passed if which == "passed" else refused
    verdicts = [v async for v in Replayer(Bundle(told.events), told.blobs).verify()]
    assert not [verdict for verdict in verdicts if isinstance(verdict, Divergence)]
    kinds = [verdict.kind for verdict in verdicts if isinstance(verdict, Match)]
    assert kinds.count("gate decision") == judged  # what a person withdrew was not judged again
    assert kinds.count("service change") == len(told.of(SERVICE))
    assert kinds.count("evaluation") == kinds.count("update") + 1 == 4


async def test_a_worse_checkpoint_declared_good_is_found(refused: Told) -> None:
    """The rejection is taken out, and the next update begins with the checkpoint all the same."""
    place = refused.at(RUN, "UpdateRejected", -1)
    divergences = await audit(refused.without(RUN, place), refused.blobs)
    assert ("gate decision", "verdict", "tampering") in found(divergences)
    assert ("run", "checkpoint", "weights") in found(divergences)  # of RunEnded


async def test_a_pruning_before_the_gate_has_decided_is_no_decision(refused: Told) -> None:
    """Somebody may prune while the games of the gate are being played."""
    pruned = CheckpointsPruned(run_id="run1", update=1, every=2)
    events = refused.inserted(RUN, refused.at(RUN, "UpdateRejected", 0), pruned)
    assert await audit(events, refused.blobs) == []


async def test_a_good_checkpoint_declared_worse_is_found(passed: Told) -> None:
    place = passed.at(RUN, "UpdateRejected")
    told = passed.forged(RUN, place, cause="worse", evaluation_id="e")
    assert ("gate decision", "verdict", "tampering") in found(await audit(told, passed.blobs))


@pytest.mark.parametrize(
    ("fields", "kind", "field"),
    [
        ({"cause": "withdrawn"}, "run", "checkpoint"),  # nobody put anything into service
        ({"cause": "bored"}, "run", "cause"),
        ({"reason": "worse, believe me"}, "gate decision", "reason"),
        ({"evaluation_id": "0" * 32}, "gate decision", "reason"),
        ({"checkpoint": OTHER}, "run", "checkpoint"),
        ({"rejected": OTHER}, "run", "rejected"),
        ({"update": 7}, "run", "update"),
    ],
)
async def test_a_forged_rejection_is_found(
    refused: Told, fields: dict[str, object], kind: str, field: str
) -> None:
    told = refused.forged(RUN, refused.at(RUN, "UpdateRejected"), **fields)
    divergences = await audit(told, refused.blobs)
    assert (kind, field) in {(each.kind, each.field) for each in divergences}


@pytest.mark.parametrize(
    ("gate", "field"),
    [
        (GateConfig(games=24, most_steps=30, level=LENIENT), "verdict"),
        (GateConfig(games=25, most_steps=30, level=STRICT), "evaluation"),
    ],
)
async def test_another_gate_than_the_one_that_judged_is_found(
    refused: Told, gate: GateConfig, field: str
) -> None:
    divergences = await audit(refused.forged(RUN, 0, gate_json=gate.to_json()), refused.blobs)
    assert ("gate decision", field, "tampering") in found(divergences)


async def test_a_gate_that_cannot_be_read_is_found(refused: Told) -> None:
    divergences = await audit(refused.forged(RUN, 0, gate_json="{}"), refused.blobs)
    assert ("run", "gate_json", "schema") in found(divergences)


async def test_an_evaluation_that_is_gone_is_found(refused: Told) -> None:
    gone = refused.of(EVALUATION)[0].stream
    events = [event for event in refused.events if event.stream != gone]
    divergences = await audit(events, refused.blobs)
    assert ("gate decision", "evaluation", "tampering") in found(divergences)
    assert ("service change", "evaluation_id", "missing") in found(divergences)


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("CheckpointPromoted", {"by": "somebody"}, "evaluation_id"),
        ("CheckpointPromoted", {"replaced": OTHER}, "replaced"),
        ("CheckpointPromoted", {"checkpoint": OTHER}, "checkpoint"),
        ("CheckpointPromoted", {"run_id": "run9"}, "run_id"),
        ("CheckpointPromoted", {"evaluation_id": ""}, "evaluation_id"),
        ("CheckpointPromoted", {"replaced_evaluation_id": "0" * 32}, "evaluation_id"),
        ("CheckpointPromoted", {"reason": "begin"}, "reason"),
        ("CheckpointRolledBack", {"withdrawn": OTHER}, "withdrawn"),
        ("CheckpointRolledBack", {"checkpoint": OTHER}, "checkpoint"),
    ],
)
async def test_a_forged_change_of_what_decides_is_found(
    passed: Told, kind: str, fields: dict[str, object], field: str
) -> None:
    told = passed.forged(SERVICE, passed.at(SERVICE, kind), **fields)
    divergences = await audit(told, passed.blobs)
    assert ("service change", field) in {(each.kind, each.field) for each in divergences}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"p_value": 0.001}, "p_value"),
        ({"difference": -3.0}, "difference"),
        ({"level": 0.05}, "level"),
        ({"incumbent": OTHER}, "incumbent"),
        ({"checkpoint": OTHER}, "evaluation_id"),
        ({"evaluation_id": "0" * 32}, "evaluation_id"),
        ({"run_id": "run9"}, "evaluation_id"),
    ],
)
async def test_a_forged_refusal_is_found(
    refused: Told, fields: dict[str, object], field: str
) -> None:
    told = refused.forged(SERVICE, refused.at(SERVICE, "CheckpointRefused"), **fields)
    divergences = await audit(told, refused.blobs)
    assert ("service change", field) in {(each.kind, each.field) for each in divergences}


async def test_a_promotion_taken_out_leaves_a_gap(passed: Told) -> None:
    told = passed.without(SERVICE, passed.at(SERVICE, "CheckpointPromoted", 1))
    divergences = await audit(told, passed.blobs)
    assert ("service change", "replaced", "tampering") in found(divergences)


async def test_a_checkpoint_given_up_needs_a_person_who_went_back(passed: Told) -> None:
    told = passed.without(SERVICE, passed.at(SERVICE, "CheckpointRolledBack"))
    divergences = await audit(told, passed.blobs)
    assert ("run", "checkpoint", "tampering") in found(divergences)


@pytest.mark.parametrize(
    ("kind", "which", "fields", "field"),
    [
        ("EvaluationStarted", 0, {"games": 3}, "evaluation_id"),
        ("EvaluationStarted", 0, {"drawn": False}, "evaluation_id"),
        ("EvaluationStarted", 0, {"panel": 2}, "evaluation_id"),
        ("EvaluationStarted", 0, {"rules_version": "0.9/1"}, "rules_version"),
        ("GamesEvaluated", 0, {"first": 4}, "first"),
        ("GamesEvaluated", 0, {"results": []}, "results"),
        ("GamesEvaluated", 0, {"digest": OTHER}, "digest"),
        ("EvaluationCompleted", 0, {"digest": OTHER}, "digest"),
        ("EvaluationCompleted", 0, {"beaten": {"mean": 9.0}}, "beaten.mean"),
    ],
)
async def test_a_forged_evaluation_is_found(
    passed: Told,
    kind: str,
    which: int,
    fields: dict[str, object],
    field: str,
) -> None:
    told = passed.forged(EVALUATION, passed.at(EVALUATION, kind, which), **fields)
    divergences = await audit(told, passed.blobs, evaluations=True)
    fields_found = {each.field for each in divergences if each.kind == "evaluation"}
    assert field in fields_found


async def test_a_better_result_in_one_game_is_found_and_the_game_named(passed: Told) -> None:
    place = passed.at(EVALUATION, "GamesEvaluated")
    results = orjson.loads(passed.of(EVALUATION)[place].data)["results"]
    results[3]["beaten"] = results[3].get("beaten", 0) + 2
    divergences = await audit(
        passed.forged(EVALUATION, place, results=results), passed.blobs, evaluations=True
    )
    (played,) = [each for each in divergences if each.kind == "evaluation"]
    assert played.field == "results[3].beaten"
    assert "number 3 of the panel" in played.why


async def test_an_evaluation_without_its_end_is_found(passed: Told) -> None:
    told = passed.without(EVALUATION, passed.at(EVALUATION, "EvaluationCompleted"))
    divergences = await audit(told, passed.blobs, evaluations=True)
    assert ("evaluation", "type", "missing") in found(divergences)
