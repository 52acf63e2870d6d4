"""What other streams name stays, whatever the run's own rule says."""

import pytest

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.keeping.elsewhere import Elsewhere
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal

NAME, OTHER = "ab" * 32, "cd" * 32


async def told(log: EventLog, stream: str, kind: str, **fields: str) -> None:
    journal = await StreamJournal.open(log, stream)
    await journal.append([Entry(kind, canonical_json(fields).encode(), "one")])


@pytest.mark.parametrize(
    ("stream", "kind", "field"),
    [
        ("game-one", "DecisionMade", "checkpoint"),
        ("evaluation-one", "EvaluationStarted", "checkpoint"),
        ("service-one", "CheckpointPromoted", "checkpoint"),
        ("service-one", "CheckpointPromoted", "replaced"),
        ("service-one", "CheckpointRefused", "incumbent"),
        ("service-one", "CheckpointRolledBack", "checkpoint"),
        ("service-one", "CheckpointRolledBack", "withdrawn"),
        ("trainingRun-other", "RunStarted", "checkpoint"),
        ("trainingRun-other", "RunStarted", "begun_from"),
        ("trainingRun-other", "UpdateApplied", "checkpoint_in"),
        ("trainingRun-other", "PopulationExploited", "from_checkpoint"),
        ("trainingRun-other", "CheckpointSaved", "sampler"),
        ("trainingRun-other", "UpdateApplied", "memory_out"),
    ],
)
async def test_what_is_named_elsewhere_is_known(
    log: EventLog, stream: str, kind: str, field: str
) -> None:
    await told(log, stream, kind, **{field: NAME})
    elsewhere = Elsewhere(log, "trainingRun-run5")
    await elsewhere.refresh()
    assert elsewhere.names == {NAME}


async def test_the_runs_own_record_and_checkpoints_own_streams_keep_nothing(log: EventLog) -> None:
    await told(log, "trainingRun-run5", "UpdateApplied", checkpoint_out=NAME)
    await told(log, f"checkpoint-{NAME}", "CheckpointSaved", checkpoint=NAME)
    elsewhere = Elsewhere(log, "trainingRun-run5")
    await elsewhere.refresh()
    assert elsewhere.names == set()


async def test_what_is_new_is_read_and_memories_keep_their_blocks(log: EventLog) -> None:
    elsewhere = Elsewhere(log, "trainingRun-run5")
    await told(log, "trainingRun-other", "UpdateApplied", memory_out=NAME)
    await elsewhere.refresh()
    await told(log, "evaluation-one", "EvaluationStarted", checkpoint=OTHER)
    await elsewhere.refresh()
    assert elsewhere.with_blocks(lambda name: [f"block of {name}"]) == {
        NAME,
        OTHER,
        f"block of {NAME}",
    }
