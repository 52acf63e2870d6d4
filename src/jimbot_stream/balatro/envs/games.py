"""A number of games in lockstep, with the arrays that the kernels write into.

What all environments share: settings, seeds, spaces, rewards.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from jimbot_stream.balatro.codecs import A
from jimbot_stream.balatro.engine import Run, checked_seed
from jimbot_stream.balatro.envs.rewards import Reward, reward_named
from jimbot_stream.balatro.kernels import batch
from jimbot_stream.balatro.kernels.observation import FEATURES
from jimbot_stream.balatro.kernels.working import works
from jimbot_stream.balatro.profile import EVERYTHING, Profile
from jimbot_stream.balatro.refusals import REASONS
from jimbot_stream.balatro.state import STATE, STREAMS, blank, plain
from jimbot_stream.balatro.tables import columns, decks, stakes
from jimbot_stream.balatro.view import state_text
from jimbot_stream.balatro.wire import state_message

Observation = dict[str, NDArray[Any]]
MOST_STEPS: Final = 10_000
"""Steps after which an episode is cut off."""
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


def _settings(deck: str, stake: int, win_ante: int, endless: bool) -> list[int]:
    if deck not in decks.NUMBER:
        raise ValueError(f"no deck {deck!r}: there are {', '.join(decks.NUMBER)}")
    if not 1 <= stake <= len(stakes.STAKES):
        raise ValueError(f"stake {stake} is not in 1..{len(stakes.STAKES)}")
    if not 1 <= win_ante <= 8:
        raise ValueError(f"win_ante {win_ante} is not in 1..8")
    return [decks.NUMBER[deck], stake, win_ante, int(endless)]


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
        profile: Profile = EVERYTHING,
        reward: str | Reward = "progress",
        most_steps: int = MOST_STEPS,
        autoreset: int = batch.DISABLED,
    ) -> None:
        """Make room for games; ``begin`` begins them.

        Raises:
            ValueError: an unknown deck, stake, ante or reward.
        """
        if count < 1:
            raise ValueError(f"{count} games are too few")
        chosen = [*_settings(deck, stake, win_ante, endless), most_steps, autoreset]
        self.settings = np.array(chosen, dtype=np.int64)
        self.reward = reward_named(reward)
        self.fresh = blank(STATE)
        profile.lock(plain(self.fresh, STATE)[0])
        self.states = blank(STATE, count)
        self.rngs = blank(STREAMS, count)
        self.works = works(count)
        self.carry = blank(batch.CARRY, count)
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

    def seed(self, seeds: Sequence[int]) -> None:
        """Give every game a seed of its own; its episodes are counted from 0."""
        self.carry["seed"] = [seed & _WORD for seed in seeds]
        self.carry["episode"] = 0

    def begin(self, chosen: NDArray[np.bool_]) -> None:
        """Begin the present episode of the chosen games."""
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
        """Take one step in every game; the rewards."""
        batch.step(
            self.states,
            self.rngs,
            self.works,
            self.carry,
            self.settings,
            self.fresh,
            actions,
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
