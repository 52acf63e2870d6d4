"""What a caller gives an environment, checked before anything is changed by it."""

import operator
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.engine import checked_seed, checked_stake, checked_win_ante, deck_number
from jimbot_stream.balatro.envs.rewards import Reward
from jimbot_stream.balatro.profile import Profile

MOST_STEPS: Final = 10_000
"""Steps after which an episode is cut off."""
RENDER_MODES: Final = ("ansi",)


class Settings(TypedDict, total=False):
    """What all environments take by keyword; ``Games`` knows what holds without."""

    deck: str
    stake: int
    win_ante: int
    endless: bool
    profile: Profile | None
    reward: str | Reward
    most_steps: int


def known(owner: str, settings: Settings) -> Settings:
    """The settings, if all of them are known; owner is who was given them.

    Raises:
        TypeError: one has another name.
    """
    for name in settings:
        if name not in Settings.__annotations__:
            there = ", ".join(Settings.__annotations__)
            raise TypeError(f"{owner} has no setting {name!r}: there are {there}")
    return settings


def whole(name: str, value: object) -> int:
    """The whole number of a setting.

    Raises:
        TypeError: it is something else.
    """
    try:
        return operator.index(value)  # type: ignore[arg-type]  # that is the question
    except TypeError:
        raise TypeError(f"{name} is {value!r}: it must be a whole number") from None


def rules(deck: str, stake: int, win_ante: int, endless: bool) -> list[int]:
    """The four as the kernels take them, refused as ``engine.new_run`` refuses them.

    Raises:
        TypeError: stake or win_ante is no whole number.
        ValueError: deck, stake or win_ante is none.
    """
    number, colour = deck_number(deck), checked_stake(whole("stake", stake))
    return [number, colour, checked_win_ante(whole("win_ante", win_ante)), int(bool(endless))]


def checked_most_steps(most_steps: int) -> int:
    """The number of steps, if it is one.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is negative.
    """
    if whole("most_steps", most_steps) < 0:
        raise ValueError(f"most_steps {most_steps} is negative: 0 cuts no episode off")
    return most_steps


def checked_render_mode(render_mode: str | None) -> str | None:
    """The way to render, if there is such a one.

    Raises:
        ValueError: there is not.
    """
    if render_mode is not None and render_mode not in RENDER_MODES:
        there = ", ".join(map(repr, RENDER_MODES))
        raise ValueError(f"render_mode {render_mode!r} is not None or one of {there}")
    return render_mode


def known_options(options: Mapping[str, Any] | None, name: str, hint: str) -> Any:
    """What the options of a reset say under the one name that is known; None for nothing.

    Raises:
        ValueError: there are others; the hint says what to do instead.
    """
    for other in options or {}:
        if other != name:
            raise ValueError(f"options[{other!r}] is not known, only {name!r} is: {hint}")
    return (options or {}).get(name)


def typed_seed(typed: object) -> str | None:
    """The seed of ``options["seed"]`` as it is typed into the game; None when none is.

    Raises:
        TypeError: it is no text.
        ValueError: it is no such seed.
    """
    if typed is None:
        return None
    if not isinstance(typed, str):
        told = "it must be text such as 'ALEEB'; a number is given as reset(seed=...)"
        raise TypeError(f"options['seed'] is {typed!r}: {told}")
    return checked_seed(typed)


def numbered_seed(name: str, seed: object) -> int:
    """A seed that is a number.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is negative.
    """
    number = whole(name, seed)
    if number < 0:
        raise ValueError(f"{name} is {number}: it must not be negative")
    return number


def seeds_of(seed: int | Sequence[int | None], count: int) -> list[int | None]:
    """A seed for each of count games: seed, seed + 1 and so on, or as they are listed.

    Raises:
        TypeError: one is neither a whole number nor None.
        ValueError: there is not one for each game, or one is negative.
    """
    if not isinstance(seed, Sequence | np.ndarray):
        first = numbered_seed("seed", seed)
        return list(range(first, first + count))
    if len(seed) != count:
        raise ValueError(f"{len(seed)} seeds for {count} games")
    return [
        None if each is None else numbered_seed(f"seed[{place}]", each)
        for place, each in enumerate(seed)
    ]


def mask_of(reset_mask: object, count: int) -> NDArray[np.bool_]:
    """Which of count games ``options["reset_mask"]`` names: all when it is None.

    Raises:
        TypeError: it does not consist of booleans.
        ValueError: it has not one for each game.
    """
    if reset_mask is None:
        return np.ones(count, dtype=np.bool_)
    mask = np.asarray(reset_mask)
    if mask.shape != (count,):
        raise ValueError(f"options['reset_mask']: shape {mask.shape} for {count} games")
    if mask.dtype != np.bool_:
        raise TypeError(f"options['reset_mask']: {mask.dtype}, not booleans, one a game")
    return mask


def actions_of(actions: object, count: int) -> NDArray[np.int64]:
    """An action for each of count games, as an array of shape (count,).

    Raises:
        TypeError: they are no whole numbers.
        ValueError: there is not one for each game.
    """
    given = np.asarray(actions)
    if given.shape != (count,):
        told = f"{given.size} actions for {count} games"
        raise ValueError(told if given.ndim == 1 else f"{told}, of shape {given.shape}")
    if given.dtype.kind not in "iu":
        raise TypeError(f"actions are {given.dtype}: they must be whole numbers")
    return np.ascontiguousarray(given, dtype=np.int64)
