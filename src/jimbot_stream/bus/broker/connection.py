"""One client's connection: frames in, answers out in the same order."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from jimbot_stream.bus.broker import admin, data, membership, metadata, offsets
from jimbot_stream.bus.broker.api import (
    APIS,
    Header,
    encode_response,
    read_header,
    request_layout,
)
from jimbot_stream.bus.broker.core import Core, Handler, Line, Request
from jimbot_stream.bus.broker.wire import Reader, WireError

_log = logging.getLogger(__name__)
_IN_FLIGHT: Final = 16
"""Requests of one connection that may be under way; more wait in the socket."""
_FRAME_SECONDS: Final = 30.0
"""A frame that has begun must be complete after this time."""
_API_VERSIONS: Final = 18

_ROOMS: Final = (data, metadata, offsets, membership, admin)
HANDLERS: Final[Mapping[str, Handler]] = {
    api.name: getattr(room, api.name)
    for api in APIS.values()
    for room in _ROOMS
    if hasattr(room, api.name)
}


class Connection:
    """Reads requests, runs their handlers, and writes the answers in order."""

    def __init__(
        self,
        core: Core,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        advertised: tuple[str, int] | None,
        max_request_bytes: int,
    ) -> None:
        self._core, self._reader, self._writer = core, reader, writer
        self._max_request_bytes = max_request_bytes
        self._peer: tuple[str, int] = writer.get_extra_info("peername")[:2]
        self._address = advertised or writer.get_extra_info("sockname")[:2]
        self._line = Line()
        self._answers: asyncio.Queue[asyncio.Task[bytes | bytearray | None]] = asyncio.Queue(
            _IN_FLIGHT
        )
        self._handlers: set[asyncio.Task[bytes | bytearray | None]] = set()

    async def run(self) -> None:
        """Serve until either side ends it; whatever a client sends, only it is cut off."""
        reading = asyncio.create_task(self._read())
        sending = asyncio.create_task(self._send())
        done: set[asyncio.Task[None]] = set()
        try:
            done, _ = await asyncio.wait((reading, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._stop(reading, sending)
            for task in done:
                self._explain(task.exception())

    async def _stop(self, *tasks: "asyncio.Task[None]") -> None:
        for task in (*tasks, *self._handlers):
            task.cancel()
        await asyncio.gather(*tasks, *self._handlers, return_exceptions=True)
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    def _explain(self, error: BaseException | None) -> None:
        peer = f"{self._peer[0]}:{self._peer[1]}"
        if error is None or isinstance(error, (ConnectionError, asyncio.IncompleteReadError)):
            _log.debug("%s left", peer)
        elif isinstance(error, (WireError, data.AbandonedError, TimeoutError)):
            _log.warning("closed the connection of %s: %s", peer, error)
        else:
            _log.error("closed the connection of %s", peer, exc_info=error)

    async def _read(self) -> None:
        while True:
            prefix = await self._reader.readexactly(4)
            size = int.from_bytes(prefix, "big", signed=True)
            if not 8 <= size <= self._max_request_bytes:
                raise WireError(f"a request cannot have {size} bytes")
            async with asyncio.timeout(_FRAME_SECONDS):
                frame = await self._reader.readexactly(size)
            task = asyncio.create_task(self._answer(frame, self._line.join()))
            self._handlers.add(task)
            task.add_done_callback(self._handlers.discard)
            await self._answers.put(task)

    async def _send(self) -> None:
        while True:
            answer = await (await self._answers.get())
            if answer is not None:
                self._writer.write(answer)
                await self._writer.drain()

    async def _answer(self, frame: bytes, number: int) -> bytes | bytearray | None:
        reader = Reader(frame)
        header = read_header(reader)
        if header.key not in APIS or not (header.known or header.key == _API_VERSIONS):
            raise WireError(f"no API {header.key} in version {header.version}")
        version = header.version if header.known else 0
        body = request_layout(header.key, version).read(reader) if header.known else {}
        request = Request(header, body, self._peer[0], self._address, self._line, number)
        _trace(header)
        answer = await HANDLERS[APIS[header.key].name](self._core, request)
        if answer is None:
            return None
        return encode_response(header.key, version, header.correlation, answer)


def _trace(header: Header) -> None:
    if _log.isEnabledFor(logging.DEBUG):
        _log.debug("%s %s v%d", header.client_id, APIS[header.key].name, header.version)
