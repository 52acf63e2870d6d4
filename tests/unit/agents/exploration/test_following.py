"""Games follow builds as seed and game say, however they are played."""

from dataclasses import replace

import numpy as np
import pytest

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.dqn.config import DqnTrainConfig
from jimbot_stream.agents.exploration.progress import followed
from jimbot_stream.agents.exploration.widening import widened
from jimbot_stream.agents.network import CandidateNetwork
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig, from_json
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.shares import Played, joined, samplers
from jimbot_stream.balatro import wire

SEED = 3
CONFIG = RolloutConfig(games=6, steps=8, builds="hands-1", most_steps=6)


@pytest.fixture(scope="module")
def wide(checkpoint: bytes) -> CandidateNetwork:
    read = widened(from_bytes(checkpoint), 4, {})
    return CandidateNetwork(read.shape, read.module).eval()


def test_a_game_follows_one_build_to_its_end(wide: CandidateNetwork) -> None:
    chunk = Sampler(CONFIG, SEED).sample(wide)
    columns = followed(chunk).reshape(CONFIG.steps, CONFIG.games, 4)
    assert chunk.features.shape[1] == chunk.last_features.shape[1] == wire.FEATURES + 4
    assert set(columns.sum(axis=2).ravel().tolist()) == {0.0, 1.0}
    changed = (np.diff(columns, axis=0) != 0).any(axis=2)
    assert changed.any()  # games are given up after six decisions
    assert not (changed & ~chunk.ended[:-1]).any()


def test_the_observation_itself_is_left_as_it_is(
    wide: CandidateNetwork, network: CandidateNetwork
) -> None:
    plain = Sampler(replace(CONFIG, builds=""), SEED).sample(network)
    chunk = Sampler(CONFIG, SEED).sample(wide)
    assert plain.features.shape[1] == wire.FEATURES
    first = slice(CONFIG.games)
    seen = chunk.features[first, : wire.FEATURES]
    assert seen.tobytes() == plain.features[first].tobytes()


def test_shares_follow_what_the_whole_follows(wide: CandidateNetwork) -> None:
    whole = followed(Sampler(CONFIG, SEED).sample(wide))[: CONFIG.games]
    cut = samplers(replace(CONFIG, runners=3), SEED)
    parts = joined([Played(share.sample(wide)) for share in cut]).chunk
    assert followed(parts)[: CONFIG.games].tolist() == whole.tolist()
    assert followed(parts).shape == (CONFIG.games * CONFIG.steps, 4)


def test_a_snapshot_leads_on_with_the_same_builds(wide: CandidateNetwork) -> None:
    straight, taken_up = Sampler(CONFIG, SEED), Sampler(CONFIG, SEED)
    straight.sample(wide)
    taken_up.restore(straight.snapshot())
    one, two = straight.sample(wide), taken_up.sample(wide)
    assert one.features.tobytes() == two.features.tobytes()


def test_the_recipe_is_recorded_and_silent_without_builds() -> None:
    config = TrainConfig(replace(CONFIG, build_share=0.25, build_reward=0.1))
    assert from_json(config.to_json()) == config
    plain = TrainConfig().to_json()
    assert "build" not in plain


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"builds": "hands-0"}, "no builds 'hands-0'"),
        ({"build_share": 1.1}, "build_share must lie between 0 and 1"),
        ({"build_share": float("nan")}, "build_share"),
        ({"build_reward": -0.1}, "build_reward"),
        ({"build_reward": float("inf")}, "build_reward"),
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(CONFIG, **change)  # type: ignore[arg-type]  # the point


def test_dqn_refuses_builds() -> None:
    with pytest.raises(ValueError, match=r"rollout\.builds go with PPO"):
        DqnTrainConfig(CONFIG)
