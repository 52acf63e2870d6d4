"""Who can be evaluated: a checkpoint, and the baselines that it must beat.

A player is asked for many games at once, with their candidates packed as ``kernels.rollouts``
packs them, and sees no more than those. One that searches is given the states as well.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray

from jimbot_stream.agents.batch import Rows
from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.evaluation.searching import LookaheadPlayer
from jimbot_stream.agents.network import CandidateNetwork, owners_of
from jimbot_stream.balatro.kernels import rollouts
from jimbot_stream.balatro.tables.columns import CANDIDATE
from jimbot_stream.decision.heuristic import choose_by_rule
from jimbot_stream.decision.moves import moves

Packed = NDArray[np.int64]
_SCORE: Final = CANDIDATE.index("score_log")
_PLAY: Final = CANDIDATE.index("play")
_WALKS: Final = [
    CANDIDATE.index(verb) for verb in ("select_blind", "cash_out", "next_round", "skip_pack")
]


class Player(Protocol):
    """Decides in many games at once."""

    def choose(
        self, features: NDArray[np.float32], rows: Rows, ends: Packed, counter: int
    ) -> Packed:
        """Which packed row[R, F] every game takes; features[n, K], ends[n] where its rows end.

        counter numbers the decisions of all games together, for those who draw.
        """
        ...


@runtime_checkable
class SearchingPlayer(Protocol):
    """Decides in many games at once, and may carry actions out in copies of them.

    The states hold what their player does not see. A choice must not depend on it: whoever
    implements this is tested to that.
    """

    def choose_in(
        self,
        states: NDArray[Any],
        listed: NDArray[np.int64],
        rows: Rows,
        ends: Packed,
        wanted: NDArray[np.bool_],
        counter: int,
    ) -> Packed:
        """Which packed row every wanted[n] game takes, and any of their own in the others.

        states[n] (``balatro.state.STATE``) stay as they are; listed[R] are the canonical actions
        of rows[R, F]; ends and counter as for ``Player``.
        """
        ...


class NetworkPlayer:
    """A checkpoint that takes its most probable action, as ``decision`` does, or draws one."""

    def __init__(self, checkpoint: bytes, seed: int | None = None) -> None:
        """With a seed the actions are drawn.

        Raises:
            CheckpointError: the bytes are damaged or of another format.
        """
        read = from_bytes(checkpoint)
        self._network = CandidateNetwork(read.shape, read.module).eval()
        self._temperature = read.temperature
        self._seed = seed

    def choose(
        self, features: NDArray[np.float32], rows: Rows, ends: Packed, counter: int
    ) -> Packed:
        """By the network's logits."""
        owners = owners_of(torch.from_numpy(ends))
        with torch.inference_mode():
            # Copies, because matrix kernels give other bits where memory begins elsewhere.
            told = torch.from_numpy(features).clone(), torch.from_numpy(rows).clone()
            logits = self._network.logits(*told, owners) / self._temperature
        if self._seed is None:
            return _drawn(_standing(logits.numpy(), rows, ends), ends, None, counter)
        return _drawn(logits.numpy(), ends, self._seed, counter)


class RandomPlayer:
    """Every candidate is as likely."""

    def __init__(self, seed: int) -> None:
        """Draw with the seed."""
        self._seed = seed

    def choose(
        self, features: NDArray[np.float32], rows: Rows, ends: Packed, counter: int
    ) -> Packed:
        """Draw."""
        return _drawn(np.zeros(len(rows), dtype=np.float32), ends, self._seed, counter)


class GreedyPlayer:
    """Plays the hand that scores most, and walks past everything else."""

    def choose(
        self, features: NDArray[np.float32], rows: Rows, ends: Packed, counter: int
    ) -> Packed:
        """The best play; where there is none, the way on."""
        walks = rows[:, _WALKS].max(axis=1)
        scores = np.where(rows[:, _PLAY] > 0, 1.0 + rows[:, _SCORE], 0.5 * walks)
        return _drawn(scores.astype(np.float32), ends, None, counter)


class RulePlayer:
    """The rule of thumb of the decision path: keeps pace, discards, buys jokers and planets."""

    def choose(
        self, features: NDArray[np.float32], rows: Rows, ends: Packed, counter: int
    ) -> Packed:
        """Game by game."""
        starts = np.concatenate(([0], ends[:-1]))
        parts = np.split(rows, ends[:-1])
        return np.array(
            [start + choose_by_rule(part) for start, part in zip(starts, parts, strict=True)]
        )


def _standing(logits: NDArray[np.float32], rows: Rows, ends: Packed) -> NDArray[np.float32]:
    """The logits, and minus infinity for moves where a game has something else to do."""
    games, moving = len(ends), moves(rows)
    owners = np.repeat(np.arange(games), np.diff(ends, prepend=0))
    others = np.bincount(owners[~moving], minlength=games) > 0
    return np.where(moving & others[owners], np.float32(-np.inf), logits)


def _drawn(logits: NDArray[np.float32], ends: Packed, seed: int | None, counter: int) -> Packed:
    chosen = np.empty(len(ends), dtype=np.int64)
    if seed is None:
        rollouts.best(logits, ends, chosen)
    else:
        unused = np.empty(len(ends))
        rollouts.draw(logits, ends, np.uint64(seed), np.uint64(counter), chosen, unused)
    return chosen


QUICK: Final[dict[str, Callable[[], Player]]] = {
    "random": lambda: RandomPlayer(0),
    "greedy": GreedyPlayer,
    "rule": RulePlayer,
}
"""Baselines by name that play hundreds of games in seconds."""
BASELINES: Final[dict[str, Callable[[], Player | SearchingPlayer]]] = {
    **QUICK,
    "lookahead": LookaheadPlayer,
}
"""All by name; one that searches takes seconds for a game."""
