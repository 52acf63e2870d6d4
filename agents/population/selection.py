"""Who goes on with whose weights: a function of what the members reached and of a seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jimbot_stream.agents.evaluation.panel import SELECTION, Panel
from jimbot_stream.agents.evaluation.record import Results, Subject, started
from jimbot_stream.agents.population.membership import Membership, seed_of
from jimbot_stream.agents.population.varying import generator_of, varied
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.contracts.v1.evaluation_pb2 import EvaluationStarted

Scores = Mapping[str, float]
"""Mean blinds beaten on the selection panel, by run."""
MOST_STEPS: Final = 1000
"""Decisions after which a game of the selection panel is given up, as one of the gate is."""


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


def panel_of(membership: Membership, generation: int, games: RolloutConfig) -> Panel:
    """The games on which members are compared after a generation: such as they learn on.

    Every generation has seeds of its own, so that nobody is selected twice for the same luck.
    """
    return Panel(
        number=seed_of("panel", membership.seed, generation) >> 32,  # short enough to be read
        games=membership.games,
        deck=games.deck,
        stake=games.stake,
        win_ante=games.win_ante,
        most_steps=min(games.most_steps, MOST_STEPS),
        purpose=SELECTION,
    )


def evaluation_of(
    checkpoint: str, panel: Panel, rules_version: str = RULES_VERSION
) -> EvaluationStarted:
    """What a member's checkpoint plays; its actions are drawn, as in training."""
    return started(Subject(checkpoint), panel, drawn=True, rules_version=rules_version)


def score_of(results: Results) -> float:
    """What counts of an evaluation: blinds beaten tell more than antes reached."""
    return float(results["beaten"].mean())


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
    ranked = ranking(scores, membership.runs)
    most = quarter(membership.members)
    if membership.run not in ranked[-most:]:
        return None
    seed = seed_of("exchange", membership.seed, generation, membership.member)
    return Exchange(ranked[int(most * generator_of(seed).random())], seed)
