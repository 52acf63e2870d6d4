"""One consumer group: its members and the steps by which they agree who reads what.

Empty → Preparing (members join) → Completing (the leader assigns) → Stable. A member
that joins, leaves or falls silent starts the next round, whose generation is greater
than every one before, across restarts of the broker too.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode


class State(Enum):
    """Where a group stands; the values are Kafka's names."""

    EMPTY = "Empty"
    PREPARING = "PreparingRebalance"
    COMPLETING = "CompletingRebalance"
    STABLE = "Stable"


Protocols = tuple[tuple[str, bytes], ...]
"""Assignors that a member can follow, best first, with its metadata for each."""


@dataclass(frozen=True, slots=True)
class Joining:
    """What a member says of itself."""

    client_id: str
    client_host: str
    instance_id: str | None
    session_s: float
    rebalance_s: float
    protocol_type: str
    protocols: Protocols


@dataclass(frozen=True, slots=True)
class Joined:
    """Outcome of a round for one member; only the leader learns of the others."""

    generation: int
    protocol: str
    leader: str
    member_id: str
    members: Sequence[tuple[str, str | None, bytes]] = ()


@dataclass(eq=False, slots=True)
class Member:
    """A member, and the requests of it that are waiting."""

    id: str
    about: Joining
    alive_until: float
    assignment: bytes = b""
    join: "asyncio.Future[Joined] | None" = None
    sync: "asyncio.Future[bytes] | None" = None

    @property
    def joining(self) -> bool:
        """Whether its join is waiting; a client that vanished cancels it."""
        return self.join is not None and not self.join.done()

    @property
    def waiting(self) -> bool:
        """Whether any of its requests is waiting, which proves it alive."""
        return self.joining or (self.sync is not None and not self.sync.done())

    def metadata(self, protocol: str) -> bytes:
        """Its metadata for an assignor."""
        return dict(self.about.protocols).get(protocol, b"")

    def fail(self, code: ErrorCode) -> None:
        """Refuse whatever is waiting."""
        for future in (self.join, self.sync):
            if future is not None and not future.done():
                future.set_exception(BrokerError(code))
                future.exception()
        self.join = self.sync = None


@dataclass(eq=False, slots=True)
class Group:
    """The state machine of one group; time is passed in, nothing here sleeps."""

    name: str
    next_generation: Callable[["Group"], int]
    """Called for every round; must grow, across restarts too."""
    state: State = State.EMPTY
    generation: int = 0
    protocol_type: str = ""
    protocol: str = ""
    leader: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    invited: dict[str, float] = field(default_factory=dict)
    """Member ids that were given but not used yet, with their expiry."""
    deadline: float = 0.0
    """When a round under way stops waiting for the silent."""

    def static(self, instance_id: str | None) -> Member | None:
        """The member of an instance id."""
        if instance_id is None:
            return None
        return next((m for m in self.members.values() if m.about.instance_id == instance_id), None)

    def member(self, member_id: str, instance_id: str | None) -> Member:
        """A member that must be in the group.

        Raises:
            BrokerError: it is not, or another process took over its instance id.
        """
        static = self.static(instance_id)
        if instance_id is not None and static is None:
            raise BrokerError(ErrorCode.UNKNOWN_MEMBER_ID)
        if static is not None and static.id != member_id:
            raise BrokerError(ErrorCode.FENCED_INSTANCE_ID)
        if member_id not in self.members:
            raise BrokerError(ErrorCode.UNKNOWN_MEMBER_ID)
        return self.members[member_id]

    def check_protocols(self, about: Joining, member_id: str) -> None:
        """Refuse a member that could not agree with the others.

        Raises:
            BrokerError: no assignor in common.
        """
        itself = self.static(about.instance_id) or self.members.get(member_id)
        others = [m.about.protocols for m in self.members.values() if m is not itself]
        if not about.protocols or not about.protocol_type:
            raise BrokerError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
        if others and (
            about.protocol_type != self.protocol_type
            or not self._common([*others, about.protocols])
        ):
            raise BrokerError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)

    @staticmethod
    def _common(all_protocols: Iterable[Protocols]) -> set[str]:
        sets = [{name for name, _ in protocols} for protocols in all_protocols]
        return set.intersection(*sets) if sets else set()

    def add(self, member_id: str, about: Joining, now: float) -> "asyncio.Future[Joined]":
        """Take in a new member and start a round."""
        self.invited.pop(member_id, None)
        self.protocol_type = about.protocol_type
        member = self.members[member_id] = Member(member_id, about, now + about.session_s)
        return self._rejoin(member, now)

    def rejoin(
        self, member: Member, about: Joining, now: float
    ) -> "Joined | asyncio.Future[Joined]":
        """A known member joins again: the present round's outcome, or a new round."""
        changed = member.about.protocols != about.protocols
        member.about = about
        member.alive_until = now + about.session_s
        settled = self.state is State.STABLE and member.id != self.leader
        if not changed and (settled or self.state is State.COMPLETING):
            return self.outcome(member)
        return self._rejoin(member, now)

    def replace(
        self, old: Member, member_id: str, about: Joining, now: float
    ) -> "Joined | asyncio.Future[Joined]":
        """A static member came back under a new id; a settled group is not disturbed.

        If it led, it is told that its former id leads: it need not assign again.
        """
        old.fail(ErrorCode.FENCED_INSTANCE_ID)
        same = old.metadata(self.protocol) == dict(about.protocols).get(self.protocol)
        del self.members[old.id]
        member = Member(member_id, about, now + about.session_s, assignment=old.assignment)
        self.members[member_id] = member
        former_leader = self.leader
        if self.leader == old.id:
            self.leader = member_id
        if self.state is State.STABLE and same:
            return Joined(self.generation, self.protocol, former_leader, member_id)
        return self._rejoin(member, now)

    def _rejoin(self, member: Member, now: float) -> "asyncio.Future[Joined]":
        if member.joining and member.join is not None:
            member.join.cancel()
        member.join = asyncio.get_running_loop().create_future()
        waiting = member.join
        self.prepare(now)
        self.advance(now)
        return waiting

    def prepare(self, now: float) -> None:
        """Start a round, unless members are joining already."""
        if self.state is State.PREPARING:
            return
        for member in self.members.values():
            if member.sync is not None and not member.sync.done():
                member.sync.set_exception(BrokerError(ErrorCode.REBALANCE_IN_PROGRESS))
                member.sync.exception()
            member.sync = None
        self.state = State.PREPARING
        self.deadline = now + self._patience()

    def _patience(self) -> float:
        return max((m.about.rebalance_s for m in self.members.values()), default=0.0)

    def advance(self, now: float) -> None:
        """End the round's joining once all have joined, or the patience is over."""
        if self.state is not State.PREPARING:
            return
        silent = [m for m in self.members.values() if not m.joining]
        if silent and now < self.deadline:
            return
        for member in silent:
            if member.about.instance_id is None:
                self.drop(member)
        if not self.members:
            self._empty()
        elif any(m.joining for m in self.members.values()):
            self._assign(now)
        else:
            self.deadline = now + self._patience()

    def _empty(self) -> None:
        self.state, self.leader, self.protocol = State.EMPTY, "", ""
        self.generation = self.next_generation(self)

    def _assign(self, now: float) -> None:
        """All joined: fix generation, assignor and leader, and answer."""
        self.generation = self.next_generation(self)
        self.protocol = self._vote()
        joining = [m for m in self.members.values() if m.joining]
        if self.leader not in {m.id for m in joining}:
            self.leader = joining[0].id
        self.state = State.COMPLETING
        self.deadline = now + self._patience()
        for member in joining:
            assert member.join is not None
            member.alive_until = now + member.about.session_s
            member.join.set_result(self.outcome(member))
            member.join = None

    def _vote(self) -> str:
        """The assignor that most members prefer among those that all can follow."""
        common = self._common(m.about.protocols for m in self.members.values())
        votes: dict[str, int] = {}
        for member in self.members.values():
            best = next(name for name, _ in member.about.protocols if name in common)
            votes[best] = votes.get(best, 0) + 1
        return max(votes, key=lambda name: votes[name])

    def outcome(self, member: Member) -> Joined:
        """What the present round means for a member."""
        members: list[tuple[str, str | None, bytes]] = []
        if member.id == self.leader:
            members = [
                (m.id, m.about.instance_id, m.metadata(self.protocol))
                for m in self.members.values()
            ]
        return Joined(self.generation, self.protocol, self.leader, member.id, members)

    def sync(
        self, member: Member, assignments: Mapping[str, bytes], now: float
    ) -> "bytes | asyncio.Future[bytes]":
        """The member's assignment, once the leader has brought them all.

        Raises:
            BrokerError: a new round has begun.
        """
        member.alive_until = now + member.about.session_s
        if self.state is State.PREPARING:
            raise BrokerError(ErrorCode.REBALANCE_IN_PROGRESS)
        if self.state is State.STABLE:
            return member.assignment
        if member.id == self.leader:
            self._settle(assignments)
            return member.assignment
        member.sync = asyncio.get_running_loop().create_future()
        return member.sync

    def _settle(self, assignments: Mapping[str, bytes]) -> None:
        self.state = State.STABLE
        for member in self.members.values():
            member.assignment = assignments.get(member.id, b"")
            if member.sync is not None and not member.sync.done():
                member.sync.set_result(member.assignment)
            member.sync = None

    def drop(self, member: Member) -> None:
        """Take a member out; the caller starts the round that follows."""
        self.members.pop(member.id, None)
        member.fail(ErrorCode.UNKNOWN_MEMBER_ID)
        if self.leader == member.id:
            self.leader = ""

    def leave(self, member: Member, now: float) -> None:
        """A member goes."""
        self.drop(member)
        self.prepare(now)
        self.advance(now)

    def sweep(self, now: float) -> None:
        """Take out members that fell silent, and end rounds that waited long enough."""
        self.invited = {key: until for key, until in self.invited.items() if until > now}
        silent = [m for m in self.members.values() if m.alive_until <= now and not m.waiting]
        if self.state is State.COMPLETING and now >= self.deadline:
            silent += [m for m in self.members.values() if m.sync is None and m not in silent]
        for member in silent:
            self.drop(member)
        if silent:
            self.prepare(now)
        self.advance(now)
