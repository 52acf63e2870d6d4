"""Rewards: pure functions of two successive visible states.

A function's name stands in the recorded configuration of every update, so one that is
changed after a release gets a new name and the old one stays.
"""

from collections.abc import Callable
from typing import Final

from jimbot_stream.contracts import GameState, Phase

Reward = Callable[[GameState, GameState], float]
"""Reward of the action that led from the first state to the second."""

WIN_BONUS: Final = 3.0


def progress_1(before: GameState, after: GameState) -> float:
    """Blinds beaten, the one at hand counted by the share of its score; winning adds 3.

    The rewards of a game add up to the blinds it beat, plus the share of the one it
    lost, whatever the way there: nothing can be farmed by going in circles.
    """
    gained = _blinds_beaten(after) - _blinds_beaten(before)
    return gained + WIN_BONUS * (after.won and not before.won)


def _blinds_beaten(state: GameState) -> float:
    """Rounds begun, less the part of a running or lost one that is not yet scored."""
    lost = state.phase == Phase.PHASE_GAME_OVER and not _ended_by_winning(state)
    if state.phase != Phase.PHASE_SELECTING_HAND and not lost:
        return float(state.round)
    required = state.blind.chips_required
    share = min(state.chips / required, 1.0) if required > 0 else 0.0
    return state.round - 1 + share


def _ended_by_winning(state: GameState) -> bool:
    """Whether an ended game beat its last blind; one that went on after winning was lost."""
    return state.won and not state.endless and state.chips >= state.blind.chips_required


REWARDS: Final[dict[str, Reward]] = {"progress-1": progress_1}


def reward_named(name: str) -> Reward:
    """The reward function of a configuration.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        return REWARDS[name]
    except KeyError:
        raise ValueError(f"no reward {name!r}; known: {', '.join(REWARDS)}") from None
