"""Reference tables, and small readings of a run that many tests need."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jimbot_stream.balatro.engine import Run
from jimbot_stream.balatro.tables.cards import RANKS, STANDARD_DECK, Suit
from jimbot_stream.balatro.tables.columns import CANDIDATE, GLOBAL

_TESTS = Path(__file__).parents[2]
_LETTERS = {rank.letter: rank.number for rank in RANKS}
_SUITS = {suit.name[0]: int(suit) for suit in Suit}


@pytest.fixture(scope="session")
def reference() -> Callable[[str], Any]:
    """Read a table of tests/data/balatro."""

    def read(name: str) -> Any:
        return json.loads((_TESTS / "data" / "balatro" / name).read_text())

    return read


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the repository, where there is one."""
    folder = _TESTS.parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the reference data beside the repository is not there")
    return folder


@pytest.fixture(scope="session")
def hand_keys() -> Callable[[Run], list[str]]:
    """Game keys of the cards in hand, in the order shown."""

    def keys(run: Run) -> list[str]:
        shown = run.state["hand"][: run.state["hand_count"]].tolist()
        return [STANDARD_DECK[number].key for number in shown]

    return keys


@pytest.fixture(scope="session")
def as_arrays() -> Callable[[list[str]], tuple[Any, Any]]:
    """Ranks and suits of cards given by game key."""

    def arrays(keys: list[str]) -> tuple[Any, Any]:
        ranks = np.array([_LETTERS[key[2]] for key in keys], dtype=np.int64)
        suits = np.array([_SUITS[key[0]] for key in keys], dtype=np.int64)
        return ranks, suits

    return arrays


@pytest.fixture(scope="session")
def column() -> Callable[[str], int]:
    """Index of a named column of the state's features."""
    return GLOBAL.index


@pytest.fixture(scope="session")
def candidate() -> Callable[[str], int]:
    """Index of a named column of an action's features."""
    return CANDIDATE.index
