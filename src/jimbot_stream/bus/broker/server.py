"""The broker: opens the file, listens, and keeps house in the background."""

import asyncio
import logging
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from jimbot_stream.bus.broker.catalog import Catalog
from jimbot_stream.bus.broker.compaction import compact
from jimbot_stream.bus.broker.connection import Connection
from jimbot_stream.bus.broker.core import Core
from jimbot_stream.bus.broker.errors import BrokerError
from jimbot_stream.bus.broker.group_table import GroupTable
from jimbot_stream.bus.broker.log import Log
from jimbot_stream.bus.broker.retention import retain
from jimbot_stream.bus.broker.store import Durability, Store
from jimbot_stream.clock import Clock, SystemClock

_log = logging.getLogger(__name__)
_SWEEP_SECONDS: Final = 0.1
_CACHE_BYTES: Final = 64 << 20
_REQUEST_BYTES: Final = 100 << 20


class Broker:
    """A single Kafka node over one file; an async context manager.

    Example:
        >>> async with Broker(Path("data/broker.sqlite")) as broker:  # doctest: +SKIP
        ...     print(broker.port)
    """

    def __init__(
        self,
        path: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        *,
        advertised: tuple[str, int] | None = None,
        durability: Durability = "full",
        max_bytes: int | None = None,
        defaults: Mapping[str, str] | None = None,
        default_partitions: int = 1,
        cache_bytes: int = _CACHE_BYTES,
        max_request_bytes: int = _REQUEST_BYTES,
        housekeeping_s: float = 30.0,
    ) -> None:
        """Remember the settings; nothing is opened before the context is entered.

        Args:
            path: file of the broker; made if missing.
            host: address to listen on.
            port: 0 takes a free one; see the attribute of that name.
            clock: where times come from.
            advertised: address told to clients; None: the one that they connected to.
            durability: ``full`` syncs every commit, ``normal`` leaves that to the system.
            max_bytes: cap of the file's size; beyond, producers get KAFKA_STORAGE_ERROR.
            defaults: topic settings that hold where a topic has none of its own.
            default_partitions: partitions of a topic declared without a count.
            cache_bytes: budget for the newest batches in memory.
            max_request_bytes: larger requests end their connection.
            housekeeping_s: time between two rounds of retention and compaction.
        """
        self.path, self.host, self.port = path, host, port
        self._clock: Clock = clock or SystemClock()
        self._advertised = advertised
        self._durability: Durability = durability
        self._max_bytes = max_bytes
        self._defaults = dict(defaults or {})
        self._default_partitions = default_partitions
        self._cache_bytes = cache_bytes
        self._max_request_bytes = max_request_bytes
        self._housekeeping_s = housekeeping_s
        self._closing = False
        self._connections: set[asyncio.Task[None]] = set()
        self._chores: list[asyncio.Task[None]] = []

    @property
    def address(self) -> str:
        """``host:port`` for clients."""
        return f"{self.host}:{self.port}"

    async def __aenter__(self) -> Self:
        """Open the file and listen.

        Raises:
            StoreBusyError: another process has the file.
            OSError: the address is taken.
        """
        store = Store(self.path, self._durability, self._max_bytes)
        try:
            self.core = self._build(store)
            self._server = await asyncio.start_server(
                self._accept, self.host, self.port, limit=1 << 20
            )
        except BaseException:
            store.close()
            raise
        self.port = self._server.sockets[0].getsockname()[1]
        self._chores = [
            asyncio.create_task(self._sweep()),
            asyncio.create_task(self._keep_house()),
        ]
        return self

    def _build(self, store: Store) -> Core:
        catalog = Catalog(self._defaults)
        catalog.load(store.reader)
        return Core(
            clock=self._clock,
            store=store,
            catalog=catalog,
            log=Log(store, self._clock, self._cache_bytes),
            groups=GroupTable(self._clock, store.reader),
            cluster_id=store.identity(self._clock.now_ns()),
            default_partitions=self._default_partitions,
        )

    async def __aexit__(self, *unused: object) -> None:
        """End connections, finish the writes that were accepted, release the file."""
        self._closing = True
        self._server.close()
        for task in (*self._chores, *self._connections):
            task.cancel()
        await asyncio.gather(*self._chores, *self._connections, return_exceptions=True)
        await self._server.wait_closed()
        await self.core.log.close()
        self.core.store.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a new connection; one that comes while the broker ends is closed at once."""
        if self._closing:
            writer.close()
            return
        connection = Connection(
            self.core, reader, writer, self._advertised, self._max_request_bytes
        )
        task = asyncio.create_task(connection.run())
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        task.add_done_callback(lambda _: writer.close())

    async def _keep_house(self) -> None:
        """Apply retention and compaction from time to time; a full disk must not end it."""
        while True:
            await asyncio.sleep(self._housekeeping_s)
            try:
                await retain(self.core)
                await compact(self.core)
            except (BrokerError, sqlite3.Error) as error:
                _log.warning("clean-up failed and will be tried again: %s", error)

    async def _sweep(self) -> None:
        """Take silent members out of their groups."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            self.core.groups.sweep()
