"""All consumer groups of the broker: finding, sweeping, and their committed offsets."""

import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode
from jimbot_stream.bus.broker.group import Group, State
from jimbot_stream.clock import Clock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Committed:
    """How far a group has read a partition."""

    offset: int
    leader_epoch: int
    metadata: str | None


class GroupTable:
    """Groups by name; members live in memory, offsets and generations in the store."""

    def __init__(self, clock: Clock, connection: sqlite3.Connection) -> None:
        self._clock = clock
        self._groups: dict[str, Group] = {}
        self._born = clock.now_ns()
        self._given = 0
        self.unsaved: set[str] = set()
        """Groups whose generation is newer than the stored one."""
        self._generations: dict[str, int] = dict(
            connection.execute("SELECT name, generation FROM grp")
        )
        self.offsets: dict[str, dict[int, Committed]] = {}
        for name, part, *rest in connection.execute("SELECT * FROM committed"):
            self.offsets.setdefault(name, {})[part] = Committed(*rest)

    def now(self) -> float:
        """The time that sessions are measured by."""
        return self._clock.monotonic()

    def names(self) -> list[str]:
        """Groups that have members or committed offsets."""
        living = (name for name, group in self._groups.items() if group.members)
        return sorted({*living, *self.offsets})

    def get(self, name: str) -> Group | None:
        """A group, if it ever had members since the start."""
        return self._groups.get(name)

    def obtain(self, name: str) -> Group:
        """A group, made on first use.

        Raises:
            BrokerError: groups need a name.
        """
        if not name:
            raise BrokerError(ErrorCode.INVALID_GROUP_ID, "a group needs a name")
        if name not in self._groups:
            self._groups[name] = Group(name, self._next_generation)
        return self._groups[name]

    def _next_generation(self, group: Group) -> int:
        """Greater than any before, and at least the seconds since 1970.

        The stored number makes it grow across restarts, and the seconds do so even if
        that number was lost.
        """
        before = max(group.generation, self._generations.get(group.name, 0))
        made = max(before + 1, self._clock.now_ns() // 1_000_000_000)
        self._generations[group.name] = made
        self.unsaved.add(group.name)
        _log.info("group %s: generation %d, %d members", group.name, made, len(group.members))
        return made

    def new_member_id(self, client_id: str) -> str:
        """A member id that no one had before, not even before a restart."""
        self._given += 1
        return f"{client_id or 'member'}-{self._born:x}-{self._given}"

    def save(self, connection: sqlite3.Connection) -> None:
        """Store the generations that are new."""
        names = [name for name in tuple(self.unsaved) if name in self._generations]
        connection.executemany(
            "INSERT OR REPLACE INTO grp VALUES (?, ?)",
            [(name, self._generations[name]) for name in names],
        )
        self.unsaved.difference_update(names)

    def sweep(self) -> None:
        """Let all groups take out members that fell silent."""
        now = self.now()
        for group in self._groups.values():
            group.sweep(now)

    def check_commit(
        self, name: str, generation: int, member_id: str, instance: str | None
    ) -> None:
        """Whether a commit of offsets may be taken.

        Raises:
            BrokerError: it comes from outside the present generation.
        """
        group = self.obtain(name)
        if not group.members and generation < 0:
            return
        member = group.member(member_id, instance)
        if generation != group.generation:
            raise BrokerError(ErrorCode.ILLEGAL_GENERATION)
        if group.state is State.COMPLETING:
            raise BrokerError(ErrorCode.REBALANCE_IN_PROGRESS)
        member.alive_until = self.now() + member.about.session_s

    def forget_partitions(self, gone: Iterable[int]) -> None:
        """Drop the offsets of partitions that were deleted."""
        ids = set(gone)
        for name, offsets in list(self.offsets.items()):
            self.offsets[name] = {part: c for part, c in offsets.items() if part not in ids}
            if not self.offsets[name]:
                del self.offsets[name]

    def check_removable(self, name: str) -> None:
        """Whether a group may be forgotten.

        Raises:
            BrokerError: it has members, or does not exist.
        """
        group = self._groups.get(name)
        if group is not None and group.members:
            raise BrokerError(ErrorCode.NON_EMPTY_GROUP, f"group {name} has members")
        if group is None and name not in self.offsets:
            raise BrokerError(ErrorCode.GROUP_ID_NOT_FOUND, f"no group {name}")

    def remove(self, name: str) -> None:
        """Forget a group."""
        self._groups.pop(name, None)
        self.offsets.pop(name, None)


def store_offsets(connection: sqlite3.Connection, name: str, offsets: dict[int, Committed]) -> None:
    """Store committed offsets."""
    connection.executemany(
        "INSERT OR REPLACE INTO committed VALUES (?, ?, ?, ?, ?)",
        [(name, part, c.offset, c.leader_epoch, c.metadata) for part, c in offsets.items()],
    )


def delete_group(connection: sqlite3.Connection, name: str) -> None:
    """Remove the offsets of a group; its generation stays, so that it goes on growing."""
    connection.execute("DELETE FROM committed WHERE grp = ?", (name,))
