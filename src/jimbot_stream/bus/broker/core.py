"""What the parts of a broker share, and what a request brings along."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from jimbot_stream.bus.broker.api import Header
from jimbot_stream.bus.broker.catalog import Catalog
from jimbot_stream.bus.broker.group_table import GroupTable
from jimbot_stream.bus.broker.handed import Handed
from jimbot_stream.bus.broker.log import Log
from jimbot_stream.bus.broker.store import Store
from jimbot_stream.bus.broker.wire import Message
from jimbot_stream.clock import Clock

NODE: Final = 1
"""The only node's id."""


@dataclass(eq=False, slots=True)
class Core:
    """One broker's state, handed to every request handler."""

    clock: Clock
    store: Store
    catalog: Catalog
    log: Log
    groups: GroupTable
    cluster_id: str
    default_partitions: int


@dataclass(eq=False, slots=True)
class Line:
    """The requests of one connection; a long poll ends when another queues behind it."""

    arrived: int = 0
    handed: Handed = field(default_factory=Handed)
    _polls: "set[asyncio.Future[None]]" = field(default_factory=set)

    def join(self) -> int:
        """Let a request queue; returns its number."""
        self.arrived += 1
        for poll in self._polls:
            if not poll.done():
                poll.set_result(None)
        self._polls.clear()
        return self.arrived

    def poll(self, number: int) -> "asyncio.Future[None]":
        """A future that is done as soon as a later request than this one has arrived."""
        poll: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.arrived > number:
            poll.set_result(None)
        else:
            self._polls.add(poll)
        return poll

    def leave(self, poll: "asyncio.Future[None]") -> None:
        """Forget a poll that ended."""
        self._polls.discard(poll)


@dataclass(eq=False, slots=True)
class Request:
    """A request that was read, and the connection it came by."""

    header: Header
    body: Message
    client_host: str
    address: tuple[str, int]
    """Under which the client reached this broker, or is told to."""
    line: "Line"
    number: int
    """Its place in the line of its connection."""


Handler = Callable[[Core, Request], Awaitable[Message | None]]
"""Answers a request; None means that the client wants no answer."""
