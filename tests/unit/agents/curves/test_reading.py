"""Lines are what the record tells, over the decisions that were learned from."""

import pytest

from jimbot_stream.agents.curves import reading
from jimbot_stream.agents.curves.reading import Played
from jimbot_stream.agents.listing import Course
from jimbot_stream.charting.chart import Mark
from jimbot_stream.contracts import (
    CurriculumAdvanced,
    Estimate,
    EvaluationCompleted,
    PopulationExploited,
    RunStarted,
    UpdateApplied,
)

SECOND = 1_000_000_000


def course(run: str = "run1", antes: tuple[float | None, ...] = (1.0, None, 2.5)) -> Course:
    """Updates of 100 decisions, one every two seconds; None: the update tells no ante."""
    updates = [
        UpdateApplied(
            run_id=run,
            update=number,
            steps=100,
            checkpoint_out=f"{run}.{number}",
            metrics={"entropy": 2.0 - number} | ({} if ante is None else {"ante": ante}),
        )
        for number, ante in enumerate(antes, 1)
    ]
    times = [(2 * number + 5) * SECOND for number in range(1, len(antes) + 1)]
    started = RunStarted(run_id=run, checkpoint=f"{run}.0")
    return Course(started, updates, begun_ns=5 * SECOND, recorded_ns=times)


def test_a_line_is_over_decisions_and_leaves_out_what_was_not_told() -> None:
    line = reading.line(course(), "ante")
    assert (line.name, line.x, line.y) == ("run1", (100.0, 300.0), (1.0, 2.5))


def test_the_rate_is_of_the_times_between_records() -> None:
    assert reading.line(course(), reading.RATE).y == (50.0, 50.0, 50.0)


def test_records_of_one_moment_tell_no_rate() -> None:
    told = course()
    told.recorded_ns = [told.begun_ns, told.begun_ns, told.begun_ns + SECOND]
    line = reading.line(told, reading.RATE)
    assert (line.x, line.y) == ((300.0,), (100.0,))


def test_runs_stand_side_by_side() -> None:
    charts = reading.charts([course(), course("run2")], ("ante", "entropy"))
    assert [chart.title for chart in charts] == ["mean ante", "entropy"]
    assert [[line.name for line in chart.lines] for chart in charts] == [["run1", "run2"]] * 2


def test_means_over_updates() -> None:
    (chart,) = reading.charts([course()], ["entropy"], over=2)
    assert chart.lines[0].y == (1.0, 0.5, -0.5)


def test_a_number_that_no_run_tells_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="'antes'; there are: ante, entropy, steps_per_s"):
        reading.charts([course()], ["antes"])


def test_what_is_drawn_unless_asked_is_what_there_is() -> None:
    assert reading.usual([course()]) == ["ante", "steps_per_s"]
    assert reading.usual([course(antes=())]) == ["steps_per_s"]
    online = course(antes=(None,))
    online.updates[0].metrics["reward_per_episode"] = 0.5
    assert reading.usual([online]) == ["reward_per_episode", "steps_per_s"]


def test_a_run_without_updates_has_an_empty_chart() -> None:
    (chart,) = reading.charts([course(antes=())], ["ante"])
    assert chart.empty


def test_stages_and_exchanges_are_marked() -> None:
    told = course()
    told.steps_taken.append(CurriculumAdvanced(update=2, stage=1, name="three antes"))
    told.exploited.append(PopulationExploited(update=3, from_run="run2"))
    (alone,) = reading.charts([told], ["ante"])
    assert alone.marks == (Mark(200.0, "stage 1: three antes"), Mark(300.0, "weights of run2"))
    (among,) = reading.charts([told, course("run2")], ["ante"])
    assert among.marks[0].name == "run1: stage 1: three antes"


def test_evaluations_stand_where_their_checkpoint_was_made() -> None:
    def played(checkpoint: str, mean: float) -> Played:
        ante = Estimate(mean=mean, low=mean - 0.5, high=mean + 0.5)
        return Played(checkpoint, EvaluationCompleted(ante=ante))

    found = [played("run1.2", 3.0), played("run1.0", 1.0), played("of another run", 9.0)]
    (chart,) = reading.charts([course()], ["ante"], found)
    line = chart.lines[1]
    assert line.name == "run1, held-out games"
    assert (line.x, line.y, line.low, line.high) == (
        (0.0, 200.0),
        (1.0, 3.0),
        (0.5, 2.5),
        (1.5, 3.5),
    )
    (other,) = reading.charts([course()], ["entropy"], found)
    assert len(other.lines) == 1
