"""When a run goes on to its next stage: a function of what its recorded updates tell."""

from collections.abc import Sequence
from dataclasses import dataclass

from jimbot_stream.agents.curriculum.stages import Curriculum
from jimbot_stream.contracts.v1.learning_pb2 import UpdateApplied


@dataclass(frozen=True, slots=True)
class Evidence:
    """How the newest finished games of a stage went."""

    games: int
    measured: float
    """Mean of the stage's measure over them."""


def evidence(measure: str, games: int, updates: Sequence[UpdateApplied]) -> Evidence | None:
    """What the newest updates tell that together finished so many games; None if too few did.

    Whole updates are taken, newest first, because a record tells means of updates.
    """
    count, total = 0, 0.0
    for update in reversed(updates):
        finished = int(update.metrics.get("episodes", 0.0))
        count += finished
        total += finished * update.metrics.get(measure, 0.0)
        if count >= games:
            return Evidence(count, total / count)
    return None


def promotion(
    curriculum: Curriculum, stage: int, updates: Sequence[UpdateApplied]
) -> Evidence | None:
    """The evidence on which a run leaves a stage after these updates of it; None if it stays."""
    here = curriculum.stages[stage]
    if stage + 1 >= len(curriculum.stages):
        return None
    found = evidence(here.measure, curriculum.games, updates)
    return found if found is not None and found.measured >= here.wanted else None
