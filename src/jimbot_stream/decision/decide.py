"""``decide``: an observation, a policy, a seed and a mode make a Decision."""

import hashlib
from dataclasses import dataclass

import numpy as np

from jimbot_stream.contracts import DecisionMode, DecisionSource
from jimbot_stream.decision import Evaluation, Observation, Policy
from jimbot_stream.decision.moves import standing
from jimbot_stream.decision.sampling import (
    DecisionSeed,
    greedy,
    log_probability,
    sample,
    softmax_weights,
    uniform,
)


class UndecidableError(ValueError):
    """There is nothing to choose, or nothing to choose by."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A choice and everything by which a replay can tell whether it made the same one."""

    action_index: int
    """Among the candidates of the observation."""
    action: int
    """In canonical form."""
    log_prob: float
    value: float
    observation_digest: str
    mask_digest: str
    logits_digest: str
    """Of the masked logits; empty when no policy took part."""
    decided_by: DecisionSource
    checkpoint: str
    """Empty when no policy took part."""
    compute_class: str
    seed: DecisionSeed
    mode: DecisionMode


def observation_digest(observation: Observation) -> str:
    """sha256 over features, then candidates: float32, little-endian, row by row."""
    digest = hashlib.sha256(observation.features.astype("<f4", order="C", copy=False).data)
    digest.update(observation.candidates.astype("<f4", order="C", copy=False).data)
    return digest.hexdigest()


def mask_digest(observation: Observation) -> str:
    """sha256 over the mask: one byte per action, 1 where legal."""
    return hashlib.sha256(observation.mask.astype(np.uint8).tobytes()).hexdigest()


def logits_digest(observation: Observation, evaluation: Evaluation) -> str:
    """sha256 over the logits, minus infinity where illegal: float32, little-endian."""
    masked = np.where(observation.mask, evaluation.logits, np.float32(-np.inf)).astype("<f4")
    return hashlib.sha256(masked.tobytes()).hexdigest()


def refuse_empty_mask(observation: Observation) -> None:
    """Stop where no action is legal.

    Raises:
        UndecidableError: the mask is empty.
    """
    if not observation.mask.any():
        raise UndecidableError("no action is legal in this state: nothing to decide")


def decide(
    observation: Observation,
    policy: Policy,
    seed: DecisionSeed,
    mode: DecisionMode,
    *,
    moves: bool = False,
) -> Decision:
    """Let the policy decide; a pure function of its arguments.

    Moves: see ``choose``.

    Raises:
        UndecidableError: no action is legal, or the policy answers with NaN or infinity.
    """
    refuse_empty_mask(observation)
    evaluation = policy.evaluate(observation)
    return choose(observation, evaluation, policy, seed, mode, moves=moves)


def choose(
    observation: Observation,
    evaluation: Evaluation,
    policy: Policy,
    seed: DecisionSeed,
    mode: DecisionMode,
    decided_by: DecisionSource = DecisionSource.DECISION_SOURCE_POLICY,
    *,
    moves: bool = False,
) -> Decision:
    """Turn what the policy thinks of the observation into a Decision.

    The most probable action is none of ``moves`` where anything else is legal; with moves it may be
    one, as it could when older records were made.

    Raises:
        UndecidableError: the logits do not fit the mask, or are not finite.
    """
    _refuse_unusable(observation, evaluation, policy)
    weights = softmax_weights(evaluation.logits, observation.mask)
    if mode == DecisionMode.DECISION_MODE_GREEDY:
        mask = observation.mask
        index = greedy(evaluation.logits, mask if moves else standing(observation.candidates, mask))
    else:
        index = sample(weights, uniform(seed))
    return Decision(
        action_index=index,
        action=int(observation.actions[index]),
        log_prob=log_probability(weights, evaluation.logits, index),
        value=evaluation.value,
        observation_digest=observation_digest(observation),
        mask_digest=mask_digest(observation),
        logits_digest=logits_digest(observation, evaluation),
        decided_by=decided_by,
        checkpoint=policy.checkpoint,
        compute_class=policy.compute_class,
        seed=seed,
        mode=plain_mode(mode),
    )


def plain_mode(mode: DecisionMode) -> DecisionMode:
    """The mode as recorded: unspecified means sample."""
    return mode or DecisionMode.DECISION_MODE_SAMPLE


def _refuse_unusable(observation: Observation, evaluation: Evaluation, policy: Policy) -> None:
    if evaluation.logits.shape != observation.mask.shape:
        raise UndecidableError(
            f"checkpoint {policy.checkpoint} gives {evaluation.logits.shape} logits"
            f" for {observation.mask.shape} actions"
        )
    if not (np.isfinite(evaluation.logits).all() and np.isfinite(evaluation.value)):
        raise UndecidableError(f"checkpoint {policy.checkpoint} answers with NaN or infinity")
