"""The contenders that need nothing but what is installed anyway, made small."""

from dataclasses import replace

import numpy as np
import pytest
from bench.contenders import games
from bench.contenders.ours import config_of, task_of
from bench.contenders.registry import OURS, build
from bench.contenders.task import MODES, WIDTH

from jimbot_stream.agents.rollouts.profiles import PROFILES

TASK = replace(task_of(), games=4, steps=8, rounds=2, minibatch=16)


def test_the_task_is_what_is_shipped() -> None:
    shipped = PROFILES["laptop"]
    assert config_of(task_of()) == replace(shipped, ppo=replace(shipped.ppo, kl_stop=1e9))


@pytest.mark.parametrize(
    ("name", "mode", "steps"),
    [(OURS, MODES[0], 64), *(("cleanrl", mode, 32) for mode in MODES)],
)
def test_an_iteration_plays_and_learns_all_decisions_of_the_task(
    name: str, mode: str, steps: int
) -> None:
    contender = build(name, mode, TASK)
    assert [contender.iterate(), contender.iterate()] == [steps, steps]
    contender.close()


@pytest.mark.parametrize("mode", MODES)
def test_games_of_peers_end_and_are_told(mode: str) -> None:
    env = games.make(TASK, mode)
    observed, _ = env.reset(seed=1)
    ended = 0
    while not ended:
        mask = observed["mask" if mode == "candidates" else "action_mask"]
        observed, rewards, over, cut, _ = env.step(mask.argmax(-1).astype(np.int64))
        assert np.isfinite(rewards).all()
        ended += int((over | cut).sum())
    told = games.ended(env)
    assert len(told) == ended
    assert all(ante >= 1 for ante, _ in told)
    assert games.ended(env) == []


def test_padded_candidates_are_those_of_the_mask() -> None:
    observed, _ = games.make(TASK, "candidates").reset()
    assert observed["rows"].shape[:2] == observed["mask"].shape == (TASK.games, WIDTH)
    assert observed["rows"][observed["mask"]].any(-1).all()
