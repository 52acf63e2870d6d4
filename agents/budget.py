"""Memory of a training run: what may be taken, what it will take, and what it takes.

The card of the project gives 8 GB: 2.5 to Ray's object store, 3.5 to the processes that play and
learn, 1 to checkpoints, 1 to the replay memory. A run that cannot hold its part is refused before
it begins, and one that outgrows it ends after the update at hand, which is recorded.
"""

from dataclasses import dataclass
from typing import Final

import psutil

from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.balatro import wire
from jimbot_stream.config import Settings

MIB: Final = 1 << 20
PROCESS: Final = 640 * MIB
"""What a process of Python holds that has loaded torch, RLlib and the compiled rules; measured
as resident memory (``ps -o rss``) of a sampler's actor, 580 MiB, and some to spare."""
ROWS: Final = 32
"""Candidates of a decision for which the sampler makes room."""
DECISION: Final = 4 * (wire.FEATURES + ROWS * wire.CANDIDATE_FEATURES) + 8 * ROWS + 64
"""Bytes of one decision in columns."""
ROUNDS: Final = 3
"""Rounds that are held at once: one being played, one handed over, one learned from."""
GAME: Final = 48 * 1024
"""Bytes of a game in play, with room to work."""
SNAPSHOT: Final = 16 * 1024
"""Bytes of a game in a snapshot, 16,186, and its part of the head."""
CHECKPOINT: Final = 4 * MIB
"""Bytes of a checkpoint, with Adam's memory and a target network, and some to spare."""


class BudgetError(RuntimeError):
    """A run needs more memory than it was given; the message says of what, and what to do."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Bytes that the parts of a run may take."""

    object_store: int
    workers: int
    checkpoints: int
    buffer: int

    def refuse(self, rollout: RolloutConfig, buffer: int = 0, samplers: int = 0) -> None:
        """Make sure that a run can hold its parts, before it begins.

        ``buffer`` is the bound of its replay memory; ``samplers`` how many processes on this
        machine play for it besides the learner's.

        Raises:
            BudgetError: it cannot.
        """
        _refuse("JIMBOT_BUFFER_MIB", self.buffer, buffer, "the replay memory")
        _refuse("JIMBOT_WORKERS_MIB", self.workers, needed(rollout, samplers), "play and learning")
        _refuse("JIMBOT_CHECKPOINTS_MIB", self.checkpoints, kept(rollout), "checkpoints at hand")
        if samplers:
            need = handed_over(rollout)
            _refuse("JIMBOT_OBJECT_STORE_MIB", self.object_store, need, "rounds of play")

    def outgrown(self, elsewhere: int = 0) -> str | None:
        """What to tell of a run that holds more than it may; None where it does not.

        ``elsewhere`` is what its samplers hold in other processes.
        """
        held = resident() + elsewhere
        given = self.workers + self.checkpoints + self.buffer
        if held <= given:
            return None
        return (
            f"learner and samplers hold {held // MIB} MiB, JIMBOT_WORKERS_MIB,"
            f" JIMBOT_CHECKPOINTS_MIB and JIMBOT_BUFFER_MIB give them {given // MIB}: the run"
            " stands where its last update left it; give more, or begin one of a smaller profile"
        )


def budget_of(settings: Settings) -> Budget:
    """The budget that the environment tells."""
    return Budget(
        object_store=settings.object_store_mib * MIB,
        workers=settings.workers_mib * MIB,
        checkpoints=settings.checkpoints_mib * MIB,
        buffer=settings.buffer_mib * MIB,
    )


def needed(rollout: RolloutConfig, samplers: int = 0) -> int:
    """Bytes that the processes of a run on this machine will take."""
    own = PROCESS + ROUNDS * round_of(rollout) + GAME * rollout.games
    return own + samplers * sampler(rollout)


def sampler(rollout: RolloutConfig) -> int:
    """Bytes that the process of one sampler will take: a round is made, and handed over."""
    return PROCESS + (2 * round_of(rollout) + GAME * rollout.games) // rollout.runners


def handed_over(rollout: RolloutConfig) -> int:
    """Bytes of Ray's object store that the rounds of a run take."""
    return 2 * round_of(rollout)


def kept(rollout: RolloutConfig) -> int:
    """Bytes of checkpoints and snapshots that are at hand at once: before an update, and after."""
    return 2 * (CHECKPOINT + SNAPSHOT * rollout.games)


def _refuse(name: str, given: int, need: int, whose: str) -> None:
    if need > given:
        raise BudgetError(
            f"{whose} will take {-(-need // MIB)} MiB, {name} gives {given // MIB}: give more, or"
            " begin a run of a smaller profile"
        )


def round_of(rollout: RolloutConfig) -> int:
    """Bytes of one round of play."""
    return DECISION * rollout.games * rollout.steps


def resident() -> int:
    """Bytes that this process holds."""
    held: int = psutil.Process().memory_info().rss
    return held
