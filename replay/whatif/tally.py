"""What a comparison comes to, added up decision by decision; only sums and extremes are held."""

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from jimbot_stream.agents.evaluation.intervals import Interval, share
from jimbot_stream.replay.whatif.comparing import Compared, Weighed
from jimbot_stream.replay.whatif.estimators import Game

PARTINGS: Final = 10
"""How many of the most significant partings are told."""


@dataclass(slots=True)
class Row:
    """Decisions of one kind."""

    decisions: int = 0
    agreed: int = 0
    known: int = 0
    """Decisions in which both distributions are known."""
    divergence: float = 0.0
    variation: float = 0.0

    def add(self, compared: Compared) -> None:
        """Count a decision."""
        self.decisions += 1
        self.agreed += compared.agree
        if compared.divergence is not None and compared.variation is not None:
            self.known += 1
            self.divergence += compared.divergence
            self.variation += compared.variation

    @property
    def agreement(self) -> Interval:
        """Share of decisions that are the same, with its interval."""
        return share(self.agreed, self.decisions)

    @property
    def mean_divergence(self) -> float | None:
        """In nats; None where no distribution is known."""
        return self.divergence / self.known if self.known else None

    @property
    def mean_variation(self) -> float | None:
        """None where no distribution is known."""
        return self.variation / self.known if self.known else None


@dataclass(frozen=True, slots=True)
class FirstParting:
    """Where a game would have gone another way."""

    game: str
    decision: int
    """How many decisions were the same before."""
    address: str


@dataclass(slots=True)
class Tally:
    """Everything that is told of a comparison."""

    whole: Row = field(default_factory=Row)
    by_verb: dict[str, Row] = field(default_factory=dict)
    by_ante: dict[int, Row] = field(default_factory=dict)
    games: int = 0
    unanswered: int = 0
    """Decisions that had no meaning for who was asked."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Games that were not compared, by reason."""
    first: list[FirstParting] = field(default_factory=list)
    """One of each game in which they part."""
    ours: list[Game] = field(default_factory=list)
    """Games with weights, of who was asked."""
    theirs: list[Game] = field(default_factory=list)
    """The same games, of the other policy; empty where it is what was played."""
    unweighed: int = 0
    """Games without weights."""
    _heap: list[tuple[float, int, Compared]] = field(default_factory=list)

    def add(self, compared: Compared) -> None:
        """Count a decision."""
        rows = (
            self.whole,
            self.by_verb.setdefault(compared.verb, Row()),
            self.by_ante.setdefault(compared.ante, Row()),
        )
        for row in rows:
            row.add(compared)
        if not compared.agree:
            # The earlier one of equals stays: numbers never repeat, so nothing else is compared.
            entry = (compared.significance, -self.whole.decisions, compared)
            keep = heapq.heappush if len(self._heap) < PARTINGS else heapq.heappushpop
            keep(self._heap, entry)

    def end_game(self, game: str, compared: Sequence[Compared]) -> None:
        """Note where a game parts, after all of its decisions were added."""
        self.games += 1
        for number, each in enumerate(compared):
            if not each.agree:
                self.first.append(FirstParting(game, number, each.address))
                return

    def weigh(self, ours: Sequence[Weighed], theirs: Sequence[Weighed] | None) -> None:
        """Take a finished game into the estimates, if all of its decisions have weights."""
        games = [_game(side) for side in (ours, theirs) if side is not None]
        whole = [game for game in games if game is not None]
        if len(whole) < len(games):
            self.unweighed += 1
            return
        self.ours.append(whole[0])
        self.theirs.extend(whole[1:])

    @property
    def partings(self) -> list[Compared]:
        """Those of which both were surest, the surest first."""
        return [compared for _, _, compared in sorted(self._heap, key=lambda item: item[:2])[::-1]]


def _game(weighed: Sequence[Weighed]) -> Game | None:
    ratios = [each.log_ratio for each in weighed if each.log_ratio is not None]
    if len(ratios) < len(weighed) or not weighed:
        return None
    return Game(
        log_ratios=np.array(ratios, dtype=np.float64),
        rewards=np.array([each.reward for each in weighed], dtype=np.float64),
        values=np.array([each.value for each in weighed], dtype=np.float64),
    )
