"""Compiled and plain kernels agree to the bit; a stale cache cannot be met."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import pytest

from jimbot_stream.balatro import kernels, rng

_GAMES = """
import hashlib
from jimbot_stream.balatro import engine, wire

digest = hashlib.sha256()
for game in range(3):
    run = engine.new_run(engine.seed_of(9, game))
    for step in range(25):
        state = wire.state_message(run)
        for array in wire.encode(state, wire.legal_messages(state)):
            digest.update(array.tobytes())
        legal = run.legal().nonzero()[0]
        if not len(legal):
            break
        run.step_index(int(legal[(step * 7919 + game) % len(legal)]))
        digest.update(run.snapshot())
print(digest.hexdigest())
"""


def run_python(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=110,
    )
    return done.stdout


def test_compiled_and_plain_kernels_give_the_same_bits() -> None:
    compiled = run_python("-c", _GAMES, NUMBA_DISABLE_JIT="0")
    plain = run_python("-c", _GAMES, NUMBA_DISABLE_JIT="1")
    assert len(compiled.strip()) == 64
    assert plain == compiled


def test_the_cache_folder_is_named_by_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / "balatro"
    shutil.copytree(Path(kernels.__file__).parent.parent, room)
    monkeypatch.setattr(kernels, "_ROOM", room)
    seen = {kernels.source_digest()}
    for name in ("tables/hands.py", "kernels/scoring.py", "rng.py", "state.py", "actions.py"):
        file = room / name
        file.write_text(file.read_text() + "\n")
        seen.add(kernels.source_digest())
    assert len(seen) == 6
    (room / "wire.py").write_text("")
    assert kernels.source_digest() in seen


def test_the_cache_lies_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"kernels-{kernels.source_digest()}"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert kernels.cache_folder() == tmp_path / name
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert kernels.cache_folder() == tmp_path / "cache" / "jimbot-stream" / name
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert kernels.cache_folder() == tmp_path / ".cache" / "jimbot-stream" / name


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="plain kernels have no cache")
def test_kernels_are_cached_in_that_folder_and_other_numba_code_is_not() -> None:
    cached: Any = rng.push
    assert cached._cache.cache_path.startswith(str(kernels.cache_folder()))
    assert str(kernels.cache_folder()) != numba.config.CACHE_DIR


def test_a_folder_that_cannot_be_written_turns_the_cache_off(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    told = run_python(
        "-c",
        "from jimbot_stream.balatro import rng; print(rng.round_13(0.25), type(rng.push._cache))",
        NUMBA_CACHE_DIR=str(blocked),
        NUMBA_DISABLE_JIT="0",
    )
    assert told.startswith("0.25")
    assert "NullCache" in told


def test_nothing_is_cached_beside_the_sources() -> None:
    room = Path(kernels.__file__).parent.parent
    assert not [*room.rglob("*.nbi"), *room.rglob("*.nbc")]


def test_the_warm_up_command_tells_its_progress() -> None:
    told = run_python("-m", "jimbot_stream.balatro.kernels").splitlines()
    names = [line.split()[1] for line in told[:-1]]
    assert names[:2] == ["new_run", "step"]
    assert {"flat_mask", "families", "encode", "batch"} <= set(names)
    assert told[-1].startswith("kernels ready after")
