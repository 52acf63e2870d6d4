"""A broker in a thread of the test, and one in a process that can be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from jimbot_stream.bus.broker import Broker
from tests.support.loops import Loop
from tests.support.ports import free_port

T = TypeVar("T")
_PATIENCE = 20.0


class BrokerThread:
    """A broker in a thread of the test, on a port that it keeps across restarts."""

    def __init__(self, path: Path, **options: Any) -> None:
        self._path, self._options = path, options
        self._port = 0
        self.start()

    def start(self) -> None:
        self._loop = Loop()
        self.broker = Broker(self._path, port=self._port, **self._options)
        self._loop.run(self.broker.__aenter__())
        self._port = self.broker.port

    def stop(self) -> None:
        self._loop.run(self.broker.__aexit__(None, None, None))
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the broker's own loop."""
        return self._loop.run(work)

    @property
    def address(self) -> str:
        return self.broker.address


class BrokerProcess:
    """A broker as a process, which can be killed."""

    def __init__(self, data: Path) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self._data = data
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "jimbot_stream.bus.broker"]
        command += ["--data", str(self._data), "--listen", self.address]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert b"One node" in self._process.stdout.readline()

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        if self._process.poll() is None:
            os.kill(self._process.pid, number)
        assert self._process.stdout is not None
        self._process.stdout.read()
        self._process.stdout.close()
        return self._process.wait(_PATIENCE)
