"""A recorded game as a trajectory: decisions, what came of them, and what they count."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from jimbot_stream.agents.batch import Batch, pack
from jimbot_stream.agents.rewards import Reward
from jimbot_stream.contracts import (
    ActionApplied,
    DecisionMade,
    DecisionMode,
    DecisionSource,
    GameEnded,
    GameState,
    Phase,
)
from jimbot_stream.decision import Observation
from jimbot_stream.decision.decide import mask_digest, observation_digest
from jimbot_stream.decision.record import observe

ENDS: Final = ("won", "lost")
"""Reasons of a GameEnded after which there was nothing more to play."""


class FeedError(ValueError):
    """A recorded game cannot be learned from; the message names it and says why."""


class HoleError(FeedError):
    """Events of the game are missing."""


class CutShortError(FeedError):
    """The game was ended before it was over: what it would still have brought is unknown."""


@dataclass(slots=True)
class Game:
    """What a trajectory needs of a game's events."""

    name: str
    states: dict[int, GameState] = field(default_factory=dict)
    """By revision."""
    made: list[DecisionMade] = field(default_factory=list)
    applied: dict[str, ActionApplied] = field(default_factory=dict)
    """By request."""
    carried: dict[int, ActionApplied] = field(default_factory=dict)
    """Every action that was carried out, whoever chose it, by revision."""
    numbers: dict[int, int] = field(default_factory=dict)
    """Revision of each state by the number that its producer gave it, where it did."""
    ended: GameEnded | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One decision and what came of it."""

    game: str
    state: GameState
    made: DecisionMade
    reward: float
    obeyed: bool
    """The player did what was decided."""

    @property
    def weight(self) -> float:
        """1 where the policy sampled the action that was carried out, else 0."""
        by_policy = self.made.decided_by in (
            DecisionSource.DECISION_SOURCE_POLICY,
            DecisionSource.DECISION_SOURCE_CACHED,
        )
        sampled = self.made.mode == DecisionMode.DECISION_MODE_SAMPLE
        return float(by_policy and sampled and self.obeyed)


def trajectory(game: Game, reward: Reward) -> list[Step]:
    """The decisions of a finished game; a reward runs to the next decision, or to the end.

    Raises:
        HoleError: the game is not over.
        CutShortError: it was given up.
        FeedError: its decisions do not follow its states.
    """
    if game.ended is None:
        raise HoleError(f"game {game.name} is not over at the revision given")
    if not is_over(game):
        told = game.ended.reason or "no reason"
        raise CutShortError(
            f"game {game.name} was cut short ({told}): what it would still have brought is unknown"
        )
    revisions = [made.state_revision for made in game.made]
    if revisions != sorted(set(revisions)) or not set(revisions) <= game.states.keys():
        raise FeedError(f"game {game.name}: its decisions do not follow its states")
    states_before = [game.states[revision] for revision in revisions]
    states_after = [*states_before[1:], last_state(game)]
    return [
        Step(game.name, before, made, reward(before, after), _obeyed(game, made))
        for before, made, after in zip(states_before, game.made, states_after, strict=False)
    ]


def is_over(game: Game) -> bool:
    """Whether nothing was left to play, by what ended the game or else by its last state."""
    ended = game.ended
    if ended is None:
        return False
    if ended.won or ended.reason in ENDS:
        return True
    return bool(game.states) and last_state(game).phase == Phase.PHASE_GAME_OVER


def batch_of(trajectories: Sequence[Sequence[Step]]) -> Batch:
    """Trajectories as columns, with the legal candidates of each decision.

    Raises:
        FeedError: there is no decision, or a state leads to another observation than recorded.
    """
    steps = [step for steps in trajectories for step in steps]
    if not steps:
        raise FeedError("the episodes hold no decision")
    seen = [_observed(step) for step in steps]
    rows, ends = pack([observation.candidates[observation.mask] for observation in seen])
    taken = zip(seen, (step.made.action_index for step in steps), strict=True)
    return Batch(
        lengths=tuple(len(steps) for steps in trajectories if steps),
        features=np.stack([observation.features for observation in seen]),
        rows=rows,
        ends=ends,
        actions=np.array([_place(observation, index) for observation, index in taken]),
        log_probs=np.array([step.made.log_prob for step in steps], dtype=np.float64),
        rewards=np.array([step.reward for step in steps], dtype=np.float64),
        weights=np.array([step.weight for step in steps], dtype=np.float64),
    )


def _place(observation: Observation, index: int) -> int:
    """Which of the legal candidates one is; -1 if it is none."""
    if not (0 <= index < len(observation.mask) and observation.mask[index]):
        return -1
    return int(np.count_nonzero(observation.mask[:index]))


def _observed(step: Step) -> Observation:
    observation = observe(step.state, step.made.legal)
    digests = observation_digest(observation), mask_digest(observation)
    if digests != (step.made.observation_digest, step.made.mask_digest):
        raise FeedError(
            f"game {step.game}, decision {step.made.decision_number}: the recorded state"
            " leads to another observation than the one decided on"
        )
    return observation


def _obeyed(game: Game, made: DecisionMade) -> bool:
    applied = game.applied.get(made.request_id)
    return applied is not None and applied.action == made.action


def last_state(game: Game) -> GameState:
    """The last state, with the victory that only GameEnded may have told."""
    end = GameState()
    if game.states:
        end.CopyFrom(game.states[max(game.states)])
    if game.ended is not None and game.ended.won:
        end.won = True
    return end
