"""Q, double targets and loss, against numbers computed by hand and against RLlib's own."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from ray.rllib.algorithms.dqn.dqn_learner import (
    QF_NEXT_PREDS,
    QF_PREDS,
    QF_TARGET_NEXT_PREDS,
)
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns
from torch import Tensor

from jimbot_stream.agents.dqn.config import DqnConfig
from jimbot_stream.agents.dqn.learner import QLearner, build_learner
from jimbot_stream.agents.dqn.loss import Transitions, estimates, observed, targets
from jimbot_stream.agents.dqn.module import QModule, dueling
from jimbot_stream.agents.network import Architecture, Layers

SHAPE = Architecture(features=2, candidate_features=1, actions=4, hidden=3)


class Told(Layers):
    """A network that says what the first column of each row says, and of states likewise."""

    def __init__(self, scale: float = 1.0) -> None:
        self._scale = scale

    def logits(self, features: Tensor, rows: Tensor, owners: Tensor) -> Tensor:
        return rows[:, 0] * self._scale

    def state_value(self, features: Tensor) -> Tensor:
        return features[:, 0]


class Module:
    """Two such networks: what is liked, and what it is worth, differ."""

    def __init__(self, target_scale: float) -> None:
        self._target = Told(target_scale)

    def compute_q_values(self, batch: dict[str, Any]) -> dict[str, Tensor]:
        seen = batch[Columns.OBS]
        return {QF_PREDS: dueling(Told(), seen["features"], seen["rows"], batch["row_ends"])}

    def forward_target(self, batch: dict[str, Any]) -> dict[str, Tensor]:
        seen = batch[Columns.OBS]
        return {QF_PREDS: dueling(self._target, seen["features"], seen["rows"], batch["row_ends"])}


def column(*values: float) -> Tensor:
    return torch.tensor(values).unsqueeze(1)


FOLLOWING = observed(column(10.0, 20.0), column(1.0, 3.0, 2.0, 4.0, 6.0), torch.tensor([3, 5]))
TOLD = Transitions(
    states=observed(column(5.0, 7.0), column(0.0, 2.0, 1.0), torch.tensor([2, 3])),
    actions=torch.tensor([1, 0]),
    rewards=torch.tensor([0.5, 0.25]),
    discounts=torch.tensor([0.9, 0.0]),
    following=FOLLOWING,
    weights=torch.tensor([1.0, 0.5]),
)


def test_dueling_by_hand() -> None:
    """V + A - mean of A over the state's own candidates; what is none is worth nothing at all."""
    every = dueling(Told(), column(5.0, 7.0), column(0.0, 2.0, 1.0, 1.0, 4.0), torch.tensor([2, 5]))
    assert every.tolist() == [[4.0, 6.0, -torch.inf], [6.0, 6.0, 9.0]]


def test_double_targets_by_hand() -> None:
    """The first network likes the 3; the target network, of opposite taste, says what it is worth.

    Its scores are -1, -3, -2, mean -2: the second one is worth 10 - 3 + 2. By its own taste the
    first one would have been taken, for 11.
    """
    wanted = targets(Module(-1.0), TOLD)  # type: ignore[arg-type]  # quacks like one
    assert wanted.tolist() == [0.5 + np.float32(0.9) * 9, 0.25]


def test_the_loss_by_hand() -> None:
    """Q is 6 and 7, the targets 8.6 and 0.25: Huber 2.6 - 0.5 and 6.75 - 0.5, weighed 1 and 0.5."""
    found = estimates(Module(-1.0), TOLD)  # type: ignore[arg-type]  # quacks like one
    assert found.q.tolist() == [6.0, 7.0]
    assert found.errors.tolist() == pytest.approx([2.6, 6.75])
    assert float(found.loss) == pytest.approx(2.1 + 0.5 * 6.25)


@pytest.fixture(scope="module")
def learner() -> QLearner:
    return build_learner(SHAPE, DqnConfig())


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_no_maximum_falls_on_an_illegal_action(learner: QLearner, data: Any) -> None:
    """Not even where every legal one is worth less than any number that could stand for none."""
    counts = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    worth = data.draw(
        st.lists(
            st.floats(-(2.0**126), 2.0**126, width=32), min_size=sum(counts), max_size=sum(counts)
        )
    )
    ends = torch.tensor(np.cumsum(counts))
    rows = torch.tensor(worth).unsqueeze(1) / 8  # their sum must stay finite
    every = dueling(Told(), torch.zeros(len(counts), 1), rows, ends)
    assert (every.argmax(dim=1) < torch.tensor(counts)).all()


def test_the_loss_is_the_one_of_rllib(learner: QLearner) -> None:
    module = learner.policy
    drawn = np.random.Generator(np.random.Philox(key=4))

    def some(*shape: int) -> Tensor:
        return torch.tensor(drawn.normal(size=shape).astype(np.float32))

    module.make_target_networks()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(some(*parameter.shape))
    ends, next_ends = torch.tensor([2, 5, 6]), torch.tensor([4, 5, 8])
    told = replace(
        TOLD,
        states=observed(some(3, 2), some(6, 1), ends),
        actions=torch.tensor([1, 2, 0]),
        rewards=some(3),
        discounts=torch.tensor([0.97**3, 0.0, 0.97]),
        following=observed(some(3, 2), some(8, 1), next_ends),
        weights=torch.tensor([1.0, 0.5, 0.25]),
    )
    batch = {
        Columns.ACTIONS: told.actions,
        Columns.REWARDS: told.rewards,
        Columns.TERMINATEDS: torch.tensor([False, True, False]),
        "n_step": torch.tensor([3.0, 2.0, 1.0]),
        "weights": told.weights,
    }
    forward = {
        QF_PREDS: module.compute_q_values(told.states)[QF_PREDS],
        QF_NEXT_PREDS: module.compute_q_values(told.following)[QF_PREDS],
        QF_TARGET_NEXT_PREDS: module.forward_target(told.following)[QF_PREDS],
    }
    config = learner.config.get_config_for_module(DEFAULT_MODULE_ID)
    theirs = learner.compute_loss_for_module(
        module_id=DEFAULT_MODULE_ID, config=config, batch=batch, fwd_out=forward
    )
    ours = estimates(module, told).loss / 3
    assert float(ours.detach()) == pytest.approx(float(theirs.detach()), rel=1e-5)


def test_the_target_network_is_not_trained(learner: QLearner) -> None:
    module: QModule = learner.policy
    assert not any(parameter.requires_grad for parameter in module.target.parameters())
    ours = {id(parameter) for parameter in module.parameters()}
    assert not ours & {id(parameter) for parameter in module.target.parameters()}
    assert len(module.get_target_network_pairs()) == len(list(module.children()))
