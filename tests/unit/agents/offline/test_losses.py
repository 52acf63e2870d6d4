"""What offline learners minimise, against numbers computed by hand."""

import numpy as np
import pytest
import torch

from jimbot_stream.agents.batch import Batch
from jimbot_stream.agents.network import Architecture
from jimbot_stream.agents.offline.config import CloningConfig, ImplicitConfig, MarwilConfig
from jimbot_stream.agents.offline.imitation import build_imitator, columns_of
from jimbot_stream.agents.offline.implicit import Episodes, losses

SHAPE = Architecture(features=2, candidate_features=1, actions=4, hidden=4)


def batch(known: list[bool] | None = None, weights: list[float] | None = None) -> Batch:
    """Two games of three decisions and of one, with two candidates each."""
    return Batch(
        lengths=(3, 1),
        features=np.arange(8, dtype=np.float32).reshape(4, 2),
        rows=np.zeros((8, 1), dtype=np.float32),
        ends=np.array([2, 4, 6, 8]),
        actions=np.array([0, 1, 0, 1]),
        log_probs=np.zeros(4),
        rewards=np.array([1.0, 10.0, 100.0, 1000.0]),
        weights=np.array(weights or [1.0, 1.0, 1.0, 1.0]),
        known=None if known is None else np.array(known),
    )


def test_terms_of_implicit_q_learning_by_hand() -> None:
    """Kostrikov et al., eqs. 5 to 7, with two critics of which both are taught.

    Surprises 1 and -2; told 1 + 0.5 * 4 = 3, and 10 where the game ended.
    """
    config = ImplicitConfig(expectile=0.75, beta=2.0, most_weight=5.0)
    part = Episodes(batch(), 0.5).part(np.array([0, 2]))
    found = losses(
        log_probs=torch.tensor([-1.0, -3.0]),
        values=torch.tensor([2.0, 5.0]),
        estimates=torch.tensor([[3.0, 90.0], [5.0, 100.0]]),
        targets=torch.tensor([3.0, 3.0]),
        following=torch.tensor([4.0, 7.0]),
        transitions=part,
        config=config,
    )
    assert part.rewards.tolist() == [1.0, 100.0]
    assert part.discounts.tolist() == [0.5, 0.0]
    assert float(found.value) == pytest.approx(0.75 * 1 + 0.25 * 4)
    assert float(found.policy) == pytest.approx(5.0 * 1 + np.exp(-4.0) * 3)  # e^2 is cut to 5
    assert float(found.critic) == pytest.approx((0 + 4) / 2 + (100 + 0) / 2)
    assert float(found.total(2.0, 4.0)) == pytest.approx(
        float(found.policy) / 2 + float(found.value + found.critic) / 4
    )


def test_what_others_did_teaches_values_and_is_not_imitated() -> None:
    part = Episodes(batch(weights=[1.0, 0.0, 0.0, 0.0]), 0.5).part(np.arange(4))
    assert (part.weights.tolist(), part.known.tolist()) == ([1, 0, 0, 0], [1, 1, 1, 1])
    assert Episodes(batch(weights=[1.0, 0.0, 0.0, 0.0]), 0.5).counted(np.arange(4)) == (1, 4)
    config = ImplicitConfig()
    zeros = torch.zeros(4)
    told = losses(zeros - 1, zeros, torch.zeros(2, 4), zeros + 1, zeros, part, config)
    assert float(told.critic) == pytest.approx(1 + 100 + 100**2 + 1000**2)
    assert float(told.value) == pytest.approx(4 * config.expectile)
    assert float(told.policy) == pytest.approx(float(np.exp(config.beta)), rel=1e-6)


@pytest.mark.parametrize(
    ("known", "rewards", "discounts", "nexts"),
    [
        ([True, True, True, True], [1, 10, 100, 1000], [0.5, 0.5, 0, 0], [1, 2, 2, 3]),
        ([True, False, True, True], [6, 60, 100, 1000], [0.25, 0.5, 0, 0], [2, 2, 2, 3]),
        ([True, True, False, True], [1, 60, 100, 1000], [0.5, 0, 0, 0], [1, 1, 2, 3]),
        ([True, False, False, True], [31, 60, 100, 1000], [0, 0, 0, 0], [0, 1, 2, 3]),
    ],
)
def test_what_an_unknown_action_brought_belongs_to_the_one_before(
    known: list[bool], rewards: list[float], discounts: list[float], nexts: list[int]
) -> None:
    """An action that is none of its candidates teaches nothing by itself, but what it brought."""
    told = batch(known=known)
    part = Episodes(told, 0.5).part(np.arange(4))
    seen = np.array(known)
    # The second row's reward runs on into the third only where the third is unknown.
    wanted = np.where(seen, rewards, part.rewards.numpy())
    np.testing.assert_allclose(part.rewards.numpy(), wanted)
    np.testing.assert_allclose(part.discounts.numpy()[seen], np.array(discounts)[seen])
    np.testing.assert_array_equal(
        part.following.numpy()[seen], told.features[np.array(nexts)][seen]
    )
    assert part.known.tolist() == [float(each) for each in known]


def test_marwil_weighs_what_turned_out_better_than_expected() -> None:
    """Wang et al., eq. 4: exp(beta * advantage / norm), and never more than most_weight."""
    learner = build_imitator(SHAPE, MarwilConfig(beta=0.5, norm_start=0.25, most_weight=20.0))
    found = learner._exponential(np.array([1.0, 0.0, -1.0, 9.0]))
    np.testing.assert_allclose(found, [np.exp(1.0), 1.0, np.exp(-1.0), 20.0], rtol=1e-6)


def test_marwil_charges_for_unlikely_good_actions_and_for_wrong_values() -> None:
    learner = build_imitator(SHAPE, MarwilConfig(beta=1.0, value_weight=0.5))
    columns = columns_of(batch(weights=[1.0, 0.0, 1.0, 1.0]), 0.5)
    scales = torch.tensor([2.0, 0.0, 3.0, 1.0])
    with torch.no_grad():
        for parameter in learner.policy.parameters():
            parameter.zero_()
        learner.policy.value.bias.fill_(4.0)  # equal candidates, and a value of 4 everywhere
    loss, numbers = learner._terms(columns, scales, (3.0, 4.0), np.arange(4))
    likely = -np.log(0.5)
    assert columns.returns.tolist() == [1 + 5 + 25, 10 + 50, 100, 1000]
    assert numbers["policy"] == pytest.approx((2 + 3 + 1) * likely)
    value = 0.5 * sum((told - 4) ** 2 for told in columns.returns.tolist())
    assert numbers["value"] == pytest.approx(value)
    assert float(loss.detach()) == pytest.approx(numbers["policy"] / 3 + 0.5 * value / 4)


def test_cloning_leaves_values_alone_and_weighs_all_alike() -> None:
    learner = build_imitator(SHAPE, CloningConfig())
    columns = columns_of(batch(weights=[1.0, 0.0, 1.0, 1.0]), 0.0)
    assert learner._scales(columns, np.arange(4)).tolist() == [1, 0, 1, 1]
    _, numbers = learner._terms(columns, columns.weights, (3.0, 4.0), np.arange(4))
    assert "value" not in numbers
