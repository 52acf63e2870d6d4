"""Long walks through the rules: random legal actions, on runs that are helped along.

As a script it replays the actions on its standard input and prints the digests on the way,
so that a test can compare compiled and plain kernels.
"""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from jimbot_stream.balatro import codecs
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables.decks import DECKS

EVERY = 25
"""Actions between two digests."""


def start(walk: int) -> Run:
    """The run of a walk: decks and stakes take turns."""
    deck = DECKS[walk % len(DECKS)].key
    return new_run(f"WALK{walk + 1}".replace("0", "Z"), deck, 1 + walk * 3 % 8)


def help_along(run: Run) -> None:
    """Make blinds cheap and money plenty, so that a random walk sees much of the game."""
    if run.phase is Phase.SELECTING_HAND:
        run.state["required"] = min(float(run.state["required"]), 25.0)
    run.state["money"] += alms(run.phase, int(run.state["money"]))


def alms(phase: Phase, money: int) -> int:
    """What a run in a phase is given that has so much money."""
    return 25 if phase is Phase.SHOP and money < 10 else 0


def walk(number: int, steps: int) -> Iterator[tuple[Run, int, Any]]:
    """The run, the action about to be done, and the mask of what is legal."""
    run = start(number)
    random = np.random.default_rng(number)
    for _ in range(steps):
        help_along(run)
        if run.over:
            return
        mask = run.legal()
        chosen = int(random.choice(np.flatnonzero(mask)))
        action = codecs.canonical(chosen)
        yield run, int(action), mask
        run.step(int(action))


def replayed(number: int, actions: list[int]) -> list[str]:
    """Digests on the way through actions, and at the end."""
    run = start(number)
    digests = []
    for count, action in enumerate(actions):
        help_along(run)
        run.step(action)
        if count % EVERY == 0:
            digests.append(run.digest())
    return [*digests, run.digest()]


if __name__ == "__main__":
    for line in sys.stdin:
        first, *rest = map(int, line.split())
        sys.stdout.write(" ".join(replayed(first, rest)) + "\n")
