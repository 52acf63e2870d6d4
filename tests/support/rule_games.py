"""Games that the rule of thumb played, told by a foreign player; runs that learn from them."""

from dataclasses import replace
from typing import Any

import numpy as np
from google.protobuf.message import Message

from jimbot_stream.agents.offline.config import (
    CloningConfig,
    DataConfig,
    ImplicitConfig,
    Learning,
    MarwilConfig,
    OfflineConfig,
)
from jimbot_stream.agents.offline.source import LogGames, Remembering
from jimbot_stream.agents.offline.training import OfflineTraining
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.balatro import engine, wire
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import ActionApplied, GameEnded, GameStarted, StateObserved
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.decision.heuristic import choose_by_rule
from jimbot_stream.decision.record import observe
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal
from jimbot_stream.eventlog.naming import game_stream

METHODS: list[Learning] = [
    CloningConfig(minibatch=64, epochs=1),
    MarwilConfig(minibatch=64, epochs=1),
    ImplicitConfig(minibatch=64, epochs=1),
]
"""Small updates."""
NAMES = ["bc", "marwil", "iql"]


async def record(
    log: EventLog, number: int, *, reason: str = "lost", rules: str = "", win_ante: int = 2
) -> str:
    """Record a game without decisions of ours, and give its name."""
    name = f"rule-{number:04d}"
    told: list[Message] = [GameStarted(run_seed=99, rules_version=rules)]
    run = engine.new_run(engine.seed_of(99, number), win_ante=win_ante)
    while not run.over:
        state = wire.state_message(run)
        seen = observe(state)
        place = np.flatnonzero(seen.mask)[choose_by_rule(seen.candidates[seen.mask])]
        action = wire.action_message(int(seen.actions[place]))
        told.append(StateObserved(state=state))
        told.append(ActionApplied(action=action, state_sequence=len(told) - 1))
        wire.step_message(run, action)
    last = wire.state_message(run)
    told.append(StateObserved(state=last))
    told.append(GameEnded(won=run.won, ante=last.ante, round=last.round, reason=reason))
    entries = [
        Entry(
            type(each).__name__,
            to_json(each),
            name,
            metadata={"producer": "rule-bot", "sequence": str(place)},
        )
        for place, each in enumerate(told)
    ]
    await (await StreamJournal.open(log, game_stream(name))).append(entries)
    return name


async def begun(
    log: EventLog, blobs: BlobStore, learning: Learning, seed: int = 5, **data: Any
) -> tuple[OfflineTraining, TrainingRun]:
    """A run whose updates take two games, begun or taken up."""
    told = replace(DataConfig(position=10**9, held_out=0, games=2), **data)
    config = OfflineConfig(learning, told)
    run = await TrainingRun.begin(log, blobs, seed, config, config.algorithm)
    games = Remembering(LogGames(log, learning.reward), 1 << 28)
    return await OfflineTraining.begin(run, games, FrozenClock()), run


async def train(training: OfflineTraining, run: TrainingRun, updates: int) -> None:
    """Go on until the run has so many updates."""
    await training.train(lambda: run.update >= updates, lambda done: None)
