"""The builds that a game can be told to aim at: poker hands, and the jokers that they carry.

A build is an option that lasts for a whole game (Sutton, Precup and Singh 1999). Which one a game
follows, if any, is a function of the run's seed and of the game; the policy sees it as further
columns behind the observation, one for each build (a universal policy, as Schaul et al. 2015).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.exploration.hashing import mixed
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.jokers import JOKERS, Joker
from jimbot_stream.balatro.tables.schema import Given

Flags = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Build:
    """What a game aims at."""

    name: str
    hands: tuple[str, ...]
    """Names of the poker hands that it plays and levels up."""
    beside: tuple[str, ...] = ()
    """Keys of jokers that help to these hands, although their rules do not ask for one."""

    @property
    def jokers(self) -> tuple[str, ...]:
        """Keys of the jokers that it gathers: those whose rules ask for its hands, and those."""
        return tuple(j.key for j in JOKERS if j.key in self.beside or self._asked_for_by(j))

    def _asked_for_by(self, joker: Joker) -> bool:
        conditions = (rule.condition for rule in joker.rules)
        asked = (HANDS[c.arg].name for c in conditions if c.given == Given.CONTAINS)
        return any(hand in self.hands for hand in asked)


BUILDS: Final[dict[str, tuple[Build, ...]]] = {
    "hands-1": (
        Build("pairs", ("Pair", "Two Pair", "Full House")),
        Build("kinds", ("Three of a Kind", "Four of a Kind", "Five of a Kind", "Full House")),
        Build(
            "straights",
            ("Straight", "Straight Flush"),
            ("j_four_fingers", "j_shortcut", "j_superposition", "j_seance"),
        ),
        Build(
            "flushes",
            ("Flush", "Straight Flush", "Flush House", "Flush Five"),
            ("j_four_fingers", "j_smeared", "j_seance"),
        ),
    )
}
"""By the name that a run records: a list that is changed gets a new name, and the old one stays."""


def builds_named(name: str) -> tuple[Build, ...]:
    """The builds of a list; none where the name is empty.

    Raises:
        ValueError: there is no such list.
    """
    if name and name not in BUILDS:
        raise ValueError(f"no builds {name!r}: there are {', '.join(BUILDS)}")
    return BUILDS[name] if name else ()


def hands_of(builds: Sequence[Build]) -> Flags:
    """[Z, 12] which poker hands each plays."""
    return _flags([build.hands for build in builds], [hand.name for hand in HANDS])


def jokers_of(builds: Sequence[Build]) -> Flags:
    """[Z, J] which jokers each gathers."""
    return _flags([build.jokers for build in builds], [joker.key for joker in JOKERS])


def _flags(wanted: Iterable[Sequence[str]], names: Sequence[str]) -> Flags:
    return np.array([[name in own for name in names] for own in wanted], dtype=np.float32)


class Plan:
    """Which build each game follows."""

    def __init__(self, builds: int, share: float, key: int) -> None:
        """Let about a share of the games follow one of so many builds, each as likely."""
        self.builds = builds
        self._share = share
        self._key = np.uint64(key)

    def columns(self, carry: NDArray[Any]) -> Flags:
        """[N, Z] 1 for the build of each game; carry[N] of ``kernels.batch.CARRY`` tells which."""
        games = mixed(carry["episode"].astype(np.uint64) ^ self._key) ^ carry["seed"]
        follows = (mixed(games) >> np.uint64(11)) * 2.0**-53 < self._share
        which = mixed(~games) % np.uint64(max(1, self.builds))
        numbers = np.arange(self.builds, dtype=np.uint64)
        return np.asarray((which[:, None] == numbers) & follows[:, None], dtype=np.float32)
