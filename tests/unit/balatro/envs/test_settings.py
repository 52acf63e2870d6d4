"""Settings of environments: what there is not is refused, and named."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from jimbot_stream.balatro.engine import new_run
from jimbot_stream.balatro.envs import multi
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.envs.single import BalatroEnv
from jimbot_stream.balatro.envs.vector import BalatroVectorEnv
from jimbot_stream.balatro.profile import Profile

MAKERS: list[Callable[..., Any]] = [BalatroEnv, BalatroVectorEnv, multi.env]
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"deck": "b_none"}, "b_none"),
    ({"stake": 9}, "stake 9"),
    ({"stake": 1.5}, "stake is 1.5: it must be a whole number"),
    ({"win_ante": 0}, "win_ante 0"),
    ({"reward": "praise"}, "praise"),
    ({"most_steps": -3}, "most_steps -3 is negative: 0 cuts no episode off"),
    ({"most_steps": 2.5}, "most_steps is 2.5"),
    ({"antes": 3}, "^Balatro[A-Za-z]*Env has no setting 'antes': there are deck, stake, win_ante"),
    ({"autoreset": 1}, "no setting 'autoreset'"),
]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(("settings", "said"), WRONG)
def test_wrong_settings_are_named(
    make: Callable[..., Any], settings: dict[str, Any], said: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=said):
        make(**settings)


@pytest.mark.parametrize(
    "settings", [{"deck": "b_none"}, {"stake": 0}, {"stake": 9}, {"win_ante": 0}, {"win_ante": 9}]
)
def test_rules_are_refused_in_the_words_of_the_engine(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is not") as told:
        new_run("ALEEB", **settings)
    with pytest.raises(ValueError, match=f"^{re.escape(str(told.value))}$"):
        Games(1, **settings)


@pytest.mark.parametrize("make", [BalatroEnv, multi.env])
def test_a_way_to_render_that_there_is_not_is_refused(make: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="render_mode 'human' is not None or one of 'ansi'"):
        make(render_mode="human")


def test_without_a_profile_everything_is_there() -> None:
    assert Games(1, profile=None).fresh.tobytes() == Games(1, profile=Profile()).fresh.tobytes()
    assert BalatroEnv(profile=None).reset(seed=1)[1] == BalatroEnv().reset(seed=1)[1]


def test_there_is_at_least_one_game() -> None:
    with pytest.raises(ValueError, match="0 games are too few"):
        BalatroVectorEnv(0)


def test_0_steps_cut_no_episode_off() -> None:
    env = BalatroEnv(most_steps=0)
    env.reset(seed=1)
    assert not any(env.step(0)[3] for _ in range(5))  # type: ignore[arg-type]  # int will do
