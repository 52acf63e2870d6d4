"""Child processes: started one after the other, watched, and all ended together."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from jimbot_stream.play.leash import leashed

TAIL_LINES = 15

logger = logging.getLogger(__name__)


class ChildError(Exception):
    """A process did not become ready, or ended before it should; names its log file."""


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """A process to start."""

    name: str
    command: Sequence[str]
    ready: Callable[[], Awaitable[bool]]
    """Asked again and again until it says True; an OSError means not yet."""
    patience_s: float = 60.0
    finite: bool = False
    """Whether it may end by itself, with code 0, once its work is done."""


class Child:
    """A running process and its log file."""

    def __init__(self, spec: ChildSpec, process: asyncio.subprocess.Process, log: Path) -> None:
        """Take over a started process."""
        self.spec = spec
        self.process = process
        self.log = log

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self.process.pid

    @property
    def ended_badly(self) -> bool:
        """Whether it ended though it should not have."""
        code = self.process.returncode
        return code is not None and not (self.spec.finite and code == 0)

    async def ready(self) -> None:
        """Wait until the process is ready.

        Raises:
            ChildError: it ended, or took too long.
        """
        try:
            async with asyncio.timeout(self.spec.patience_s):
                while not await self._says_ready():
                    if self.ended_badly:
                        raise self.failure(f"ended with code {self.process.returncode}")
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise self.failure(f"was not ready within {self.spec.patience_s:.0f} s") from None

    async def stop(self, patience_s: float) -> None:
        """Ask the process to end, and end it where it does not."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), patience_s)
            except TimeoutError:
                logger.warning("the %s did not end within %.0f s", self.spec.name, patience_s)
        # Whatever the process left behind in its group goes with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        await self.process.wait()

    def failure(self, what: str) -> ChildError:
        """An error that says what happened, where to read on, and the last lines of it."""
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        tail = "\n".join(f"    {line}" for line in lines) or "    (empty)"
        return ChildError(f"the {self.spec.name} {what}; its log is {self.log}:\n{tail}")

    async def _says_ready(self) -> bool:
        try:
            return await self.spec.ready()
        except OSError:
            return False


class Children:
    """The processes of a run, in order of start; the last one started is ended first."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        """Logs go into a folder, which is made; all children share an environment."""
        self._logs = logs
        self._environment = dict(environment)
        self._running: list[Child] = []
        logs.mkdir(parents=True, exist_ok=True)

    async def start(self, spec: ChildSpec) -> Child:
        """Start a process in a group of its own, on a leash, its output in its log."""
        log = self._logs / f"{spec.name}.log"
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *leashed(spec.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment,
                start_new_session=True,
            )
        child = Child(spec, process, log)
        self._running.append(child)
        return child

    async def start_ready(self, *specs: ChildSpec) -> list[Child]:
        """Start processes side by side and wait until all are ready.

        Raises:
            ChildError: one of them is not.
        """
        children = [await self.start(spec) for spec in specs]
        await asyncio.gather(*(child.ready() for child in children))
        return children

    async def watch(self) -> None:
        """Wait until one of the processes ends by itself.

        Raises:
            ChildError: always, in the end.
        """
        while True:
            for child in self._running:
                if child.ended_badly:
                    raise child.failure(f"ended with code {child.process.returncode}")
            await asyncio.sleep(0.2)

    async def stop(self, *names: str, patience_s: float = 15.0) -> None:
        """End the named processes, or all of them, last started first."""
        for child in reversed(self._running.copy()):
            if not names or child.spec.name in names:
                self._running.remove(child)
                await child.stop(patience_s)

    def pids(self) -> dict[str, int]:
        """Numbers of the processes that run, by name."""
        return {child.spec.name: child.pid for child in self._running}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.shield(self.stop(patience_s=15.0 if kind is None else 5.0))
