"""What the log holds of training: runs, and the course of one of them."""

from dataclasses import dataclass, field

from rich.table import Table

from jimbot_stream.contracts import (
    CheckpointSaved,
    CurriculumAdvanced,
    PopulationExploited,
    RunEnded,
    RunStarted,
    UpdateApplied,
)
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.naming import RUN

_SHOWN = 12
_NUMBERS = ("ante", "blinds", "won", "reward_per_episode", "entropy", "kl", "epsilon", "td_error")
"""Metrics that stand in the table of a run, where it has them."""


@dataclass(slots=True)
class Course:
    """A run as its stream tells it."""

    started: RunStarted
    updates: list[UpdateApplied] = field(default_factory=list)
    saved: list[CheckpointSaved] = field(default_factory=list)
    steps_taken: list[CurriculumAdvanced] = field(default_factory=list)
    """To further stages of its curriculum."""
    exploited: list[PopulationExploited] = field(default_factory=list)
    """What it took over from other members of its population."""
    ended: str = ""
    """Why it ended; empty where it did not."""

    @property
    def steps(self) -> int:
        """Decisions learned from."""
        return sum(update.steps for update in self.updates)


async def courses(log: EventLog) -> list[Course]:
    """All runs of the log, in order of their beginning."""
    found: dict[str, Course] = {}
    async for event in log.read_all(prefixes=[RUN]):
        if event.type == "RunStarted":
            found[event.stream] = Course(read_event(RunStarted, event))
        elif event.stream in found:
            course = found[event.stream]
            if event.type == "UpdateApplied":
                course.updates.append(read_event(UpdateApplied, event))
                course.ended = ""  # it was gone on with
            elif event.type == "CheckpointSaved":
                course.saved.append(read_event(CheckpointSaved, event))
            elif event.type == "CurriculumAdvanced":
                course.steps_taken.append(read_event(CurriculumAdvanced, event))
            elif event.type == "PopulationExploited":
                course.exploited.append(read_event(PopulationExploited, event))
            elif event.type == "RunEnded":
                course.ended = read_event(RunEnded, event).reason
    return list(found.values())


async def course_of(log: EventLog, run: str) -> Course:
    """One run.

    Raises:
        ValueError: the log has no such run.
    """
    found = {course.started.run_id: course for course in await courses(log)}
    if run not in found:
        there = ", ".join(found) or "none"
        raise ValueError(f"no run {run!r} in the log; there are: {there}")
    return found[run]


def table(found: list[Course]) -> Table:
    """Runs, a row for each."""
    shown = Table("run", "algorithm", "updates", "decisions", "newest checkpoint", "ended")
    for course in found:
        newest = course.saved[-1].checkpoint if course.saved else course.started.checkpoint
        shown.add_row(
            course.started.run_id,
            course.started.algorithm,
            str(len(course.updates)),
            f"{course.steps:,}",
            newest[:_SHOWN],
            course.ended or "no",
        )
    return shown


def course_table(course: Course) -> Table:
    """Updates of a run, a row for each."""
    names = [name for name in _NUMBERS if any(name in update.metrics for update in course.updates)]
    shown = Table("update", "checkpoint", "decisions", *names)
    for update in course.updates:
        shown.add_row(
            str(update.update),
            update.checkpoint_out[:_SHOWN],
            f"{update.steps:,}",
            *(f"{update.metrics.get(name, float('nan')):.3f}" for name in names),
        )
    return shown


def changes_table(course: Course) -> Table | None:
    """What changed the run's games, or its weights and numbers; None where nothing did."""
    rows = [*map(_step, course.steps_taken), *map(_exchange, course.exploited)]
    if not rows:
        return None
    shown = Table("after update", "what", "why")
    for update, what, why in sorted(rows):
        shown.add_row(str(update), what, why)
    return shown


def _step(step: CurriculumAdvanced) -> tuple[int, str, str]:
    why = f"{step.measured:.2f} of {step.wanted:.2f} wanted, over {step.games:,} games"
    return step.update, f"stage {step.stage}: {step.name}", why


def _exchange(taken: PopulationExploited) -> tuple[int, str, str]:
    own, other = taken.scores[taken.run_id], taken.scores[taken.from_run]
    weights = taken.from_checkpoint[:_SHOWN]
    what = f"weights {weights} of {taken.from_run}, its hyperparameters varied"
    return taken.update, what, f"{own:.2f} blinds beaten, the other {other:.2f}"
