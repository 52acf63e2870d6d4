"""The gate: a new checkpoint and the one before it play the same games."""

from dataclasses import dataclass
from typing import Final

from jimbot_stream.agents.evaluation.archive import Archive, Recorded
from jimbot_stream.agents.evaluation.panel import GATE, Panel
from jimbot_stream.agents.evaluation.record import Subject, started
from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.gate.paired import Comparison, compare
from jimbot_stream.agents.rollouts.lockstep import word_of
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.contracts import EvaluationStarted

MEASURED: Final = "beaten"
"""What is compared, of ``chunk.EPISODE``: blinds beaten tell more than antes reached."""


def evaluation_of(
    checkpoint: str, config: GateConfig, rules_version: str = RULES_VERSION
) -> EvaluationStarted:
    """What the gate lets a checkpoint play."""
    panel = Panel(
        number=config.panel,
        games=config.games,
        deck=config.deck,
        stake=config.stake,
        win_ante=config.win_ante,
        most_steps=config.most_steps,
        purpose=GATE,
    )
    return started(Subject(checkpoint), panel, drawn=True, rules_version=rules_version)


@dataclass(frozen=True, slots=True)
class Trial:
    """A checkpoint, the one that it must not be worse than, and what was found."""

    candidate: Recorded
    incumbent: Recorded
    comparison: Comparison
    level: float

    @property
    def refused(self) -> bool:
        """The candidate is worse."""
        return self.comparison.worse(self.level)

    def __str__(self) -> str:
        """As people read it."""
        one, other = (each.completed.beaten.mean for each in (self.candidate, self.incumbent))
        verdict = "worse" if self.refused else "not worse"
        return (
            f"{verdict} than the one before: {one:.2f} against {other:.2f} blinds beaten,"
            f" p = {self.comparison.p_value:.4f}, level {self.level:g}"
        )


def tried(candidate: Recorded, incumbent: Recorded, config: GateConfig) -> Trial:
    """The verdict on two evaluations of the gate's panel."""
    reached = candidate.results[MEASURED], incumbent.results[MEASURED]
    comparison = compare(*reached, word_of("gate", config.panel))
    return Trial(candidate, incumbent, comparison, config.level)


class Gate:
    """Evaluates and compares; what stands in the log is not played again."""

    def __init__(self, config: GateConfig, archive: Archive) -> None:
        self.config = config
        self._archive = archive

    async def try_out(self, candidate: str, incumbent: str) -> Trial:
        """Let two checkpoints play the panel.

        Raises:
            BlobError, CheckpointError: a checkpoint cannot be used.
            EvaluationError: what stands in the log is not whole, or came out otherwise.
        """
        of = [
            await self._archive.of(evaluation_of(name, self.config))
            for name in (candidate, incumbent)
        ]
        return tried(of[0], of[1], self.config)
