"""A learner that is killed at any moment goes on as if nothing had happened.

Real processes of ``jimbot-learn train`` and ``offline`` are killed with SIGKILL at drawn moments,
together with the log that they write, and started again. What they record in the end is what a
learner records that nobody stops, byte for byte, and all of it can be computed again.

The counts are small, for every day. The full ones are those of ``python bench/exactness.py``, which
computes everything again in fresh processes besides; ``JIMBOT_CRASH_LEARNER`` sets how often each
algorithm's learner is killed here, ``JIMBOT_CRASH_SEED`` draws other moments. The methods that
learn from recorded games share all that a kill can hit: every day one of them is killed.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from bench.exactness import difference
from bench.killed_learner import CONFIGS, NAMES, Learner, killed, moments

from jimbot_stream.agents.dqn.training import DqnTraining
from jimbot_stream.agents.offline.config import OfflineConfig
from jimbot_stream.agents.offline.source import LogGames
from jimbot_stream.agents.offline.training import OfflineTraining
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.clock import SystemClock
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Match

KILLS = int(os.environ.get("JIMBOT_CRASH_LEARNER", "1"))
SEED = int(os.environ.get("JIMBOT_CRASH_SEED", "23"))
UPDATES = KILLS + 2
KILLED = list(CONFIGS) if "JIMBOT_CRASH_LEARNER" in os.environ else ["ppo", "dqn", "iql"]
TRAININGS: dict[str, Any] = {"ppo": Training, "dqn": DqnTraining}

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180 + 40 * KILLS)]


async def not_stopped(learner: Learner) -> float:
    """Train in this process; the seconds that an update took."""
    await learner.begin()
    seconds: list[float] = []
    note = seconds.append
    async with EmbeddedLog(learner.log.removeprefix("sqlite:")) as log:
        config, clock = CONFIGS[learner.algo], SystemClock()
        run = await TrainingRun.begin(log, learner.blobs, SEED, config, NAMES[learner.algo])
        if isinstance(config, OfflineConfig):
            offline = await OfflineTraining.begin(run, LogGames(log, config.reward), clock)
            await offline.train(lambda: run.update >= UPDATES, lambda done: note(done.seconds))
        else:
            training = TRAININGS[learner.algo](run, clock)
            await training.train(
                lambda: run.update >= UPDATES, lambda steps: None, lambda done: note(done.seconds)
            )
    return min(seconds)  # the others load kernels


@pytest.mark.parametrize("algo", KILLED)
async def test_the_record_is_that_of_a_learner_that_was_not_stopped(
    algo: str, tmp_path: Path
) -> None:
    whole, parts = (Learner(algo, tmp_path / name, SEED) for name in ("whole", "parts"))
    pace = await not_stopped(whole)
    at = moments(UPDATES, KILLS, SEED)
    assert await killed(parts, UPDATES, at, pace, lambda updates: None) == KILLS
    assert difference(await whole.events(), await parts.events()) == ""
    async with EmbeddedLog(parts.log.removeprefix("sqlite:"), read_only=True) as log:
        verdicts = [verdict async for verdict in Replayer(log, parts.blobs).verify()]
    assert all(isinstance(verdict, Match) for verdict in verdicts)
    assert sum(verdict.kind == "update" for verdict in verdicts) == UPDATES
