"""Produce, Fetch and ListOffsets: records in, records out."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from jimbot_stream.bus.broker import records
from jimbot_stream.bus.broker.catalog import Partition
from jimbot_stream.bus.broker.core import Core, Request
from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode
from jimbot_stream.bus.broker.records import BatchHeader
from jimbot_stream.bus.broker.store import OFFSET_BITS, row_id
from jimbot_stream.bus.broker.wire import Message

_log = logging.getLogger(__name__)
_LATEST, _EARLIEST = -1, -2
_RESPONSE_BYTES: Final = 32 << 20
"""No fetch answers with more, whatever the client allows; the rest comes next time."""


class AbandonedError(Exception):
    """A producer that asked for no answer (acks=0) can learn of a failure only by a close."""


async def produce(core: Core, request: Request) -> Message | None:
    """Append batches; with acks 1 or all, answer after they are durable."""
    acks = request.body["acks"]
    parts = [
        (topic["name"], part["index"], _accepted(core, topic["name"], part, acks))
        for topic in request.body["topics"]
        for part in topic["partitions"]
    ]
    topics: dict[str, list[Message]] = {}
    failed = False
    for name, index, accepted in parts:
        answer = await _outcome(accepted)
        failed = failed or answer.get("error_code", 0) != 0
        topics.setdefault(name, []).append({"index": index, **answer})
    if acks != 0:
        return {"topics": [{"name": n, "partitions": p} for n, p in topics.items()]}
    if failed:
        raise AbandonedError("acks=0 produce failed")
    return None


def _accepted(
    core: Core, name: str, part: Message, acks: int
) -> "tuple[Partition, asyncio.Future[int]] | BrokerError":
    try:
        partition, header = _checked(core, name, part, acks)
    except BrokerError as error:
        return error
    return partition, core.log.append(partition, part["records"], header)


def _checked(core: Core, name: str, part: Message, acks: int) -> tuple[Partition, BatchHeader]:
    if acks not in (-1, 0, 1):
        raise BrokerError(ErrorCode.INVALID_REQUIRED_ACKS, f"acks={acks}")
    partition = core.catalog.find(name, part["index"])
    limit = core.catalog.topics[name].config.number("max.message.bytes")
    return partition, records.check(part["records"], limit)


async def _outcome(
    accepted: "tuple[Partition, asyncio.Future[int]] | BrokerError",
) -> Message:
    if isinstance(accepted, BrokerError):
        return _refused(accepted)
    partition, done = accepted
    try:
        base = await done
    except BrokerError as error:
        return _refused(error)
    return {"base_offset": base, "log_start_offset": partition.start}


def _refused(error: BrokerError) -> Message:
    _log.warning("refused a batch: %s (%s)", error, error.code.name)
    return {"error_code": error.code, "error_message": str(error)}


async def fetch(core: Core, request: Request) -> Message:
    """Read batches, waiting for new ones as long as the client allows.

    The wait is kept short while the client works off records of other partitions.
    """
    body, handed = request.body, request.line.handed
    if body.get("session_id", 0) != 0:
        return {"error_code": ErrorCode.FETCH_SESSION_ID_NOT_FOUND}
    loop = asyncio.get_running_loop()
    asked = [(topic["name"], part["index"]) for topic, part in _each(body["topics"])]
    patience = handed.patience(asked, loop.time())
    topics = await _awaited(core, request, min(body["max_wait_ms"] / 1000, patience))
    found = [(t["name"], part["index"]) for t, part in _each(topics) if part.get("records")]
    handed.hand_out(found, loop.time())
    return {"topics": topics}


def _each(topics: list[Message]) -> Iterator[tuple[Message, Message]]:
    return ((topic, part) for topic in topics for part in topic["partitions"])


async def _awaited(core: Core, request: Request, seconds: float) -> list[Message]:
    """Answers of all partitions, once there is enough to tell or the time is over."""
    loop, body = asyncio.get_running_loop(), request.body
    deadline = loop.time() + seconds
    while True:
        topics, size, urgent = _collect(core, body)
        left = deadline - loop.time()
        if urgent or size >= body["min_bytes"] or left <= 0:
            return topics
        if not await _news(core, request, left):
            return _collect(core, body)[0]


async def _news(core: Core, request: Request, seconds: float) -> bool:
    """Wait for new records; False if time is over or the client wants something else."""
    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    watched = list(_watched(core, request.body))
    for partition in watched:
        partition.waiters.add(waiter)
    hurried = request.line.poll(request.number)
    try:
        await asyncio.wait((waiter, hurried), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return waiter.done() and not hurried.done()
    finally:
        request.line.leave(hurried)
        for partition in watched:
            partition.waiters.discard(waiter)


def _watched(core: Core, body: Message) -> Iterator[Partition]:
    for topic, part in _each(body["topics"]):
        with suppress(BrokerError):
            yield core.catalog.find(topic["name"], part["index"])


def _collect(core: Core, body: Message) -> tuple[list[Message], int, bool]:
    """Answers of all partitions, bytes found, and whether any has an error to tell."""
    room = min(body["max_bytes"], _RESPONSE_BYTES)
    topics, size, urgent = [], 0, False
    for topic in body["topics"]:
        answers = []
        for part in topic["partitions"]:
            answer = _read(core, topic["name"], part, room - size, first=size == 0)
            size += len(answer.get("records", b""))
            urgent = urgent or bool(answer.get("error_code"))
            answers.append({"index": part["index"], **answer})
        topics.append({"name": topic["name"], "partitions": answers})
    return topics, size, urgent


def _read(core: Core, name: str, part: Message, room: int, *, first: bool) -> Message:
    try:
        partition = core.catalog.find(name, part["index"])
    except BrokerError as error:
        return {"error_code": error.code}
    answer: dict[str, Any] = {
        "high_watermark": partition.end,
        "last_stable_offset": partition.end,
        "log_start_offset": partition.start,
    }
    offset = part["offset"]
    if not partition.start <= offset <= partition.end:
        answer["error_code"] = ErrorCode.OFFSET_OUT_OF_RANGE
    elif offset < partition.end and (room > 0 or first):
        found = core.log.read(partition, offset, min(part["max_bytes"], max(room, 0)))
        answer["records"] = b"".join(found)
    return answer


async def list_offsets(core: Core, request: Request) -> Message:
    """Offsets of the log's ends, or of the first record of a time."""
    return {
        "topics": [
            {
                "name": topic["name"],
                "partitions": [
                    {"index": part["index"], **_offset(core, topic["name"], part)}
                    for part in topic["partitions"]
                ],
            }
            for topic in request.body["topics"]
        ]
    }


def _offset(core: Core, name: str, part: Message) -> Message:
    try:
        partition = core.catalog.find(name, part["index"])
    except BrokerError as error:
        return {"error_code": error.code}
    wanted = part["timestamp"]
    if wanted == _LATEST:
        return {"offset": partition.end, "leader_epoch": 0}
    if wanted == _EARLIEST:
        return {"offset": partition.start, "leader_epoch": 0}
    return _by_time(core, partition, wanted)


def _by_time(core: Core, partition: Partition, wanted: int) -> Message:
    """The first record that is not older than a time."""
    row = core.store.reader.execute(
        "SELECT k, ts, data FROM batch WHERE k >= ? AND k < ? AND ts >= ? ORDER BY k LIMIT 1",
        (row_id(partition.id, partition.start), (partition.id + 1) << OFFSET_BITS, wanted),
    ).fetchone()
    if row is None:
        return {}
    for record in records.read(row[2]) or ():
        if record.timestamp >= wanted and record.offset >= partition.start:
            return {"offset": record.offset, "timestamp": record.timestamp, "leader_epoch": 0}
    base = row[0] & ((1 << OFFSET_BITS) - 1)
    return {"offset": max(base, partition.start), "timestamp": row[1], "leader_epoch": 0}
