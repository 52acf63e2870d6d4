"""Many runs at once: step, begin anew, observe, and choose at random, in one call."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.codecs import CANONICAL, A
from jimbot_stream.balatro.kernels import jit, legality, masks, observation, transition
from jimbot_stream.balatro.state import MAX_SEED, Phase

NEXT_STEP, SAME_STEP, DISABLED = range(3)
"""When an ended run begins anew: by the next step, within the same one, or never."""
DECK, STAKE, WIN_ANTE, ENDLESS, MOST_STEPS, AUTORESET, SETTINGS = range(7)
"""Places of the settings of a batch; the last is their number."""
STRIDE = (A + 7) // 8 * 8
"""Bytes of a row of masks: whole words."""

LETTERS = "123456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
"""What a generated seed consists of."""
_LETTERS = np.frombuffer(LETTERS.encode(), dtype=np.uint8)
_BASE = np.uint64(len(LETTERS))

FACTS = np.dtype(
    [
        ("money", "f8"),
        ("chips", "f8"),
        ("required", "f8"),
        ("best_score", "f8"),
        ("ante", "f8"),
        ("beaten", "f8"),  # blinds beaten
        ("playing", "f8"),  # 1 in a round
        ("won", "f8"),
        ("lost", "f8"),  # 1 when a round was lost, in endless play also after winning
        ("over", "f8"),
    ]
)
"""What rewards are computed of, before and after every step."""

CARRY = np.dtype(
    [
        ("seed", "u8"),
        ("episode", "i8"),
        ("steps", "i8"),  # of this episode, refused ones included
        ("ended", "i8"),  # 1: begins anew with the next step
        ("refusal", "i8"),  # code of the last action; 0 when it was legal
        ("final", "i8"),  # 1: this step ended an episode, and another has begun
    ]
)
"""What a batch knows of every run besides its state."""

_SELECTING_HAND = int(Phase.SELECTING_HAND)
_GAME_OVER = int(Phase.GAME_OVER)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_BIT = np.uint64(1)


@jit
def _times(a: np.uint64, b: np.uint64) -> np.uint64:
    """Product modulo 2**64, by halves: nothing overflows, so that plain Python may do it."""
    low = np.uint64((a & _LOW) * (b & _LOW))
    cross = np.uint64((a >> _HALF) * (b & _LOW) & _LOW) + np.uint64(
        (a & _LOW) * (b >> _HALF) & _LOW
    )
    high = np.uint64((low >> _HALF) + cross) & _LOW
    return np.uint64(high << _HALF | low & _LOW)


@jit
def _plus(a: np.uint64, b: np.uint64) -> np.uint64:
    """Sum modulo 2**64, likewise."""
    low = np.uint64((a & _LOW) + (b & _LOW))
    high = np.uint64((a >> _HALF) + (b >> _HALF) + (low >> _HALF)) & _LOW
    return np.uint64(high << _HALF | low & _LOW)


@jit
def splitmix64(seed: np.uint64, counter: np.uint64) -> np.uint64:
    """Number counter of the stream of a seed: any of them, in any order."""
    z = _plus(seed, _times(_GOLDEN, _plus(counter, _BIT)))
    z = _times(np.uint64(z ^ (z >> np.uint64(30))), _MIX_1)
    z = _times(np.uint64(z ^ (z >> np.uint64(27))), _MIX_2)
    return np.uint64(z ^ (z >> np.uint64(31)))


@jit
def letters(seed: np.uint64, episode: np.uint64, out: NDArray[np.uint8]) -> None:
    """Write the game's seed of an episode: eight letters."""
    number = splitmix64(splitmix64(seed, np.uint64(0)), episode)
    for place in range(MAX_SEED):
        out[place] = _LETTERS[int(number % _BASE)]
        number = np.uint64(number // _BASE)


@jit
def facts(s: Any, out: Any) -> None:
    """Write the facts of a state."""
    playing = s.phase == _SELECTING_HAND
    lost = s.phase == _GAME_OVER and (s.won == 0 or s.endless == 1)
    out.money = float(s.money)
    out.chips = float(s.chips)
    out.required = float(s.required)
    out.best_score = float(s.best_score)
    out.ante = float(s.ante)
    out.beaten = float(s.rounds) - observation.flag(playing or lost)
    out.playing = observation.flag(playing)
    out.won = float(s.won)
    out.lost = observation.flag(lost)
    out.over = observation.flag(s.phase == _GAME_OVER)


@jit
def begin_with(
    states: NDArray[Any],
    rngs: NDArray[Any],
    index: int,
    carry: NDArray[Any],
    settings: NDArray[np.int64],
    fresh: NDArray[Any],
    seed: NDArray[np.uint8],
) -> None:
    """Begin a run with a seed as it is typed; fresh is a blank state with a profile."""
    states[index] = fresh[0]
    transition.new_run(
        states,
        rngs,
        index,
        seed,
        int(settings[DECK]),
        int(settings[STAKE]),
        int(settings[WIN_ANTE]),
        bool(settings[ENDLESS] != 0),
    )
    c = carry[index]
    c.steps = 0
    c.ended = 0
    c.refusal = 0
    c.final = 0


@jit
def begin(
    states: NDArray[Any],
    rngs: NDArray[Any],
    index: int,
    carry: NDArray[Any],
    settings: NDArray[np.int64],
    fresh: NDArray[Any],
) -> None:
    """Begin the episode that the carry names."""
    seed = np.empty(MAX_SEED, dtype=np.uint8)
    letters(np.uint64(carry[index].seed), np.uint64(carry[index].episode), seed)
    begin_with(states, rngs, index, carry, settings, fresh, seed)


@jit
def observe(
    states: NDArray[Any], index: int, features: NDArray[np.float32], mask: NDArray[np.bool_]
) -> None:
    """Write features and mask of one run."""
    observation.fill(states[index], features[index])
    masks.fill(states[index], mask[index])


@jit
def reset(
    states: NDArray[Any],
    rngs: NDArray[Any],
    carry: NDArray[Any],
    settings: NDArray[np.int64],
    fresh: NDArray[Any],
    chosen: NDArray[np.bool_],
    features: NDArray[np.float32],
    mask: NDArray[np.bool_],
) -> None:
    """Begin the chosen runs and observe them."""
    for index in range(len(carry)):
        if chosen[index]:
            begin(states, rngs, index, carry, settings, fresh)
            observe(states, index, features, mask)


@jit
def _apply(
    states: NDArray[Any], rngs: NDArray[Any], works: NDArray[Any], index: int, flat: int
) -> int:
    if flat < 0 or flat >= A:
        return legality.UNKNOWN_VERB
    return transition.step(states, rngs, works, index, int(CANONICAL[flat]))


@jit
def step(
    states: NDArray[Any],
    rngs: NDArray[Any],
    works: NDArray[Any],
    carry: NDArray[Any],
    settings: NDArray[np.int64],
    fresh: NDArray[Any],
    actions: NDArray[np.int64],
    before: NDArray[Any],
    after: NDArray[Any],
    features: NDArray[np.float32],
    mask: NDArray[np.bool_],
    last_features: NDArray[np.float32],
    last_mask: NDArray[np.bool_],
    terminated: NDArray[np.bool_],
    truncated: NDArray[np.bool_],
) -> None:
    """One step of every run, by index of the flat codec; a refused action changes nothing."""
    most = int(settings[MOST_STEPS])
    mode = int(settings[AUTORESET])
    for index in range(len(carry)):
        c = carry[index]
        c.final = 0
        terminated[index] = False
        truncated[index] = False
        if c.ended == 1 and mode == NEXT_STEP:
            c.episode += 1
            begin(states, rngs, index, carry, settings, fresh)
            facts(states[index], before[index])
            facts(states[index], after[index])
            observe(states, index, features, mask)
            continue
        facts(states[index], before[index])
        c.refusal = _apply(states, rngs, works, index, int(actions[index]))
        c.steps += 1
        facts(states[index], after[index])
        terminated[index] = after[index].over == 1.0
        truncated[index] = not terminated[index] and 0 < most <= c.steps
        ended = terminated[index] or truncated[index]
        c.ended = 1 if ended else 0
        observe(states, index, features, mask)
        if ended and mode == SAME_STEP:
            last_features[index] = features[index]
            last_mask[index] = mask[index]
            c.episode += 1
            begin(states, rngs, index, carry, settings, fresh)
            c.final = 1
            c.ended = 0
            observe(states, index, features, mask)


@jit
def _held(word: np.uint64) -> int:
    """How many of the eight bytes of a word of masks are set."""
    word = np.uint64(word + (word >> np.uint64(32)))
    word = np.uint64(word + (word >> np.uint64(16)))
    return int(np.uint64(word + (word >> np.uint64(8))) & np.uint64(255))


@jit
def legal_count(mask: NDArray[np.uint64]) -> int:
    """How many actions a row of masks allows."""
    count = 0
    for word in range(len(mask)):
        count += _held(mask[word])
    return count


@jit
def choose(
    mask: NDArray[np.uint64], seed: np.uint64, counter: np.uint64, actions: NDArray[np.int64]
) -> None:
    """A legal action for every run, each as likely; where none is legal, action 0.

    The mask is seen as words, eight bytes each.
    """
    for index in range(len(actions)):
        row = mask[index]
        left = legal_count(row)
        actions[index] = 0
        if left == 0:
            continue
        drawn = splitmix64(splitmix64(seed, np.uint64(index)), counter) >> _HALF
        left = int(drawn * np.uint64(left) >> _HALF)
        for word in range(len(row)):
            held = _held(row[word])
            if left >= held:
                left -= held
                continue
            for byte in range(8):
                if row[word] >> np.uint64(8 * byte) & np.uint64(1):
                    if left == 0:
                        actions[index] = 8 * word + byte
                    left -= 1
            break
