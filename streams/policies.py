"""The policies in memory, and the one in service."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from jimbot_stream.decision import Policy
from jimbot_stream.streams.intake.rejection import Rejected

LoadPolicy = Callable[[str], Policy]
"""Loads the policy of a checkpoint, named by its sha256; may take seconds."""


class Policies:
    """Policies by checkpoint; the least recently used are forgotten and loaded again.

    Args:
        load: where they come from.
        capacity: how many are kept in memory.
    """

    def __init__(self, load: LoadPolicy, capacity: int = 8) -> None:
        self._load = load
        self._capacity = capacity
        self._held: OrderedDict[str, Policy] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Policy]] = {}
        self.in_service = ""
        """Checkpoint that decides where none is asked for; empty before the first."""

    async def take(self, checkpoint: str) -> Policy:
        """Load a policy and put it into service: from the next decision on, it decides.

        Raises:
            Rejected: it cannot be loaded; the one in service stays.
        """
        policy = await self.get(checkpoint)
        self.in_service = checkpoint
        return policy

    async def get(self, checkpoint: str) -> Policy:
        """The policy of a checkpoint, loaded in a thread unless it is held.

        The empty name stands for the one in service.

        Raises:
            Rejected: it cannot be loaded.
        """
        checkpoint = checkpoint or self.in_service
        held = self._held.get(checkpoint)
        if held is not None:
            return held
        task = self._loading.get(checkpoint)
        if task is None:
            task = self._loading[checkpoint] = asyncio.create_task(self._fetch(checkpoint))
        return await asyncio.shield(task)

    def peek(self, checkpoint: str) -> Policy | None:
        """The policy of a checkpoint, if it is held; the empty name: the one in service."""
        name = checkpoint or self.in_service
        if name in self._held:
            self._held.move_to_end(name)
        return self._held.get(name)

    async def _fetch(self, checkpoint: str) -> Policy:
        try:
            policy = await asyncio.to_thread(self._load, checkpoint)
        except Exception as error:
            field = "payload.checkpoint"
            raise Rejected("unknown_checkpoint", field, f"{checkpoint}: {error}") from error
        finally:
            del self._loading[checkpoint]
        self._held[checkpoint] = policy
        while len(self._held) > self._capacity:
            self._held.popitem(last=False)
        return policy
