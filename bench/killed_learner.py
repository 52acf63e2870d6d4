"""Learners in processes of their own, killed at drawn moments and started again."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Final

import numpy as np

from jimbot_stream.agents.algorithms import PlayConfig
from jimbot_stream.agents.dqn.config import DqnConfig, DqnTrainConfig
from jimbot_stream.agents.offline.config import (
    METHODS,
    CloningConfig,
    DataConfig,
    ImplicitConfig,
    Learning,
    MarwilConfig,
    OfflineConfig,
)
from jimbot_stream.agents.offline.recording import Wanted, record
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.rollouts.cli import ALGOS
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig, rollout_ppo
from jimbot_stream.agents.training_run import TrainingRun, run_id
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import SystemClock
from jimbot_stream.contracts import UpdateApplied
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import LogReader, RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.naming import run_stream
from jimbot_stream.replay.opening import open_reader

CLOCK: Final = SystemClock()
LOOK_S: Final = 0.05
"""Between two looks at the record; the drawn moments are finer than an update, not than this."""
FEW: Final = RolloutConfig(games=16, steps=16, rounds=4)
GAMES: Final = 16
"""Recorded games that the offline methods learn from, or measure with: by the rule of thumb."""


def _offline(learning: Learning) -> OfflineConfig:
    return OfflineConfig(learning, DataConfig(position=10**9, held_out=0.2, games=6))


CONFIGS: Final[dict[str, PlayConfig | OfflineConfig]] = {
    "ppo": TrainConfig(FEW, replace(rollout_ppo(), minibatch=128)),
    "dqn": DqnTrainConfig(
        FEW, DqnConfig(minibatch=64, minibatches=8, warm=256, target_every=20), MemoryConfig(mib=8)
    ),
    "bc": _offline(CloningConfig(minibatch=64, epochs=1)),
    "marwil": _offline(MarwilConfig(minibatch=64, epochs=1)),
    "iql": _offline(ImplicitConfig(minibatch=64, epochs=1)),
}
"""By the name that ``train --algo`` or ``offline --algo`` takes: updates of some hundred decisions,
so that a hundred take minutes. The memory of DQN is full after a third of them, and evicts from
then on."""
NAMES: Final = {**ALGOS, **{name: name for name in METHODS}}
"""What a run calls them."""
Told = Callable[[int], None]


class LearnerError(RuntimeError):
    """The learner failed by itself; the message has what it last wrote."""


@dataclass(frozen=True, slots=True)
class Learner:
    """One training run in a folder of its own, which its processes go on with."""

    algo: str
    folder: Path
    seed: int

    @property
    def log(self) -> str:
        """Address of the event log: a file, so that its writer is killed with the learner."""
        return f"sqlite:{self.folder / 'events.sqlite'}"

    @property
    def blobs(self) -> BlobStore:
        """Checkpoints and snapshots."""
        return BlobStore(self.folder / "blobs")

    async def begin(self) -> None:
        """Record the run with its small configuration, which it keeps."""
        self.folder.mkdir(parents=True, exist_ok=True)
        async with EmbeddedLog(self.log.removeprefix("sqlite:")) as log:
            config, name = CONFIGS[self.algo], NAMES[self.algo]
            if self.algo in METHODS:
                await record(log, Wanted("rule", self.seed, GAMES))
            await TrainingRun.begin(log, self.blobs, self.seed, config, name)

    async def events(self) -> list[RecordedEvent]:
        """What the run's stream holds."""
        async with open_reader(self.log) as log:
            return [event async for event in log.read_stream(run_stream(run_id(self.seed)))]

    @contextmanager
    def going_on(self, updates: int) -> Iterator[subprocess.Popen[bytes]]:
        """A process that goes on until there are so many updates; it does not outlive the block."""
        verb = "offline" if self.algo in METHODS else "train"
        command = [sys.executable, "-m", "jimbot_stream.agents.cli", verb, "--algo", self.algo]
        command += ["--run-seed", str(self.seed), "--updates", str(updates)]
        environment = os.environ | {"JIMBOT_DATA": str(self.folder), "JIMBOT_LOG": self.log}
        with (self.folder / "learner.out").open("ab") as out:
            process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    async def until(
        self, process: subprocess.Popen[bytes], updates: int, told: Told, patience_s: float = inf
    ) -> bool:
        """Wait until so many updates are recorded; False if time or process ended before that.

        Raises:
            LearnerError: it failed.
        """
        deadline = CLOCK.monotonic() + patience_s
        async with open_reader(self.log) as log:
            while (now := await self._recorded(log)) < updates:
                told(now)
                if process.poll() is not None:
                    self.check(process.returncode)
                    return False
                if (left := deadline - CLOCK.monotonic()) <= 0:
                    return False
                await asyncio.sleep(min(LOOK_S, left))
        told(now)
        return True

    def check(self, code: int) -> None:
        """Refuse a process that failed.

        Raises:
            LearnerError: the code is not 0.
        """
        if code:
            last = (self.folder / "learner.out").read_text(errors="replace")[-2000:]
            raise LearnerError(f"the learner ({self.algo}) ended with code {code}:\n{last}")

    async def _recorded(self, log: LogReader) -> int:
        """How many updates the record holds."""
        async for event in log.read_stream(run_stream(run_id(self.seed)), backwards=True):
            if event.type == "UpdateApplied":
                return read_event(UpdateApplied, event).update
        return 0


async def uninterrupted(learner: Learner, updates: int, told: Told) -> float:
    """Let it make all updates; the seconds that one took, start-up not counted.

    Raises:
        LearnerError: it failed.
    """
    await learner.begin()
    with learner.going_on(updates) as process:
        await learner.until(process, 1, told)
        begun = CLOCK.monotonic()
        await learner.until(process, updates, told)
        pace = (CLOCK.monotonic() - begun) / max(1, updates - 1)
        learner.check(await asyncio.to_thread(process.wait))
    return pace


def moments(updates: int, kills: int, seed: int) -> Sequence[float]:
    """When to kill, in updates: 12.37 is in the thirteenth; no two of them in the same one.

    None of them lies in the first, most of which is starting up, nor in the last one.

    Raises:
        ValueError: there are fewer updates than that takes.
    """
    if not 0 <= kills <= updates - 2:
        raise ValueError(f"{kills} kills take {kills + 2} updates or more, {updates} were given")
    chance = np.random.Generator(np.random.Philox(key=seed))
    whole = np.sort(chance.choice(np.arange(1, updates - 1), kills, replace=False))
    return [float(moment) for moment in whole + chance.random(kills)]


async def killed(
    learner: Learner, updates: int, at: Sequence[float], pace: float, told: Told
) -> int:
    """The same with SIGKILL at those moments, and a new process after each; the kills made.

    Raises:
        LearnerError: it failed by itself.
    """
    await learner.begin()
    made = 0
    for moment in at:
        with learner.going_on(updates) as process:
            if await learner.until(process, int(moment), told):
                # No later than the next record: the last update is never let through.
                await learner.until(process, int(moment) + 1, told, moment % 1 * pace)
                made += process.poll() is None
    with learner.going_on(updates) as process:
        await learner.until(process, updates, told)
        learner.check(await asyncio.to_thread(process.wait))
    return made
