"""A broker in a thread of the test, and one in a process that can be killed."""

import gc
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from jimbot_stream.bus.broker import Broker
from tests.support.loops import Loop
from tests.support.ports import free_port

T = TypeVar("T")
_PATIENCE = 60.0


def clear_half_made_connections() -> None:
    """Collect what Kafka clients left behind, before it surfaces in another test.

    aiokafka and kafka-python forget a connection that is being made while they close.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


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
        clear_half_made_connections()

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
        code = self._end(signal.SIGTERM)
        clear_half_made_connections()
        return code

    def _end(self, number: int) -> int:
        if self._process.poll() is None:
            os.kill(self._process.pid, number)
        assert self._process.stdout is not None
        self._process.stdout.read()
        self._process.stdout.close()
        return self._process.wait(_PATIENCE)
