"""When a run goes on to its next stage: a function of what its recorded updates tell."""

from collections.abc import Iterable
from dataclasses import dataclass

from jimbot_stream.agents.rollouts.config import TrainConfig
from jimbot_stream.contracts.v1.learning_pb2 import CurriculumAdvanced, UpdateApplied


@dataclass(frozen=True, slots=True)
class Evidence:
    """How the newest finished games of a stage went."""

    games: int
    measured: float
    """Mean of the stage's measure over them."""


def evidence(measure: str, games: int, newest: Iterable[UpdateApplied]) -> Evidence | None:
    """What the newest updates tell that together finished so many games; None if too few did.

    Whole updates are taken, in the order given, because a record tells means of updates.
    """
    count, total = 0, 0.0
    for update in newest:
        finished = int(update.metrics.get("episodes", 0.0))
        count += finished
        total += finished * update.metrics.get(measure, 0.0)
        if count >= games:
            return Evidence(count, total / count)
    return None


def advanced(
    run_id: str, update: int, config: TrainConfig, newest: Iterable[UpdateApplied]
) -> CurriculumAdvanced | None:
    """The step to the next stage that is due after an update; None where none is.

    newest are the updates of the present stage, the newest first.
    """
    curriculum, number = config.curriculum, config.rollout.stage
    if curriculum is None or number + 1 >= len(curriculum.stages):
        return None
    here, following = curriculum.stages[number : number + 2]
    found = evidence(here.measure, curriculum.games, newest)
    if found is None or found.measured < here.wanted:
        return None
    return CurriculumAdvanced(
        run_id=run_id,
        update=update,
        stage=number + 1,
        name=following.name,
        config_json=config.at_stage(number + 1).to_json(),
        games=found.games,
        measured=found.measured,
        wanted=here.wanted,
    )
