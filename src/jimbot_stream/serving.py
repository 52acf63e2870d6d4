"""What the commands of the embedded servers share: an address option, and when to end."""

import asyncio
import os
import signal
from contextlib import suppress
from typing import Final

import click

_PARENT_CHECK_S: Final = 0.5


class Address(click.ParamType):
    """``HOST:PORT``."""

    name = "HOST:PORT"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Split at the last colon."""
        host, colon, port = str(value).rpartition(":")
        if not (colon and host and port.isdigit() and int(port) < 65536):
            self.fail(f"{value!r} is not HOST:PORT, for example 127.0.0.1:19092", param, ctx)
        return host.strip("[]"), int(port)


class Stop:
    """The end of a server: SIGTERM, Ctrl-C, or the end of the process that it serves.

    Ctrl-C reaches the whole process group: a server with a parent stays until its parent,
    which may still have something to write, ends it.
    """

    def __init__(self, parent: int | None) -> None:
        """Listen to signals from now on; parent is the id of a process to end with."""
        self._parent = parent
        self._is_child = os.getppid() == parent
        self._asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._asked.set)
        loop.add_signal_handler(signal.SIGINT, self._asked.set if parent is None else _stay)

    async def wait(self) -> None:
        """Return when it is time to end."""
        while not self._asked.is_set() and (self._parent is None or self._lives(self._parent)):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), _PARENT_CHECK_S)

    def _lives(self, parent: int) -> bool:
        if self._is_child:  # surer than its id, which a zombie keeps and the system may use again
            return os.getppid() == parent
        try:
            os.kill(parent, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def _stay() -> None:
    """Take no notice."""
