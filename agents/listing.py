"""What the log holds of training: runs, and the course of one of them."""

from dataclasses import dataclass, field

from rich.table import Table

from jimbot_stream.agents.evaluation.archive import every
from jimbot_stream.agents.population.membership import population_of
from jimbot_stream.contracts import (
    CheckpointPromoted,
    CheckpointRefused,
    CheckpointRolledBack,
    CheckpointSaved,
    CurriculumAdvanced,
    Estimate,
    EvaluationCompleted,
    EvaluationStarted,
    PopulationExploited,
    RunEnded,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.naming import RUN
from jimbot_stream.promotion import KINDS, InService

_SHOWN = 12
_NUMBERS = ("ante", "blinds", "won", "reward_per_episode", "entropy", "kl", "epsilon", "td_error")
"""Metrics that stand in the table of a run, where it has them."""


@dataclass(slots=True)
class Course:
    """A run as its stream tells it."""

    started: RunStarted
    updates: list[UpdateApplied] = field(default_factory=list)
    saved: list[CheckpointSaved] = field(default_factory=list)
    rejected: list[UpdateRejected] = field(default_factory=list)
    newest: str = ""
    """The checkpoint that the next update begins with."""
    steps_taken: list[CurriculumAdvanced] = field(default_factory=list)
    """To further stages of its curriculum."""
    exploited: list[PopulationExploited] = field(default_factory=list)
    """What it took over from other members of its population."""
    ended: str = ""
    """Why it ended; empty where it did not."""
    begun_ns: int = 0
    """When the log stored its beginning."""
    recorded_ns: list[int] = field(default_factory=list)
    """When the log stored each of the updates."""

    @property
    def steps(self) -> int:
        """Decisions learned from."""
        return sum(update.steps for update in self.updates)


async def courses(log: EventLog) -> list[Course]:
    """All runs of the log, in order of their beginning."""
    found: dict[str, Course] = {}
    async for event in log.read_all(prefixes=[RUN]):
        if event.type == "RunStarted":
            started = read_event(RunStarted, event)
            found[event.stream] = Course(started, begun_ns=event.created_ns)
        elif event.stream in found:
            course = found[event.stream]
            if event.type == "UpdateApplied":
                course.updates.append(read_event(UpdateApplied, event))
                course.recorded_ns.append(event.created_ns)
                course.ended = ""  # it was gone on with
            elif event.type == "CheckpointSaved":
                course.saved.append(read_event(CheckpointSaved, event))
                course.newest = course.saved[-1].checkpoint
            elif event.type == "UpdateRejected":
                course.rejected.append(read_event(UpdateRejected, event))
                course.newest = course.rejected[-1].checkpoint
                course.ended = ""
            elif event.type == "CurriculumAdvanced":
                course.steps_taken.append(read_event(CurriculumAdvanced, event))
            elif event.type == "PopulationExploited":
                course.exploited.append(read_event(PopulationExploited, event))
                course.newest = course.exploited[-1].from_checkpoint
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


async def courses_of(log: EventLog, name: str) -> list[Course]:
    """The run of a name, or all members of the population of that name.

    Raises:
        ValueError: the log has neither.
    """
    if population_of(name) != name:
        return [await course_of(log, name)]
    found = [each for each in await courses(log) if population_of(each.started.run_id) == name]
    if not found:
        raise ValueError(f"no population {name!r} in the log: jimbot-learn list tells its runs")
    return found


def table(found: list[Course]) -> Table:
    """Runs, a row for each."""
    shown = Table("run", "algorithm", "updates", "decisions", "newest checkpoint", "ended")
    for course in found:
        shown.add_row(
            course.started.run_id,
            course.started.algorithm,
            str(len(course.updates)),
            f"{course.steps:,}",
            course.newest[:_SHOWN],
            course.ended or "no",
        )
    return shown


def headline(started: RunStarted) -> str:
    """What a run is, in a line."""
    begun = started.begun_from
    source = f", begun with the weights of {begun[:_SHOWN]}" if begun else ""
    return f"{started.run_id}: {started.algorithm}{source}, {started.config_json}"


def course_table(course: Course) -> Table:
    """Updates of a run, a row for each; of those that were turned down, why."""
    names = [name for name in _NUMBERS if any(name in update.metrics for update in course.updates)]
    why = {rejected.update: rejected.cause for rejected in course.rejected}
    shown = Table("update", "checkpoint", "decisions", *names, *(["turned down"] if why else []))
    for number, update in _rows(course):
        cells = [str(number), "none", "0", *("nan" for _ in names)]
        if update is not None:
            told = (f"{update.metrics.get(name, float('nan')):.3f}" for name in names)
            cells = [str(number), update.checkpoint_out[:_SHOWN], f"{update.steps:,}", *told]
        shown.add_row(*cells, *([why.get(number, "")] if why else []))
    return shown


def _rows(course: Course) -> list[tuple[int, UpdateApplied | None]]:
    applied = {update.update: update for update in course.updates}
    numbers = applied.keys() | {rejected.update for rejected in course.rejected}
    return [(number, applied.get(number)) for number in sorted(numbers - {0})]


Played = list[tuple[EvaluationStarted, EvaluationCompleted]]


async def evaluations(log: EventLog, course: Course) -> Played:
    """Evaluations of a run's checkpoints, in the log's order."""
    wanted = {course.started.checkpoint, *(saved.checkpoint for saved in course.saved)}
    begun: dict[str, EvaluationStarted] = {}
    found: Played = []
    for event in await every(log):
        if isinstance(event, EvaluationStarted):
            begun[event.evaluation_id] = event
        elif (what := begun.get(event.evaluation_id)) and what.checkpoint in wanted:
            found.append((what, event))
    return found


def evaluation_table(played: Played) -> Table:
    """Evaluations, a row for each."""
    shown = Table("evaluation", "checkpoint", "panel", "games", "mean ante", "blinds beaten", "won")
    for what, done in played:
        shown.add_row(
            what.evaluation_id[:_SHOWN],
            what.checkpoint[:_SHOWN],
            f"{what.purpose} {what.panel}{', drawn' if what.drawn else ''}",
            f"{done.games:,}",
            *(_estimate(estimate) for estimate in (done.ante, done.beaten)),
            f"{done.won.mean:.1%}",
        )
    return shown


def service_table(service: InService) -> Table:
    """What was put into service, taken out of it or refused, newest last."""
    shown = Table("in service", "what", "by", "why", title="Service", title_justify="left")
    for event in service.events:
        if event.type in KINDS:
            shown.add_row(*_change(read_event(KINDS[event.type], event)))
    return shown


def _change(event: object) -> tuple[str, str, str, str]:
    if isinstance(event, CheckpointPromoted):
        return event.checkpoint[:_SHOWN], "promoted", event.by, event.reason
    if isinstance(event, CheckpointRolledBack):
        what = f"rolled back, {event.withdrawn[:_SHOWN]} withdrawn"
        return event.checkpoint[:_SHOWN], what, event.by, event.reason
    assert isinstance(event, CheckpointRefused)
    why = f"{event.difference:+.2f} blinds, p = {event.p_value:.4f}, level {event.level:g}"
    refused = f"{event.checkpoint[:_SHOWN]} refused"
    return event.incumbent[:_SHOWN], refused, event.run_id, why


def _estimate(estimate: Estimate) -> str:
    return f"{estimate.mean:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


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
