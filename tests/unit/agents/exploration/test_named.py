"""What a person can ask for."""

import pytest
from click.testing import CliRunner

from jimbot_stream.agents.cli import main
from jimbot_stream.agents.exploration.config import Combinations
from jimbot_stream.agents.exploration.named import exploring
from jimbot_stream.agents.rollouts.config import TrainConfig


def test_ways_are_named() -> None:
    assert exploring(TrainConfig(), []) == TrainConfig()
    assert exploring(TrainConfig(), ["jokers"]).combinations == Combinations()
    both = exploring(TrainConfig(), ["jokers", "builds", "jokers"])
    assert both.combinations == Combinations()
    assert both.rollout.builds == "hands-1"


@pytest.mark.parametrize("arguments", [["--algo", "dqn", "--explore", "jokers"]])
def test_dqn_explores_in_its_own_way(arguments: list[str]) -> None:
    told = CliRunner().invoke(main, ["train", "--run-seed", "1", *arguments])
    assert told.exit_code == 2
    assert "--explore go with --algo ppo" in told.output
