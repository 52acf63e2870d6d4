"""JoinGroup, SyncGroup, Heartbeat, LeaveGroup: requests of a group's members."""

import asyncio
from contextlib import suppress

from jimbot_stream.bus.broker.core import Core, Request
from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode
from jimbot_stream.bus.broker.group import Group, Joined, Joining, Member, State
from jimbot_stream.bus.broker.wire import Message

_LONGEST_SESSION_MS = 30 * 60 * 1000


def _about(request: Request) -> Joining:
    body = request.body
    session = body["session_timeout_ms"]
    if not 1 <= session <= _LONGEST_SESSION_MS:
        raise BrokerError(ErrorCode.INVALID_SESSION_TIMEOUT)
    rebalance = body.get("rebalance_timeout_ms", -1)
    return Joining(
        client_id=request.header.client_id or "",
        client_host=request.client_host,
        instance_id=body.get("instance_id"),
        session_s=session / 1000,
        rebalance_s=(rebalance if rebalance >= 0 else session) / 1000,
        protocol_type=body["protocol_type"],
        protocols=tuple((p["name"], bytes(p["metadata"])) for p in body["protocols"]),
    )


async def join_group(core: Core, request: Request) -> Message:
    """Enter a group, or its next round; answered when all have come."""
    try:
        joined = await _joined(core, request)
    except BrokerError as error:
        member_id = str(error) if error.code is ErrorCode.MEMBER_ID_REQUIRED else ""
        return {"error_code": error.code, "member_id": member_id or request.body["member_id"]}
    return {
        "generation_id": joined.generation,
        "protocol_name": joined.protocol,
        "leader": joined.leader,
        "member_id": joined.member_id,
        "members": [
            {"member_id": member, "instance_id": instance, "metadata": metadata}
            for member, instance, metadata in joined.members
        ],
    }


async def _joined(core: Core, request: Request) -> Joined:
    about = _about(request)
    group = core.groups.obtain(request.body["group_id"])
    group.check_protocols(about, request.body["member_id"])
    joined = _enter(core, group, about, request)
    if not isinstance(joined, Joined):
        joined = await joined
    if core.groups.unsaved:
        # A disk that is full must not keep groups from forming: the clock's seconds in
        # the generation see to it that it grows all the same.
        with suppress(BrokerError):
            await core.log.write(core.groups.save)
    return joined


def _enter(
    core: Core, group: Group, about: Joining, request: Request
) -> Joined | asyncio.Future[Joined]:
    """Where the member stands: new, known, or back under its instance id."""
    now = core.groups.now()
    member_id: str = request.body["member_id"]
    if member_id:
        if member_id in group.invited and about.instance_id is None:
            return group.add(member_id, about, now)
        return group.rejoin(group.member(member_id, about.instance_id), about, now)
    made = core.groups.new_member_id(about.instance_id or about.client_id)
    old = group.static(about.instance_id)
    if old is not None:
        return group.replace(old, made, about, now)
    if about.instance_id is None and request.header.version >= 4:
        group.invited[made] = now + about.session_s
        raise BrokerError(ErrorCode.MEMBER_ID_REQUIRED, made)
    return group.add(made, about, now)


def _present(core: Core, request: Request) -> tuple[Group, Member]:
    """The group and the member that a request of the present generation comes from."""
    body = request.body
    group = core.groups.obtain(body["group_id"])
    member = group.member(body["member_id"], body.get("instance_id"))
    if body["generation_id"] != group.generation:
        raise BrokerError(ErrorCode.ILLEGAL_GENERATION)
    return group, member


async def sync_group(core: Core, request: Request) -> Message:
    """Bring the assignments (leader), or wait for one's own."""
    try:
        group, member = _present(core, request)
        given = {a["member_id"]: bytes(a["assignment"]) for a in request.body["assignments"]}
        assignment = group.sync(member, given, core.groups.now())
        if not isinstance(assignment, bytes):
            assignment = await assignment
    except BrokerError as error:
        return {"error_code": error.code}
    return {"assignment": assignment}


async def heartbeat(core: Core, request: Request) -> Message:
    """A sign of life; the answer tells whether a new round has begun."""
    try:
        group, member = _present(core, request)
        member.alive_until = core.groups.now() + member.about.session_s
    except BrokerError as error:
        return {"error_code": error.code}
    if group.state is State.PREPARING:
        return {"error_code": ErrorCode.REBALANCE_IN_PROGRESS}
    return {}


async def leave_group(core: Core, request: Request) -> Message:
    """Members go, by their id or their instance id."""
    body = request.body
    if request.header.version < 3:
        code = _leave(core, body["group_id"], body["member_id"], None)
        return {"error_code": code}
    return {
        "members": [
            {
                "member_id": member["member_id"],
                "instance_id": member["instance_id"],
                "error_code": _leave(
                    core, body["group_id"], member["member_id"], member["instance_id"]
                ),
            }
            for member in body["members"]
        ]
    }


def _leave(core: Core, name: str, member_id: str, instance_id: str | None) -> ErrorCode:
    try:
        group = core.groups.obtain(name)
        static = group.static(instance_id)
        if static is not None and not member_id:
            member_id = static.id
        if group.invited.pop(member_id, None) is not None:
            return ErrorCode.NONE
        group.leave(group.member(member_id, instance_id), core.groups.now())
    except BrokerError as error:
        return error.code
    return ErrorCode.NONE
