"""The gRPC door as other clients see it: the official one used directly, and raw calls."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from kurrentdbclient import AsyncKurrentDBClient, NewEvent, StreamState
from kurrentdbclient.exceptions import NotFoundError, StreamIsDeletedError, WrongCurrentVersionError

from jimbot_stream.eventlog import EventLogError
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.server import Door

LIMIT_S = 10


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with EmbeddedLog(tmp_path / "events.sqlite") as log, Door(log, port=0) as made:
        yield made


@pytest.fixture
async def client(door: Door) -> AsyncIterator[AsyncKurrentDBClient]:
    made = AsyncKurrentDBClient(door.uri)
    await made.connect()
    yield made
    await made.close()


async def write(client: AsyncKurrentDBClient, stream: str, count: int) -> list[NewEvent]:
    events = [NewEvent(type="T", data=b'{"n":%d}' % n) for n in range(count)]
    await client.append_to_stream(stream, events=events, current_version=StreamState.NO_STREAM)
    return events


async def test_a_port_that_is_taken_is_told(door: Door, tmp_path: Path) -> None:
    async with EmbeddedLog(tmp_path / "other.sqlite") as log:
        with pytest.raises(EventLogError, match=f"cannot listen on 127.0.0.1:{door.port}"):
            await Door(log, port=door.port).open()


async def test_clients_that_discover_find_one_leader(door: Door) -> None:
    uri = f"kurrentdb+discover://127.0.0.1:{door.port}?Tls=false"
    client = AsyncKurrentDBClient(uri)
    await client.connect()
    await write(client, "game-1", 1)
    assert len(await client.get_stream("game-1")) == 1
    await client.close()


async def test_the_methods_it_has_are_listed(door: Door) -> None:
    method = "/event_store.client.server_features.ServerFeatures/GetSupportedMethods"
    async with grpc.aio.insecure_channel(f"127.0.0.1:{door.port}") as channel:
        call: Any = channel.unary_unary(method)
        answer = await call(b"")
    assert b"batchappend" in answer


@pytest.mark.parametrize(
    "method",
    [
        "/event_store.client.persistent_subscriptions.PersistentSubscriptions/List",
        "/event_store.client.projections.Projections/Enable",
        "/event_store.client.users.Users/Create",
    ],
)
async def test_what_it_lacks_is_unimplemented(door: Door, method: str) -> None:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{door.port}") as channel:
        call: Any = channel.unary_unary(method)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(b"")
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_subscriber_is_told_when_it_has_caught_up(client: AsyncKurrentDBClient) -> None:
    await write(client, "game-1", 3)
    subscription = await client.subscribe_to_all(include_caught_up=True)
    async with asyncio.timeout(LIMIT_S):
        kinds = [(await anext(subscription)).is_caught_up for _ in range(4)]
    assert kinds == [False, False, False, True]
    await subscription.stop()


async def test_a_filtered_subscriber_gets_checkpoints_past_what_it_does_not_see(
    client: AsyncKurrentDBClient,
) -> None:
    await write(client, "other-1", 400)
    end = await client.get_commit_position()
    subscription = await client.subscribe_to_all(
        filter_include=["game-"],
        filter_by_stream_name=True,
        filter_by_prefix=True,
        include_checkpoints=True,
        window_size=10,
        checkpoint_interval_multiplier=2,
    )
    async with asyncio.timeout(LIMIT_S):
        mark = await anext(subscription)
    assert mark.is_checkpoint
    assert mark.commit_position == end
    await subscription.stop()


async def test_a_subscriber_from_the_end_sees_only_what_is_new(
    client: AsyncKurrentDBClient,
) -> None:
    await write(client, "game-1", 3)
    subscription = await client.subscribe_to_all(from_end=True)
    await write(client, "game-2", 1)
    async with asyncio.timeout(LIMIT_S):
        assert (await anext(subscription)).stream_name == "game-2"
    await subscription.stop()


async def test_errors_are_those_that_the_client_knows(client: AsyncKurrentDBClient) -> None:
    await write(client, "game-1", 2)
    with pytest.raises(WrongCurrentVersionError) as wrong:
        await client.append_to_stream(
            "game-1", events=[NewEvent(type="T", data=b"{}")], current_version=0
        )
    assert wrong.value.actual_version == 1
    with pytest.raises(WrongCurrentVersionError):
        await client.delete_stream("game-1", current_version=0)
    with pytest.raises(NotFoundError):
        await client.delete_stream("game-9", current_version=StreamState.ANY)
    await client.delete_stream("game-1", current_version=1)
    await client.delete_stream("game-1", current_version=1)
    with pytest.raises(StreamIsDeletedError):
        await client.delete_stream("game-1", current_version=StreamState.EXISTS)
    await client.tombstone_stream("game-1", current_version=StreamState.ANY)
    with pytest.raises(StreamIsDeletedError):
        await client.get_stream("game-1")


async def test_metadata_streams_are_the_servers(client: AsyncKurrentDBClient) -> None:
    await write(client, "game-1", 2)
    await client.set_stream_metadata("game-1", metadata={"$maxCount": 1, "own": "kept"})
    await client.delete_stream("game-1", current_version=1)
    fields, _ = await client.get_stream_metadata("game-1")
    assert fields == {"$tb": 2**63 - 1}
    event = NewEvent(type="T", data=b"{}")
    await client.append_to_stream("game-1", events=[event], current_version=StreamState.ANY)
    fields, revision = await client.get_stream_metadata("game-1")
    assert fields == {"$tb": 2}
    assert revision == 2


async def test_binary_events_keep_their_content_type(client: AsyncKurrentDBClient) -> None:
    event = NewEvent(type="T", data=b"\x00\xff", content_type="application/octet-stream")
    await client.append_to_stream("game-1", events=[event], current_version=StreamState.ANY)
    found = (await client.get_stream("game-1"))[0]
    assert (found.content_type, found.data, found.id) == (event.content_type, event.data, event.id)
