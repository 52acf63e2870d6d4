"""One game as a Gymnasium environment."""

from typing import Any, ClassVar, Unpack

import gymnasium
import numpy as np

from jimbot_stream.balatro.envs import settings as asked
from jimbot_stream.balatro.envs.games import (
    Games,
    Observation,
    action_space,
    observation_space,
)


class BalatroEnv(gymnasium.Env[Observation, np.int64]):  # type: ignore[misc]  # gymnasium is not followed
    """Balatro by flat actions; settings as ``Games`` takes them.

    ``reset(seed=n)`` begins episode 0 of seed n, every further ``reset()`` its next one.
    Never seeded, it plays as with seed 0. ``reset(options={"seed": "ALEEB"})`` begins the game
    of a typed seed, which is no episode of seed n: the next ``reset()`` goes on with those. An
    illegal action changes nothing, and ``info["illegal"]`` says why.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": [*asked.RENDER_MODES], "render_fps": 4}

    def __init__(self, render_mode: str | None = None, **settings: Unpack[asked.Settings]) -> None:
        """Make room for one game.

        Raises:
            TypeError: an unknown setting, or one that is not of its type.
            ValueError: a setting or render_mode is not one that there is.
        """
        self.render_mode = asked.checked_render_mode(render_mode)
        self.games = Games(1, **asked.known("BalatroEnv", settings))
        self.observation_space = observation_space()
        self.action_space = action_space()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin a game; when it is refused, nothing has changed.

        Raises:
            gymnasium.error.Error: the seed is no whole number from 0.
            TypeError: ``options["seed"]`` is no text.
            ValueError: it is no seed of the game, or there are other options.
        """
        told = asked.known_options(options, "seed", "settings are given when it is made")
        typed = asked.typed_seed(told)
        super().reset(seed=seed)
        self.games.reset_only(seed, typed)
        return self.games.observation(0), self._info()

    def step(self, action: np.int64) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Carry out an action.

        Raises:
            TypeError: the action is no whole number.
            ValueError: it is more than one.
        """
        rewards = self.games.step(np.array([action]))
        ended = bool(self.games.terminated[0]), bool(self.games.truncated[0])
        return self.games.observation(0), float(rewards[0]), *ended, self._info()

    def render(self) -> str | None:
        """The state as text, as a player sees it."""
        return self.games.text(0) if self.render_mode == "ansi" else None

    def _info(self) -> dict[str, Any]:
        illegal = self.games.reason(0)
        info: dict[str, Any] = {"game_seed": self.games.game_seed(0)}
        return {**info, "illegal": illegal} if illegal else info
