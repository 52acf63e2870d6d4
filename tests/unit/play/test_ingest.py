"""Sending recordings, and counting what comes back."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from jimbot_stream.balatro import actions, engine, wire
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.bus.memory import MemoryBus
from jimbot_stream.bus.producer import GameProducer
from jimbot_stream.clock import SystemClock
from jimbot_stream.contracts import (
    DecisionReply,
    EpisodeClosed,
    Event,
    EventType,
    GameStarted,
    RecordRejected,
)
from jimbot_stream.play import ingest
from jimbot_stream.streams import topics
from jimbot_stream.streams.intake.recording import Recording
from jimbot_stream.streams.intake.telling import Telling

ASKED = [topics.GAME_LIFECYCLE.name, topics.DECISION_REQUEST.name]


def outcome(decisions: int = 3) -> ingest.Outcome:
    """A recording of one game that begins, asks and ends; the states do not matter here."""
    recording = Recording("recording-1")
    game = Telling("recording-1", "recording-1-0")
    recording.games.append(game)
    run = engine.new_run("ABCD1234")
    game.begin(GameStarted(seed="ABCD1234"))
    play = actions.Verb.PLAY
    chosen = (actions.pack(actions.Verb.SELECT_BLIND), *(actions.pack(play, [at]) for at in (0, 1)))
    for action in chosen[:decisions]:
        game.see(wire.state_message(run))
        run.step(action)
    game.end("quit")
    return ingest.Outcome("one.jsonl", recording)


class Answering:
    """Answers like the worker: replies, a closed episode, or a dead letter."""

    def __init__(self, bus: MemoryBus) -> None:
        self.bus = bus
        self.reject = False
        self.error = ""
        self.task: asyncio.Task[None] | None = None

    async def stop(self) -> None:
        assert self.task is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def serve(self) -> None:
        asked = await EventConsumer.open(self.bus, ASKED)
        producer = GameProducer(self.bus, "recording-1")
        games = GameProducer(self.bus, "recording-1-0")
        while True:
            for event, place, _ in await asked.take(timeout_s=1.0):
                if event.HasField("decision_request"):
                    reply = DecisionReply(
                        request_id=event.decision_request.request_id, error=self.error
                    )
                    out = Event(type=EventType.EVENT_TYPE_DECISION_REPLY, decision_reply=reply)
                    producer.post(topics.DECISION_RESPONSE.name, [out])
                elif event.HasField("game_ended"):
                    if self.reject:
                        letter = RecordRejected(reason="missing_field", topic=place.topic)
                        producer.post(topics.DEAD_LETTER.name, [Event(record_rejected=letter)])
                    closed = EpisodeClosed(game_id=event.game_id, source="recording-1")
                    games.post(topics.EPISODE.name, [Event(episode_closed=closed)])


@pytest.fixture
async def answering(bus: MemoryBus) -> AsyncIterator[Answering]:
    answers = Answering(bus)
    answers.task = asyncio.create_task(answers.serve())
    await asyncio.sleep(0)
    yield answers
    await answers.stop()


def report(result: ingest.Outcome) -> str:
    text = io.StringIO()
    ingest.report([result], Console(file=text, width=120))
    return text.getvalue()


async def test_a_recording_that_is_answered_whole_is_good(
    bus: MemoryBus, answering: Answering
) -> None:
    result = outcome()
    await ingest.exchange(bus, "", [result], SystemClock(), wait_s=5.0)
    assert len(result.replies) == result.recording.decisions == 3
    assert result.good
    assert "1 of 1 recordings went through whole" in report(result)


async def test_a_dead_letter_is_told(bus: MemoryBus, answering: Answering) -> None:
    answering.reject = True
    result = outcome()
    await ingest.exchange(bus, "", [result], SystemClock(), wait_s=1.0)
    assert not result.good
    assert "dead letter missing_field" in report(result)


async def test_an_error_in_a_reply_is_told(bus: MemoryBus, answering: Answering) -> None:
    answering.error = "no weights"
    result = outcome()
    await ingest.exchange(bus, "", [result], SystemClock(), wait_s=1.0)
    assert not result.good
    assert "no weights" in report(result)


async def test_without_a_worker_it_ends_in_time_and_says_what_is_missing(bus: MemoryBus) -> None:
    result = outcome()
    await ingest.exchange(bus, "", [result], SystemClock(), wait_s=0.1)
    assert not result.good
    assert "3 replies and 1 episodes did not come" in report(result)


async def test_sending_again_finds_the_answers_of_the_first_time(
    bus: MemoryBus, answering: Answering
) -> None:
    await ingest.exchange(bus, "", [outcome()], SystemClock(), wait_s=5.0)
    await answering.stop()
    again = outcome()
    await ingest.exchange(bus, "", [again], SystemClock(), wait_s=0.2)
    assert again.good


def test_a_folder_is_read_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl", "notes.txt"):
        (tmp_path / name).write_bytes(orjson.dumps({"name": name}))
    assert [name for name, _ in ingest.recordings(str(tmp_path))] == ["a.jsonl", "b.jsonl"]


@pytest.mark.parametrize("path", ["nowhere.jsonl", "."])
def test_no_recording_is_an_error(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ingest.IngestError, match="no recording at"):
        list(ingest.recordings(path))
