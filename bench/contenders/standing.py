"""From turns to figures: rates, ratios against the best peer, and whether it learned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any, Self

from bench.contenders.registry import OURS


@dataclass(frozen=True, slots=True)
class Turn:
    """What a contender did while it had the machine."""

    steps: int
    seconds: float
    games: int
    """Games that ended."""
    ante: float
    """Mean of the last ante of those games; NaN of none."""
    blinds: float
    """Mean of the blinds that they beat."""

    @classmethod
    def of(cls, steps: int, seconds: float, ended: Sequence[tuple[float, float]]) -> Self:
        """Read what the process told."""
        none = [(float("nan"), float("nan"))]
        antes, blinds = zip(*(ended or none), strict=True)
        return cls(steps, seconds, len(ended), fmean(antes), fmean(blinds))

    @property
    def rate(self) -> float:
        """Steps a second, sampling and learning together."""
        return self.steps / self.seconds


@dataclass(slots=True)
class Entry:
    """All turns of a contender in one mode."""

    name: str
    mode: str
    threads: int = 1
    trials: dict[int, float] = field(default_factory=dict)
    """Steps a second by threads of torch, tried before the rounds."""
    first: Turn | None = None
    turns: list[Turn] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    rss_mib: float = 0.0
    """Peak of the sum over the tree; no part of it depends on who else runs."""
    pss_mib: float = 0.0
    """The same of PSS: libraries that other contenders map, too, are shared out with them."""

    @property
    def rates(self) -> list[float]:
        """Steps a second in every round."""
        return [turn.rate for turn in self.turns]

    @property
    def rate(self) -> float:
        """Their median."""
        return median(self.rates)

    def figures(self) -> dict[str, Any]:
        """For machines."""
        first = self.first or self.turns[0]
        last = self.turns[-1]
        return {
            "steps_per_s": round(self.rate),
            "rounds": [round(rate) for rate in self.rates],
            "threads": self.threads,
            "trials": {str(threads): round(rate) for threads, rate in self.trials.items()},
            "ante": [round(first.ante, 3), round(last.ante, 3)],
            "blinds": [round(first.blinds, 3), round(last.blinds, 3)],
            "steps": sum(turn.steps for turn in self.turns),
            "peak_tree_mib": round(self.rss_mib),
            "peak_tree_pss_mib": round(self.pss_mib),
            "versions": self.versions,
        }


def best_peer(entries: Sequence[Entry]) -> Entry | None:
    """The peer, in the better of its modes, with the highest median; None without peers."""
    peers = [entry for entry in entries if entry.name != OURS]
    return max(peers, key=lambda entry: entry.rate, default=None)


def ratio(ours: Sequence[float], peer: Sequence[float]) -> float:
    """Median over the rounds of our rate by the peer's: what slowed a round slowed both.

    Raises:
        ValueError: they did not take the same number of rounds.
    """
    return median(one / other for one, other in zip(ours, peer, strict=True))


def fastest(trials: Mapping[int, float]) -> int:
    """Number of threads with the highest rate; of equal ones the smallest."""
    return max(sorted(trials), key=lambda threads: trials[threads])
