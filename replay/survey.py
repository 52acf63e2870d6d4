"""One pass over the log: which histories there are, and what no single one can show."""

from dataclasses import dataclass, field

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay.history import (
    CHECKPOINT_PREFIX,
    GAME_PREFIX,
    RUN_PREFIX,
    LogReader,
    finding,
    read_metadata,
)
from jimbot_stream.replay.verdict import Divergence


@dataclass(slots=True)
class Survey:
    """What a log holds, in the order in which it began."""

    games: dict[str, int] = field(default_factory=dict)
    """Streams of games, with the number of decisions in each."""
    runs: dict[str, list[int]] = field(default_factory=dict)
    """Streams of training runs, with the revisions of their updates."""
    checkpoints: dict[str, int] = field(default_factory=dict)
    """Streams of checkpoints, with the number of events in each."""
    divergences: list[Divergence] = field(default_factory=list)
    """Requests that were decided in two games."""


async def survey(log: LogReader) -> Survey:
    """Read the whole log once, without looking into the data."""
    found = Survey()
    decided: dict[str, str] = {}
    async for event in log.read_all():
        if event.stream.startswith(GAME_PREFIX):
            _count_game(found, event, decided)
        elif event.stream.startswith(RUN_PREFIX):
            updates = found.runs.setdefault(event.stream, [])
            if event.type == "UpdateApplied":
                updates.append(event.revision)
        elif event.stream.startswith(CHECKPOINT_PREFIX):
            found.checkpoints[event.stream] = found.checkpoints.get(event.stream, 0) + 1
    return found


def _count_game(found: Survey, event: RecordedEvent, decided: dict[str, str]) -> None:
    count = found.games.get(event.stream, 0)
    if event.type != "DecisionMade":
        found.games[event.stream] = count
        return
    found.games[event.stream] = count + 1
    try:
        request = read_metadata(event.metadata).get("$correlationId", "")
    except ValueError:
        return  # the game's own verification reports it
    first = decided.setdefault(request, event.stream)
    if first != event.stream:  # twice in one game is the game's own verification to report
        found.divergences.append(
            finding(
                event,
                "decision",
                "request_id",
                "a request not decided before",
                request,
                "tampering",
                f"The same request was decided in {first}.",
            )
        )
