"""Many games as one Gymnasium vector environment, stepped by a single kernel call."""

from collections.abc import Sequence
from typing import Any, Final, Unpack

import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from jimbot_stream.balatro.envs import settings as asked
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
    ``reset(seed=n + i)``, one after the other. Never seeded, they play as with seed 0: game i
    the games of seed i. With ``copy=False`` observations are the arrays that the next step
    writes into. ``info["game_seed"]`` has the seed of each game as it is typed, and
    ``info["illegal"]``, only there when an action was refused, whether that of each game was.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 - as the base class has it

    def __init__(
        self,
        num_envs: int = 1,
        *,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        copy: bool = True,
        **settings: Unpack[asked.Settings],
    ) -> None:
        """Make room for the games.

        Raises:
            TypeError: an unknown setting, or one that is not of its type.
            ValueError: a setting is not one that there is, or num_envs is less than 1.
        """
        mode = AutoresetMode(autoreset_mode)
        self.metadata = {**self.metadata, "autoreset_mode": mode}
        self.num_envs = num_envs
        known = asked.known("BalatroVectorEnv", settings)
        self.games = Games(num_envs, autoreset=_MODES[mode], **known)
        self.single_observation_space = observation_space()
        self.single_action_space = action_space()
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._same_step = mode is AutoresetMode.SAME_STEP
        self._copy = copy
        self._seeds = self.games.game_seeds()
        self._shown: Observation = {
            "observation": self.games.features,
            "action_mask": self.games.masks,
        }

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin games: all, or those of ``options["reset_mask"]``; seeds change only there.

        A list has a seed for each game, with None where it goes on with the one it has. When
        it is refused, nothing has changed.

        Raises:
            TypeError: a seed is no whole number, or the mask does not consist of booleans.
            ValueError: seeds or mask are not one a game, a seed is negative, or there are
                other options.
        """
        hint = "typed seeds are for BalatroEnv"
        mask = asked.known_options(options, "reset_mask", hint)
        chosen = asked.mask_of(mask, self.num_envs)
        self.games.reset(chosen, None if seed is None else asked.seeds_of(seed, self.num_envs))
        return self._observation(), self._seed_info()

    def step(self, actions: NDArray[np.int64]) -> Step:
        """Carry out an action in every game; actions are of shape (num_envs,).

        Raises:
            gymnasium.error.ResetNeeded: a game was never begun.
            TypeError: the actions are no whole numbers.
            ValueError: there is not one action for each game.
        """
        games = self.games
        if not games.begun.all():
            never = np.flatnonzero(~games.begun).tolist()
            raise ResetNeeded(f"games {never} were never begun: reset comes before step")
        rewards = games.step(actions)
        ended = games.terminated.copy(), games.truncated.copy()
        return self._observation(), rewards, *ended, self._info()

    def _observation(self) -> Observation:
        if not self._copy:
            return self._shown
        return {name: array.copy() for name, array in self._shown.items()}

    def _seed_info(self) -> dict[str, Any]:
        if not np.asarray(self.games.carry["steps"]).all():  # some have begun anew
            self._seeds = self.games.game_seeds()
        return self._all("game_seed", self._seeds)

    def _info(self) -> dict[str, Any]:
        carry, seeds = self.games.carry, self._seeds
        info = self._seed_info()
        refused = np.asarray(carry["refusal"]) != 0
        if refused.any():
            info |= self._all("illegal", refused)
        final = np.asarray(carry["final"]) != 0
        if self._same_step and final.any():
            info |= self._final(final, seeds)
        return info

    def _all(self, name: str, told: NDArray[Any]) -> dict[str, Any]:
        """An entry of the infos that all games have, as Gymnasium writes it."""
        return {name: told, f"_{name}": np.ones(self.num_envs, dtype=np.bool_)}

    def _final(self, final: NDArray[np.bool_], seeds: NDArray[np.str_]) -> dict[str, Any]:
        """Last observations, and seeds, of the episodes that this step ended."""
        seen = np.full(self.num_envs, None, dtype=object)
        for index in np.flatnonzero(final):
            seen[index] = {
                "observation": self.games.last_features[index].copy(),
                "action_mask": self.games.last_masks[index].copy(),
            }
        info = {"game_seed": seeds, "_game_seed": final}
        return {"final_obs": seen, "_final_obs": final, "final_info": info, "_final_info": final}
