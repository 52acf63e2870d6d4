"""Observations as bytes and back, bit for bit: what has not changed is not written.

A decision is written by itself, so that any of them can be read alone: its features as what
differs from zero, its first candidate likewise, every further candidate as what differs from
the one before it. A vector is a list of changes and an end:

    0 … 253   columns passed over since the last change, followed by the new value
    254       254 columns passed over, no value
    255       the end of the vector

    value     0 … 253: place in the dictionary;  254: place - 254 as two bytes, low first;
              255: the four bytes of the float itself, low first

The dictionary of a block holds the values that occur more than once, the most frequent first;
place 0 is always 0.0. Values are compared as bits: a negative zero and every NaN survive.

Everything that is compiled stands in this file: numba notices an edit here, but would not in
a file that is called into. So the cache of the rules' kernels serves for these as well.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import jit

Bits = NDArray[np.uint32]
Numbers = NDArray[np.int64]
Data = NDArray[np.uint8]

LONGEST: Final = 254 + (1 << 16)
"""Most values of a dictionary."""
WORST: Final = 6
"""Most bytes of a change: the gap, a mark, a float."""
_FAR, _END = 254, 255
_WIDE, _RAW = 254, 255
_BYTE = 255
_SPREAD = 1640531527
"""2**32 divided by the golden ratio squared: scatters keys of a table."""


@jit
def place_of(keys: Bits, value: np.int64) -> np.int64:
    """Where a value other than 0 stands in a table, or would be put; 0 marks a free place."""
    # keys: [2**k], never full
    mask = np.int64(len(keys) - 1)
    place = (value * _SPREAD >> 20) & mask
    while keys[place] != 0 and keys[place] != value:
        place = (place + 1) & mask
    return place


@jit
def _tally(new: Bits, old: Bits, keys: Bits, counts: Numbers, distinct: int) -> int:
    """Count the values that changed; how many different ones there are now."""
    for column in range(len(new)):
        value = np.int64(new[column])
        if value == np.int64(old[column]):
            continue
        place = place_of(keys, value) if value != 0 else np.int64(len(keys))
        if value != 0 and keys[place] == 0:
            keys[place] = value
            distinct += 1
        counts[place] += 1
        if 2 * distinct > len(keys):
            break
    return distinct


@jit
def tally(
    features: Bits, rows: Bits, ends: Numbers, blank: Bits, keys: Bits, counts: Numbers
) -> int:
    """Count the values of decisions that change; how many different ones.

    features[B, K], rows[R, F], ends[B]; blank is as wide as the wider of both, and zero. The
    last of counts[keys + 1] are changes to zero, which stands in no table. More than half as
    many as there are keys means that the table was too small, and nothing else.
    """
    distinct = 0
    start = 0
    for decision in range(len(ends)):
        end = int(ends[decision])
        distinct = _tally(features[decision], blank, keys, counts, distinct)
        for row in range(start, end):
            old = rows[row - 1] if row > start else blank
            distinct = _tally(rows[row], old, keys, counts, distinct)
        start = end
        if 2 * distinct > len(keys):
            break
    return distinct


@jit
def _write(new: Bits, old: Bits, keys: Bits, codes: Numbers, out: Data, at: int) -> int:
    """Write a vector; where it ends."""
    passed = 0
    for column in range(len(new)):
        value = np.int64(new[column])
        if value == np.int64(old[column]):
            passed += 1
            continue
        while passed >= _FAR:
            out[at] = _FAR
            at += 1
            passed -= _FAR
        out[at] = passed
        at += 1
        passed = 0
        code = int(codes[place_of(keys, value)]) if value != 0 else 0
        if code < 0:
            out[at] = _RAW
            for byte in range(4):
                out[at + 1 + byte] = value >> 8 * byte & _BYTE
            at += 5
        elif code < _WIDE:
            out[at] = code
            at += 1
        else:
            out[at] = _WIDE
            out[at + 1] = code - _WIDE & _BYTE
            out[at + 2] = code - _WIDE >> 8
            at += 3
    out[at] = _END
    return at + 1


@jit
def encode(
    features: Bits,
    rows: Bits,
    ends: Numbers,
    order: Numbers,
    blank: Bits,
    keys: Bits,
    codes: Numbers,
    out: Data,
    offsets: Numbers,
) -> None:
    """Write decisions in the given order; decision order[i] stands at offsets[i] … offsets[i + 1].

    codes[place] is the dictionary's place of the value keys[place], or -1 where it has none.
    """
    at = 0
    for place in range(len(order)):
        offsets[place] = at
        decision = int(order[place])
        start = int(ends[decision - 1]) if decision > 0 else 0
        at = _write(features[decision], blank, keys, codes, out, at)
        for row in range(start, int(ends[decision])):
            old = rows[row - 1] if row > start else blank
            at = _write(rows[row], old, keys, codes, out, at)
    offsets[len(order)] = at


@jit
def _read(data: Data, at: int, dictionary: Bits, out: Bits) -> int:
    """Read a vector over the one that it differs from; where it ends."""
    column = np.int64(0)
    while True:
        gap = np.int64(data[at])
        at += 1
        if gap == _END:
            return at
        column += gap
        if gap == _FAR:
            continue
        code = np.int64(data[at])
        at += 1
        if code == _RAW:
            value = np.int64(0)
            for byte in range(4):
                value |= np.int64(data[at + byte]) << 8 * byte
            out[column] = value
            at += 4
        elif code == _WIDE:
            out[column] = dictionary[_WIDE + np.int64(data[at]) + (np.int64(data[at + 1]) << 8)]
            at += 2
        else:
            out[column] = dictionary[code]
        column += 1


@jit
def decode(data: Data, begin: int, dictionary: Bits, features: Bits, rows: Bits) -> int:
    """Read the decision that begins there into features[K] and rows[n, F]; where it ends."""
    features[:] = 0
    at = _read(data, begin, dictionary, features)
    for row in range(len(rows)):
        if row == 0:
            rows[0, :] = 0
        else:
            rows[row, :] = rows[row - 1, :]
        at = _read(data, at, dictionary, rows[row])
    return at
