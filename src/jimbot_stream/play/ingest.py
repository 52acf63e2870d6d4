"""``jimbot-stream ingest``: send recorded games, and show what came of them."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from jimbot_stream.bus import Bus, BusError, Start
from jimbot_stream.bus.consumer import EventConsumer, Received
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.clock import Clock, SystemClock
from jimbot_stream.config import from_environment
from jimbot_stream.contracts import DecisionReply, EpisodeClosed, RecordRejected
from jimbot_stream.contracts.batch import encode_batch
from jimbot_stream.streams import topics
from jimbot_stream.streams.intake.recording import Recording, read_recording
from jimbot_stream.streams.intake.rejection import Rejected

STANDARD_INPUT = "-"
ANSWERS = (topics.DECISION_RESPONSE, topics.EPISODE, topics.DEAD_LETTER)


class IngestError(Exception):
    """There is nothing to send."""


@dataclass
class Outcome:
    """A recording, and what the worker made of it."""

    name: str
    recording: Recording
    replies: dict[str, DecisionReply] = field(default_factory=dict)
    """By request id."""
    episodes: dict[str, EpisodeClosed] = field(default_factory=dict)
    """By game id."""
    rejected: list[RecordRejected] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether everything that was to come has come."""
        return len(self.replies) >= self.recording.decisions and len(self.episodes) >= len(
            self.recording.games
        )

    @property
    def good(self) -> bool:
        """Whether everything came, and none of it is a dead letter or an error."""
        errors = any(reply.error for reply in self.replies.values())
        return self.whole and not self.rejected and not errors

    def take(self, received: Received) -> None:
        """Count an answer, if it answers this recording."""
        event = received.event
        kind = event.WhichOneof("payload")
        mine = received.key == self.recording.source.encode()
        if kind == "decision_reply" and mine:
            self.replies[event.decision_reply.request_id] = event.decision_reply
        elif kind == "record_rejected" and mine:
            self.rejected.append(event.record_rejected)
        elif kind == "episode_closed" and event.episode_closed.source == self.recording.source:
            self.episodes[event.episode_closed.game_id] = event.episode_closed


def recordings(path: str) -> Iterator[tuple[str, bytes]]:
    """Names and contents of what is at the path: a file, a folder's files, standard input.

    Raises:
        IngestError: nothing is there.
    """
    if path == STANDARD_INPUT:
        yield "standard input", sys.stdin.buffer.read()
        return
    place = Path(path)
    files = sorted(place.glob("*.json*")) if place.is_dir() else [place]
    if not files or not all(file.is_file() for file in files):
        raise IngestError(f"no recording at {path}: a file, a folder of *.jsonl, or - is needed")
    for file in files:
        yield file.name, file.read_bytes()


async def ingest(path: str, wait_s: float, console: Console) -> int:
    """Send the recordings at path and report; returns the exit code.

    Raises:
        IngestError: there is no recording, or one that cannot be read.
        BusError: nobody listens where the settings say.
    """
    sent = [Outcome(name, read(name, data)) for name, data in recordings(path)]
    settings = from_environment()
    bus = KafkaBus(settings.broker, patience_s=10.0)
    try:
        await exchange(bus, settings.topic_prefix, sent, SystemClock(), wait_s)
    except BusError as error:
        raise IngestError(
            f"{error}; is the worker running? Start it with: faust -A jimbot_stream worker"
        ) from error
    finally:
        await bus.close()
    report(sent, console)
    return 0 if all(outcome.good for outcome in sent) else 1


async def exchange(
    bus: Bus, prefix: str, outcomes: list[Outcome], clock: Clock, wait_s: float
) -> None:
    """Send every recording and collect the answers, until all came or none came for long.

    A recording that was sent before is not played again, and its answers are older than
    this command: so the answers are read from the beginning.
    """
    answers = await EventConsumer.open(
        bus, [prefix + topic.name for topic in ANSWERS], Start.BEGINNING
    )
    try:
        for outcome in outcomes:
            await _send(bus, prefix, outcome.recording, clock)
        quiet_since = clock.monotonic()
        while not all(outcome.whole for outcome in outcomes):
            received = await answers.take(timeout_s=0.5)
            for item in received:
                for outcome in outcomes:
                    outcome.take(item)
            if received:
                quiet_since = clock.monotonic()
            elif clock.monotonic() - quiet_since > wait_s:
                return
    finally:
        await answers.close()


async def _send(bus: Bus, prefix: str, recording: Recording, clock: Clock) -> None:
    for topic, batch in recording.batches():
        await bus.publish(
            prefix + topic,
            encode_batch(batch),
            key=batch.source.encode(),
            timestamp_ms=clock.now_ns() // 1_000_000,
        )


def read(name: str, data: bytes) -> Recording:
    """The recording of that name.

    Raises:
        IngestError: it holds nothing that can be told.
    """
    try:
        return read_recording(data)
    except Rejected as error:
        raise IngestError(f"{name}: {error}") from error


def report(outcomes: list[Outcome], console: Console) -> None:
    """Print what was sent and what came back."""
    console.print(_sent(outcomes))
    console.print(_games(outcomes))
    for outcome in outcomes:
        for line in _complaints(outcome):
            console.print(f"{outcome.name}: {line}", style="red", markup=False, highlight=False)
    bad = [outcome.name for outcome in outcomes if not outcome.good]
    told = f"{len(outcomes) - len(bad)} of {len(outcomes)} recordings went through whole"
    console.print(told, style="bold red" if bad else "bold green", highlight=False)


def _sent(outcomes: list[Outcome]) -> Table:
    table = Table(title="Sent", title_justify="left", box=SIMPLE_HEAD, padding=(0, 0))
    table.add_column("recording", overflow="fold")
    for heading in ("games", "events", "requests", "replies", "rejected", "left out"):
        table.add_column(heading, justify="right")
    for outcome in outcomes:
        recording = outcome.recording
        counts = (
            len(recording.games),
            len(recording.posted),
            recording.decisions,
            len(outcome.replies),
            len(outcome.rejected),
            len(recording.left_out),
        )
        table.add_row(outcome.name, *(str(count) for count in counts))
    return table


def _games(outcomes: list[Outcome]) -> Table:
    table = Table(title="Episodes", title_justify="left", box=SIMPLE_HEAD, padding=(0, 0))
    table.add_column("game", no_wrap=True)
    for heading in ("states", "decisions", "actions", "ante", "round", "score", "won"):
        table.add_column(heading, justify="right")
    for outcome in outcomes:
        for row in outcome.episodes.values():
            table.add_row(
                row.game_id,
                str(row.states),
                str(row.decisions),
                str(row.actions),
                str(row.ante),
                str(row.round),
                f"{row.best_score:,.0f}",
                "yes" if row.won else "no",
            )
    return table


def _complaints(outcome: Outcome) -> Iterator[str]:
    for left in outcome.recording.left_out:
        yield f"line {left.line} is left out ({left.reason}): {left.detail}"
    for letter in outcome.rejected:
        yield f"dead letter {letter.reason} at {letter.field or 'the record'}: {letter.detail}"
    for reply in outcome.replies.values():
        if reply.error:
            yield f"{reply.request_id}: {reply.error}"
    if not outcome.whole:
        missing = outcome.recording.decisions - len(outcome.replies)
        open_games = len(outcome.recording.games) - len(outcome.episodes)
        yield f"{missing} replies and {open_games} episodes did not come"
