"""Runs on their way, and the same runs with everything hidden laid otherwise."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jimbot_stream.balatro.engine import Run
from jimbot_stream.balatro.kernels import candidates
from jimbot_stream.balatro.kernels.working import works
from jimbot_stream.balatro.state import STATE, plain
from jimbot_stream.balatro.tables.modifiers import Mark

Listed = tuple[NDArray[np.int64], NDArray[np.float32]]


def listed(run: Run) -> Listed:
    """The candidates of a run, as the rules list them."""
    features = np.zeros(candidates.FEATURES, dtype=np.float32)
    found = np.zeros(candidates.CAPACITY, dtype=np.int64)
    rows = np.zeros((candidates.CAPACITY, candidates.CANDIDATE_FEATURES), dtype=np.float32)
    count = candidates.encode(run.states, works(), 0, features, found, rows)
    return found[:count], rows[:count]


def _hidden(s: Any) -> Iterator[tuple[str, int]]:
    """Pile and place of every card that its player does not see."""
    for pile in ("hand", "gone"):
        for at in range(int(s[f"{pile}_count"])):
            if int(s["cards"][s[pile][at]]["marks"]) & Mark.FACE_DOWN:
                yield pile, at
    yield from (("draw", at) for at in range(int(s["draw_count"])))


def otherwise(run: Run, seed: int) -> Run:
    """The same run to its player, with unseen cards, jokers and random streams permuted."""
    twin = Run.restore(run.snapshot())
    s: Any = plain(twin.states, STATE)[0]
    random = np.random.default_rng(seed)
    places = list(_hidden(s))
    cards = [int(s[pile][at]) for pile, at in places]
    marks = [int(s["cards"][c]["marks"]) & (Mark.FACE_DOWN | Mark.FORCED) for c in cards]
    for c in cards:
        s["cards"][c]["marks"] &= 255 & ~int(Mark.FACE_DOWN | Mark.FORCED)
    for (pile, at), mark, c in zip(places, marks, random.permutation(cards), strict=True):
        s[pile][at] = c
        s["cards"][c]["marks"] |= mark
    down = [n for n in range(int(s["joker_count"])) if s["jokers"][n]["marks"] & Mark.FACE_DOWN]
    s["jokers"][down] = s["jokers"][random.permutation(down).astype(int)]
    twin.streams["values"] = random.random(twin.streams["values"].shape)
    twin.streams["hashed_seed"] = random.random()
    return twin


@pytest.fixture(scope="session")
def candidates_of() -> Callable[[Run], Listed]:
    """The candidates of a run."""
    return listed


@pytest.fixture(scope="session")
def laid_otherwise() -> Callable[[Run, int], Run]:
    """A run with its hidden part permuted."""
    return otherwise
