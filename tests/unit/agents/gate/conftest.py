"""Runs whose updates made checkpoints of known strength, and a small gate that tells them apart."""

from collections.abc import Awaitable, Callable

import pytest

from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.evaluation.archive import Archive
from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.gate.gate import Gate
from jimbot_stream.agents.gate.succession import Succession
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import UpdateApplied
from jimbot_stream.eventlog import EventLog
from jimbot_stream.promotion import InService

GATE = GateConfig(games=24, most_steps=30)
Began = Callable[..., Awaitable[TrainingRun]]
Succeeds = Callable[..., Awaitable[Succession]]


@pytest.fixture
def began(log: EventLog, blobs: BlobStore) -> Began:
    """A run, begun or gone on with."""

    async def begin(run_seed: int = 7, gate: GateConfig | None = GATE) -> TrainingRun:
        return await TrainingRun.begin(log, blobs, run_seed, UpdateConfig(), gate=gate)

    return begin


@pytest.fixture
def succeeds(log: EventLog, blobs: BlobStore) -> Succeeds:
    """Decides about the checkpoints of a run, as a process does that has just started."""

    async def succession(run: TrainingRun) -> Succession:
        gate = Gate(run.gate, Archive(log, blobs.get)) if run.gate is not None else None
        return Succession(run, await InService.open(log), gate)

    return succession


async def update(run: TrainingRun, checkpoint: bytes) -> str:
    """Record an update that made the checkpoint; its sha256."""
    made = sha256(checkpoint)
    applied = UpdateApplied(
        run_id=run.started.run_id,
        update=run.update + 1,
        checkpoint_in=run.checkpoint,
        checkpoint_out=made,
    )
    await run.record_update(applied, checkpoint)
    return made
