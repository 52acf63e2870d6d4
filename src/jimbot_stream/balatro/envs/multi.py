"""One game for two players: one plays hands, the other does all else; both share the reward."""

import warnings
from typing import Any, ClassVar, Unpack

import numpy as np
from gymnasium import spaces
from pettingzoo import AECEnv

from jimbot_stream.balatro.envs import settings as asked
from jimbot_stream.balatro.envs.games import (
    Games,
    Observation,
    action_space,
    observation_space,
)
from jimbot_stream.balatro.state import Phase

HAND, SHOP = "player_hand", "player_shop"
_HANDS = (Phase.SELECTING_HAND, Phase.PACK)


def env(**settings: Any) -> "BalatroAECEnv":
    """The environment, as PettingZoo's modules name it."""
    return BalatroAECEnv(**settings)


class BalatroAECEnv(AECEnv[str, Observation, np.int64]):  # type: ignore[misc]  # pettingzoo is untyped
    """``player_hand`` acts in hands and packs, ``player_shop`` chooses blinds and shops.

    Settings as ``Games`` takes them; seeds as for ``BalatroEnv``. Who does not act has no
    legal action. An illegal action changes nothing, and ``infos`` says why. Options other than
    ``seed`` are passed over with a warning: PettingZoo's ``api_test`` wants them taken.
    """

    metadata: ClassVar[dict[str, Any]] = {
        "name": "balatro_v1",
        "render_modes": [*asked.RENDER_MODES],
        "is_parallelizable": False,
    }

    def __init__(self, render_mode: str | None = None, **settings: Unpack[asked.Settings]) -> None:
        """Make room for one game.

        Raises:
            TypeError: an unknown setting, or one that is not of its type.
            ValueError: a setting or render_mode is not one that there is.
        """
        super().__init__()
        self.render_mode = asked.checked_render_mode(render_mode)
        self.games = Games(1, **asked.known("BalatroAECEnv", settings))
        self.possible_agents = [HAND, SHOP]
        self.agents: list[str] = []
        self.observation_spaces = {agent: observation_space() for agent in self.possible_agents}
        self.action_spaces = {agent: action_space() for agent in self.possible_agents}

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        """The space of what an agent sees."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        """The space of an agent's actions."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        """Begin a game; when it is refused, nothing has changed.

        Raises:
            TypeError: the seed is no whole number, or ``options["seed"]`` no text.
            ValueError: the seed is negative, or ``options["seed"]`` is no seed of the game.
        """
        number = None if seed is None else asked.numbered_seed("seed", seed)
        typed = asked.typed_seed((options or {}).get("seed"))
        for name in options or {}:
            if name != "seed":
                told = f"options[{name!r}] is passed over: only 'seed' is known"
                warnings.warn(told, stacklevel=2)
        self.games.reset_only(number, typed)
        self.agents = list(self.possible_agents)
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self.infos: dict[str, dict[str, Any]] = {agent: self._info() for agent in self.agents}
        self.agent_selection = self._acting()

    def observe(self, agent: str) -> Observation:
        """What an agent sees."""
        seen = self.games.observation(0)
        if agent != self._acting():
            seen["action_mask"][:] = 0
        return seen

    def step(self, action: np.int64 | None) -> None:
        """Carry out the action of the agent whose turn it is; None once it is done.

        Raises:
            TypeError: the action is no whole number.
            ValueError: it is None before the agent is done, or is not None after.
        """
        agent = self.agent_selection
        if self.terminations[agent] or self.truncations[agent]:
            self._was_dead_step(action)
            return
        if action is None:
            raise ValueError(f"{agent} is not done: it must choose an action, not None")
        reward = float(self.games.step(np.array([action]))[0])
        self._cumulative_rewards[agent] = 0.0
        illegal = self.games.reason(0)
        for each in self.agents:
            self.rewards[each] = reward
            self.terminations[each] = bool(self.games.terminated[0])
            self.truncations[each] = bool(self.games.truncated[0])
            self.infos[each] = self._info()
        if illegal:
            self.infos[agent]["illegal"] = illegal
        self.agent_selection = self._acting()
        self._accumulate_rewards()

    def render(self) -> str | None:
        """The state as text, as a player sees it."""
        return self.games.text(0) if self.render_mode == "ansi" else None

    def close(self) -> None:
        """Nothing is held open."""

    def _info(self) -> dict[str, Any]:
        return {"game_seed": self.games.game_seed(0)}

    def _acting(self) -> str:
        return HAND if int(self.games.states["phase"][0]) in _HANDS else SHOP
