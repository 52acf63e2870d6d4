"""From a run's record to lines over decisions.

The rate is a run's decisions over the time between two of its records, as the log stored them:
a pause before an update counts as the update's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from jimbot_stream.agents.listing import Course
from jimbot_stream.charting.chart import Chart, Line, Mark, smoothed
from jimbot_stream.contracts import EvaluationCompleted, EvaluationStarted
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import LogReader
from jimbot_stream.eventlog.naming import EVALUATION

RATE: Final = "steps_per_s"
TITLES: Final[Mapping[str, str]] = {
    "ante": "mean ante",
    "blinds": "blinds beaten",
    "won": "share of games won",
    RATE: "decisions per second",
}
"""Of the numbers that have one; others are called as the update calls them."""
_USUAL: Final = ("ante", "blinds", "reward_per_episode")
"""What tells how games went, by kind of run."""
AXIS: Final = "decisions"
HELD_OUT: Final = "held-out"
_ESTIMATES: Final = {"ante": "ante", "blinds": "beaten", "won": "won"}
"""Numbers that evaluations tell as well, and their fields."""


@dataclass(frozen=True, slots=True)
class Played:
    """An evaluation of a checkpoint on held-out games."""

    checkpoint: str
    completed: EvaluationCompleted


async def held_out(log: LogReader) -> list[Played]:
    """Evaluations of checkpoints on held-out games, actions not drawn, in the log's order."""
    begun: dict[str, EvaluationStarted] = {}
    found = []
    async for event in log.read_all(prefixes=[EVALUATION]):
        if event.type == "EvaluationStarted":
            started = read_event(EvaluationStarted, event)
            if started.checkpoint and started.purpose == HELD_OUT and not started.drawn:
                begun[started.evaluation_id] = started
        elif event.type == "EvaluationCompleted":
            completed = read_event(EvaluationCompleted, event)
            if completed.evaluation_id in begun:
                checkpoint = begun[completed.evaluation_id].checkpoint
                found.append(Played(checkpoint, completed))
    return found


def charts(
    courses: Sequence[Course],
    numbers: Sequence[str],
    played: Sequence[Played] = (),
    over: int = 1,
) -> list[Chart]:
    """A chart for each number, with a line for each run; means over so many updates.

    Raises:
        ValueError: no run tells a number, or over is less than 1.
    """
    marks = tuple(mark for course in courses for mark in _marks(course, len(courses) > 1))
    found = []
    for number in numbers:
        lines = [smoothed(line(course, number), over) for course in courses]
        lines += [own for course in courses if (own := _evaluated(course, number, played)).x]
        found.append(Chart(TITLES.get(number, number), AXIS, tuple(lines), marks))
        if found[-1].empty and number != RATE and any(course.updates for course in courses):
            known = ", ".join(
                sorted({RATE, *(name for course in courses for name in _known(course))})
            )
            raise ValueError(f"no run tells {number!r}; there are: {known}")
    return found


def usual(courses: Sequence[Course]) -> Sequence[str]:
    """What is drawn unless something else is asked for: how games went, as far as it is told.

    Updates from games on the bus tell the reward of a game, those in the simulator more.
    """
    known = set[str]().union(*map(_known, courses))
    return [*(name for name in _USUAL if name in known), RATE]


def line(course: Course, number: str) -> Line:
    """A number of a run over the decisions learned from, where its updates tell it."""
    told = _rates(course) if number == RATE else _metrics(course, number)
    points = [(x, y) for x, y in zip(_decisions(course), told, strict=True) if y is not None]
    x, y = zip(*points, strict=True) if points else ((), ())
    return Line(course.started.run_id, tuple(x), tuple(y))


def _decisions(course: Course) -> list[float]:
    """Learned from up to and with every update."""
    return list(accumulate(float(update.steps) for update in course.updates))


def _metrics(course: Course, number: str) -> list[float | None]:
    return [update.metrics.get(number) for update in course.updates]


def _known(course: Course) -> set[str]:
    return {name for update in course.updates for name in update.metrics}


def _rates(course: Course) -> list[float | None]:
    begun = (course.begun_ns, *course.recorded_ns[:-1])
    times = zip(begun, course.recorded_ns, strict=False)
    return [
        update.steps * 1e9 / (end - begin) if end > begin else None
        for update, (begin, end) in zip(course.updates, times, strict=True)
    ]


def _evaluated(course: Course, number: str, played: Sequence[Played]) -> Line:
    """What held-out games tell of the run's checkpoints, with its intervals."""
    after = {course.started.checkpoint: 0.0}
    made = zip(course.updates, _decisions(course), strict=True)
    after |= {update.checkpoint_out: x for update, x in made}
    name = f"{course.started.run_id}, held-out games"
    if number not in _ESTIMATES:
        return Line(name, (), ())
    found = [
        (after[one.checkpoint], getattr(one.completed, _ESTIMATES[number]))
        for one in played
        if one.checkpoint in after
    ]
    found.sort(key=lambda point: point[0])
    return Line(
        name,
        tuple(x for x, _ in found),
        tuple(told.mean for _, told in found),
        tuple(told.low for _, told in found),
        tuple(told.high for _, told in found),
    )


def _marks(course: Course, several: bool) -> list[Mark]:
    """Where the run went on to another stage, or took weights over from another run."""
    at = dict(zip((update.update for update in course.updates), _decisions(course), strict=True))
    whose = f"{course.started.run_id}: " if several else ""
    steps = [
        Mark(at.get(step.update, 0.0), f"{whose}stage {step.stage}: {step.name}")
        for step in course.steps_taken
    ]
    taken = [
        Mark(at.get(taken.update, 0.0), f"{whose}weights of {taken.from_run}")
        for taken in course.exploited
    ]
    return sorted([*steps, *taken], key=lambda mark: (mark.x, mark.name))
