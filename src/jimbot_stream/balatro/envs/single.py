"""One game as a Gymnasium environment."""

from typing import Any, ClassVar

import gymnasium
import numpy as np

from jimbot_stream.balatro.envs.games import (
    Games,
    Observation,
    action_space,
    observation_space,
)


class BalatroEnv(gymnasium.Env[Observation, np.int64]):  # type: ignore[misc]  # gymnasium is not followed
    """Balatro by flat actions; settings as ``Games`` takes them.

    ``reset(seed=n)`` begins episode 0 of seed n, every further ``reset()`` its next one.
    ``reset(options={"seed": "ALEEB"})`` begins the game of a typed seed. An illegal action
    changes nothing, and ``info["illegal"]`` says why.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["ansi"], "render_fps": 4}

    def __init__(self, render_mode: str | None = None, **settings: Any) -> None:
        """Make room for one game."""
        self.games = Games(1, **settings)
        self.render_mode = render_mode
        self.observation_space = observation_space()
        self.action_space = action_space()
        self._begun = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin a game."""
        super().reset(seed=seed)
        typed = (options or {}).get("seed")
        if seed is not None:
            self.games.seed([seed])
        elif self._begun and typed is None:
            self.games.carry["episode"] += 1
        self._begun = True
        if typed is None:
            self.games.begin(np.ones(1, dtype=np.bool_))
        else:
            self.games.begin_typed(typed)
        return self.games.observation(0), self._info()

    def step(self, action: np.int64) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Carry out an action."""
        rewards = self.games.step(np.array([action], dtype=np.int64))
        ended = bool(self.games.terminated[0]), bool(self.games.truncated[0])
        return self.games.observation(0), float(rewards[0]), *ended, self._info()

    def render(self) -> str | None:
        """The state as text, as a player sees it."""
        return self.games.text(0) if self.render_mode == "ansi" else None

    def _info(self) -> dict[str, Any]:
        illegal = self.games.reason(0)
        info: dict[str, Any] = {"game_seed": self.games.game_seed(0)}
        return {**info, "illegal": illegal} if illegal else info
