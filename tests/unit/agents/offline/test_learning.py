"""What is learned from recorded games of a good player, and of whose actions."""

import numpy as np
import pytest
import torch

from jimbot_stream.agents.evaluation.panel import Panel, evaluate
from jimbot_stream.agents.evaluation.players import NetworkPlayer, Player, RandomPlayer
from jimbot_stream.agents.offline.config import (
    CloningConfig,
    ImplicitConfig,
    Learning,
    MarwilConfig,
    from_json,
)
from jimbot_stream.agents.offline.implicit import expectile_loss
from jimbot_stream.agents.offline.returns import discounted
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import EventLog
from tests.support.rule_games import begun, record, train

GAMES = 10


def ante(player: Player) -> float:
    """Mean ante reached in held-out games."""
    return float(evaluate(player, Panel(games=40))["ante"].mean())


async def test_games_of_a_good_player_teach_to_play_far_better_than_at_random(
    log: EventLog, blobs: BlobStore
) -> None:
    """Ten games by the rule of thumb, which reaches 3.8; random play does not leave ante 1."""
    for number in range(GAMES):
        await record(log, number, win_ante=8)
    by_chance = ante(RandomPlayer(0))
    methods: list[Learning] = [
        CloningConfig(learning_rate=5e-3),
        MarwilConfig(learning_rate=5e-3),
        ImplicitConfig(learning_rate=5e-3),
    ]
    for seed, learning in enumerate(methods):
        training, run = await begun(log, blobs, learning, seed, games=GAMES)
        await train(training, run, 6)
        assert ante(NetworkPlayer(blobs.get(run.checkpoint))) > by_chance + 1


def test_returns_end_with_their_game() -> None:
    found = discounted(np.array([1.0, 2.0, 4.0, 8.0]), (3, 1), 0.5)
    np.testing.assert_array_equal(found, [3.0, 4.0, 4.0, 8.0])


def test_expectiles_weigh_good_and_bad_surprises() -> None:
    """Of two values 0 and 1 the expectile tau is tau: there the two pulls are equal."""
    place = torch.tensor([0.7, 0.7], requires_grad=True)
    expectile_loss(torch.tensor([0.0, 1.0]) - place, 0.7).sum().backward()  # type: ignore[no-untyped-call]  # torch
    assert place.grad is not None
    assert float(place.grad.sum()) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learning_rate": 0.0}, "learning_rate must lie between 0"),
        ({"epochs": 0}, "epochs must be a whole number, at least 1"),
        ({"reward": "none"}, "no reward 'none'"),
        ({"expectile": 1.0}, "expectile must lie between 0 and 1"),
        ({"tau": 0.0}, "tau must be positive"),
    ],
)
def test_a_field_out_of_range_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ImplicitConfig(**change)  # type: ignore[arg-type]  # out of range on purpose


def test_the_configuration_of_another_method_is_refused() -> None:
    with pytest.raises(ValueError, match="no offline method 'ppo'"):
        from_json("ppo", "{}")
    with pytest.raises(ValueError, match="not one of a run from recorded games"):
        from_json("bc", "{}")
