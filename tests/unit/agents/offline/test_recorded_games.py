"""Learning from what `jimbot-stream ingest` takes in: real games that a bot recorded."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jimbot_stream.agents.offline.config import DECIDERS, CloningConfig, MarwilConfig
from jimbot_stream.agents.offline.episode import Episode, batch_of_episodes
from jimbot_stream.agents.offline.source import LogGames
from jimbot_stream.bus import Place
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import SystemClock
from jimbot_stream.contracts import DecisionMade, DecisionRequest
from jimbot_stream.decision.heuristic import decide_by_rule
from jimbot_stream.decision.record import decision_made, observe, seed_of
from jimbot_stream.eventlog import EventLog
from jimbot_stream.streams.game import Arrival, Game
from jimbot_stream.streams.games import Games
from jimbot_stream.streams.intake.recording import read_recording
from jimbot_stream.streams.metrics import Metrics
from tests.support.rule_games import begun, train

RECORDED = Path("tests/data/recorded_runs")
FILES = ["one_ante", "rearranged_jokers", "shop_reroll"]


@dataclass
class Rows:
    """The worker's tables."""

    episodes: dict[bytes, bytes] = field(default_factory=dict)
    waiting: dict[bytes, bytes] = field(default_factory=dict)
    sources: dict[bytes, bytes] = field(default_factory=dict)

    async def settled(self) -> None:
        """Nothing is ever under way."""

    def drop(self) -> None:
        """Nothing is ever held back."""


class Ruling:
    """The worker answers every request of the recording; nobody obeys."""

    def decide(
        self, game: Game, request: DecisionRequest, revision: int, digest: str, read_at: float
    ) -> DecisionMade:
        seen = observe(request.state, request.legal)
        decision = decide_by_rule(seen, seed_of(request, game.id), request.mode)
        return decision_made(request, game.id, revision, digest, decision)

    async def load(self, checkpoint: str) -> None:
        raise AssertionError("no policy is needed here")


async def take_in(log: EventLog, name: str) -> int:
    """Write a recording into the log as the worker does; gives the actions that it told."""
    recording = read_recording((RECORDED / f"{name}.jsonl").read_bytes())
    games = Games(log, SystemClock(), Metrics())
    for game in recording.games:
        arrivals = [
            Arrival(posted.event, Place("t", 0, place), 0, "p", read_at=time.monotonic())
            for place, posted in enumerate(game.posted)
        ]
        await games.apply(game.game_id, arrivals, Ruling(), Rows())
    return sum(posted.event.HasField("action_applied") for posted in recording.posted)


async def episodes_of(log: EventLog) -> list[Episode]:
    source = LogGames(log, "progress-1")
    return [await source.episode(header) async for header in source.headers(10**9)]  # type: ignore[arg-type]  # a Refusal would fail


@pytest.mark.parametrize("name", FILES)
async def test_what_the_bot_did_is_learned_from_and_not_what_was_advised(
    log: EventLog, name: str
) -> None:
    told = await take_in(log, name)
    (episode,) = await episodes_of(log)
    learned = episode.learned(("player",))
    assert learned.any()
    assert not episode.learned([each for each in DECIDERS if each != "player"]).any()
    untold = episode.left_out.get("its state was not told", 0)
    nothing = episode.left_out.get("nothing was to be chosen", 0)
    assert len(episode.actions) + untold + nothing == told  # no action vanishes silently
    batch_of_episodes([episode], ("player",))


async def test_a_bot_is_cloned(log: EventLog, blobs: BlobStore) -> None:
    for name in FILES:
        await take_in(log, name)
    learning = CloningConfig(minibatch=8, epochs=4, learning_rate=5e-3)
    training, run = await begun(log, blobs, learning, games=8)
    assert not training.refused
    await train(training, run, 8)
    agreements = [update.metrics["agreement"] for update in run.updates]
    assert agreements[-1] > agreements[0]
    assert agreements[-1] > 0.8


async def test_games_that_were_cut_off_are_not_learned_from_by_what_came_of_them(
    log: EventLog, blobs: BlobStore
) -> None:
    """Recordings end in the middle of a game: returns are unknown, what was done is not."""
    for name in FILES:
        await take_in(log, name)
    with pytest.raises(ValueError, match="3 cut short: what it would still have brought"):
        await begun(log, blobs, MarwilConfig())
