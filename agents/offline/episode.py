"""A recorded game in columns: what was seen, done and gained, whoever decided.

PPO learns from decisions, because it must know the policy that made them. The methods here
learn from what was carried out, so that every state followed by an action counts, with or
without a DecisionMade between them: games of the simulator, of foreign bots and of people.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.batch import Batch, Rows, pack
from jimbot_stream.agents.offline.config import DECIDERS
from jimbot_stream.agents.rewards import Reward
from jimbot_stream.agents.trajectory import FeedError, Game, last_state
from jimbot_stream.balatro import RULES_VERSION, wire
from jimbot_stream.contracts import ActionApplied, ActionVerb, DecisionMade, DecisionSource
from jimbot_stream.decision import Observation
from jimbot_stream.decision.decide import mask_digest, observation_digest
from jimbot_stream.decision.record import observe

UNLISTED: Final = -1
"""In place of an action that is none of the candidates."""
_PLAYER: Final = DECIDERS.index("player")
_DECIDER: Final[Mapping[int, int]] = {
    DecisionSource.DECISION_SOURCE_POLICY: DECIDERS.index("policy"),
    DecisionSource.DECISION_SOURCE_CACHED: DECIDERS.index("cached"),
    DecisionSource.DECISION_SOURCE_HEURISTIC: DECIDERS.index("heuristic"),
    DecisionSource.DECISION_SOURCE_ADVISOR: DECIDERS.index("advisor"),
}


class OtherRulesError(FeedError):
    """The game was decided under other rules than these: its observations would be others."""


class NothingToLearnError(FeedError):
    """There is no action that could be learned from."""


@dataclass(frozen=True, slots=True)
class Episode:
    """T actions of one game, in order of play."""

    game_id: str
    features: NDArray[np.float32]  # [T, K]
    rows: Rows  # [R, F] legal candidates
    ends: NDArray[np.int64]  # [T] where the rows of each action's state end
    actions: NDArray[np.int64]  # [T] which of its own rows was taken, or UNLISTED
    log_probs: NDArray[np.float64]  # [T] as recorded; NaN where nobody told
    rewards: NDArray[np.float64]  # [T] from the state to that of the next action, or the end
    deciders: NDArray[np.int64]  # [T] places in config.DECIDERS
    left_out: Mapping[str, int]
    """Actions that cannot be learned from, by reason."""

    @property
    def nbytes(self) -> int:
        """Memory of the columns."""
        columns = (self.features, self.rows, self.ends, self.actions)
        return sum(column.nbytes for column in (*columns, self.log_probs, self.rewards))

    def digest(self) -> str:
        """sha256, in hex, of everything that can be learned from."""
        found = hashlib.sha256(self.game_id.encode())
        columns = (self.features, self.rows, self.ends, self.actions)
        for column in (*columns, self.log_probs, self.rewards, self.deciders):
            found.update(f"|{column.dtype.str}{column.shape}|".encode())
            found.update(np.ascontiguousarray(column).tobytes())
        return found.hexdigest()

    def learned(self, deciders: Collection[str]) -> NDArray[np.bool_]:
        """Which actions are learned from [T]."""
        wanted = [DECIDERS.index(name) for name in deciders]
        known: NDArray[np.bool_] = self.actions != UNLISTED
        return known & np.isin(self.deciders, wanted)


def batch_of_episodes(episodes: Sequence[Episode], deciders: Collection[str]) -> Batch:
    """Episodes as a batch; an action that is not learned from weighs nothing.

    It stays in its place, because its state and its reward tell what came of those before it.

    Raises:
        NothingToLearnError: no action counts.
    """
    weights = [episode.learned(deciders).astype(np.float64) for episode in episodes]
    if not any(weight.any() for weight in weights):
        raise NothingToLearnError("the games hold no action that can be learned from")
    counts = np.cumsum([0, *(len(episode.rows) for episode in episodes)])
    ends = [each.ends + before for each, before in zip(episodes, counts, strict=False)]
    return Batch(
        lengths=tuple(len(episode.actions) for episode in episodes),
        features=np.concatenate([episode.features for episode in episodes]),
        rows=np.concatenate([episode.rows for episode in episodes]),
        ends=np.concatenate(ends),
        actions=np.concatenate([np.maximum(episode.actions, 0) for episode in episodes]),
        log_probs=np.concatenate([episode.log_probs for episode in episodes]),
        rewards=np.concatenate([episode.rewards for episode in episodes]),
        weights=np.concatenate(weights),
        known=np.concatenate([episode.actions != UNLISTED for episode in episodes]),
    )


def episode_of(game: Game, reward: Reward) -> Episode:
    """A finished game in columns.

    Raises:
        FeedError: the game is not over, or a state leads to another observation than recorded.
        NothingToLearnError: nothing was done in a state that was told.
        OtherRulesError: a decision was made under other rules.
    """
    if game.ended is None:
        raise FeedError(f"game {game.name} is not over at the revision given")
    taken, left_out = _taken(game)
    seen = {revision: _observed(game, revision) for revision in taken}
    for revision in [revision for revision, found in seen.items() if not found.mask.any()]:
        left_out["nothing was to be chosen"] += 1
        del taken[revision], seen[revision]
    if not taken:
        raise NothingToLearnError(f"game {game.name} holds no action in a state that was told")
    states = [*(game.states[revision] for revision in taken), last_state(game)]
    places = [_place(seen[revision], applied) for revision, applied in taken.items()]
    for place, applied in zip(places, taken.values(), strict=True):
        if place == UNLISTED:
            left_out[f"{_verb(applied)} is not among the candidates"] += 1
    rows, ends = pack([found.candidates[found.mask] for found in seen.values()])
    made = {each.state_revision: each for each in game.made}
    told = [_told(made.get(revision), applied) for revision, applied in taken.items()]
    return Episode(
        game_id=game.name,
        features=np.stack([found.features for found in seen.values()]),
        rows=rows,
        ends=ends,
        actions=np.array(places, dtype=np.int64),
        log_probs=np.array([log_prob for _, log_prob in told]),
        rewards=np.array([reward(*pair) for pair in pairwise(states)]),
        deciders=np.array([decider for decider, _ in told], dtype=np.int64),
        left_out=left_out,
    )


def _taken(game: Game) -> tuple[dict[int, ActionApplied], Counter[str]]:
    """The action carried out in every state, by the state's revision.

    Of several actions after one state the first was done there; nobody told the states of
    the others.
    """
    taken: dict[int, ActionApplied] = {}
    left_out: Counter[str] = Counter()
    for revision, applied in sorted(game.carried.items()):
        state = _state_of(game, revision, applied)
        if state is None or state in taken:
            left_out["its state was not told"] += 1
        else:
            taken[state] = applied
    return dict(sorted(taken.items())), left_out


def _state_of(game: Game, revision: int, applied: ActionApplied) -> int | None:
    """Revision of the state that an action belongs to: the one it names, or the last before it."""
    if game.numbers:
        return game.numbers.get(applied.state_sequence)
    return max((state for state in game.states if state < revision), default=None)


def _observed(game: Game, revision: int) -> Observation:
    """What could be seen and done; as it was decided on, where it was."""
    made = next((made for made in game.made if made.state_revision == revision), None)
    if made is None:
        return observe(game.states[revision])
    if made.rules_version != RULES_VERSION:
        raise OtherRulesError(
            f"game {game.name} was decided under the rules {made.rules_version},"
            f" these are {RULES_VERSION}"
        )
    observation = observe(game.states[revision], made.legal)
    digests = observation_digest(observation), mask_digest(observation)
    if digests != (made.observation_digest, made.mask_digest):
        raise FeedError(
            f"game {game.name}, decision {made.decision_number}: the recorded state"
            " leads to another observation than the one decided on"
        )
    return observation


def _place(observation: Observation, applied: ActionApplied) -> int:
    """Which of the legal candidates was carried out."""
    try:
        action = wire.canonical(applied.action)
    except ValueError:
        return UNLISTED
    found = np.flatnonzero(observation.actions[observation.mask] == action)
    return int(found[0]) if len(found) else UNLISTED


def _told(made: DecisionMade | None, applied: ActionApplied) -> tuple[int, float]:
    """Who decided, and the log-probability, where the player did what was decided."""
    if made is None or applied.request_id != made.request_id or applied.action != made.action:
        return _PLAYER, float("nan")
    return _DECIDER.get(made.decided_by, _PLAYER), made.log_prob


def _verb(applied: ActionApplied) -> str:
    return ActionVerb.Name(applied.action.verb).removeprefix("ACTION_VERB_").lower()
