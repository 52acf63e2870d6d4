"""The ladder of deadlines: policy, then a remembered evaluation, then the heuristic.

Which rung is taken depends on the machine's luck; what a rung then decides does not.
A remembered evaluation is the policy's own answer to the identical observation, and the
action is drawn from it with this decision's seed, so CACHED differs from POLICY in
``decided_by`` alone. Without a deadline the policy always decides.
"""

from collections import OrderedDict

from jimbot_stream.clock import Clock
from jimbot_stream.contracts import DecisionMode, DecisionSource
from jimbot_stream.decision import Evaluation, Observation, Policy
from jimbot_stream.decision.decide import (
    Decision,
    choose,
    mask_digest,
    observation_digest,
    refuse_empty_mask,
)
from jimbot_stream.decision.heuristic import decide_by_rule
from jimbot_stream.decision.sampling import DecisionSeed

Key = tuple[str, str, str]  # checkpoint, observation digest, mask digest


class EvaluationCache:
    """The policy's last evaluations, least recently used forgotten first."""

    def __init__(self, capacity: int = 4096) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[Key, Evaluation] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, policy: Policy, observation: Observation) -> Evaluation | None:
        """What the policy thought of an identical observation; None if not remembered."""
        key = (policy.checkpoint, observation_digest(observation), mask_digest(observation))
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found

    def put(self, decision: Decision, evaluation: Evaluation) -> None:
        """Remember the evaluation that a decision was made by.

        The decision names what was observed, so that nothing is digested twice.
        """
        key = (decision.checkpoint, decision.observation_digest, decision.mask_digest)
        self._entries[key] = evaluation
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)


class CostEstimate:
    """How long the policy is expected to take, in seconds.

    It rises at once and falls slowly: half the way towards a cheaper measurement. Each
    time the policy is passed over it shrinks a little, or one slow moment (a first call,
    a busy machine) would lock the policy out for good.
    """

    def __init__(self, seconds: float = 0.002) -> None:
        self.seconds = seconds

    def measured(self, seconds: float) -> None:
        """The policy took so long."""
        self.seconds = max(seconds, (self.seconds + seconds) / 2)

    def passed_over(self) -> None:
        """There was no time for the policy."""
        self.seconds *= 0.9


class Ladder:
    """Decides with the best rung that the time left allows."""

    def __init__(
        self,
        clock: Clock,
        *,
        cost: CostEstimate | None = None,
        cache: EvaluationCache | None = None,
        reserve_s: float = 0.010,
    ) -> None:
        """Take reserve_s as the time that recording and answering need after the decision."""
        self._clock = clock
        self._cost = CostEstimate() if cost is None else cost
        self._cache = EvaluationCache() if cache is None else cache
        self._reserve_s = reserve_s

    def decide(
        self,
        observation: Observation,
        policy: Policy,
        seed: DecisionSeed,
        mode: DecisionMode,
        deadline: float | None = None,
    ) -> Decision:
        """Decide before the deadline, an instant of ``Clock.monotonic`` (None: no hurry).

        Raises:
            UndecidableError: no action is legal, or the policy answers with NaN or infinity.
        """
        refuse_empty_mask(observation)
        if self._policy_fits(deadline):
            evaluation = self._evaluate(observation, policy)
            decision = choose(observation, evaluation, policy, seed, mode)
            self._cache.put(decision, evaluation)
            return decision
        self._cost.passed_over()
        remembered = self._cache.get(policy, observation)
        if remembered is None:
            return decide_by_rule(observation, seed, mode)
        source = DecisionSource.DECISION_SOURCE_CACHED
        return choose(observation, remembered, policy, seed, mode, source)

    def _policy_fits(self, deadline: float | None) -> bool:
        if deadline is None:
            return True
        left = deadline - self._clock.monotonic() - self._reserve_s
        return left >= self._cost.seconds

    def _evaluate(self, observation: Observation, policy: Policy) -> Evaluation:
        started = self._clock.monotonic()
        evaluation = policy.evaluate(observation)
        self._cost.measured(self._clock.monotonic() - started)
        return evaluation


def deadline(read_at: float, time_limit_ms: int) -> float | None:
    """Instant until which an answer is useful; None when the request sets no limit."""
    return read_at + time_limit_ms / 1000 if time_limit_ms > 0 else None
