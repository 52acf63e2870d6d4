"""Compile the search ahead of time: ``python -m jimbot_stream.balatro.lookahead``."""

import sys
import time
from collections.abc import Iterator

import numpy as np

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.kernels import transition
from jimbot_stream.balatro.lookahead.search import Effort, Lookahead
from jimbot_stream.balatro.wire import CANDIDATE_FEATURES

_SELECT = np.array([actions.pack(Verb.SELECT_BLIND)], dtype=np.int64)
_PLAY = np.array([actions.pack(Verb.PLAY, (0,))], dtype=np.int64)


def warm() -> Iterator[str]:
    """Compile entry after entry; yields the name of each when it is ready."""
    games = Games(1)
    games.begin(np.ones(1, dtype=np.bool_))
    search = Lookahead(effort=Effort(((1, 1),), 1))
    rows = np.zeros((1, CANDIDATE_FEATURES), dtype=np.float32)
    search.choose(games.states, 0, _SELECT, rows, 0)
    yield "shops"
    transition.step(games.states, games.rngs, games.works, 0, int(_SELECT[0]))
    search.choose(games.states, 0, _PLAY, rows, 0)
    yield "rounds"


def main() -> int:
    """Compile what is not compiled yet, telling what takes how long."""
    last = time.monotonic()
    for name in warm():
        now = time.monotonic()
        sys.stdout.write(f"compiled {name:<10} {now - last:6.1f} s\n")
        sys.stdout.flush()
        last = now
    return 0


if __name__ == "__main__":
    sys.exit(main())
