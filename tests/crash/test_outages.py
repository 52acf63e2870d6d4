"""What a worker does while a neighbour is away, and when it is told to stop.

``JIMBOT_CRASH_OUTAGE`` sets how many seconds a neighbour is away; workers and producers
have two minutes of patience.
"""

import asyncio
import os
from pathlib import Path

import pytest

from tests.support.crashing import games, running

OUTAGE_S = float(os.environ.get("JIMBOT_CRASH_OUTAGE", "14"))
"""Longer than a client of the bus waits for one answer."""

pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(240 + 2 * OUTAGE_S),
    # aiokafka forgets a connection that is being made while its client closes.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.parametrize("neighbour", ["broker", "store"])
async def test_a_worker_goes_on_after_a_neighbour_was_away(tmp_path: Path, neighbour: str) -> None:
    async with running(tmp_path, "worker-0") as processes, games(processes, 4) as play:
        await play.under_way()
        processes.kill(neighbour)
        await asyncio.sleep(OUTAGE_S)
        processes.start(neighbour)
        await play.end(processes)
        assert processes.ended == []


async def test_a_worker_that_is_told_to_stop_ends_well_in_the_middle_of_its_work(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, "worker-0") as processes, games(processes, 4) as play:
        await play.under_way()
        assert await processes.terminate("worker-0") == 0
        processes.start("worker-0")
        await play.end(processes)
        assert processes.said("worker-0", "The worker stops") == 0
