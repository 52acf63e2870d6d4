"""Games may be cut into shares that are played apart, and are one round again."""

from dataclasses import replace

import numpy as np
import pytest

from jimbot_stream.agents.dqn.exploration import Exploring
from jimbot_stream.agents.network import CandidateNetwork
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.agents.rollouts.config import RolloutConfig, TrainConfig, from_json
from jimbot_stream.agents.rollouts.runners import LocalRunners
from jimbot_stream.agents.rollouts.sampler import Sampler, SnapshotError
from jimbot_stream.agents.rollouts.shares import (
    Played,
    joined,
    joined_snapshot,
    parted_snapshot,
    samplers,
)

SEED = 3


@pytest.fixture
def cut(config: TrainConfig) -> RolloutConfig:
    return replace(config.rollout, runners=3)


def test_shares_are_equal_parts_of_the_same_games(cut: RolloutConfig) -> None:
    whole = Sampler(replace(cut, runners=1), SEED).games
    parts = samplers(cut, SEED)
    seeds = [part.games.game_seed(game) for part in parts for game in range(len(part.games))]
    assert seeds == [whole.game_seed(game) for game in range(cut.games)]


def test_games_that_cannot_be_cut_evenly_are_refused(cut: RolloutConfig) -> None:
    with pytest.raises(ValueError, match="6 games cannot be cut into 4 equal shares"):
        replace(cut, runners=4)


def test_shares_draw_apart(cut: RolloutConfig, network: CandidateNetwork) -> None:
    one, two = (Sampler(cut, SEED, share) for share in (0, 1))
    two.games.states[:] = one.games.states  # the same states, and still other draws
    two.games.rngs[:] = one.games.rngs
    first, second = one.sample(network), two.sample(network)
    assert first.features[:2].tobytes() == second.features[:2].tobytes()
    assert first.log_probs.tobytes() != second.log_probs.tobytes()


def test_a_joined_round_has_every_decision_in_its_place(
    cut: RolloutConfig, network: CandidateNetwork
) -> None:
    chunks = [share.sample(network) for share in samplers(cut, SEED)]
    whole = joined([Played(chunk) for chunk in chunks]).chunk
    rows = np.split(whole.rows, whole.ends[:-1])
    for share, chunk in enumerate(chunks):
        own = np.split(chunk.rows, chunk.ends[:-1])
        for decision in range(len(chunk)):
            step, game = divmod(decision, cut.games // cut.runners)
            place = step * cut.games + share * (cut.games // cut.runners) + game
            assert whole.features[place].tobytes() == chunk.features[decision].tobytes()
            assert whole.actions[place] == chunk.actions[decision]
            assert whole.log_probs[place] == chunk.log_probs[decision]
            assert rows[place].tobytes() == own[decision].tobytes()
            assert whole.rewards.reshape(-1)[place] == chunk.rewards.reshape(-1)[decision]
    last = np.concatenate([chunk.last_features for chunk in chunks])
    assert whole.last_features.tobytes() == last.tobytes()
    assert whole.values.shape == (cut.steps + 1, cut.games)
    assert len(whole.episodes) == sum(len(chunk.episodes) for chunk in chunks)


def test_what_was_rare_is_joined_as_the_decisions_are(
    cut: RolloutConfig, network: CandidateNetwork
) -> None:
    parts = []
    for number, share in enumerate(samplers(cut, SEED)):
        chunk = share.sample(network, Exploring(0.5).choosing(SEED, number))
        parts.append(Played(chunk, np.full(len(chunk), number, dtype=np.uint8)))
    seen = joined(parts).seen
    assert seen is not None
    assert seen.reshape(cut.steps, cut.games).tolist() == [[0, 0, 1, 1, 2, 2]] * cut.steps


def test_shares_explore_apart() -> None:
    scores, ends = np.zeros(40, dtype=np.float32), np.arange(4, 44, 4)
    chosen = np.empty((2, 10), dtype=np.int64)
    for share in (0, 1):
        way = Exploring(1.0).choosing(SEED, share)
        way.choose(scores, ends, 0, chosen[share], np.empty(10))
    assert chosen[0].tolist() != chosen[1].tolist()


def test_a_snapshot_of_shares_is_told_from_others(cut: RolloutConfig) -> None:
    parts = [share.snapshot() for share in samplers(cut, SEED)]
    snapshot = joined_snapshot(parts)
    assert parted_snapshot(snapshot, 3) == parts
    assert joined_snapshot(parts[:1]) == parts[0]
    assert not snapshot.startswith(manifest.MAGIC)  # by which a replay memory is told from it
    for spoilt in (b"", b"x" + snapshot, snapshot[:-1], snapshot + b"x", parts[0]):
        with pytest.raises(SnapshotError):
            parted_snapshot(spoilt, 3)
    with pytest.raises(SnapshotError, match="of 3 runners, not of 2"):
        parted_snapshot(snapshot, 2)
    swapped = joined_snapshot([parts[1], parts[0], parts[2]])
    with pytest.raises(SnapshotError, match="share was 1, here 0"):
        LocalRunners(cut, SEED).restore(swapped)


def test_one_share_is_not_taken_for_the_whole(cut: RolloutConfig) -> None:
    with pytest.raises(ValueError, match="one share of 3"):
        LocalRunners.of(Sampler(cut, SEED))


def test_the_setting_is_recorded_and_silent_at_its_default(cut: RolloutConfig) -> None:
    assert from_json(TrainConfig(cut).to_json()).rollout == cut
    assert "runners" not in TrainConfig(replace(cut, runners=1)).to_json()
