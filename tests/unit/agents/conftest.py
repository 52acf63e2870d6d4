"""Games that the untrained policy played, recorded as the worker records them."""

import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from jimbot_stream.agents.checkpoint import from_bytes, sha256, untrained
from jimbot_stream.agents.network import CandidateNetwork
from jimbot_stream.agents.policy import load_policy
from jimbot_stream.balatro import RULES_VERSION, actions, engine, wire
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import (
    ActionApplied,
    DecisionMode,
    DecisionRequest,
    EpisodeClosed,
    GameEnded,
    GameStarted,
    StateObserved,
)
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.decision import Observation, Policy
from jimbot_stream.decision.decide import decide
from jimbot_stream.decision.record import decision_made, observe, seed_of
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal
from jimbot_stream.eventlog.naming import game_stream

RUN_SEED = 7
Record = Callable[..., Coroutine[Any, Any, EpisodeClosed]]


@pytest.fixture(scope="session")
def checkpoint() -> bytes:
    return untrained(RUN_SEED)


@pytest.fixture(scope="session")
def network(checkpoint: bytes) -> CandidateNetwork:
    read = from_bytes(checkpoint)
    return CandidateNetwork(read.shape, read.module).eval()


@pytest.fixture(scope="session")
def policy(checkpoint: bytes) -> Policy:
    return load_policy(checkpoint)


@pytest.fixture
def observation() -> Observation:
    run = engine.new_run(engine.seed_of(1, 1))
    run.step(actions.pack(actions.Verb.SELECT_BLIND))
    return observe(wire.state_message(run))


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[EmbeddedLog]:
    async with EmbeddedLog(tmp_path / "events.sqlite") as opened:
        yield opened


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
def record(log: EventLog, policy: Policy) -> Record:
    """Play a game of the run with the policy, record it, and give its row."""

    async def play(
        number: int,
        by: Policy = policy,
        *,
        run_seed: int = RUN_SEED,
        mode: DecisionMode = DecisionMode.DECISION_MODE_SAMPLE,
    ) -> EpisodeClosed:
        name = f"run{run_seed}-{number:05d}"
        run = engine.new_run(engine.seed_of(run_seed, number), win_ante=1)
        entries = [Entry("GameStarted", to_json(GameStarted(run_seed=run_seed)), name)]
        asked = 0
        while not run.over:
            request = DecisionRequest(
                request_id=f"{name}/{asked}",
                state=wire.state_message(run),
                mode=mode,
                decision_number=asked,
                run_seed=run_seed,
            )
            state = to_json(StateObserved(state=request.state))
            entries.append(Entry("StateObserved", state, name))
            decision = decide(observe(request.state), by, seed_of(request, name), mode)
            digest = hashlib.sha256(state).hexdigest()
            made = decision_made(request, name, len(entries) - 1, digest, decision)
            entries.append(Entry("DecisionMade", to_json(made), request.request_id))
            applied = ActionApplied(action=made.action, request_id=request.request_id)
            entries.append(Entry("ActionApplied", to_json(applied), name))
            wire.step_message(run, made.action)
            asked += 1
        last = wire.state_message(run)
        entries.append(Entry("StateObserved", to_json(StateObserved(state=last)), name))
        ended = GameEnded(won=run.won, ante=last.ante, round=last.round, reason="lost")
        entries.append(Entry("GameEnded", to_json(ended), name))
        journal = await StreamJournal.open(log, game_stream(name))
        await journal.append(entries)
        return EpisodeClosed(
            game_id=name,
            run_seed=run_seed,
            decisions=asked,
            ante=last.ante,
            last_revision=journal.version,
            checkpoints=[by.checkpoint],
            rules_version=RULES_VERSION,
        )

    return play


@pytest.fixture(scope="session")
def checkpoint_name(checkpoint: bytes) -> str:
    return sha256(checkpoint)
