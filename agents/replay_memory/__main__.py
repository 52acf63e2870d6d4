"""Compile the codec ahead of time: ``python -m jimbot_stream.agents.replay_memory``."""

import sys
import time

import numpy as np

from jimbot_stream.agents.replay_memory import codec
from jimbot_stream.agents.replay_memory.block import encode, from_bytes
from jimbot_stream.agents.rollouts.chunk import EPISODE, Chunk


def main() -> int:
    """Write and read a round of one decision, as the memory does."""
    begun = time.monotonic()
    one = np.ones((1, 1))
    chunk = Chunk(
        features=np.ones((1, 1), dtype=np.float32),
        rows=np.ones((1, 1), dtype=np.float32),
        ends=np.ones(1, dtype=np.int64),
        actions=np.zeros(1, dtype=np.int64),
        log_probs=np.zeros(1),
        values=np.zeros((2, 1)),
        rewards=one,
        ended=one > 0,
        last_features=np.ones((1, 1), dtype=np.float32),
        episodes=np.zeros(0, EPISODE),
    )
    block = from_bytes(encode(chunk, np.zeros(1, dtype=np.uint8), 0).to_bytes())
    features, rows = np.zeros(1, dtype=np.uint32), np.zeros((1, 1), dtype=np.uint32)
    payload = np.frombuffer(block.payload, dtype=np.uint8)
    codec.decode(payload, 0, block.dictionary, features, rows)
    sys.stdout.write(f"replay memory ready after {time.monotonic() - begun:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
