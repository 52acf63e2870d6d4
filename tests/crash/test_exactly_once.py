"""Exactly once in effect, with real processes that are killed at random moments.

A broker, a store and two workers run as processes of their own. Games are played through
them, every request being sent twice, while each of them is killed with SIGKILL at random
moments. A worker is also stopped with SIGSTOP until the other one has taken its partitions
over, and then goes on with what it had in hand: for a moment both own them. What must hold
in the end is what ``Judge`` says.

The counts are small, for every day. The full ones, which take about seven minutes::

    JIMBOT_CRASH_WORKER=30 JIMBOT_CRASH_BROKER=10 JIMBOT_CRASH_STORE=5 JIMBOT_CRASH_STALL=4 \\
        pytest -s tests/crash/test_exactly_once.py

``JIMBOT_CRASH_SEED`` draws other moments, ``JIMBOT_CRASH_SOURCES`` sets how many play.
"""

import asyncio
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from jimbot_stream.worker import STOPPED_BY_FAILURE
from tests.support.crashing import Heard, Processes, Source, games, running

WORKER_KILLS = int(os.environ.get("JIMBOT_CRASH_WORKER", "3"))
BROKER_KILLS = int(os.environ.get("JIMBOT_CRASH_BROKER", "1"))
STORE_KILLS = int(os.environ.get("JIMBOT_CRASH_STORE", "1"))
STALLS = int(os.environ.get("JIMBOT_CRASH_STALL", "1"))
SEED = int(os.environ.get("JIMBOT_CRASH_SEED", "23"))
SOURCES = int(os.environ.get("JIMBOT_CRASH_SOURCES", "6"))
PAUSE_S = (1.0, 6.0)
"""Between two kills; a worker needs about three seconds to start."""
STALL_S = 14.0
"""The group gives a silent worker's partitions away after ten seconds."""

_TROUBLES = WORKER_KILLS + BROKER_KILLS + STORE_KILLS
pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(180 + 20 * _TROUBLES + 60 * STALLS),
    # aiokafka forgets a connection that is being made while its client closes.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


async def trouble(processes: Processes) -> None:
    """Kill and stall, at random."""
    chance = np.random.Generator(np.random.Philox(key=SEED))
    kinds = {"worker": WORKER_KILLS, "broker": BROKER_KILLS, "store": STORE_KILLS, "stall": STALLS}
    for kind in chance.permutation([kind for kind, times in kinds.items() for _ in range(times)]):
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        worker = list(processes.pages)[chance.integers(2)]
        if kind == "stall":
            await _stall(processes, worker)
            continue
        name = worker if kind == "worker" else str(kind)
        processes.kill(name)
        if kind != "worker":
            await asyncio.sleep(chance.uniform(0.1, 1.0))
        processes.start(name)


async def _stall(processes: Processes, worker: str) -> None:
    """Let a worker stand still in the middle of its work until the other one has taken over."""
    for name in processes.pages:
        await processes.ready(name)
    processes.signal(worker, signal.SIGSTOP)
    await asyncio.sleep(STALL_S)
    processes.signal(worker, signal.SIGCONT)


async def test_every_effect_is_there_once_whatever_dies(tmp_path: Path) -> None:
    async with running(tmp_path, "worker-0", "worker-1") as processes:
        async with games(processes, SOURCES) as play:
            await trouble(processes)
            await play.end(processes)
        print(_figures(processes, play.heard, play.sources))  # noqa: T201
        # Whoever cannot reach the broker may end; nobody may give up for another reason.
        assert [end for end in processes.ended if end[1] == STOPPED_BY_FAILURE] == []
        assert processes.said("broker", ", 2 members") > STALLS, "partitions did not move"


def _figures(processes: Processes, heard: Heard, sources: list[Source]) -> str:
    def said(words: str) -> int:
        return sum(processes.said(worker, words) for worker in processes.pages)

    return (
        f"\n{sum(len(source.sent) for source in sources)} games,"
        f" {sum(sum(source.sent.values()) for source in sources)} events,"
        f" {sum(len(source.requests) for source in sources)} requests, each sent twice,"
        f" {sum(map(len, heard.replies.values()))} replies;"
        f" {said('written by somebody else')} conflicts, {said('corrected from the log')} rows"
        f" corrected, {len(processes.ended)} workers ended for want of a broker"
    )
