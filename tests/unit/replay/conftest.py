"""Real histories for the audit: games of the engine, decided by a policy, in a log; no bus."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import orjson
import pytest
from google.protobuf.message import Message

from jimbot_stream.agents.checkpoint import canonical_json, untrained
from jimbot_stream.agents.feed import read_batch
from jimbot_stream.agents.machine import environment
from jimbot_stream.agents.policy import load_policy
from jimbot_stream.agents.ppo.config import UpdateConfig, shuffle_seed
from jimbot_stream.agents.update import apply_update
from jimbot_stream.balatro import RULES_VERSION, wire
from jimbot_stream.balatro.engine import new_run
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import (
    ActionApplied,
    CheckpointSaved,
    DecisionMade,
    DecisionMode,
    DecisionRequest,
    EpisodeReference,
    GameEnded,
    GameStarted,
    RunEnded,
    RunStarted,
    StateObserved,
    UpdateApplied,
)
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.decision import Observation, Policy
from jimbot_stream.decision.decide import Decision, decide
from jimbot_stream.decision.record import decision_made, observe, seed_of
from jimbot_stream.decision.sampling import DecisionSeed
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.digest import chain, chained_metadata
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal
from jimbot_stream.eventlog.naming import (
    checkpoint_stream,
    event_id,
    game_stream,
    run_stream,
)
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence
from tests.support.homes import Home

RUN_SEED = 7


@dataclass
class Player:
    """Plays a game into a journal as worker and player do together."""

    journal: StreamJournal
    game_id: str
    policy: Policy
    number: int = 0
    decisions: int = 0
    best_score: float = 0.0

    async def play(self, seed: str, win_ante: int) -> None:
        run = new_run(seed, win_ante=win_ante)
        await self._write(
            GameStarted(
                seed=seed,
                deck="b_red",
                stake=1,
                rules_version=RULES_VERSION,
                win_ante=win_ante,
                origin="simulator",
                run_seed=RUN_SEED,
            )
        )
        while not run.over:
            made = await self._decide(StateObserved(state=wire.state_message(run)))
            wire.step_message(run, made.action)
            seen = wire.state_message(run)
            self.best_score = max(self.best_score, seen.chips, seen.best_score)
            await self._write(
                ActionApplied(
                    state_sequence=self.number - 1, action=made.action, request_id=made.request_id
                )
            )
        last = wire.state_message(run)
        await self._write(StateObserved(state=last))
        await self._write(
            GameEnded(won=last.won, ante=last.ante, round=last.round, best_score=self.best_score)
        )

    def choose(self, observation: Observation, seed: DecisionSeed) -> Decision:
        """Decide as the policy says."""
        return decide(observation, self.policy, seed, DecisionMode.DECISION_MODE_SAMPLE)

    async def _decide(self, observed: StateObserved) -> DecisionMade:
        revision = await self._write(observed)
        request = DecisionRequest(
            request_id=f"{self.game_id}/{self.decisions}",
            state=observed.state,
            checkpoint=self.policy.checkpoint,
            decision_number=self.decisions,
            run_seed=RUN_SEED,
        )
        decision = self.choose(observe(observed.state), seed_of(request, self.game_id))
        digest = sha256(to_json(observed)).hexdigest()
        made = decision_made(request, self.game_id, revision, digest, decision)
        self.decisions += 1
        await self._append(made, request.request_id, self.number - 1)
        return made

    async def _write(self, fact: Message) -> int:
        self.number += 1
        return await self._append(fact, self.game_id, self.number - 1)

    async def _append(self, fact: Message, correlation: str, number: int) -> int:
        metadata = {"schema": "1", "producer": "test", "sequence": str(number)}
        entry = Entry(fact.DESCRIPTOR.name, to_json(fact), correlation, metadata=metadata)
        return (await self.journal.append([entry]))[0]


@dataclass
class House:
    """A folder with a log of three short games and two updates from them.

    The untrained checkpoint played "one" and "two", that of the first update "three".
    """

    folder: Path
    checkpoint: str
    events: list[RecordedEvent]

    @property
    def blobs(self) -> BlobStore:
        return BlobStore(self.folder / "blobs")

    @property
    def log_file(self) -> Path:
        return self.folder / "events.sqlite"


async def _play(log: EmbeddedLog, blobs: BlobStore, checkpoint: str, **games: str) -> None:
    """Play games, given as seeds by their ids."""
    policy = load_policy(blobs.get(checkpoint))
    for game_id, seed in games.items():
        journal = await StreamJournal.open(log, game_stream(game_id))
        await Player(journal, game_id, policy).play(seed, win_ante=1)


async def _learn(log: EmbeddedLog, blobs: BlobStore, checkpoint: str) -> None:
    """Two generations and their updates, recorded as the learner records them."""
    config = UpdateConfig(epochs=1)
    environment_json = canonical_json(environment())
    facts: list[Message] = [
        RunStarted(
            run_id="run",
            run_seed=RUN_SEED,
            algorithm="ppo",
            config_json=config.to_json(),
            environment_json=environment_json,
            checkpoint=checkpoint,
        ),
        CheckpointSaved(checkpoint=checkpoint, size=len(blobs.get(checkpoint)), run_id="run"),
    ]
    generations = ({"one": "AUDIT1", "two": "AUDIT2"}, {"three": "AUDIT3"})
    for number, games in enumerate(generations, 1):
        await _play(log, blobs, checkpoint, **games)
        episodes = [await _reference(log, game_id) for game_id in games]
        batch = await read_batch(log, episodes, config)
        seed = shuffle_seed(RUN_SEED, number)
        update = apply_update(blobs.get(checkpoint), batch, config, seed)
        after = update.checkpoint
        before, checkpoint = checkpoint, blobs.put(after)
        facts.append(
            UpdateApplied(
                run_id="run",
                update=number,
                checkpoint_in=before,
                checkpoint_out=checkpoint,
                episodes=episodes,
                shuffle_seed=seed,
                threads=config.shards,
                steps=batch.steps,
                metrics=update.metrics,
                config_json=config.to_json(),
                environment_json=environment_json,
            )
        )
        facts.append(
            CheckpointSaved(
                checkpoint=checkpoint,
                size=len(after),
                run_id="run",
                update=number,
                parent=before,
                rules_version=RULES_VERSION,
            )
        )
    facts.append(RunEnded(run_id="run", updates=2, checkpoint=checkpoint, reason="finished"))
    run = await StreamJournal.open(log, run_stream("run"))
    own = await StreamJournal.open(log, checkpoint_stream(checkpoint))
    for journal, fact in [*((run, fact) for fact in facts), (own, facts[-2])]:
        entry = Entry(fact.DESCRIPTOR.name, to_json(fact), "run", metadata={"schema": "1"})
        await journal.append([entry])


async def _reference(log: EmbeddedLog, game_id: str) -> EpisodeReference:
    last = [e async for e in log.read_stream(game_stream(game_id), backwards=True, limit=1)]
    return EpisodeReference(game_id=game_id, last_revision=last[0].revision)


async def _build(folder: Path) -> House:
    blobs = BlobStore(folder / "blobs")
    checkpoint = blobs.put(untrained(RUN_SEED))
    async with EmbeddedLog(folder / "events.sqlite", FrozenClock()) as log:
        await _learn(log, blobs, checkpoint)
        return House(folder, checkpoint, [event async for event in log.read_all()])


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Whole games and a run in an embedded log; never written to by a test."""
    return asyncio.run(_build(tmp_path_factory.mktemp("house")))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty data folder that a test fills."""
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder)


@pytest.fixture
def run(house: House) -> list[RecordedEvent]:
    """The events of the training run."""
    return [event for event in house.events if event.stream == run_stream("run")]


@pytest.fixture
def game(house: House) -> list[RecordedEvent]:
    """The events of the first game."""
    return [event for event in house.events if event.stream == game_stream("one")]


def rechained(events: list[RecordedEvent]) -> list[RecordedEvent]:
    """The stream as a forger leaves it: revisions, digests, chain and ids all made anew."""
    forged: list[RecordedEvent] = []
    end = ""
    for revision, event in enumerate(events):
        told = {
            key: value
            for key, value in orjson.loads(event.metadata).items()
            if key not in ("digest", "prev")
        }
        metadata = chained_metadata(told, event.data, end)
        own = event_id(event.stream, event.type, told["$correlationId"], event.data, metadata)
        end = chain(end, event.stream, revision, own, event.type, event.data, metadata)
        forged.append(replace(event, revision=revision, id=own, metadata=metadata))
    return forged


Forge = Callable[..., list[RecordedEvent]]


@pytest.fixture
def forge(game: list[RecordedEvent]) -> Forge:
    """Change fields of the data of one event, and cover the traces."""

    def change(revision: int, /, **fields: object) -> list[RecordedEvent]:
        events = list(game)  # as it is by then: a test may have edited it before
        data = orjson.loads(events[revision].data) | fields
        events[revision] = replace(events[revision], data=orjson.dumps(data))
        return rechained(events)

    return change


Rechain = Callable[[list[RecordedEvent]], list[RecordedEvent]]


@pytest.fixture
def rechain() -> Rechain:
    """Cover the traces of edits to one stream."""
    return rechained


Audit = Callable[[Sequence[RecordedEvent]], Awaitable[list[Divergence]]]
AuditWith = Callable[[Sequence[RecordedEvent], BlobStore], Awaitable[list[Divergence]]]


@pytest.fixture
def audit_with() -> AuditWith:
    """Verify these events with these blobs and give every divergence, in the log's order."""

    async def found(events: Sequence[RecordedEvent], blobs: BlobStore) -> list[Divergence]:
        replayer = Replayer(Bundle(events), blobs)
        return [v async for v in replayer.verify() if isinstance(v, Divergence)]

    return found


@pytest.fixture
def audit(house: House, audit_with: AuditWith) -> Audit:
    """Verify these events and give every divergence, in the order of finding."""
    return lambda events: audit_with(events, house.blobs)
