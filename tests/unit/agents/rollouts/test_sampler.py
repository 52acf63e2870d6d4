"""A sampler plays what its seed and the weights say, and can be taken up where it stood."""

from dataclasses import replace

import numpy as np
import pytest

from jimbot_stream.agents.network import CandidateNetwork
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.sampler import Sampler, SnapshotError
from jimbot_stream.balatro import wire
from jimbot_stream.balatro.engine import Run


def same(one: Chunk, two: Chunk) -> bool:
    return all(
        getattr(one, name).tobytes() == getattr(two, name).tobytes() for name in one.__slots__
    )


@pytest.fixture
def few(config: TrainConfig) -> RolloutConfig:
    return config.rollout


def test_equal_seeds_play_equal_games(few: RolloutConfig, network: CandidateNetwork) -> None:
    one, two, other = (Sampler(few, seed) for seed in (3, 3, 4))
    assert same(one.sample(network), two.sample(network))
    assert same(one.sample(network), two.sample(network))
    assert not same(Sampler(few, 3).sample(network), other.sample(network))


def test_columns_belong_together(few: RolloutConfig, network: CandidateNetwork) -> None:
    chunk = Sampler(few, 3).sample(network)
    counts = np.diff(chunk.ends, prepend=0)
    assert len(chunk) == chunk.env_steps() == chunk.agent_steps() == few.games * few.steps
    assert len(chunk.rows) == chunk.ends[-1]
    assert ((chunk.actions >= 0) & (chunk.actions < counts)).all()
    assert (chunk.log_probs <= 0).all()
    assert chunk.values.shape == (few.steps + 1, few.games)


def test_it_sees_what_a_worker_sees(few: RolloutConfig, network: CandidateNetwork) -> None:
    sampler = Sampler(few, 3)
    before = sampler.sample(network)
    games = sampler.games
    states = [
        wire.state_message(
            Run(games.game_seed(n), games.states[n : n + 1].copy(), games.rngs[n : n + 1].copy())
        )
        for n in range(few.games)
    ]
    chunk = sampler.sample(network)
    assert before.last_features.tobytes() == chunk.features[: few.games].tobytes()
    parts = np.split(chunk.rows, chunk.ends[:-1])
    for number, state in enumerate(states):
        features, rows, mask, _ = wire.encode(state)
        assert chunk.features[number].tobytes() == features.tobytes()
        assert parts[number].tobytes() == rows[mask].tobytes()


def test_draws_follow_the_policy(few: RolloutConfig, network: CandidateNetwork) -> None:
    """The untrained policy is nearly uniform, so its log probabilities are about -log(n)."""
    chunk = Sampler(few, 3).sample(network)
    counts = np.diff(chunk.ends, prepend=0)
    assert np.allclose(chunk.log_probs, -np.log(counts), atol=0.2)


def test_games_that_end_make_way_for_others(few: RolloutConfig, network: CandidateNetwork) -> None:
    chunk = Sampler(replace(few, steps=60), 3).sample(network)
    assert len(chunk.episodes) == chunk.ended.sum() > 0
    assert (chunk.episodes["steps"] > 0).all()
    assert (chunk.episodes["over"] == 1).all()


def test_a_game_that_never_ends_is_given_up(few: RolloutConfig, network: CandidateNetwork) -> None:
    chunk = Sampler(replace(few, most_steps=2, steps=4), 3).sample(network)
    assert (chunk.episodes["steps"] <= 2).all()
    assert (chunk.episodes["over"] == 0).any()


def test_a_snapshot_leads_on_as_if_nothing_had_happened(
    few: RolloutConfig, network: CandidateNetwork
) -> None:
    straight = Sampler(few, 3)
    straight.sample(network)
    taken_up = Sampler(few, 3)
    taken_up.restore(straight.snapshot())
    assert taken_up.snapshot() == straight.snapshot()
    for _ in range(4):
        assert same(straight.sample(network), taken_up.sample(network))
    assert taken_up.snapshot() == straight.snapshot()


def test_snapshots_that_cannot_be_used_are_refused(few: RolloutConfig) -> None:
    good = Sampler(few, 3).snapshot()
    for spoilt, says in (
        (b"", "not the snapshot"),
        (good[:-9], "not whole"),
        (good[:60], "damaged"),
    ):
        with pytest.raises(SnapshotError, match=says):
            Sampler(few, 3).restore(spoilt)
    with pytest.raises(SnapshotError, match="run_seed was 3, here 4"):
        Sampler(few, 4).restore(good)
    with pytest.raises(SnapshotError, match="rollout"):
        Sampler(replace(few, stake=2), 3).restore(good)
