"""Many games as one Gymnasium vector environment, stepped by a single kernel call."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from jimbot_stream.balatro.envs.games import (
    Games,
    Observation,
    action_space,
    observation_space,
)
from jimbot_stream.balatro.kernels import batch

_MODES: Final = {
    AutoresetMode.NEXT_STEP: batch.NEXT_STEP,
    AutoresetMode.SAME_STEP: batch.SAME_STEP,
    AutoresetMode.DISABLED: batch.DISABLED,
}
Step = tuple[Observation, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]


class BalatroVectorEnv(VectorEnv[Observation, NDArray[np.int64], NDArray[Any]]):  # type: ignore[misc]  # gymnasium is not followed
    """Balatro by flat actions, ``num_envs`` games at once.

    Game i of ``reset(seed=n)`` plays the games that ``BalatroEnv`` plays after
    ``reset(seed=n + i)``, one after the other. With ``copy=False`` observations are the
    arrays that the next step writes into.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 - as the base class has it

    def __init__(
        self,
        num_envs: int = 1,
        *,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        copy: bool = True,
        **settings: Any,
    ) -> None:
        """Make room for the games."""
        mode = AutoresetMode(autoreset_mode)
        self.metadata = {**self.metadata, "autoreset_mode": mode}
        self.num_envs = num_envs
        self.games = Games(num_envs, autoreset=_MODES[mode], **settings)
        self.single_observation_space = observation_space()
        self.single_action_space = action_space()
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._same_step = mode is AutoresetMode.SAME_STEP
        self._copy = copy
        self._begun = False
        self._shown: Observation = {
            "observation": self.games.features,
            "action_mask": self.games.masks,
        }

    def reset(
        self,
        *,
        seed: int | Sequence[int] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin games: all, or those of ``options["reset_mask"]``."""
        chosen = np.ones(self.num_envs, dtype=np.bool_)
        if options and "reset_mask" in options:
            chosen = np.asarray(options["reset_mask"], dtype=np.bool_)
        if seed is not None:
            first = range(seed, seed + self.num_envs) if isinstance(seed, int) else seed
            self.games.seed(list(first))
        elif self._begun:
            self.games.carry["episode"] += chosen
        self._begun = True
        self.games.begin(chosen)
        return self._observation(), {}

    def step(self, actions: NDArray[np.int64]) -> Step:
        """Carry out an action in every game."""
        games = self.games
        rewards = games.step(np.ascontiguousarray(actions, dtype=np.int64))
        ended = games.terminated.copy(), games.truncated.copy()
        return self._observation(), rewards, *ended, self._info()

    def _observation(self) -> Observation:
        if not self._copy:
            return self._shown
        return {name: array.copy() for name, array in self._shown.items()}

    def _info(self) -> dict[str, Any]:
        carry = self.games.carry
        refused = np.asarray(carry["refusal"]) != 0
        info: dict[str, Any] = {"illegal": refused} if refused.any() else {}
        if self._same_step:
            final = np.asarray(carry["final"]) != 0
            if final.any():
                info |= self._final(final)
        return info

    def _final(self, final: NDArray[np.bool_]) -> dict[str, Any]:
        """The last observations of the episodes that this step ended."""
        seen = np.full(self.num_envs, None, dtype=object)
        for index in np.flatnonzero(final):
            seen[index] = {
                "observation": self.games.last_features[index].copy(),
                "action_mask": self.games.last_masks[index].copy(),
            }
        return {"final_obs": seen, "_final_obs": final, "final_info": {}, "_final_info": final}
