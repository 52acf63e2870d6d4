"""The shipped settings learn: the marks that are stated for a run of CI size."""

import pytest

from jimbot_stream.agents.checkpoint import untrained
from jimbot_stream.agents.evaluation.intervals import mean
from jimbot_stream.agents.evaluation.panel import Panel, evaluate
from jimbot_stream.agents.evaluation.players import NetworkPlayer, RandomPlayer
from jimbot_stream.agents.ppo.config import shuffle_seed
from jimbot_stream.agents.rollouts.profiles import PROFILES
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.update import apply_rollouts

EXPERIENCE = 1000
"""Games."""
PANEL = Panel(games=500)


def trained(seed: int) -> bytes:
    """The checkpoint of the last update that has seen no more games than that."""
    config = PROFILES["ci"]
    sampler, checkpoint = Sampler(config.rollout, seed), untrained(seed)
    games = config.rollout.games  # those that have begun and not ended are experience as well
    for number in range(1, 100):
        update = apply_rollouts(checkpoint, sampler, config, shuffle_seed(seed, number))
        games += len(update.episodes)
        if games > EXPERIENCE:
            break
        checkpoint = update.checkpoint
    return checkpoint


@pytest.mark.timeout(300)
def test_a_thousand_games_lead_an_ante_and_a_half_beyond_random_play() -> None:
    learned = mean(evaluate(NetworkPlayer(trained(1), 1), PANEL)["ante"])
    chance = mean(evaluate(RandomPlayer(1), PANEL)["ante"])
    assert learned.low - chance.high >= 1.5, f"{learned} against {chance}"
