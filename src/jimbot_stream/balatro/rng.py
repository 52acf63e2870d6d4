"""The game's seeded random numbers, bit for bit; one source, compiled or plain.

A run has named streams. A stream's state is a number in [0, 1] that begins as the hash
of name and seed and is pushed on by every use; state and hashed seed together seed a
Tausworthe-223 generator (LuaJIT's ``math.random``), from which the draw is taken.
Everything is IEEE double arithmetic, evaluated left to right, without fused operations.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import jit
from jimbot_stream.balatro.state import MAX_SEED, MAX_STREAMS
from jimbot_stream.balatro.tables.compiled_streams import (
    RESAMPLE,
    STREAM_ANTE,
    STREAM_LENGTH,
    STREAM_PREFIX,
    STREAM_SUFFIX,
    STREAM_SUFFIX_LENGTH,
)

PI = math.pi
E = math.e
Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_MANTISSA = np.uint64(0x000FFFFFFFFFFFFF)
_ONE = np.uint64(0x3FF0000000000000)
_WARM_UP = 10
_SPLITTER = 134217729.0  # 2**27 + 1, halves a double for Dekker's product
_NUMBER = 12  # most characters of a number in a key
_BUFFER = STREAM_PREFIX.shape[1] + STREAM_SUFFIX.shape[1] + len(RESAMPLE) + 2 * _NUMBER + MAX_SEED
_FULL = MAX_STREAMS - 32
_ANTES = 1 << 16  # a key is ((stream + 1) * antes + ante + antes / 2) * resamples + resample
_RESAMPLES = 1 << 12
_KEPT_ANTES = 3


@jit
def pseudohash(text: NDArray[np.uint8], length: int) -> float:
    """Hash the first length bytes of a text into [0, 1); of an empty text it is 1."""
    h = 1.0
    for i in range(length, 0, -1):
        x = 1.1239285023 / h * float(text[i - 1]) * PI + PI * i
        h = x - math.floor(x)
    return h


@jit
def round_13(x: float) -> float:
    """Round x in [0, 1) to 13 decimals, exactly as printing and reading it back does."""
    product = x * 1e13
    high = _SPLITTER * x - (_SPLITTER * x - x)
    low = x - high
    ten_high = _SPLITTER * 1e13 - (_SPLITTER * 1e13 - 1e13)
    ten_low = 1e13 - ten_high
    lost = ((high * ten_high - product) + high * ten_low + low * ten_high) + low * ten_low
    whole = math.floor(product)
    part = product - whole
    odd = whole - 2.0 * math.floor(whole / 2.0)
    if part > 0.5 or (part == 0.5 and (lost > 0.0 or (lost == 0.0 and odd == 1.0))):
        whole += 1
    return whole / 1e13


@jit
def push(value: float) -> float:
    """The next state of a stream."""
    x = 2.134453429141 + value * 1.72431234
    return round_13(x - math.floor(x))


@jit
def _turn(z: np.uint64, k: np.uint64, q: np.uint64, s: np.uint64) -> np.uint64:
    kept = z & (_ALL << (np.uint64(64) - k))
    return (((z << q) ^ z) >> (k - s)) ^ (kept << s)


@jit
def step(words: Words) -> Words:
    """Turn all four generators once."""
    a, b, c, d = words
    return (
        _turn(a, np.uint64(63), np.uint64(31), np.uint64(18)),
        _turn(b, np.uint64(58), np.uint64(19), np.uint64(28)),
        _turn(c, np.uint64(55), np.uint64(24), np.uint64(7)),
        _turn(d, np.uint64(47), np.uint64(21), np.uint64(8)),
    )


@jit
def _word(d: float, least: np.uint64) -> np.uint64:
    bits = np.float64(d).view(np.uint64)
    return bits + least if bits < least else bits


@jit
def seeded(seed: float) -> Words:
    """The generator after ``math.randomseed(seed)``."""
    d1 = seed * PI + E
    d2 = d1 * PI + E
    d3 = d2 * PI + E
    d4 = d3 * PI + E
    words = (
        _word(d1, np.uint64(1 << 1)),
        _word(d2, np.uint64(1 << 6)),
        _word(d3, np.uint64(1 << 9)),
        _word(d4, np.uint64(1 << 17)),
    )
    for _ in range(_WARM_UP):
        words = step(words)
    return words


@jit
def uniform(words: Words) -> float:
    """The draw in [0, 1) that a generator holds after a step."""
    a, b, c, d = words
    bits = np.uint64(((a ^ b ^ c ^ d) & _MANTISSA) | _ONE)
    return float(np.uint64(bits).view(np.float64) - 1.0)


@jit
def roll_seed(seed: float) -> float:
    """First draw in [0, 1) after seeding."""
    return uniform(step(seeded(seed)))


@jit
def rolls_seed(seed: float, out: NDArray[np.float64]) -> None:
    """As many successive draws in [0, 1) after seeding as out has room for."""
    words = seeded(seed)
    for i in range(len(out)):
        words = step(words)
        out[i] = uniform(words)


@jit
def shuffle_seed(order: NDArray[Any], count: int, seed: float) -> None:
    """Shuffle the first count entries in place; they must stand in order of creation."""
    words = seeded(seed)
    for i in range(count - 1, 0, -1):
        words = step(words)
        j = math.floor(uniform(words) * (i + 1))
        held = order[i]
        order[i] = order[j]
        order[j] = held


@jit
def begin(streams: Any, seed: NDArray[np.uint8]) -> None:
    """Give a run its seed; all streams begin anew."""
    streams.seed_length = len(seed)
    for i in range(MAX_SEED):
        streams.seed[i] = seed[i] if i < len(seed) else 0
    streams.hashed_seed = pseudohash(seed, len(seed))
    if streams.used == 0:
        return
    for i in range(MAX_STREAMS):
        streams.keys[i] = 0
        streams.values[i] = 0.0
    streams.used = 0


@jit
def _write(buffer: NDArray[np.uint8], at: int, text: NDArray[np.uint8], length: int) -> int:
    for i in range(length):
        buffer[at + i] = text[i]
    return at + length


@jit
def _write_number(buffer: NDArray[np.uint8], at: int, number: int) -> int:
    if number < 0:
        buffer[at] = 45  # minus
        at += 1
        number = -number
    digits = 1
    while 10**digits <= number:
        digits += 1
    for place in range(digits):
        buffer[at + digits - 1 - place] = 48 + number % 10
        number //= 10
    return at + digits


@jit
def first_value(streams: Any, stream: int, ante: int, resample: int) -> float:
    """Where a stream of the run begins: the hash of its key and the seed."""
    buffer = np.zeros(_BUFFER, dtype=np.uint8)
    at = _write(buffer, 0, STREAM_PREFIX[stream], int(STREAM_LENGTH[stream]))
    if STREAM_ANTE[stream] == 1:
        at = _write_number(buffer, at, ante)
    at = _write(buffer, at, STREAM_SUFFIX[stream], int(STREAM_SUFFIX_LENGTH[stream]))
    if resample > 0:
        at = _write(buffer, at, RESAMPLE, len(RESAMPLE))
        at = _write_number(buffer, at, resample)
    at = _write(buffer, at, streams.seed, int(streams.seed_length))
    return pseudohash(buffer, at)


@jit
def _slot(streams: Any, key: int) -> int:
    slot = ((key * 40503) >> 8) % MAX_STREAMS
    while streams.keys[slot] != 0 and streams.keys[slot] != key:
        slot = (slot + 1) % MAX_STREAMS
    return slot


@jit
def _ante_of(key: int) -> int:
    return (key // _RESAMPLES) % _ANTES - _ANTES // 2


@jit
def _has_ante(key: int) -> bool:
    return bool(STREAM_ANTE[key // (_RESAMPLES * _ANTES) - 1] == 1)


@jit
def _newest_ante(streams: Any) -> int:
    newest = -_ANTES
    for i in range(MAX_STREAMS):
        key = int(streams.keys[i])
        if key != 0 and _has_ante(key):
            newest = max(newest, _ante_of(key))
    return newest


@jit
def _keep(streams: Any, oldest: int, further: bool) -> None:
    """Drop streams of antes before oldest, and unless further is set, those of further draws."""
    keys = streams.keys.copy()
    values = streams.values.copy()
    for i in range(MAX_STREAMS):
        streams.keys[i] = 0
        streams.values[i] = 0.0
    streams.used = 0
    for i in range(MAX_STREAMS):
        key = int(keys[i])
        dropped = key == 0 or (_has_ante(key) and _ante_of(key) < oldest)
        if dropped or (key % _RESAMPLES > 0 and not further):
            continue
        slot = _slot(streams, key)
        streams.keys[slot] = key
        streams.values[slot] = values[i]
        streams.used += 1


@jit
def _make_room(streams: Any) -> None:
    """Drop streams of antes long past; where that is not enough, of younger ones."""
    newest = _newest_ante(streams)
    for oldest in range(newest - _KEPT_ANTES, newest + 1):
        _keep(streams, oldest, True)
        if streams.used < _FULL:
            return
    _keep(streams, newest, False)


@jit
def use(streams: Any, stream: int, ante: int, resample: int) -> float:
    """Push a stream on and return the seed that its next draw starts from.

    resample is 0, or 2 and up for the further draws of a pool with holes.
    """
    number = ante if STREAM_ANTE[stream] == 1 else 0
    again = resample % _RESAMPLES
    key = ((stream + 1) * _ANTES + number + _ANTES // 2) * _RESAMPLES + again
    slot = _slot(streams, key)
    if streams.keys[slot] == 0:
        if streams.used >= _FULL:
            _make_room(streams)
            slot = _slot(streams, key)
        streams.keys[slot] = key
        streams.values[slot] = first_value(streams, stream, ante, resample)
        streams.used += 1
    streams.values[slot] = push(float(streams.values[slot]))
    return float((streams.values[slot] + streams.hashed_seed) / 2.0)


@jit
def roll(streams: Any, stream: int, ante: int) -> float:
    """The next draw of a stream in [0, 1)."""
    return roll_seed(use(streams, stream, ante, 0))


@jit
def pick(streams: Any, stream: int, ante: int, count: int) -> int:
    """The next draw of a stream as an index into count things."""
    return math.floor(roll(streams, stream, ante) * count)
