"""How far decisions bring the build that their game follows."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.exploration.builds import Build, Flags, hands_of, jokers_of
from jimbot_stream.agents.exploration.combinations import HELD, states
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.balatro import wire
from jimbot_stream.balatro.tables.columns import CANDIDATE, GLOBAL
from jimbot_stream.balatro.tables.hands import HANDS

PART: Final = 0.25
"""What a joker of the build counts, or a level of one of its hands; a beaten blind counts 1."""
_PLAY: Final = CANDIDATE.index("play")


def _by_hand(names: Sequence[str], what: str) -> slice:
    first = names.index(f"{what}_{HANDS[0].name.lower().replace(' ', '_')}")
    return slice(first, first + len(HANDS))


_MAKES: Final = _by_hand(CANDIDATE, "makes")
_LEVELS: Final = _by_hand(GLOBAL, "level")


class Progress:
    """Towards the builds of one list, and what it earns in an update."""

    def __init__(self, builds: Sequence[Build], reward: float) -> None:
        """Take the builds in the order of their columns, and pay so much where a blind earns 1."""
        self._builds, self._reward = builds, reward
        self._hands = hands_of(builds)
        self._columns, self._counts = _standing(builds)
        self._followed = np.zeros(len(builds))
        self._decisions = 0
        self._paid = 0.0

    def bonus(self, chunk: Chunk) -> NDArray[np.float64]:
        """What every decision of a round earns, [T, N]."""
        earned = self._reward * self.made(chunk)
        self._followed += followed(chunk).sum(axis=0, dtype=np.float64)
        self._decisions += len(chunk)
        self._paid += float(earned.sum())
        return earned

    def metrics(self) -> dict[str, float]:
        """Share of the decisions by build, and what one that followed a build earned on average."""
        shares = (self._followed / self._decisions).tolist()
        found = {
            f"build_{build.name}": share for build, share in zip(self._builds, shares, strict=True)
        }
        return found | {"build_bonus": self._paid / max(1.0, float(self._followed.sum()))}

    def made(self, chunk: Chunk) -> NDArray[np.float64]:
        """Progress of every decision, [T, N]; 0 in games that follow no build.

        What a play of the build's hands earns in its game; and what the decision adds to the
        jokers and levels of the build, or takes from them, so that circles lead nowhere.
        """
        follows = followed(chunk)
        earned = self._plays(chunk, follows) * np.maximum(chunk.rewards, 0.0)
        games = len(chunk.last_features)
        stands = self._stands(chunk)
        gained = ((stands[games:] - stands[:-games]) * follows).sum(axis=1)
        kept = np.where(chunk.ended, 0.0, gained.reshape(chunk.ended.shape))
        return np.asarray(earned + PART * kept, dtype=np.float64)

    def _plays(self, chunk: Chunk, follows: Flags) -> NDArray[np.float64]:
        """[T, N] 1 where the action plays a hand of the build."""
        starts = np.concatenate(([0], chunk.ends[:-1]))
        taken = chunk.rows[starts + chunk.actions]
        played = taken[:, _MAKES] * (taken[:, _PLAY, None] > 0)
        wanted = (played @ self._hands.T * follows).sum(axis=1).reshape(chunk.rewards.shape)
        return np.asarray(wanted, dtype=np.float64)

    def _stands(self, chunk: Chunk) -> Flags:
        """[(T + 1) * N, Z] jokers and levels of each build, in all states."""
        # Rounded, so that sums in another order come to the same whole numbers.
        return np.asarray(np.rint(states(chunk, self._columns) @ self._counts), dtype=np.float32)


def _standing(builds: Sequence[Build]) -> tuple[list[int], Flags]:
    """Which columns tell where a build stands, and what each counts in it: [C], [C, Z]."""
    counts = np.zeros((len(GLOBAL), len(builds)), dtype=np.float32)
    counts[HELD] = jokers_of(builds).T
    counts[_LEVELS] = 10 * hands_of(builds).T  # the column is level / 10
    columns = np.flatnonzero(counts.any(axis=1))
    return columns.tolist(), counts[columns]


def followed(chunk: Chunk) -> Flags:
    """[T * N, Z] 1 for the build that the game of each decision follows."""
    return chunk.features[:, wire.FEATURES :]
