"""A population whose process is killed at any moment goes on as if nothing had happened.

A real ``jimbot-learn population`` is killed with SIGKILL at drawn moments, together with the log
that it writes, and started again. In the end the record is the one of a population that nobody
stops, byte for byte. ``JIMBOT_CRASH_POPULATION`` sets how often, ``JIMBOT_CRASH_SEED`` draws other
moments; a kill at every single append stands in the unit tests.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.replay.opening import open_reader
from tests.support.populations import SEED, begun, grown, recorded

KILLS = int(os.environ.get("JIMBOT_CRASH_POPULATION", "1"))
UPDATES = 4
LOOK_S = 0.02

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120 + 60 * KILLS)]


@contextmanager
def going_on(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that goes on with the population; it does not outlive the block."""
    command = [sys.executable, "-m", "jimbot_stream.agents.cli", "population"]
    command += ["--run-seed", str(SEED), "--updates", str(UPDATES), "--json"]
    log = f"sqlite:{folder / 'events.sqlite'}"
    environment = os.environ | {"JIMBOT_DATA": str(folder), "JIMBOT_LOG": log}
    with (folder / "out.txt").open("ab") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def size(folder: Path) -> int:
    """Events that the log holds by now."""
    async with open_reader(f"sqlite:{folder / 'events.sqlite'}") as log:
        return sum([1 async for _ in log.read_all()])


async def killed_at(folder: Path, events: int, later_s: float) -> bool:
    """Kill a process some time after the log holds so many events; False if it was done before."""
    with going_on(folder) as process:
        # The writer is another process: there is nothing but to look.
        while process.poll() is None and await size(folder) < events:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
        await asyncio.sleep(later_s)
        return process.poll() is None


async def test_the_record_is_that_of_a_population_that_was_not_stopped(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        folder.mkdir()
    async with EmbeddedLog(whole / "events.sqlite") as log:
        await grown(log, BlobStore(whole / "blobs"), UPDATES)
        wanted = await recorded(log)
    async with EmbeddedLog(parts / "events.sqlite") as log:
        await begun(log, BlobStore(parts / "blobs"))  # small: the command keeps to that
    chance = np.random.Generator(
        np.random.Philox(key=int(os.environ.get("JIMBOT_CRASH_SEED", "23")))
    )
    first, last = await size(parts), await size(whole)
    at = np.sort(chance.choice(np.arange(first + 1, last - 1), KILLS, replace=False))
    kills = [await killed_at(parts, int(events), float(chance.random()) * 0.1) for events in at]
    assert any(kills)
    with going_on(parts) as process:
        code = await asyncio.to_thread(process.wait)
    assert code == 0, (parts / "out.txt").read_text(errors="replace")[-2000:]
    async with EmbeddedLog(parts / "events.sqlite", read_only=True) as log:
        assert await recorded(log) == wanted
