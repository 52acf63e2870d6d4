"""What brings a build forward, and what does not."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from jimbot_stream.agents.exploration.builds import BUILDS
from jimbot_stream.agents.exploration.progress import PART, Progress, followed
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.balatro.tables.columns import CANDIDATE, GLOBAL
from jimbot_stream.balatro.tables.jokers import JOKERS
from tests.support.held import round_of

LIST = BUILDS["hands-1"]
FLUSHES = [build.name for build in LIST].index("flushes")
NUMBER = {joker.key: number for number, joker in enumerate(JOKERS)}
DROLL, JOLLY = NUMBER["j_droll"], NUMBER["j_jolly"]


def following(chunk: Chunk, build: int | None) -> Chunk:
    """All games of the round follow a build, or none."""
    columns = np.zeros((len(LIST),), dtype=np.float32)
    if build is not None:
        columns[build] = 1.0
    wide = (np.tile(columns, (len(each), 1)) for each in (chunk.features, chunk.last_features))
    one, last = wide
    return replace(
        chunk,
        features=np.concatenate((chunk.features, one), axis=1),
        last_features=np.concatenate((chunk.last_features, last), axis=1),
    )


def playing(verb: str, hand: str, reward: float) -> Chunk:
    """One decision, of which the game's reward is told."""
    chunk = round_of([[(), ()]])
    chunk.rows[0, [CANDIDATE.index(verb), CANDIDATE.index(f"makes_{hand}")]] = 1.0
    return replace(chunk, rewards=np.array([[reward]]))


def made(chunk: Chunk, build: int | None = FLUSHES) -> list[list[float]]:
    found: list[list[float]] = Progress(LIST, 0.2).made(following(chunk, build)).tolist()
    return found


@pytest.mark.parametrize(
    ("verb", "hand", "reward", "progress"),
    [
        ("play", "flush", 0.5, 0.5),
        ("play", "flush_house", 0.5, 0.5),
        ("play", "pair", 0.5, 0.0),
        ("discard", "flush", 0.5, 0.0),  # what it keeps is no play
        ("play", "flush", -0.002, 0.0),
    ],
)
def test_plays_of_its_hands_count_as_the_game_pays_them(
    verb: str, hand: str, reward: float, progress: float
) -> None:
    assert made(playing(verb, hand, reward)) == [[progress]]


@pytest.mark.parametrize(
    ("before", "after", "progress"),
    [
        ((), (DROLL,), PART),
        ((), (JOLLY,), 0.0),
        ((DROLL,), (), -PART),
        ((DROLL,), (JOLLY,), -PART),
        ((JOLLY,), (DROLL, DROLL), 2 * PART),
    ],
)
def test_its_jokers_count_as_long_as_they_are_held(
    before: Sequence[int], after: Sequence[int], progress: float
) -> None:
    assert made(round_of([[before, after]])) == [[progress]]


def test_levels_of_its_hands_count() -> None:
    chunk = round_of([[(), ()]])
    chunk.features[:, GLOBAL.index("level_flush")] = np.float32(0.3)
    chunk.last_features[:, GLOBAL.index("level_flush")] = np.float32(0.5)
    assert made(chunk) == [[2 * PART]]


def test_circles_lead_nowhere() -> None:
    round_ = made(round_of([[(), (DROLL,), (JOLLY,), ()]]))
    assert np.sum(round_) == 0.0


def test_the_next_game_is_no_step_back() -> None:
    chunk = round_of([[(DROLL,), ()]])
    assert made(replace(chunk, ended=np.ones((1, 1), dtype=np.bool_))) == [[0.0]]


def test_a_game_without_a_build_makes_none() -> None:
    assert made(round_of([[(), (DROLL,)]]), None) == [[0.0]]
    assert made(playing("play", "flush", 1.0), None) == [[0.0]]


def test_every_decision_stands_in_its_place() -> None:
    chunk = following(round_of([[(), (DROLL,), (DROLL,)], [(), (), (DROLL, DROLL)]]), FLUSHES)
    assert Progress(LIST, 0.2).made(chunk).tolist() == [[PART, 0.0], [0.0, 2 * PART]]
    assert followed(chunk)[:, FLUSHES].tolist() == [1.0] * 4


def test_progress_is_paid_by_its_reward() -> None:
    progress = Progress(LIST, 0.2)
    chunk = following(round_of([[(), (DROLL,), (DROLL,)]]), FLUSHES)
    assert progress.bonus(chunk).tolist() == [[0.2 * PART], [0.0]]
    told = progress.metrics()
    assert told["build_flushes"] == 1.0
    assert told["build_pairs"] == 0.0
    assert told["build_bonus"] == 0.2 * PART / 2
