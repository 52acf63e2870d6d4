"""Runs that learn from recorded games: begun, gone on with, and broken off."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from jimbot_stream.agents.failing import DivergedError
from jimbot_stream.agents.offline.config import Learning
from jimbot_stream.agents.trajectory import FeedError
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal
from jimbot_stream.eventlog.naming import game_stream
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence
from tests.support.rule_games import METHODS, NAMES, begun, record, train


async def divergences(log: EventLog, blobs: BlobStore) -> list[Divergence]:
    events = [event async for event in log.read_all() if not event.stream.startswith("$")]
    replayer = Replayer(Bundle(events), blobs)
    return [each async for each in replayer.verify() if isinstance(each, Divergence)]


@pytest.mark.parametrize("learning", METHODS, ids=NAMES)
async def test_a_run_that_was_stopped_equals_one_that_never_was(
    tmp_path: Path, log: EmbeddedLog, blobs: BlobStore, four: list[str], learning: Learning
) -> None:
    for updates in (1, 2, 3):
        training, run = await begun(log, blobs, learning)
        await train(training, run, updates)
    async with EmbeddedLog(tmp_path / "other.sqlite") as other:
        for name in four:
            told = [each async for each in log.read_stream(game_stream(name), from_revision=0)]
            entries = [
                Entry(each.type, each.data, name, metadata=orjson.loads(each.metadata))
                for each in told
            ]
            await (await StreamJournal.open(other, game_stream(name))).append(entries)
        training, whole = await begun(other, BlobStore(tmp_path / "other"), learning)
        await train(training, whole, 3)
    assert [each.data for each in whole.events] == [each.data for each in run.events]
    learned = [game.game_id for update in run.updates for game in update.episodes]
    assert sorted(learned[:4]) == four  # a pass goes once through all games


async def test_games_that_cannot_be_learned_from_are_told_and_left_out(
    log: EmbeddedLog, blobs: BlobStore
) -> None:
    good = await record(log, 0)
    await record(log, 1, rules="other")
    await record(log, 2, reason="quit", win_ante=8)
    await _open(log, "open")
    training, run = await begun(log, blobs, METHODS[1])
    assert [header.game_id for header in training.selected.learned] == [good]
    assert training.selected.reasons() == {
        "cut short: what it would still have brought is unknown": 1,
        "not finished": 1,
        "of other rules": 1,
    }
    await train(training, run, 1)
    assert [game.game_id for game in run.updates[0].episodes] == [good]


async def test_a_run_without_any_game_says_what_to_do(log: EmbeddedLog, blobs: BlobStore) -> None:
    await _open(log, "open")
    with pytest.raises(ValueError, match=r"1 not finished; record games first"):
        await begun(log, blobs, METHODS[0])


async def test_an_update_that_fails_is_recorded_and_fails_again(
    log: EmbeddedLog, blobs: BlobStore, four: list[str]
) -> None:
    training, run = await begun(log, blobs, replace(METHODS[0], learning_rate=1e30))
    before = run.checkpoint
    with pytest.raises(DivergedError):
        await train(training, run, 9)
    assert run.events[-1].type == "UpdateRejected"
    assert run.checkpoint == before
    assert not await divergences(log, blobs)


async def test_games_that_hold_nothing_are_recorded_and_the_run_stops(
    log: EmbeddedLog, blobs: BlobStore, four: list[str]
) -> None:
    training, run = await begun(log, blobs, METHODS[0], deciders=("policy",))
    with pytest.raises(FeedError, match="no game of update 1 can be learned from"):
        await train(training, run, 1)
    assert run.events[-1].type == "UpdateRejected"
    assert not await divergences(log, blobs)


async def _open(log: EmbeddedLog, name: str) -> None:
    """Record a game that has only begun."""
    journal = await StreamJournal.open(log, game_stream(name))
    await journal.append([Entry("GameStarted", b"{}", name)])
