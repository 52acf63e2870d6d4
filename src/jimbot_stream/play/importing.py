"""``jimbot-stream ingest --without-worker``: recorded games straight into the log.

What the worker adds is left out: nobody decides in these games, and no rule of intake is applied
but those of reading a recording. For learning from them that is enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.message import Message
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from jimbot_stream.config import from_environment
from jimbot_stream.contracts import DecisionRequest, Event, StateObserved
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.journal import Entry
from jimbot_stream.eventlog.naming import game_stream
from jimbot_stream.eventlog.opening import ensure_store, open_log
from jimbot_stream.eventlog.whole import last_type, write_whole
from jimbot_stream.play.ingest import read, recordings
from jimbot_stream.streams.intake.recording import Recording
from jimbot_stream.streams.intake.telling import Telling


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a recording."""

    name: str
    recording: Recording
    written: int
    """Events."""
    known: int
    """Games that stood in the log to their end, told by whomever, and were left as they are."""

    @property
    def actions(self) -> int:
        """Actions among the events of its games."""
        return sum(each.event.HasField("action_applied") for each in self.recording.posted)


async def run(path: str, console: Console) -> int:
    """Write the recordings at path into the log of the settings, and report; the exit code.

    Raises:
        IngestError: there is no recording, or one that cannot be read.
        EventLogError: the log cannot be reached, or holds half of a game otherwise.
    """
    found = [(name, read(name, data)) for name, data in recordings(path)]
    settings = from_environment()
    ensure_store(settings)
    async with open_log(settings) as log:
        report([await write(log, name, recording) for name, recording in found], console)
    return 0


async def write(log: EventLog, name: str, recording: Recording) -> Imported:
    """Write the games of a recording, each to its stream; twice changes nothing.

    Raises:
        OtherwiseError: half of a game stands in the log otherwise, as while a worker is at it.
    """
    written = known = 0
    for game in recording.games:
        stream = game_stream(game.game_id)
        if await last_type(log, stream) == "GameEnded":
            known += 1
        else:
            written += await write_whole(log, stream, entries(recording.source, game))
    return Imported(name, recording, written, known)


def entries(source: str, game: Telling) -> Iterator[Entry]:
    """The events of a game as the log has them; a state that asks for a decision is seen only."""
    for posted in game.posted:
        event = posted.event
        fact = _fact(event)
        kind = type(fact).__name__
        told = {
            "producer": source,
            "schema": str(SCHEMA_VERSIONS[kind]),
            "sequence": str(event.sequence),
        }
        yield Entry(kind, to_json(fact), game.game_id, event.event_id, told)


def _fact(event: Event) -> Message:
    payload: Message = getattr(event, str(event.WhichOneof("payload")))
    return StateObserved(state=payload.state) if isinstance(payload, DecisionRequest) else payload


def report(found: list[Imported], console: Console) -> None:
    """Print what was written, and every line that could not be."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 0))
    table.add_column("recording", overflow="fold")
    for heading in ("games", "actions", "events written", "known games", "lines left out"):
        table.add_column(heading, justify="right")
    for each in found:
        recording = each.recording
        counts = (len(recording.games), each.actions, each.written, each.known)
        table.add_row(each.name, *map(str, (*counts, len(recording.left_out))))
    console.print(table)
    for each in found:
        for left in each.recording.left_out:
            line = f"{each.name}: line {left.line} is left out ({left.reason}): {left.detail}"
            console.print(line, style="red", markup=False, highlight=False)
