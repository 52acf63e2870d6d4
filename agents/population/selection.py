"""Who goes on with whose weights: a function of what the members reached and of a seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jimbot_stream.agents.population.membership import Membership, seed_of
from jimbot_stream.agents.population.varying import generator_of, varied
from jimbot_stream.agents.ppo.config import UpdateConfig

if TYPE_CHECKING:
    from jimbot_stream.agents.evaluation.panel import Panel

Scores = Mapping[str, float]
"""Mean blinds beaten on the selection panel, by run."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A member of the worst quarter and the one of the best that it takes over."""

    donor: str
    """Its run."""
    seed: int
    """Of the choice of the donor, and of the variation of its hyperparameters."""

    def config(self, donor: UpdateConfig, membership: Membership) -> UpdateConfig:
        """What the member goes on with, where the donor has these hyperparameters."""
        draws = generator_of(self.seed)
        draws.random()  # the choice of the donor
        return varied(donor, membership.ranges, draws)


def panel_of(membership: Membership) -> "Panel":
    """The games on which members are compared: neither of training nor of held-out panels."""
    from jimbot_stream.agents.evaluation.panel import Panel  # loads the rules

    return Panel(seed_of("selection panel", membership.seed), membership.games)


def quarter(members: int) -> int:
    """How many are the worst, and the best; at least one."""
    return max(1, members // 4)


def ranking(scores: Scores, runs: Sequence[str]) -> list[str]:
    """Best first; of equal ones those that come first in the population."""
    return sorted(runs, key=lambda run: (-scores[run], runs.index(run)))


def exchange(membership: Membership, generation: int, scores: Scores) -> Exchange | None:
    """What a member takes over after a generation; None for all but the worst quarter.

    Raises:
        KeyError: a member has no score.
    """
    ranked, own = ranking(scores, membership.runs), membership.runs[membership.member]
    most = quarter(membership.members)
    if own not in ranked[-most:]:
        return None
    seed = seed_of("exchange", membership.seed, generation, membership.member)
    return Exchange(ranked[int(most * generator_of(seed).random())], seed)
