"""How far two classes of machine may lie apart before it needs another explanation."""

import numpy as np

from jimbot_stream.balatro import wire
from jimbot_stream.contracts.v1.decision_pb2 import DECISION_MODE_GREEDY, DecisionMade
from jimbot_stream.decision import Policy
from jimbot_stream.decision.moves import standing
from jimbot_stream.decision.record import Witness, moved, observe
from jimbot_stream.decision.sampling import (
    DecisionSeed,
    log_probability,
    softmax_weights,
    uniform,
)

FIELDS = frozenset(
    {"logits_digest", "value", "log_prob", "action", "action_index", "compute_class"}
)
"""Fields of DecisionMade that another class of machine may bring out otherwise."""

DECISION = 1e-4
"""Largest difference in value, log-probability and probability: float32 sums of some
hundred terms, added in another order, stay well below it."""

WEIGHTS = 1e-3
"""Largest difference of a weight after one update, the same gradients being added in
another order."""


def distance(made: DecisionMade, witness: Witness, policy: Policy) -> float:
    """Largest difference between a recorded decision and this machine's view of it.

    Value and log-probability of the recorded action are compared, and how far the random
    number lies outside the share of probability that the action has here.
    """
    observation = observe(witness.state, made.legal)
    index = made.action_index
    if not (0 <= index < observation.mask.size and observation.mask[index]):
        return float("inf")
    if made.action != wire.action_message(int(observation.actions[index])):
        return float("inf")
    evaluation = policy.evaluate(observation)
    weights = softmax_weights(evaluation.logits, observation.mask)
    if made.mode == DECISION_MODE_GREEDY:
        mask = observation.mask
        among = mask if moved(made) else standing(observation.candidates, mask)
        missed = float(np.max(weights[among]) - weights[index])
    else:
        seed = DecisionSeed(witness.run_seed, witness.game_id, witness.decision_number)
        missed = _outside(np.cumsum(weights) / np.sum(weights), index, uniform(seed))
    return max(
        missed,
        abs(log_probability(weights, evaluation.logits, index) - made.log_prob),
        abs(evaluation.value - made.value),
    )


def _outside(
    cumulated: np.ndarray[tuple[int], np.dtype[np.float64]], index: int, u: float
) -> float:
    low = float(cumulated[index - 1]) if index else 0.0
    return max(low - u, u - float(cumulated[index]), 0.0)
