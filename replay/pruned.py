"""What was pruned: made again where it is needed, and no excuse for what must be there."""

from collections.abc import Iterator
from contextlib import suppress

from jimbot_stream.agents.keeping.recompute import Recomputed, RecomputeError
from jimbot_stream.agents.keeping.rule import NEWEST, Record
from jimbot_stream.agents.replay_memory import manifest
from jimbot_stream.contracts.v1.learning_pb2 import CheckpointsPruned, RunStarted, UpdateApplied
from jimbot_stream.eventlog import LogReader
from jimbot_stream.replay.blame import blame, unequal
from jimbot_stream.replay.history import Entry, History, finding
from jimbot_stream.replay.policies import Blobs
from jimbot_stream.replay.verdict import Cause, Divergence


def pruned_names(history: History) -> set[str]:
    """Blobs of which a run's record says that they were let go."""
    return {name for _, told in history.all(CheckpointsPruned) for name in told.blobs}


def recomputed(history: History, log: LogReader, blobs: Blobs) -> Recomputed:
    """The blobs of a run, pruned ones made again where they are asked for."""
    started = next((told for _, told in history.all(RunStarted)), RunStarted())
    updates = [told for _, told in history.all(UpdateApplied)]
    return Recomputed(log, blobs, started, updates, pruned_names(history))


def not_made_again(entry: Entry, error: Exception) -> Divergence:
    """An update cannot be repeated because what it begins with did not come out again."""
    cause: Cause = "weights"
    why = ""
    if isinstance(error, RecomputeError):
        cause, why = blame(error.update.environment_json, "weights")
    text = f"{type(error).__name__}: {error}"
    wanted = "what was pruned, made again"
    return finding(entry.event, "update", "checkpoint_in", wanted, text, cause, why)


def pruning_faults(
    entry: Entry, told: CheckpointsPruned, run: tuple[str, int, Record], blobs: Blobs
) -> Iterator[Divergence]:
    """Only what updates left may go, and nothing that the rule keeps.

    ``run`` is its name, its updates so far, and its record before the event. What is named by other
    streams, the run does not show.
    """
    name, number, record = run
    yield from unequal(
        entry,
        ("run_id", name, told.run_id, "tampering"),
        ("update", number, told.update, "missing"),
    )
    if told.every < 1:
        yield finding(entry.event, "run", "every", "1 or more", str(told.every), "tampering")
    kept = _kept(record, max(1, told.every), blobs)
    known = {blob for left in record.left for blob in left.blobs}
    blocks = any(left.memory for left in record.left)  # of which the record tells no names
    for place, blob in enumerate(told.blobs):
        field, wanted = f"blobs[{place}]", "a blob that an update left"
        if blob in kept:
            yield finding(entry.event, "run", field, "none that must stay", blob, "tampering")
        elif blob not in known and not blocks:
            yield finding(entry.event, "run", field, wanted, blob, "tampering")


def _kept(record: Record, every: int, blobs: Blobs) -> set[str]:
    """What the rule keeps, as far as a run shows it: of memories, the blocks of the newest."""
    anchors = record.anchors(every)
    kept = record.named
    kept.update(*(left.blobs for left in record.left if left.update in anchors))
    for left in record.left[-NEWEST:]:
        with suppress(Exception):  # gone by now, or spoilt, which is told where it is needed
            kept.update(manifest.blocks_of(blobs.get(left.memory)))
    return kept
