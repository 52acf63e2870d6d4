"""A run goes on to the next stage on the stated evidence, and not before."""

from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.agents.curriculum.promotion import advanced, evidence
from jimbot_stream.agents.curriculum.stages import Curriculum, Stage
from jimbot_stream.agents.rollouts.config import TrainConfig, from_json
from jimbot_stream.contracts import CurriculumAdvanced, UpdateApplied

TWO = Curriculum(
    "two", (Stage("one", win_ante=2, measure="won", wanted=0.5), Stage("two")), games=10
)
FIRST = TrainConfig(curriculum=TWO).at_stage(0)


def told(episodes: int, won: float = 0.0, blinds: float = 0.0) -> UpdateApplied:
    metrics = {"episodes": float(episodes)}
    if episodes:
        metrics |= {"won": won, "blinds": blinds}
    return UpdateApplied(metrics=metrics)


def due(config: TrainConfig, *newest: UpdateApplied) -> CurriculumAdvanced | None:
    return advanced("run1", 7, config, newest)


def test_too_few_games_are_no_evidence() -> None:
    assert evidence("won", 10, []) is None
    assert evidence("won", 10, [told(9, won=1.0)]) is None
    assert due(FIRST, told(9, won=1.0)) is None


def test_the_newest_games_count_and_no_older_ones() -> None:
    newest = [told(4, won=0.0), told(0), told(6, won=0.5), told(100, won=1.0)]
    found = evidence("won", 10, newest)
    assert found is not None
    assert (found.games, found.measured) == (10, 0.3)
    assert due(FIRST, *newest) is None


def test_the_mark_itself_is_enough_and_the_step_tells_its_numbers() -> None:
    step = due(FIRST, told(10, won=0.5))
    assert step is not None
    assert (step.run_id, step.update, step.stage, step.name) == ("run1", 7, 1, "two")
    assert (step.games, step.measured, step.wanted) == (10, 0.5, 0.5)
    config = from_json(step.config_json)
    assert (config.rollout.win_ante, config.rollout.stage) == (8, 1)
    assert config.curriculum == TWO


def test_below_the_mark_a_run_stays() -> None:
    assert due(FIRST, told(10, won=0.49)) is None


def test_the_last_stage_has_no_end() -> None:
    assert due(FIRST.at_stage(1), told(1000, won=1.0)) is None


def test_without_a_curriculum_there_is_no_step() -> None:
    assert due(TrainConfig(), told(1000, won=1.0)) is None


@given(
    st.lists(st.tuples(st.integers(0, 50), st.floats(0, 12)), max_size=8),
    st.integers(1, 60),
)
def test_evidence_is_the_mean_of_the_fewest_newest_updates(
    updates: list[tuple[int, float]], games: int
) -> None:
    found = evidence("blinds", games, [told(count, blinds=mean) for count, mean in updates[::-1]])
    counts = [count for count, _ in updates]
    enough = [n for n in range(1, len(updates) + 1) if sum(counts[-n:]) >= games]
    assert (found is None) == (not enough)
    if found is not None:
        newest = updates[-enough[0] :]
        assert found.games == sum(count for count, _ in newest)
        means = [mean for count, mean in newest if count]
        assert min(means) - 1e-9 <= found.measured <= max(means) + 1e-9
