"""The keys of the random streams as read-only arrays of bytes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.tables.streams import STREAMS


def _bytes(texts: Sequence[str]) -> NDArray[np.uint8]:
    longest = max(len(text) for text in texts)
    return _frozen([[*text.ljust(longest).encode()] for text in texts], np.uint8)


def _frozen(values: Sequence[Any], kind: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype=kind)
    array.setflags(write=False)
    return array


STREAM_PREFIX = _bytes([stream.prefix for stream in STREAMS])
STREAM_LENGTH = _frozen([len(stream.prefix) for stream in STREAMS], np.int64)
STREAM_SUFFIX = _bytes([stream.suffix for stream in STREAMS])
STREAM_SUFFIX_LENGTH = _frozen([len(stream.suffix) for stream in STREAMS], np.int64)
STREAM_ANTE = _frozen([int(stream.ante) for stream in STREAMS], np.int64)
"""1 where the ante stands between prefix and suffix."""
RESAMPLE = _frozen([*b"_resample"], np.uint8)
"""What the key of a further draw ends with, before its number."""
