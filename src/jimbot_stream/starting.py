"""Starts an embedded server as a child process, for whoever finds that none listens."""

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

_READY_S: Final = 30.0
_OTHER_READY_S: Final = 5.0
_STOP_S: Final = 10.0
_POLL_S: Final = 0.05


class StartError(Exception):
    """A server did not come up; the message says why, or names its log file."""


@dataclass(frozen=True, slots=True)
class Child:
    """A server that this process started. It is durable: killing it loses nothing."""

    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Ask it to end and wait; after ten seconds, kill it."""
        self.process.terminate()
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self.stop()


def start_server(command: Sequence[str], listens: Callable[[], bool], log: Path) -> Child | None:
    """Start a server in a session of its own, its output in a log file; blocks until it listens.

    Returns:
        The child, or None where another process started one at the same moment.

    Raises:
        StartError: it did not come up.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = Child(
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        )
    try:
        return _when_ready(child, listens, log)
    except BaseException:
        child.kill()
        raise


def _when_ready(child: Child, listens: Callable[[], bool], log: Path) -> Child | None:
    if not _soon(lambda: listens() or child.process.poll() is not None, _READY_S):
        raise StartError(f"it did not listen within {_READY_S:.0f} s: see {log}")
    if child.process.poll() is None:
        return child
    # The quicker one may have the file already, and the port in a moment.
    if not _soon(listens, _OTHER_READY_S):
        raise StartError(f"it ended with code {child.process.returncode}: {_last_line(log)}")
    return None


def _soon(true: Callable[[], bool], patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"see {log}"
