"""Observations of real states, and policies that need no network."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from jimbot_stream.balatro import actions, engine, wire
from jimbot_stream.contracts import GameState
from jimbot_stream.decision import Evaluation, Observation
from jimbot_stream.decision.record import observe


@dataclass
class TablePolicy:
    """A policy that answers with fixed logits and counts how often it is asked."""

    logits: NDArray[np.float32]
    value: float = 0.5
    checkpoint: str = "c" * 64
    compute_class: str = "test"
    asked: int = field(default=0)

    def evaluate(self, observation: Observation) -> Evaluation:
        self.asked += 1
        return Evaluation(self.logits, self.value)


@pytest.fixture
def state() -> GameState:
    """A hand of eight cards, to play or discard from."""
    run = engine.new_run(engine.seed_of(1, 1))
    run.step(actions.pack(actions.Verb.SELECT_BLIND))
    return wire.state_message(run)


@pytest.fixture
def observation(state: GameState) -> Observation:
    return observe(state)


@pytest.fixture
def policy() -> TablePolicy:
    bits = np.random.Generator(np.random.Philox(key=11))
    return TablePolicy(bits.normal(size=wire.CAPACITY).astype(np.float32))
