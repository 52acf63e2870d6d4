"""A decision as it is recorded, and the same decision made again from the record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from jimbot_stream.balatro import RULES_VERSION, wire
from jimbot_stream.contracts import (
    ActionVerb,
    DecisionMade,
    DecisionRequest,
    DecisionSource,
    GameState,
    LegalAction,
)
from jimbot_stream.decision import Observation, Policy
from jimbot_stream.decision.decide import Decision, UndecidableError, decide
from jimbot_stream.decision.heuristic import decide_by_rule
from jimbot_stream.decision.sampling import DecisionSeed

Difference = tuple[str, Any, Any]
"""Field of DecisionMade, what the replay makes of it, what the record says."""
_MOVES: Final = (
    ActionVerb.ACTION_VERB_REARRANGE_HAND,
    ActionVerb.ACTION_VERB_REARRANGE_JOKERS,
    ActionVerb.ACTION_VERB_REARRANGE_CONSUMABLES,
)


def observe(state: GameState, legal: Sequence[LegalAction] = ()) -> Observation:
    """What a policy sees of a state; without legal actions the rules derive them."""
    return Observation(*wire.encode(state, legal))


def decision_made(
    request: DecisionRequest,
    game_id: str,
    state_revision: int,
    state_digest: str,
    decision: Decision,
) -> DecisionMade:
    """The record of a decision.

    Raises:
        ValueError: the decision was made for another game, run or number.
    """
    if decision.seed != seed_of(request, game_id):
        raise ValueError(f"{decision.seed} does not answer request {request.request_id!r}")
    return DecisionMade(
        request_id=request.request_id,
        state_revision=state_revision,
        state_digest=state_digest,
        legal=list(request.legal) or wire.legal_messages(request.state),
        rules_version=RULES_VERSION,
        observation_digest=decision.observation_digest,
        mask_digest=decision.mask_digest,
        checkpoint=decision.checkpoint,
        decided_by=decision.decided_by,
        mode=decision.mode,
        run_seed=decision.seed.run_seed,
        decision_number=decision.seed.decision_number,
        logits_digest=decision.logits_digest,
        action=wire.action_message(decision.action),
        action_index=decision.action_index,
        log_prob=decision.log_prob,
        value=decision.value,
        compute_class=decision.compute_class,
    )


def seed_of(request: DecisionRequest, game_id: str) -> DecisionSeed:
    """What the random number of the requested decision derives from."""
    return DecisionSeed(request.run_seed, game_id, request.decision_number)


@dataclass(frozen=True, slots=True)
class Witness:
    """What the rest of the log says about a recorded decision, independently of it."""

    game_id: str
    state: GameState
    """Of the StateObserved at state_revision."""
    state_revision: int
    state_digest: str
    """sha256 of that event's data."""
    request_id: str
    """From the event's metadata."""
    run_seed: int
    """From GameStarted."""
    decision_number: int
    """Decisions recorded before this one in the game."""


def redecide(made: DecisionMade, witness: Witness, policy: Policy | None) -> list[Difference]:
    """Make a recorded decision again and name every field that comes out otherwise.

    Mode, rung and the legal actions are inputs that only the record holds: a change to
    them shows in the action or a digest, or in the log's chain of digests. The policy
    must be the recorded checkpoint; None is right for decisions without one.
    """
    request = DecisionRequest(
        request_id=witness.request_id,
        state=witness.state,
        legal=made.legal,
        mode=made.mode,
        decision_number=witness.decision_number,
        run_seed=witness.run_seed,
    )
    try:
        decision = _decide_as(made, request, witness.game_id, policy)
    except (UndecidableError, LookupError) as reason:
        return [("decided_by", str(reason), DecisionSource.Name(made.decided_by))]
    again = decision_made(
        request, witness.game_id, witness.state_revision, witness.state_digest, decision
    )
    return differences(again, made)


def differences(expected: DecisionMade, got: DecisionMade) -> list[Difference]:
    """Every field in which two records differ, in the order of field numbers."""
    found: list[Difference] = []
    for field in DecisionMade.DESCRIPTOR.fields:
        ours, theirs = getattr(expected, field.name), getattr(got, field.name)
        if ours != theirs:
            found.append((field.name, ours, theirs))
    return found


def moved(made: DecisionMade) -> bool:
    """Whether a recorded decision was to move cards about."""
    return made.action.verb in _MOVES


def _decide_as(
    made: DecisionMade, request: DecisionRequest, game_id: str, policy: Policy | None
) -> Decision:
    source = made.decided_by
    observation = observe(request.state, request.legal)
    seed = seed_of(request, game_id)
    if source == DecisionSource.DECISION_SOURCE_HEURISTIC:
        return decide_by_rule(observation, seed, request.mode)
    if source not in (
        DecisionSource.DECISION_SOURCE_POLICY,
        DecisionSource.DECISION_SOURCE_CACHED,
    ):
        raise LookupError("a rung that cannot be repeated from the record")
    if policy is None:
        raise LookupError("the checkpoint that decided is needed")
    # A greedy decision to move, with another choice, is of a release that let it be one.
    again = decide(observation, policy, seed, request.mode, moves=moved(made))
    return replace(again, decided_by=source)
