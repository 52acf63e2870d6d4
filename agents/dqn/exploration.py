"""Mostly the best action, sometimes any: drawn by a counter, so that every draw can be repeated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.replay_memory.rarity import Witness
from jimbot_stream.agents.rollouts.lockstep import word_of
from jimbot_stream.agents.rollouts.sampler import of_share
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.kernels import rollouts


@dataclass(frozen=True, slots=True)
class Exploring:
    """A round of play with so much exploration, told to whoever plays it."""

    epsilon: float

    def choosing(self, run_seed: int, share: int) -> "EpsilonGreedy":
        """What chooses the actions of one share of a run."""
        return EpsilonGreedy(run_seed, self.epsilon, share)


class EpsilonGreedy:
    """One round of play; what is rare in it is told by the witness."""

    def __init__(self, run_seed: int, epsilon: float, share: int = 0) -> None:
        """Draw a share epsilon of the decisions at random, every candidate as likely."""
        self.witness = Witness()
        self._epsilon = epsilon
        self._actions = np.uint64(word_of(f"exploration{of_share(share)}", run_seed))
        self._whether = word_of(f"epsilon{of_share(share)}", run_seed)

    @property
    def seen(self) -> NDArray[np.uint8]:
        """What was rare in the round."""
        return self.witness.seen

    def choose(
        self,
        scores: NDArray[np.float32],
        ends: NDArray[np.int64],
        counter: int,
        chosen: NDArray[np.int64],
        log_probs: NDArray[np.float64],
    ) -> None:
        """Draw whether to explore, by (run seed, game, step); then explore or take the best."""
        best, drawn = np.empty_like(chosen), np.empty_like(chosen)
        rollouts.best(scores, ends, best)
        rollouts.draw(
            np.zeros_like(scores), ends, self._actions, np.uint64(counter), drawn, log_probs
        )
        # Games take successive blocks of the lowest word, so the step stands in the next one.
        bits = np.random.Philox(key=self._whether, counter=counter << 64)
        explored = np.random.Generator(bits).random(len(ends)) < self._epsilon
        chosen[:] = np.where(explored, drawn, best)
        greedy = np.where(chosen == best, 1.0 - self._epsilon, 0.0)
        with np.errstate(divide="ignore"):  # epsilon 0 never explores, and log 0 is right
            log_probs[:] = np.log(greedy + self._epsilon * np.exp(log_probs))

    def before(self, games: Games) -> None:
        """Let the witness see."""
        self.witness.before(games)

    def after(self, games: Games) -> None:
        """Let the witness see."""
        self.witness.after(games)
