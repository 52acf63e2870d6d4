"""Consumer groups: who is in, in which generation, and who is fenced off."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jimbot_stream.bus.broker import Broker
from jimbot_stream.bus.broker.errors import ErrorCode
from jimbot_stream.clock import FrozenClock

Body = Callable[..., dict[str, Any]]


@pytest.fixture
def join() -> Body:
    """The body of a JoinGroup request."""

    def body(member: str = "", instance: str | None = None, **more: Any) -> dict[str, Any]:
        return {
            "group_id": "g",
            "session_timeout_ms": 10_000,
            "rebalance_timeout_ms": 5_000,
            "member_id": member,
            "instance_id": instance,
            "protocol_type": "consumer",
            "protocols": [{"name": "range", "metadata": b"m"}],
            **more,
        }

    return body


def of(joined: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The body of a later request of a member that joined."""
    return {
        "group_id": "g",
        "generation_id": joined["generation_id"],
        "member_id": joined["member_id"],
        **more,
    }


async def enter(wire: Any, join: Body, instance: str) -> dict[str, Any]:
    """Join a group alone and settle it; returns the answer to the join."""
    joined: dict[str, Any] = await wire.ask("join_group", join(instance=instance))
    assert joined["error_code"] == 0
    own = {"member_id": joined["member_id"], "assignment": b"all"}
    synced = await wire.ask("sync_group", of(joined, instance_id=instance, assignments=[own]))
    assert synced["assignment"] == b"all"
    return joined


async def test_a_new_member_is_given_an_id_first(wire: Any, join: Body) -> None:
    asked = await wire.ask("join_group", join())
    assert asked["error_code"] == ErrorCode.MEMBER_ID_REQUIRED
    joined = await wire.ask("join_group", join(asked["member_id"]))
    assert joined["error_code"] == 0
    assert joined["leader"] == joined["member_id"] == asked["member_id"]
    old_protocol = await wire.ask("join_group", join(group_id="h"), version=3)
    assert old_protocol["error_code"] == 0


async def test_the_leader_assigns_and_the_other_waits_for_it(
    broker: Any, connect: Any, wire: Any, join: Body
) -> None:
    other = await connect(broker)
    first = await enter(wire, join, "a")
    joining = asyncio.create_task(other.ask("join_group", join(instance="b")))
    await asyncio.sleep(0.05)
    beat = await wire.ask("heartbeat", of(first, instance_id="a"))
    assert beat["error_code"] == ErrorCode.REBALANCE_IN_PROGRESS
    leader = await wire.ask("join_group", join(first["member_id"], "a"))
    follower = await joining
    assert leader["generation_id"] == follower["generation_id"] > first["generation_id"]
    assert {m["instance_id"] for m in leader["members"]} == {"a", "b"}
    assert follower["members"] == []
    waiting = asyncio.create_task(
        other.ask("sync_group", of(follower, instance_id="b", assignments=[]))
    )
    await asyncio.sleep(0.05)
    assert not waiting.done()
    shares = [
        {"member_id": m["member_id"], "assignment": m["instance_id"].encode()}
        for m in leader["members"]
    ]
    mine = await wire.ask("sync_group", of(leader, instance_id="a", assignments=shares))
    assert (mine["assignment"], (await waiting)["assignment"]) == (b"a", b"b")
    described = (await wire.ask("describe_groups", {"groups": ["g"]}))["groups"][0]
    assert (described["state"], len(described["members"])) == ("Stable", 2)


async def test_a_static_member_takes_its_place_back_and_fences_the_old_process(
    broker: Any, connect: Any, wire: Any, join: Body
) -> None:
    old = await enter(wire, join, "a")
    successor = await connect(broker)
    new = await successor.ask("join_group", join(instance="a"))
    assert new["error_code"] == 0
    assert new["generation_id"] == old["generation_id"], "the group was not disturbed"
    assert new["leader"] == old["member_id"], "it need not assign again"
    synced = await successor.ask("sync_group", of(new, instance_id="a", assignments=[]))
    assert synced["assignment"] == b"all"
    requests: list[tuple[str, dict[str, Any]]] = [
        ("heartbeat", {}),
        ("sync_group", {"assignments": []}),
    ]
    for name, more in requests:
        answer = await wire.ask(name, of(old, instance_id="a", **more))
        assert answer["error_code"] == ErrorCode.FENCED_INSTANCE_ID
    commit = await wire.ask("offset_commit", of(old, instance_id="a", topics=[]))
    assert commit["topics"] == []
    again = await wire.ask("join_group", join(old["member_id"], "a"))
    assert again["error_code"] == ErrorCode.FENCED_INSTANCE_ID


async def test_silent_members_are_taken_out(
    broker: Any, connect: Any, wire: Any, join: Body, clock: FrozenClock
) -> None:
    joined = await enter(wire, join, "a")
    clock.advance(9)
    assert (await wire.ask("heartbeat", of(joined, instance_id="a")))["error_code"] == 0
    clock.advance(9)
    await asyncio.sleep(0.25)
    assert (await wire.ask("heartbeat", of(joined, instance_id="a")))["error_code"] == 0
    clock.advance(11)
    await asyncio.sleep(0.25)
    answer = await wire.ask("heartbeat", of(joined, instance_id="a"))
    assert answer["error_code"] == ErrorCode.UNKNOWN_MEMBER_ID
    state = (await wire.ask("describe_groups", {"groups": ["g"]}))["groups"][0]["state"]
    assert state == "Empty"


async def test_a_member_whose_client_vanished_while_joining_does_not_block_the_round(
    broker: Any, connect: Any, wire: Any, join: Body, clock: FrozenClock
) -> None:
    first = await enter(wire, join, "a")
    ghost = await connect(broker)
    ghost.send("join_group", join(instance="ghost"))
    await ghost.writer.drain()
    await asyncio.sleep(0.1)
    ghost.writer.close()
    await asyncio.sleep(0.1)
    joining = asyncio.create_task(wire.ask("join_group", join(first["member_id"], "a")))
    await asyncio.sleep(0.1)
    clock.advance(6)
    again = await joining
    assert again["error_code"] == 0


async def test_generations_grow_across_restarts_even_if_the_clock_stands_still(
    tmp_path: Path, connect: Any, join: Body, clock: FrozenClock
) -> None:
    seen: list[int] = []
    for _ in range(3):
        async with Broker(tmp_path / "g.sqlite", clock=clock) as broker:
            wire = await connect(broker)
            for _ in range(3):
                joined = await enter(wire, join, "a")
                seen.append(joined["generation_id"])
                member = {"member_id": joined["member_id"], "instance_id": "a"}
                await wire.ask("leave_group", {"group_id": "g", "members": [member]})
    assert seen == sorted(set(seen))
    assert seen[0] >= clock.now_ns() // 10**9


async def test_commits_are_taken_from_the_present_generation_only(
    wire: Any, join: Body, tmp_path: Path
) -> None:
    await wire.create("t")
    joined = await enter(wire, join, "a")
    part = {"index": 0, "offset": 5, "metadata": "here"}
    topics = [{"name": "t", "partitions": [part]}]

    async def code(**changes: Any) -> int:
        body = {**of(joined, instance_id="a", topics=topics), **changes}
        answer = await wire.ask("offset_commit", body)
        return int(answer["topics"][0]["partitions"][0]["error_code"])

    assert await code() == 0
    assert await code(generation_id=1) == ErrorCode.ILLEGAL_GENERATION
    assert await code(member_id="else", instance_id=None) == ErrorCode.UNKNOWN_MEMBER_ID
    assert await code(member_id="else") == ErrorCode.FENCED_INSTANCE_ID
    asked = {"group_id": "g", "topics": None}
    fetched = (await wire.ask("offset_fetch", asked))["topics"][0]["partitions"][0]
    assert (fetched["offset"], fetched["metadata"]) == (5, "here")
    refused = await wire.ask("delete_groups", {"groups": ["g", "none"]})
    codes = [g["error_code"] for g in refused["groups"]]
    assert codes == [ErrorCode.NON_EMPTY_GROUP, ErrorCode.GROUP_ID_NOT_FOUND]


async def test_an_empty_group_can_be_listed_and_deleted(wire: Any) -> None:
    await wire.create("t")
    part = {"index": 0, "offset": 5, "metadata": None}
    body = {"group_id": "g", "generation_id": -1, "member_id": "", "topics": []}
    body["topics"] = [{"name": "t", "partitions": [part]}]
    await wire.ask("offset_commit", body)
    assert [g["group_id"] for g in (await wire.ask("list_groups", {}))["groups"]] == ["g"]
    assert (await wire.ask("delete_groups", {"groups": ["g"]}))["groups"][0]["error_code"] == 0
    assert (await wire.ask("list_groups", {}))["groups"] == []


async def test_members_without_a_common_assignor_are_refused(
    broker: Any, connect: Any, wire: Any, join: Body
) -> None:
    await enter(wire, join, "a")
    other = await connect(broker)
    alien = join(instance="b", protocols=[{"name": "sticky", "metadata": b""}])
    answer = await other.ask("join_group", alien)
    assert answer["error_code"] == ErrorCode.INCONSISTENT_GROUP_PROTOCOL
    answer = await other.ask("join_group", join(instance="b", session_timeout_ms=0))
    assert answer["error_code"] == ErrorCode.INVALID_SESSION_TIMEOUT
    answer = await other.ask("join_group", join(group_id="", instance="b"))
    assert answer["error_code"] == ErrorCode.INVALID_GROUP_ID
