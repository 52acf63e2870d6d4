"""The learner learns a problem that fits into a hand, and moves its target when it should."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from jimbot_stream.agents.dqn.config import DqnConfig
from jimbot_stream.agents.dqn.learner import QLearner, build_learner
from jimbot_stream.agents.dqn.loss import observed
from jimbot_stream.agents.network import Architecture, initial_weights
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.replay_memory.memory import ReplayMemory, Shape
from tests.support.rounds import chunk_of

STEPS, GAMES, DISTANCE = 6, 16, 3
SHAPE = Architecture(features=DISTANCE, candidate_features=2, actions=2, hidden=16)
CONFIG = DqnConfig(
    gamma=0.5, n_step=1, learning_rate=1e-2, minibatch=32, minibatches=200, target_every=20, warm=1
)


def corridor() -> ReplayMemory:
    """Walks of a corridor, at random: forward ends it with a reward 1, three steps from the start.

    Row 0 stays, row 1 goes forward. So Q of forward is 0.5 to the power of the steps left - 1,
    and that of staying half of the best.
    """
    drawn = np.random.Generator(np.random.Philox(key=3))
    memory = ReplayMemory(MemoryConfig(), Shape(STEPS, GAMES, DISTANCE, 2))
    at = np.zeros(GAMES, dtype=np.int64)
    for _ in range(4):
        places = np.empty((STEPS, GAMES), dtype=np.int64)
        actions = drawn.integers(0, 2, (STEPS, GAMES))
        for step in range(STEPS):
            places[step] = at
            at = (at + actions[step]) % DISTANCE
        ended = (places == DISTANCE - 1) & (actions == 1)
        ends = np.arange(1, STEPS * GAMES + 1) * 2
        rows = np.tile(np.eye(2, dtype=np.float32), (STEPS * GAMES, 1))
        features = np.eye(DISTANCE, dtype=np.float32)[places.reshape(-1)]
        chunk = chunk_of(features, rows, ends, ended.astype(np.float64), ended)
        chunk.actions[:] = actions.reshape(-1)
        memory.add(chunk, np.zeros(STEPS * GAMES, dtype=np.uint8))
    return memory


def begun(config: DqnConfig = CONFIG) -> QLearner:
    learner = build_learner(SHAPE, config)
    weights = initial_weights(SHAPE, np.random.Generator(np.random.Philox(key=1)))
    with torch.no_grad():
        for name, parameter in learner.policy.named_parameters():
            parameter.copy_(torch.tensor(weights[name]))
    learner.policy.make_target_networks()
    return learner


def order(seed: int = 5) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=seed))


@pytest.mark.parametrize("n_step", [1, 3])
def test_it_learns_a_corridor(n_step: int) -> None:
    """With more steps than one, Q is that of the walk that was seen, not only of the best one."""
    memory = corridor()
    learner = begun(replace(CONFIG, n_step=n_step))
    metrics = learner.learn(memory, 1.0, order())
    states = observed(
        torch.eye(DISTANCE), torch.eye(2).repeat(DISTANCE, 1), torch.tensor([2, 4, 6])
    )
    with torch.no_grad():
        learned = learner.policy.compute_q_values(states)["qf_preds"].numpy()
    assert (learned[:, 1] > learned[:, 0]).all()
    if n_step == 1:
        best = 0.5 ** np.array([2, 1, 0])
        assert np.allclose(learned, np.stack((0.5 * best, best), axis=1), atol=0.05)
    assert set(metrics) == {"loss", "q", "td_error"}


def test_nothing_is_learned_before_the_memory_is_warm() -> None:
    learner = begun(replace(CONFIG, warm=10_000))
    before = [parameter.clone() for parameter in learner.policy.parameters()]
    assert learner.learn(corridor(), 1.0, order()) == {}
    after = learner.policy.parameters()
    assert all(torch.equal(one, two) for one, two in zip(before, after, strict=True))


@pytest.mark.parametrize(("tau", "steps"), [(1.0, 3), (0.25, 3), (1.0, 4)])
def test_the_target_follows_every_so_many_steps(tau: float, steps: int) -> None:
    learner = begun(replace(CONFIG, minibatches=steps, target_every=3, tau=tau))
    old = [parameter.clone() for parameter in learner.policy.target.parameters()]
    learner.learn(corridor(), 1.0, order())
    now = zip(old, learner.policy.parameters(), learner.policy.target.parameters(), strict=True)
    for before, main, target in now:
        if steps == 3:
            assert torch.allclose(target, tau * main + (1 - tau) * before)
        else:
            assert torch.equal(target, main) == torch.equal(before, main)


def test_errors_go_back_into_the_memory() -> None:
    memory = corridor()
    fresh = memory.segments.errors.copy()
    begun(replace(CONFIG, minibatches=1)).learn(memory, 1.0, order())
    changed = (memory.segments.errors != fresh).sum()
    assert 0 < changed <= CONFIG.minibatch


def test_shards_are_summed_to_the_whole() -> None:
    """Gradients of shards add up to those of the minibatch, but for rounding."""
    found = []
    for shards in (1, 3):
        learner = begun(replace(CONFIG, minibatches=1, shards=shards))
        learner.learn(corridor(), 1.0, order())
        found.append([p.detach().clone() for p in learner.policy.parameters()])
    for one, other in zip(*found, strict=True):
        assert torch.allclose(one, other, atol=1e-4)
