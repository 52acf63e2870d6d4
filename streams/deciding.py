"""From a request to the record of its decision."""

from collections.abc import Callable, Mapping
from typing import Final

from jimbot_stream.clock import Clock
from jimbot_stream.contracts import DecisionMade, DecisionRequest, DecisionSource
from jimbot_stream.decision import Policy
from jimbot_stream.decision.decide import UndecidableError
from jimbot_stream.decision.ladder import Ladder, deadline
from jimbot_stream.decision.record import decision_made, observe, seed_of
from jimbot_stream.streams.applying import PolicyNeededError
from jimbot_stream.streams.game import Game
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.metrics import CounterName, Metrics
from jimbot_stream.streams.policies import Policies

_COUNTED: Final[Mapping[DecisionSource, CounterName]] = {
    DecisionSource.DECISION_SOURCE_POLICY: "decisions_policy",
    DecisionSource.DECISION_SOURCE_CACHED: "decisions_cached",
    DecisionSource.DECISION_SOURCE_HEURISTIC: "decisions_heuristic",
}


class Decider:
    """Decides requests: mask, policy, sampled action, as a DecisionMade to be appended."""

    def __init__(self, policies: Policies, ladder: Ladder, clock: Clock, metrics: Metrics) -> None:
        self._policies = policies
        self._ladder = ladder
        self._clock = clock
        self._metrics = metrics

    def begin(self) -> "Deciding":
        """Decide some requests, loading policies as they turn out to be needed."""
        return Deciding(self._policies, self._decide)

    def _decide(
        self,
        game: Game,
        request: DecisionRequest,
        revision: int,
        digest: str,
        read_at: float,
        policy: Policy,
    ) -> DecisionMade:
        began = self._clock.monotonic()
        asked = _as_the_game_counts(game, request)
        try:
            decision = self._ladder.decide(
                observe(asked.state, asked.legal),
                policy,
                seed_of(asked, game.id),
                asked.mode,
                deadline(read_at, asked.time_limit_ms),
            )
        except UndecidableError as error:
            raise Rejected("undecidable", "payload.state", str(error)) from error
        self._metrics.observe("decide_seconds", self._clock.monotonic() - began)
        self._metrics.count(_COUNTED[decision.decided_by])
        return decision_made(asked, game.id, revision, digest, decision)


class Deciding:
    """Decides requests at once, or says which policy is needed first."""

    def __init__(self, policies: Policies, decide: Callable[..., DecisionMade]) -> None:
        self._policies = policies
        self._decide = decide
        self._refused: dict[str, Rejected] = {}
        self._loaded: dict[str, Policy] = {}
        """Held until all is decided: others may push them out of the policies' memory."""

    def decide(
        self, game: Game, request: DecisionRequest, revision: int, digest: str, read_at: float
    ) -> DecisionMade:
        """Decide.

        Raises:
            PolicyNeededError: the policy must be loaded first.
            Rejected: the request cannot be decided.
        """
        refused = self._refused.get(request.checkpoint)
        if refused is not None:
            raise refused
        policy = self._policies.peek(request.checkpoint) or self._loaded.get(request.checkpoint)
        if policy is None:
            raise PolicyNeededError(request.checkpoint)
        return self._decide(game, request, revision, digest, read_at, policy)

    async def load(self, checkpoint: str) -> None:
        """Load a policy, or remember why it cannot be."""
        try:
            self._loaded[checkpoint] = await self._policies.get(checkpoint)
        except Rejected as reason:
            self._refused[checkpoint] = reason


def _as_the_game_counts(game: Game, request: DecisionRequest) -> DecisionRequest:
    """The request with run seed and decision number as the log has them.

    The random number of a decision derives from both, and a replay knows them from the
    log alone; a producer that counts otherwise must not make the two differ.
    """
    asked = DecisionRequest()
    asked.CopyFrom(request)
    asked.decision_number = game.episode.decisions
    if game.started:
        asked.run_seed = game.episode.run_seed
    return asked
