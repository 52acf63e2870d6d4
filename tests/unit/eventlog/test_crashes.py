"""kill -9 of the process that writes: what was acknowledged is there, nothing twice."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from jimbot_stream.eventlog import Expected, NewEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.kurrent import KurrentLog
from jimbot_stream.eventlog.naming import event_id
from jimbot_stream.eventlog.verify import verify_file

pytestmark = pytest.mark.crash

# Writes pairs to 4 streams at once, each prefixed by what is there, and prints every
# acknowledged pair before it goes on.
WRITER = """
import asyncio, sys
from jimbot_stream.eventlog import Expected, NewEvent, StreamNotFoundError
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.naming import event_id

async def write(log, stream, pairs):
    try:
        n = [e async for e in log.read_stream(stream, backwards=True, limit=1)][0].revision
    except StreamNotFoundError:
        n = -1
    for n in range(n, n + 2 * pairs, 2):
        data = [b'{"n":%d,"pad":"%s"}' % (k, b"x" * 400) for k in (n + 1, n + 2)]
        events = [NewEvent(event_id(stream, "T", "", d), "T", d) for d in data]
        await log.append(stream, events, Expected.NO_STREAM if n < 0 else n)
        print(stream, n + 2, flush=True)

async def main():
    async with EmbeddedLog(sys.argv[1]) as log:
        await asyncio.gather(*(write(log, f"game-{s}", int(sys.argv[2])) for s in range(4)))

asyncio.run(main())
"""


def acknowledged(output: str) -> dict[str, int]:
    """Highest revision that the writer saw acknowledged, per stream, from complete lines."""
    found: dict[str, int] = {}
    for line in output.splitlines(keepends=True):
        if not line.endswith("\n"):
            break
        stream, revision = line.split()
        found[stream] = int(revision)
    return found


async def check(path: Path, acked: dict[str, int]) -> None:
    async with EmbeddedLog(path) as log:
        for stream, revision in acked.items():
            events = [event async for event in log.read_stream(stream)]
            assert [event.revision for event in events] == list(range(len(events)))
            assert len({event.id for event in events}) == len(events)
            assert len(events) > revision
            assert len(events) % 2 == 0
    assert list(verify_file(path))[-1].problems == []


@pytest.mark.parametrize(
    ("point", "nth"),
    [
        ("before-begin", 3),
        ("after-insert", 5),
        ("before-commit", 1),
        ("before-commit", 7),
        ("after-commit", 1),
        ("after-commit", 6),
        ("before-checkpoint", 1),
        ("after-checkpoint", 1),
    ],
)
async def test_i5_death_at_a_named_point_loses_nothing_acknowledged(
    tmp_path: Path, point: str, nth: int
) -> None:
    path = tmp_path / "events.sqlite"
    died = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", WRITER, str(path), "40"],
        env={**os.environ, "JIMBOT_FAULT": f"{point}:{nth}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert died.returncode == -signal.SIGKILL
    await check(path, acknowledged(died.stdout))


def start_writer(path: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITER, str(path), "100000"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def test_i5_death_at_random_moments_loses_nothing_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite"
    draw = np.random.Generator(np.random.Philox(11))
    acked: dict[str, int] = {}
    for _ in range(12):
        writer = start_writer(path)
        assert writer.stdout is not None
        first = await asyncio.to_thread(writer.stdout.readline)
        await asyncio.sleep(float(draw.uniform(0, 0.2)))
        writer.kill()
        rest, _ = await asyncio.to_thread(writer.communicate)
        acked |= acknowledged(first + rest)
        await check(path, acked)
    assert len(acked) == 4


async def test_i5_a_killed_server_is_taken_up_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite"
    written = 0
    port = 0
    for _ in range(5):
        server, port = await asyncio.to_thread(serve, path, port)
        async with KurrentLog(f"kurrentdb://127.0.0.1:{port}?Tls=false") as log:
            for n in range(written, written + 20):
                data = b'{"n":%d}' % n
                event = NewEvent(event_id("game-1", "T", "", data), "T", data)
                await log.append("game-1", [event], n - 1 if n else Expected.NO_STREAM)
        written += 20
        server.kill()
        server.wait()
    await check(path, {"game-1": written - 1})


def serve(path: Path, port: int) -> "tuple[subprocess.Popen[str], int]":
    command = [sys.executable, "-m", "jimbot_stream.eventlog.cli", "serve", "--db", str(path)]
    server = subprocess.Popen(
        [*command, "--listen", f"127.0.0.1:{port}"], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    server.stdout.close()
    return server, int(line.partition("?")[0].rpartition(":")[2])
