"""Who is asked what to do in a recorded state, instead of who was."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.evaluation.players import QUICK, Player
from jimbot_stream.balatro import wire
from jimbot_stream.balatro.lookahead.search import Effort, Lookahead
from jimbot_stream.contracts import DecisionMade, DecisionMode, DecisionSource, GameState
from jimbot_stream.decision import Observation, Policy
from jimbot_stream.decision.heuristic import choose_by_rule
from jimbot_stream.decision.moves import standing
from jimbot_stream.decision.record import moved
from jimbot_stream.decision.sampling import (
    DecisionSeed,
    greedy,
    sample,
    softmax_weights,
    uniform,
)
from jimbot_stream.replay.policies import Policies

LOOKAHEAD: Final = "lookahead"
PLAYERS: Final = (LOOKAHEAD, *QUICK)
"""Names of those who are no checkpoint."""
BY_POLICY: Final = (
    DecisionSource.DECISION_SOURCE_POLICY,
    DecisionSource.DECISION_SOURCE_CACHED,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A recorded decision, as it is put to somebody else."""

    game: str
    state: GameState
    """As recorded: what the player saw."""
    observation: Observation
    made: DecisionMade


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody would do."""

    index: int
    """Among the candidates of the observation."""
    chances: NDArray[np.float64]  # [A] probability of every candidate; one of them 1 if sure
    value: float | None = None
    """Estimate of the return from here, of whoever makes one."""


class Other(Protocol):
    """Answers to recorded states; the same each time."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    def answer(self, asked: Asked) -> Answer | None:
        """What it would do; None where the question has no meaning for it."""
        ...


class Checkpoint:
    """One policy in all states, or the recorded one in each."""

    def __init__(
        self,
        name: str,
        policy_of: Callable[[DecisionMade], Policy | None],
        *,
        run_seed: int | None = None,
        mode: DecisionMode | None = None,
    ) -> None:
        """Without a seed or a mode the recorded ones hold, so equal policies do the same."""
        self.name = name
        self._policy_of = policy_of
        self._run_seed = run_seed
        self._mode = mode

    def answer(self, asked: Asked) -> Answer | None:
        """Drawn with the seed, or the most probable.

        Raises:
            ValueError: the policy looks at other observations.
            WeightsError: it cannot be read.
        """
        policy = self._policy_of(asked.made)
        if policy is None:
            return None
        observation = asked.observation
        evaluation = policy.evaluate(observation)
        if (self._mode or asked.made.mode) == DecisionMode.DECISION_MODE_GREEDY:
            mask = observation.mask
            older = self._mode is None and moved(asked.made)
            allowed = mask if older else standing(observation.candidates, mask)
            return sure(greedy(evaluation.logits, allowed), len(mask), evaluation.value)
        weights = softmax_weights(evaluation.logits, observation.mask)
        index = sample(weights, uniform(self._seed(asked)))
        return Answer(index, weights / weights.sum(), evaluation.value)

    def _seed(self, asked: Asked) -> DecisionSeed:
        run_seed = asked.made.run_seed if self._run_seed is None else self._run_seed
        return DecisionSeed(run_seed, asked.game, asked.made.decision_number)


def recorded(
    policies: Policies,
    name: str = "recorded",
    *,
    run_seed: int | None = None,
    mode: DecisionMode | None = None,
) -> Checkpoint:
    """The policy that decided each state, as it decided or otherwise; no answer where none did."""

    def policy_of(made: DecisionMade) -> Policy | None:
        return policies.get(made.checkpoint) if made.decided_by in BY_POLICY else None

    return Checkpoint(name, policy_of, run_seed=run_seed, mode=mode)


class Baseline:
    """A rule that needs no weights: it is sure of what it does, but for the random one."""

    def __init__(self, name: str) -> None:
        """Take a name of ``agents.evaluation.players.QUICK``."""
        self.name = name
        self._player: Player = QUICK[name]()

    def answer(self, asked: Asked) -> Answer | None:
        """By the legal candidates alone."""
        seen, made = asked.observation, asked.made
        legal = np.flatnonzero(seen.mask)
        if self.name == "random":
            chances = seen.mask / len(legal)
            seed = DecisionSeed(made.run_seed, asked.game, made.decision_number)
            return Answer(sample(chances, uniform(seed)), chances)
        rows, ends = seen.candidates[legal], np.array([len(legal)])
        if self.name == "rule":
            place = choose_by_rule(rows)
        else:
            features = seen.features[np.newaxis]
            place = int(self._player.choose(features, rows, ends, made.decision_number)[0])
        return sure(int(legal[place]), len(seen.mask))


class Advisor:
    """The search that looks one step ahead, in worlds dealt anew from what is seen."""

    name = LOOKAHEAD

    def __init__(self, effort: Effort | None = None) -> None:
        """Take how much is tried; the decision's number says in which worlds."""
        self._search = Lookahead(0, effort)

    def answer(self, asked: Asked) -> Answer | None:
        """The candidate that is worth most."""
        seen = asked.observation
        legal = np.flatnonzero(seen.mask)
        told = (seen.actions[legal], seen.candidates[legal], asked.made.decision_number)
        place = self._search.choose(wire.record(asked.state), 0, *told)
        return sure(int(legal[place]), len(seen.mask))


def sure(index: int, candidates: int, value: float | None = None) -> Answer:
    """The answer of who never does anything else."""
    chances = np.zeros(candidates)
    chances[index] = 1.0
    return Answer(index, chances, value)


def player_named(name: str) -> Other:
    """The player of a name in PLAYERS."""
    return Advisor() if name == LOOKAHEAD else Baseline(name)
