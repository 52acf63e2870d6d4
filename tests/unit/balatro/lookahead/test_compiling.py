"""The search compiled and as plain Python, and where its cache lies."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import pytest

from jimbot_stream.balatro import kernels
from jimbot_stream.balatro.lookahead import compiling, places, rounds

ROOT = Path(__file__).parents[4]
SEARCH = """
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import new_run
from jimbot_stream.balatro.lookahead.search import Effort, Lookahead
from tests.support import games
from tests.unit.balatro.lookahead.conftest import listed

def told(run):
    actions, rows = listed(run)
    values, among = search.values(run.states, 0, actions[:4], rows[:4], 1)
    print(values.tobytes().hex(), among.tolist())

search = Lookahead(3, Effort(((4, 1),), 1))
run = games.against("bl_house", "j_joker")
told(run)
games.beat(run)
games.cash_out(run)
told(run)
"""


def searched(disabled: str) -> str:
    """What the script prints in a process of its own."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled, "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, "-c", SEARCH],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=110,
    ).stdout


def test_compiled_and_plain_search_give_the_same_bits() -> None:
    compiled = searched("0")
    assert len(compiled.splitlines()) == 2
    assert searched("1") == compiled


def test_the_cache_is_named_by_the_search_and_by_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    before = compiling.cache_folder()
    assert before.parent == kernels.cache_folder().parent
    monkeypatch.setattr(kernels, "source_digest", lambda: "other rules")
    assert compiling.cache_folder() != before


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="plain kernels have no cache")
def test_the_search_is_cached_and_what_it_is_made_of_is_not() -> None:
    cached: Any = rounds.judge
    part: Any = places.carry_out
    assert cached._cache.cache_path.startswith(str(compiling.cache_folder()))
    assert "NullCache" in str(type(part._cache))
