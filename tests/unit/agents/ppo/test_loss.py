"""The clipped PPO loss, term by term, against numbers computed by hand."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.ppo.loss import Columns, Sums, sums

CLIP = 0.2
LOGITS = torch.log(torch.tensor([[0.6, 0.4], [0.6, 0.4], [0.6, 0.4], [0.6, 0.4]]))
"""The policy that learns takes its first action in three of five cases."""


def column(*values: float) -> Tensor:
    return torch.tensor(values)


def columns(**other: Tensor) -> Columns:
    """Four decisions for the first action, which the policy that played took half as often."""
    told = Columns(
        features=torch.zeros(4, 1),
        rows=torch.zeros(8, 1),
        ends=torch.tensor([2, 4, 6, 8]),
        actions=torch.zeros(4, dtype=torch.int64),
        log_probs=torch.log(column(0.3, 0.3, 0.9, 0.9)),
        advantages=column(1.0, -1.0, 1.0, -1.0),
        returns=column(0.0, 0.0, 0.0, 0.0),
        weights=torch.ones(4),
    )
    return replace(told, **other)


def gains(**other: Tensor) -> list[float]:
    """The gain of each decision by itself."""
    found = []
    for place in range(4):
        alone = torch.zeros(4)
        alone[place] = 1.0
        told = sums(LOGITS, torch.zeros(4), columns(weights=alone, **other), CLIP)
        found.append(-float(told.policy))
    return found


def test_the_clip_binds_where_the_policy_would_gain_by_going_on() -> None:
    """Ratios 2, 2, 2/3, 2/3: cut to 1.2 where it was good, to 0.8 where it was bad, else not."""
    assert gains() == pytest.approx([1.2, -2.0, 2 / 3, -0.8])


def test_what_was_clipped_has_no_slope_and_what_was_not_has_one() -> None:
    logits = LOGITS.clone().requires_grad_()
    found = sums(logits, torch.zeros(4), columns(), CLIP)
    found.policy.backward()  # type: ignore[no-untyped-call]  # torch
    assert logits.grad is not None
    moved = logits.grad.abs().sum(dim=1)
    assert (moved > 0).tolist() == [False, True, True, False]
    assert logits.grad[1, 0] > 0, "bad, and more probable by now: made less probable"
    assert logits.grad[2, 0] < 0, "good, and less probable by now: made more probable"


def test_values_are_squared_errors_whoever_decided() -> None:
    told = columns(returns=column(1.0, 2.0, 3.0, 4.0), weights=column(0.0, 1.0, 0.0, 1.0))
    found = sums(LOGITS, column(1.0, 1.0, 1.0, 1.0), told, CLIP)
    assert float(found.value) == pytest.approx(0 + 1 + 4 + 9)


def test_entropy_and_divergence_by_hand() -> None:
    entropy = -(0.6 * float(torch.log(column(0.6))) + 0.4 * float(torch.log(column(0.4))))
    found = sums(LOGITS, torch.zeros(4), columns(weights=column(1.0, 0.0, 1.0, 0.0)), CLIP)
    assert float(found.entropy) == pytest.approx(2 * entropy)
    ratios = (2.0, 2 / 3)
    divergence = sum(ratio - 1 - float(torch.log(column(ratio))) for ratio in ratios)
    assert float(found.kl) == pytest.approx(divergence)


def test_what_is_illegal_has_no_part_in_anything() -> None:
    wide = torch.cat((LOGITS, torch.full((4, 3), torch.finfo(torch.float32).min)), dim=1)
    narrow, masked = (sums(logits, torch.zeros(4), columns(), CLIP) for logits in (LOGITS, wide))
    assert masked.numbers() == pytest.approx(narrow.numbers())


def test_the_loss_pays_for_entropy_and_charges_for_errors() -> None:
    config = UpdateConfig(value_weight=0.5, entropy=0.25)
    terms = Sums(*(torch.tensor(value) for value in (3.0, 8.0, 4.0, 100.0)))
    assert float(terms.loss(config, 2)) == pytest.approx((3 + 0.5 * 8 - 0.25 * 4) / 2)
