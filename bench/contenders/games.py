"""The complete game as a Gymnasium vector environment for the peers, in either mode.

``candidates`` has what our own policy sees, padded to a fixed width as stock libraries need
it; ``flat`` is the public ``BalatroVectorEnv``. Both step all games by one compiled call, give
the reward that ours learns from, and note how games end.
"""

from typing import Any

import numpy as np
from bench.contenders.task import WIDTH, Task
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from jimbot_stream.agents.rollouts.lockstep import Lockstep, word_of
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.envs.rewards import Facts, Reward, progress
from jimbot_stream.balatro.envs.vector import BalatroVectorEnv
from jimbot_stream.balatro.kernels import batch, candidates
from jimbot_stream.balatro.state import plain

Observation = dict[str, NDArray[Any]]
Step = tuple[Observation, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]

OUTCOME = ["ante", "beaten"]
"""What is noted of a game that ended."""


def reward_of(task: Task) -> Reward:
    """The reward of our own training runs, its cost of a decision included."""

    def reward(before: Facts, after: Facts) -> NDArray[np.float64]:
        return progress(before, after) - task.step_cost

    return reward


class FlatEnv(BalatroVectorEnv):
    """The public environment, which notes how its games end."""

    def __init__(self, task: Task, autoreset: AutoresetMode = AutoresetMode.SAME_STEP) -> None:
        """Make room for the games of the task."""
        super().__init__(
            task.games,
            autoreset_mode=autoreset,
            reward=reward_of(task),
            most_steps=task.most_steps,
        )
        self.finished: list[Any] = []

    def step(self, actions: NDArray[np.int64]) -> Step:
        """Carry out an action in every game."""
        told = super().step(actions)
        ended = told[2] | told[3]
        if ended.any():
            self.finished.append(plain(self.games.after, batch.FACTS)[OUTCOME][ended])
        return told


class CandidateEnv(VectorEnv[Observation, NDArray[np.int64], NDArray[Any]]):  # type: ignore[misc]  # gymnasium is not followed
    """Candidates of all games, padded to ``WIDTH``; an action is the place of a candidate."""

    def __init__(self, task: Task, autoreset: AutoresetMode = AutoresetMode.SAME_STEP) -> None:
        """Make room for the games of the task."""
        self.metadata = {"autoreset_mode": autoreset}
        self.num_envs = task.games
        self.single_observation_space = candidate_space()
        self.single_action_space = spaces.Discrete(WIDTH)
        self.observation_space = batch_space(self.single_observation_space, task.games)
        self.action_space = batch_space(self.single_action_space, task.games)
        self.finished: list[Any] = []
        self._games = Games(task.games, reward=reward_of(task), most_steps=task.most_steps)
        self._lockstep = Lockstep(self._games, word_of("peer", task.seed))
        self._waits = autoreset is AutoresetMode.NEXT_STEP
        self._over = np.zeros(task.games, dtype=np.bool_)
        shape = (task.games, candidates.CAPACITY)
        self._features = np.zeros((task.games, candidates.FEATURES), dtype=np.float32)
        self._listed = np.zeros(shape, dtype=np.int64)
        self._rows = np.zeros((*shape, candidates.CANDIDATE_FEATURES), dtype=np.float32)
        self._counts = np.zeros(task.games, dtype=np.int64)
        self._look()

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Observe where the games stand: they begin once, with the seeds of the task."""
        return self.observation(), {}

    def step(self, actions: NDArray[np.int64]) -> Step:
        """Carry out an action in every game; one that ended begins anew."""
        taken = self._listed[np.arange(self.num_envs), np.where(self._over, 0, actions)]
        waiting = np.flatnonzero(self._over)
        parts = (self._games.states, self._games.rngs, self._games.carry)
        before = [part[waiting].copy() for part in parts]
        rewards = self._lockstep.advance(taken)
        for part, old in zip(parts, before, strict=True):
            part[waiting] = old  # a step that only tells of a new game moves nothing
        rewards[waiting] = 0.0
        ended = self._lockstep.ended & ~self._over
        if ended.any():
            self.finished.append(plain(self._games.after, batch.FACTS)[OUTCOME][ended])
        if self._waits:
            self._over = ended
        self._look()
        return self.observation(), rewards, ended, np.zeros_like(ended), {}

    def observation(self) -> Observation:
        """Arrays that no later step writes into."""
        return {
            "features": self._features.copy(),
            "rows": self._rows[:, :WIDTH].copy(),
            "mask": self.masks(),
        }

    def masks(self) -> NDArray[np.bool_]:
        """Which places hold a candidate, [games, WIDTH]."""
        return np.arange(WIDTH) < self._counts[:, None]

    def _look(self) -> None:
        games = self._games
        arrays = (self._features, self._listed, self._rows, self._counts)
        candidates.encode_all(games.states, games.works, *arrays)


def candidate_space() -> spaces.Dict:
    """Features [K], candidates [WIDTH, F], and which of them are there."""

    def box(*shape: int) -> spaces.Box:
        return spaces.Box(-np.inf, np.inf, shape, np.float32)

    return spaces.Dict(
        {
            "features": box(candidates.FEATURES),
            "rows": box(WIDTH, candidates.CANDIDATE_FEATURES),
            "mask": spaces.MultiBinary(WIDTH),
        }
    )


def make(task: Task, mode: str, autoreset: AutoresetMode = AutoresetMode.SAME_STEP) -> Any:
    """The environment of a mode."""
    return (CandidateEnv if mode == "candidates" else FlatEnv)(task, autoreset)


def ended(env: Any) -> list[tuple[float, float]]:
    """Ante and blinds beaten of the games that ended since this was last asked."""
    told, env.finished = env.finished, []
    return [game for found in told for game in found.tolist()]
