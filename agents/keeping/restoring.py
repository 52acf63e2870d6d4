"""From a checkpoint that was pruned, back to its bytes."""

from jimbot_stream.agents.algorithms import Blobs
from jimbot_stream.agents.keeping.recompute import Recomputed
from jimbot_stream.agents.keeping.rule import Record
from jimbot_stream.agents.lookup import saved
from jimbot_stream.contracts import RunStarted, UpdateApplied
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import LogReader
from jimbot_stream.eventlog.naming import run_stream


async def blobs_with(log: LogReader, store: Blobs, checkpoint: str) -> Recomputed | None:
    """The blobs of the run that saved a checkpoint, that one made again if it was pruned.

    None where no run of the log saved it.

    Raises:
        BlobError: one that it is made from is missing, and was not pruned.
        RecomputeError: an update comes out otherwise on this machine.
    """
    told = (await saved(log)).get(checkpoint)
    if told is None or not told.run_id:
        return None
    events = [event async for event in log.read_stream(run_stream(told.run_id))]
    updates = [read_event(UpdateApplied, e) for e in events if e.type == "UpdateApplied"]
    started = read_event(RunStarted, events[0])
    found = Recomputed(log, store, started, updates, Record(events).pruned)
    await found.ensure([checkpoint])
    return found
