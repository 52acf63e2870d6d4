"""Child processes: ready, dead, stubborn, orphaned."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from jimbot_stream.play.children import ChildError, Children, ChildSpec
from jimbot_stream.play.leash import leashed

SLEEP = "import time; time.sleep(60)"


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


async def at_once() -> bool:
    return True


async def never() -> bool:
    return False


@pytest.fixture
def children(tmp_path: Path) -> Children:
    return Children(tmp_path / "logs", os.environ)


async def test_a_child_runs_until_the_end_of_the_context(children: Children) -> None:
    async with children:
        (child,) = await children.start_ready(ChildSpec("sleeper", python(SLEEP), at_once))
        assert psutil.pid_exists(child.pid)
    assert child.process.returncode is not None


async def test_a_child_that_dies_at_the_start_is_told_with_its_last_words(
    children: Children, tmp_path: Path
) -> None:
    text = "import sys; print('no such port', file=sys.stderr); sys.exit(3)"
    async with children:
        with pytest.raises(ChildError) as caught:
            await children.start_ready(ChildSpec("broker", python(text), never))
    assert "the broker ended with code 3" in str(caught.value)
    assert "no such port" in str(caught.value)
    assert str(tmp_path / "logs" / "broker.log") in str(caught.value)


async def test_a_child_that_is_never_ready_is_reported(children: Children) -> None:
    async with children:
        with pytest.raises(ChildError, match="was not ready within 0 s"):
            await children.start_ready(ChildSpec("store", python(SLEEP), never, patience_s=0.2))


async def test_a_child_that_ends_later_is_noticed(children: Children) -> None:
    async with children, asyncio.timeout(20):
        await children.start_ready(ChildSpec("worker", python("import sys; sys.exit(9)"), at_once))
        with pytest.raises(ChildError, match="the worker ended with code 9"):
            await children.watch()


async def test_a_finite_child_may_end(children: Children) -> None:
    async with children:
        (child,) = await children.start_ready(
            ChildSpec("learner", python("pass"), at_once, finite=True)
        )
        await child.process.wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(children.watch(), 0.3)


async def test_a_child_that_ignores_the_request_to_end_is_ended(children: Children) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        " print('deaf', flush=True); time.sleep(60)"
    )
    async with children, asyncio.timeout(20):
        (child,) = await children.start_ready(ChildSpec("deaf", python(stubborn), at_once))
        while "deaf" not in child.log.read_text():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.05)
        await children.stop(patience_s=0.2)
        assert child.process.returncode == -signal.SIGKILL


async def test_children_are_ended_when_the_work_fails(children: Children) -> None:
    pids: list[int] = []

    async def work() -> None:
        async with children:
            (child,) = await children.start_ready(ChildSpec("sleeper", python(SLEEP), at_once))
            pids.append(child.pid)
            raise LookupError

    with pytest.raises(LookupError):
        await work()
    assert not psutil.pid_exists(pids[0])


@pytest.mark.skipif(sys.platform != "linux", reason="the leash is the kernel's")
def test_a_leashed_process_ends_with_its_parent() -> None:
    command = leashed(python(f"print('running', flush=True); {SLEEP}"))
    parent_text = (
        "import subprocess, time;"
        f"child = subprocess.Popen({command!r});"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(python(parent_text), stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert parent.stdout.readline() == b"running\n"
        parent.kill()
    gone, _ = psutil.wait_procs([child], timeout=10)
    assert gone or child.status() == psutil.STATUS_ZOMBIE
