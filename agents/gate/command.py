"""What ``jimbot-learn promote`` and ``jimbot-learn rollback`` do."""

from collections.abc import Sequence

from jimbot_stream.agents.lookup import among_saved, newest_of, saved
from jimbot_stream.agents.soundness import fault_of
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import CheckpointPromoted
from jimbot_stream.eventlog import EventLog, RecordedEvent
from jimbot_stream.promotion import InService, PromotionError


async def promote(
    log: EventLog, blobs: BlobStore, letters: str, reason: str, by: str
) -> tuple[InService, Sequence[RecordedEvent]]:
    """Put a checkpoint into service that a run of the log saved; what is there now, and new events.

    Doing it again changes nothing. A run's name instead of letters means what it goes on with.

    Raises:
        PromotionError: its bytes cannot be used.
        ValueError: letters that belong to no checkpoint of the log, or to several.
    """
    known = await saved(log)
    name = await newest_of(log, letters) or among_saved(known, letters)
    _refuse_unsound(blobs, name)
    service = await InService.open(log)
    run_id = known[name].run_id
    what = CheckpointPromoted(checkpoint=name, run_id=run_id, reason=reason, by=by)
    return service, await service.promote(what)


async def roll_back(
    log: EventLog, blobs: BlobStore, letters: str, reason: str, by: str
) -> tuple[InService, Sequence[RecordedEvent]]:
    """Let an earlier checkpoint decide again, without letters the one before; as ``promote``.

    Raises:
        PromotionError: none was in service before, or its bytes cannot be used.
        ValueError: letters that belong to no checkpoint of the log, or to several.
    """
    service = await InService.open(log)
    name = among_saved(dict.fromkeys(service.stack), letters) if letters else ""
    _refuse_unsound(blobs, name or service.before())
    return service, await service.roll_back(name, reason, by)


def _refuse_unsound(blobs: BlobStore, name: str) -> None:
    fault = fault_of(blobs, name)
    if fault is not None:
        raise PromotionError(
            f"{name[:12]} is not put into service, {fault.cause}: {fault.reason}; what decides now"
            " goes on"
        )
