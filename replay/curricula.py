"""A run's way through its curriculum: each step was due when it was taken, and none is missing."""

from collections.abc import Iterator, Sequence
from typing import Any

from jimbot_stream.agents.curriculum.promotion import advanced
from jimbot_stream.agents.rollouts.config import TrainConfig, from_json
from jimbot_stream.contracts.v1.learning_pb2 import CurriculumAdvanced, UpdateApplied
from jimbot_stream.replay.blame import unequal
from jimbot_stream.replay.history import Entry, finding
from jimbot_stream.replay.verdict import Divergence


def step_due(
    run_id: str, number: int, config_json: str, updates: Sequence[UpdateApplied]
) -> CurriculumAdvanced | None:
    """The step that must follow these updates of a stage; None where none must.

    number is that of the run's last update, applied or not.

    The numbers on which it is decided are those that the updates tell, and those are
    compared where the updates are computed again.
    """
    config = _config_of(config_json)
    if config is None or not updates:
        return None
    return advanced(run_id, number, config, reversed(updates))


def step_faults(
    entry: Entry, told: CurriculumAdvanced, due: CurriculumAdvanced | None
) -> Iterator[Divergence]:
    """Whether a recorded step is the one that was due."""
    if due is None:
        why = "The games of the stage did not reach what it asks, or there is no further stage."
        got = f"{told.stage} ({told.name})"
        yield finding(entry.event, "run", "stage", "the stage before", got, "tampering", why)
        return
    for name in told.DESCRIPTOR.fields_by_name:
        expected: Any = getattr(due, name)
        yield from unequal(entry, (name, expected, getattr(told, name), "tampering"))


def left_out(entry: Entry, due: CurriculumAdvanced | None) -> Iterator[Divergence]:
    """Whether an update was applied where a step was due before it."""
    if due is not None:
        why = f"Its games reached {due.measured:.3g}, where {due.wanted:.3g} was asked."
        wanted = f"CurriculumAdvanced to stage {due.stage} ({due.name})"
        yield finding(entry.event, "run", "type", wanted, entry.event.type, "missing", why)


def games_changed(before: str, after: str) -> bool:
    """Whether a change of configuration lets other games begin."""
    one, other = _config_of(before), _config_of(after)
    return one is not None and other is not None and one.rollout != other.rollout


def begun(config_json: str, run_seed: int) -> str:
    """Where the games of a configuration begin: sha256 of their snapshot, in hex.

    Raises:
        ValueError: the games cannot be begun.
    """
    from jimbot_stream.agents.checkpoint import sha256
    from jimbot_stream.agents.rollouts.shares import begun_snapshot  # loads the rules

    return sha256(begun_snapshot(from_json(config_json).rollout, run_seed))


def _config_of(text: str) -> TrainConfig | None:
    try:
        return from_json(text)
    except (TypeError, ValueError):  # of another algorithm, or spoilt, which is found elsewhere
        return None
