import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jimbot_stream.decision.sampling import (
    DecisionSeed,
    Logits,
    Mask,
    greedy,
    log_probability,
    sample,
    softmax_weights,
    uniform,
)

SIZE = 24
LOGITS = arrays(np.float32, SIZE, elements=st.floats(-200, 200, width=32))
MASKS = arrays(np.bool_, SIZE).filter(lambda mask: bool(mask.any()))
UNIFORMS = st.floats(0, 1, exclude_max=True)


@given(LOGITS, MASKS, UNIFORMS)
def test_only_legal_actions_are_ever_sampled(logits: Logits, mask: Mask, u: float) -> None:
    assert mask[sample(softmax_weights(logits, mask), u)]


@given(LOGITS, MASKS, UNIFORMS)
def test_what_is_illegal_has_no_say(logits: Logits, mask: Mask, u: float) -> None:
    other = np.where(mask, logits, np.float32(1e30))
    assert sample(softmax_weights(logits, mask), u) == sample(softmax_weights(other, mask), u)


@given(LOGITS, MASKS)
def test_greedy_takes_the_lowest_index_of_the_highest_legal_logit(
    logits: Logits, mask: Mask
) -> None:
    index = greedy(logits, mask)
    best = max(logits[legal] for legal in np.flatnonzero(mask))
    assert index == next(i for i in range(SIZE) if mask[i] and logits[i] == best)


@given(LOGITS, MASKS)
def test_log_probabilities_of_the_legal_actions_add_up_to_one(logits: Logits, mask: Mask) -> None:
    weights = softmax_weights(logits, mask)
    legal = np.flatnonzero(mask).tolist()
    total = sum(math.exp(log_probability(weights, logits, index)) for index in legal)
    assert total == pytest.approx(1, abs=1e-9)


def test_log_probability_is_exact_where_the_weight_underflows() -> None:
    logits = np.array([0.0, -1000.0], dtype=np.float32)
    weights = softmax_weights(logits, np.array([True, True]))
    assert weights[1] == 0.0
    assert log_probability(weights, logits, 1) == -1000.0


@pytest.mark.parametrize("u", [0.0, 1 - 2.0**-53])
def test_the_ends_of_the_interval_stay_among_what_has_weight(u: float) -> None:
    weights = np.array([0.0, 1 / 3, 0.0, 1.0, 0.0])
    assert sample(weights, u) in (1, 3)


def test_actions_are_drawn_with_their_probabilities() -> None:
    logits = np.log(np.array([0.4, 0.3, 9.0, 0.2, 0.1])).astype(np.float32)
    mask = np.array([True, True, False, True, True])
    weights = softmax_weights(logits, mask)
    draws = 20_000
    seen = np.bincount(
        [sample(weights, uniform(DecisionSeed(3, "game", n))) for n in range(draws)], minlength=5
    )
    expected = draws * np.array([0.4, 0.3, 0.2, 0.1])
    chi_square = float(((seen[mask] - expected) ** 2 / expected).sum())
    assert seen[2] == 0
    assert chi_square < 16.27  # 3 degrees of freedom, p = 0.001


def test_uniforms_of_consecutive_decisions_fill_the_interval_evenly() -> None:
    values = [uniform(DecisionSeed(7, "game", n)) for n in range(5_000)]
    seen = np.histogram(values, bins=20, range=(0, 1))[0]
    assert float(((seen - 250) ** 2 / 250).sum()) < 43.82  # 19 degrees of freedom, p = 0.001


@pytest.mark.parametrize(
    "other",
    [DecisionSeed(2, "game", 3), DecisionSeed(1, "gamf", 3), DecisionSeed(1, "game", 4)],
)
def test_each_part_of_the_seed_changes_the_random_number(other: DecisionSeed) -> None:
    assert uniform(DecisionSeed(1, "game", 3)) != uniform(other)


def test_a_game_id_with_separators_cannot_imitate_another_seed() -> None:
    assert DecisionSeed(1, "a|2", 3).key() != DecisionSeed(1, "a", 23).key()
    assert DecisionSeed(1, "2|a", 3).key() != DecisionSeed(12, "a", 3).key()


def test_the_derivation_never_changes() -> None:
    seed = DecisionSeed(7, "run7-00001", 12)
    assert seed.key() == 0xEB56982575F92FFA780283AD81BEBF9B
    assert uniform(seed) == 0.7587848070485459
