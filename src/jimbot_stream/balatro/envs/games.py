"""A number of games in lockstep, with the arrays that the kernels write into.

What all environments share: seeds, spaces, rewards; ``settings`` checks what they are given.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from jimbot_stream.balatro.codecs import A
from jimbot_stream.balatro.engine import Run, checked_seed
from jimbot_stream.balatro.envs import settings as asked
from jimbot_stream.balatro.envs.rewards import Reward, reward_named
from jimbot_stream.balatro.envs.settings import MOST_STEPS
from jimbot_stream.balatro.kernels import batch
from jimbot_stream.balatro.kernels.observation import FEATURES
from jimbot_stream.balatro.kernels.working import works
from jimbot_stream.balatro.profile import EVERYTHING, Profile
from jimbot_stream.balatro.refusals import REASONS
from jimbot_stream.balatro.state import MAX_SEED, STATE, STREAMS, blank, plain
from jimbot_stream.balatro.tables import columns
from jimbot_stream.balatro.view import state_text
from jimbot_stream.balatro.wire import state_message

Observation = dict[str, NDArray[Any]]
_WORD: Final = (1 << 64) - 1


def observation_space() -> spaces.Dict:
    """``observation``: ``columns.GLOBAL`` in their ranges; ``action_mask``: 1 where legal."""
    low, high = columns.bounds(columns.GLOBAL_GROUPS)
    return spaces.Dict(
        {
            "observation": spaces.Box(low, high, dtype=np.float32),
            "action_mask": spaces.Box(0, 1, (A,), dtype=np.int8),
        }
    )


def action_space() -> spaces.Discrete:
    """Indices of the flat codec."""
    return spaces.Discrete(A)


class Games:
    """The arrays of some games, and the calls that move them on."""

    def __init__(
        self,
        count: int,
        *,
        deck: str = "b_red",
        stake: int = 1,
        win_ante: int = 8,
        endless: bool = False,
        profile: Profile | None = None,
        reward: str | Reward = "progress",
        most_steps: int = MOST_STEPS,
        autoreset: int = batch.DISABLED,
    ) -> None:
        """Make room for games; ``reset`` begins them, with the seeds 0, 1, 2 and so on.

        Without a profile everything is unlocked and discovered; most_steps 0 cuts no episode off.

        Raises:
            TypeError: a setting is not of its type.
            ValueError: an unknown deck, stake, ante or reward; too few games or steps.
        """
        if asked.whole("number of games", count) < 1:
            raise ValueError(f"{count} games are too few: there must be at least 1")
        rules = asked.rules(deck, stake, win_ante, endless)
        chosen = [*rules, asked.checked_most_steps(most_steps), autoreset]
        self.settings = np.array(chosen, dtype=np.int64)
        self.reward = reward_named(reward)
        self.fresh = blank(STATE)
        (profile or EVERYTHING).lock(plain(self.fresh, STATE)[0])
        self.states = blank(STATE, count)
        self.rngs = blank(STREAMS, count)
        self.works = works(count)
        self.carry = blank(batch.CARRY, count)
        self.carry["seed"] = np.arange(count)
        self.begun = np.zeros(count, dtype=np.bool_)  # whether its present episode was
        self.before = blank(batch.FACTS, count)
        self.after = blank(batch.FACTS, count)
        self.features = np.zeros((count, FEATURES), dtype=np.float32)
        self.rows = np.zeros((count, batch.STRIDE), dtype=np.bool_)
        self.last_features = np.zeros_like(self.features)
        self.last_rows = np.zeros_like(self.rows)
        self.terminated = np.zeros(count, dtype=np.bool_)
        self.truncated = np.zeros(count, dtype=np.bool_)
        self.masks = self.rows.view(np.int8)[:, :A]
        self.last_masks = self.last_rows.view(np.int8)[:, :A]
        self.words = self.rows.view(np.uint64)

    def __len__(self) -> int:
        """How many games."""
        return len(self.carry)

    def seed(self, seeds: Sequence[int | None], chosen: NDArray[np.bool_] | None = None) -> None:
        """Give the chosen games, else all, seeds of their own; their episodes count from 0.

        Seeds are told modulo 2**64, one a game; where it is None, the game keeps its seed.

        Raises:
            ValueError: there is not one seed for each game.
        """
        if len(seeds) != len(self):
            raise ValueError(f"{len(seeds)} seeds for {len(self)} games")
        given = np.array([seed is not None for seed in seeds])
        given &= True if chosen is None else chosen
        words = np.array([(seed or 0) & _WORD for seed in seeds], dtype=np.uint64)
        self.carry["seed"][given] = words[given]
        self.carry["episode"][given] = 0
        self.begun[given] = False

    def reset(self, chosen: NDArray[np.bool_], seeds: Sequence[int | None] | None = None) -> None:
        """Begin the chosen games: episode 0 of those that get a seed, of others the next one.

        Raises:
            ValueError: there is not one seed for each game; none was begun.
        """
        if seeds is not None:
            self.seed(seeds, chosen)
        self.carry["episode"] += chosen & self.begun
        self.begin(chosen)

    def reset_only(self, seed: int | None, typed: str | None) -> None:
        """Begin the only game: as ``reset`` does, or, beside its episodes, that of a typed seed.

        Raises:
            ValueError: the typed seed is none; nothing was changed.
        """
        if typed is None:
            self.reset(np.ones(1, dtype=np.bool_), [seed])
            return
        self.begin_typed(typed)
        self.seed([seed])

    def begin(self, chosen: NDArray[np.bool_]) -> None:
        """Begin the present episode of the chosen games."""
        self.begun |= chosen
        batch.reset(
            self.states,
            self.rngs,
            self.carry,
            self.settings,
            self.fresh,
            chosen,
            self.features,
            self.rows,
        )

    def begin_typed(self, seed: str) -> None:
        """Begin the only game with a seed as the game itself has it.

        Raises:
            ValueError: it is no such seed.
        """
        typed = np.frombuffer(checked_seed(seed).encode("ascii"), dtype=np.uint8).copy()
        batch.begin_with(self.states, self.rngs, 0, self.carry, self.settings, self.fresh, typed)
        self.observe(0)

    def observe(self, index: int) -> None:
        """Write features and mask of a game anew, after its state was changed from outside."""
        batch.observe(self.states, index, self.features, self.rows)

    def step(self, actions: NDArray[np.int64]) -> NDArray[np.float64]:
        """Take one step in every game; the rewards.

        Actions are indices of the flat codec, of shape (games,), as are the rewards.

        Raises:
            TypeError: the actions are no whole numbers.
            ValueError: there is not one action for each game.
        """
        batch.step(
            self.states,
            self.rngs,
            self.works,
            self.carry,
            self.settings,
            self.fresh,
            asked.actions_of(actions, len(self)),
            self.before,
            self.after,
            self.features,
            self.rows,
            self.last_features,
            self.last_rows,
            self.terminated,
            self.truncated,
        )
        return self.reward(plain(self.before, batch.FACTS), plain(self.after, batch.FACTS))

    def choose(self, seed: int, counter: int) -> NDArray[np.int64]:
        """A legal action for every game, each as likely."""
        actions = np.zeros(len(self), dtype=np.int64)
        batch.choose(self.words, np.uint64(seed & _WORD), np.uint64(counter), actions)
        return actions

    def game_seed(self, index: int) -> str:
        """The seed of the present episode, as it can be typed into the game."""
        stream = plain(self.rngs, STREAMS)[index]
        return bytes(stream["seed"][: int(stream["seed_length"])]).decode("ascii")

    def game_seeds(self) -> NDArray[np.str_]:
        """``game_seed`` of all games, of shape (games,)."""
        streams = plain(self.rngs, STREAMS)
        written = np.arange(MAX_SEED) < streams["seed_length"][:, None]
        letters = np.where(written, streams["seed"], np.uint8(0))
        seeds: NDArray[np.str_] = letters.view(f"S{MAX_SEED}")[:, 0].astype(np.str_)
        return seeds

    def reason(self, index: int) -> str:
        """Why the last action was refused; empty when it was legal."""
        code = int(self.carry["refusal"][index])
        return REASONS[code] if code else ""

    def observation(self, index: int) -> Observation:
        """A copy of what the player of one game sees."""
        return {
            "observation": self.features[index].copy(),
            "action_mask": self.masks[index].copy(),
        }

    def text(self, index: int) -> str:
        """The state of a game as text, as its player sees it."""
        states, rngs = self.states[index : index + 1], self.rngs[index : index + 1]
        return state_text(state_message(Run(self.game_seed(index), states, rngs)))
