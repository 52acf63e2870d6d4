"""Events of small, made-up histories, of which lineage reads the names alone."""

from uuid import UUID

from google.protobuf.message import Message

from jimbot_stream.contracts import (
    CheckpointPromoted,
    EpisodeReference,
    EpisodeRejected,
    EvaluationStarted,
    PopulationExploited,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.eventlog import RecordedEvent

STRONG, WEAK = "a" * 63, "b" * 63
"""Checkpoints of two runs but for the last letter, the number of the update."""


def event(
    stream: str, revision: int, fact: Message, *, kind: str = "", data: bytes | None = None
) -> RecordedEvent:
    """A fact as the log holds it; its position is its revision."""
    return RecordedEvent(
        stream=stream,
        revision=revision,
        position=revision,
        id=UUID(int=revision),
        type=kind or fact.DESCRIPTOR.name,
        data=to_json(fact) if data is None else data,
        metadata=b'{"schema":"1"}',
        created_ns=0,
    )


def update(run: str, number: int, *, games: int) -> UpdateApplied:
    """An update of a long run: from checkpoint number - 1 to number, from so many games."""
    return UpdateApplied(
        run_id=run,
        update=number,
        checkpoint_in=f"{number - 1:064x}",
        checkpoint_out=f"{number:064x}",
        episodes=[EpisodeReference(game_id=f"{run}-{number}-{game}") for game in range(games)],
        config_json="{}",
    )


def population() -> list[RecordedEvent]:
    """Two members, of which the weak takes over the strong; an heir, and a promotion."""
    strong, weak = "trainingRun-strong", "trainingRun-weak"
    told = [
        (strong, _begun("strong", STRONG)),
        (strong, _updated("strong", STRONG, 1, STRONG + "0")),
        (strong, _left_out("strong")),
        (weak, _begun("weak", WEAK)),
        (weak, _updated("weak", WEAK, 1, WEAK + "0")),
        (weak, _exchanged()),
        (weak, _updated("weak", WEAK, 2, STRONG + "1")),
        (weak, _rejected()),
        ("evaluation-e1", EvaluationStarted(evaluation_id="e1", checkpoint=STRONG + "1")),
        ("service-policy", _promoted()),
        ("trainingRun-heir", _begun("heir", "c" * 63, begun_from=STRONG + "1")),
    ]
    counts: dict[str, int] = {}
    events = []
    for stream, fact in told:
        events.append(event(stream, counts.setdefault(stream, 0), fact))
        counts[stream] += 1
    return events


def _begun(run: str, letters: str, begun_from: str = "") -> RunStarted:
    return RunStarted(
        run_id=run, checkpoint=letters + "0", begun_from=begun_from, config_json='{"gamma":1}'
    )


def _updated(run: str, letters: str, number: int, before: str) -> UpdateApplied:
    return UpdateApplied(
        run_id=run,
        update=number,
        checkpoint_in=before,
        checkpoint_out=f"{letters}{number}",
        episodes=[EpisodeReference(game_id=f"{run}{number}")],
    )


def _left_out(run: str) -> EpisodeRejected:
    return EpisodeRejected(run_id=run, update=2, episode=EpisodeReference(game_id="torn"))


def _exchanged() -> PopulationExploited:
    return PopulationExploited(
        run_id="weak",
        update=1,
        from_run="strong",
        from_checkpoint=STRONG + "1",
        checkpoint_before=WEAK + "1",
    )


def _rejected() -> UpdateRejected:
    return UpdateRejected(
        run_id="weak", update=2, checkpoint=STRONG + "1", rejected=WEAK + "2", evaluation_id="e1"
    )


def _promoted() -> CheckpointPromoted:
    return CheckpointPromoted(checkpoint=STRONG + "1", run_id="strong", evaluation_id="e1")
