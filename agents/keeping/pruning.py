"""Letting go of blobs: planned by the rule, recorded, and only then deleted.

A crash after the record leaves files that the next pruning of the run deletes; a file that is
gone is one that the record names. So a blob that is missing and was not recorded is a loss, and
nothing else is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from jimbot_stream.agents.keeping.elsewhere import Elsewhere
from jimbot_stream.agents.keeping.held import Held
from jimbot_stream.agents.keeping.rule import NEWEST, may_go
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import CheckpointsPruned
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.faults import pass_point
from jimbot_stream.eventlog.naming import run_stream

AN_EVENT: Final = 4096
"""Most names of one event, for an append holds a MiB."""
_LEAVES: Final = (3, 4)
"""Part of a bound that is left when it was passed: it is not to be passed again at once."""
_WORTH: Final = 8
"""Less than this part of a bound is not worth a record."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What may be let go of a run."""

    run: str
    update: int
    every: int
    blobs: Sequence[str]
    size: int
    """Bytes of their files."""
    held: int
    """Bytes of everything that the run holds, before."""

    @property
    def stays(self) -> int:
        """Bytes that it holds afterwards."""
        return self.held - self.size


class Pruner:
    """Lets go of what one run left, and can be computed again."""

    def __init__(self, run: TrainingRun, log: EventLog) -> None:
        """Look after a run of the log."""
        self._run = run
        self._blobs = run.blobs
        self._elsewhere = Elsewhere(log, run_stream(run.started.run_id))
        self._blocks = cache(lambda name: _blocks(self._blobs, name))
        self._held = Held(run.blobs.size, self._blocks, run.lineage.every)
        self._tidy = False
        """Nothing is there of which the record says that it was let go, but what must stay."""

    async def plan(self, every: int) -> Plan:
        """What goes where everything is kept after every so many updates, at least.

        Raises:
            LogUnavailableError: no answer.
            ValueError: every is less than 1.
        """
        await self._look()
        return self._plan(every)

    async def plan_within(self, bound: int) -> Plan:
        """What goes so that no more than a bound in bytes stays, and as much of that as can be.

        Where the rule keeps more than that, all goes that may: ``stays`` tells.

        Raises:
            LogUnavailableError: no answer.
        """
        await self._look()
        return self._plan_within(bound)

    async def prune(self, plan: Plan) -> None:
        """Record what goes, then delete it, and what earlier records left behind.

        Raises:
            RunError: somebody else goes on with the same run.
        """
        for start in range(0, len(plan.blobs), AN_EVENT):
            part = plan.blobs[start : start + AN_EVENT]
            size = sum(self._held.size(name) for name in part)
            told = CheckpointsPruned(
                run_id=plan.run, update=self._run.update, every=plan.every, blobs=part, size=size
            )
            await self._run.record_pruned(told)
        pass_point("prune-recorded")
        await self._delete()

    async def hold(self, bound: int) -> Plan | None:
        """Thin the run out where it takes more bytes than the bound; what went, if anything did.

        Equal records and files give equal plans: a run that was killed in between goes on to the
        same record.

        Raises:
            LogUnavailableError: no answer.
            RunError: somebody else goes on with the same run.
        """
        self._held.read(self._run.events)
        if self._held.record.pruned and not self._tidy:
            await self._delete()
        if self._held.bytes <= bound:
            return None
        await self._elsewhere.refresh()
        plan = self._plan_within(bound * _LEAVES[0] // _LEAVES[1])
        if plan.size * _WORTH < bound:
            return None
        await self.prune(plan)
        return plan

    async def _look(self) -> None:
        """Read what is new in the log."""
        self._held.read(self._run.events)
        await self._elsewhere.refresh()

    def _plan_within(self, bound: int) -> Plan:
        plan = self._plan(1)
        while plan.stays > bound and plan.every <= self._run.update:
            plan = self._plan(2 * plan.every)
        return plan

    def _plan(self, every: int) -> Plan:
        held = self._held
        others = self._elsewhere.with_blocks(self._blocks)
        going = [name for name in may_go(held.record, held.of, every, others) if held.size(name)]
        size = sum(held.size(name) for name in going)
        return Plan(self._run.started.run_id, self._run.update, every, going, size, held.bytes)

    async def _delete(self) -> None:
        """Delete what the record says is gone, but for what something names by now."""
        await self._look()  # who named one of them meanwhile keeps it
        record = self._held.record
        kept = record.named | self._elsewhere.with_blocks(self._blocks)
        kept.update(*(self._held.of(left) for left in record.left[-NEWEST:]))
        kept.update(*(self._blocks(name) for name in self._held.memories()))
        manifests = {left.memory for left in record.left}
        # Blocks go last: a manifest that is there has all of them.
        for name in sorted(record.pruned - kept, key=lambda name: (name not in manifests, name)):
            self._blobs.drop(name)
        self._tidy = True


def _blocks(blobs: BlobStore, name: str) -> list[str]:
    """Blocks of a manifest; none where it was let go of, for then they were recorded with it."""
    if not blobs.has(name):
        return []
    with blobs.path(name).open("rb") as file:
        return manifest.blocks_in(file)
