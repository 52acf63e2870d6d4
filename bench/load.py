"""Requests to send: real states of real games, made before the clock starts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from jimbot_stream.balatro import RULES_VERSION, engine, wire
from jimbot_stream.contracts import (
    DecisionRequest,
    Event,
    EventBatch,
    EventType,
    GameStarted,
    GameState,
)
from jimbot_stream.contracts.batch import encode_batch

SOURCES = 4
RUN_SEED = 1


@dataclass
class Game:
    """A game that nobody finishes: its states are what is asked about."""

    game_id: str
    seed: str
    states: list[GameState] = field(default_factory=list)


@dataclass
class Source:
    """A producer and its numbering."""

    name: str
    number: int = 0

    def batch(self, events: list[Event]) -> bytes:
        """The next record."""
        for event in events:
            event.source = self.name
        batch = EventBatch(source=self.name, epoch=1, first_sequence=self.number, events=events)
        self.number += len(events)
        return encode_batch(batch)


def games(prefix: str, requests: int) -> list[Game]:
    """Enough games for so many requests, played at random."""
    made: list[Game] = []
    states = 0
    while states < requests or len(made) < SOURCES:
        game = _game(f"{prefix}-{len(made)}", engine.seed_of(RUN_SEED, len(made)))
        made.append(game)
        states += len(game.states)
    return made


def _game(game_id: str, seed: str) -> Game:
    run = engine.new_run(seed, win_ante=3)
    game = Game(game_id, seed)
    choices = np.random.Generator(np.random.Philox(key=len(game_id) + int(seed, 36) % 2**40))
    while not run.over:
        state = wire.state_message(run)
        game.states.append(state)
        _, _, mask, listed = wire.encode(state)
        run.step(int(choices.choice(listed[mask])))
    return game


def started(game: Game) -> Event:
    """The beginning of a game."""
    return Event(
        event_id=f"{game.game_id}.0",
        type=EventType.EVENT_TYPE_GAME_STARTED,
        schema_version=1,
        game_id=game.game_id,
        game_started=GameStarted(
            seed=game.seed,
            deck=game.states[0].deck,
            stake=1,
            rules_version=RULES_VERSION,
            win_ante=3,
            origin="simulator",
            run_seed=RUN_SEED,
        ),
    )


def request(game: Game, number: int) -> Event:
    """A question about the state of that number; its request id is its event id."""
    name = f"{game.game_id}.{number + 1}"
    return Event(
        event_id=name,
        type=EventType.EVENT_TYPE_DECISION_REQUEST,
        schema_version=1,
        game_id=game.game_id,
        sequence=number + 1,
        decision_request=DecisionRequest(
            request_id=name,
            state=game.states[number],
            decision_number=number,
            run_seed=RUN_SEED,
        ),
    )


def in_turn(pool: list[Game], at_once: int = 64) -> Iterator[tuple[int, Event]]:
    """All requests: so many games at once, one request of each in turn; with their source."""
    for begin in range(0, len(pool), at_once):
        group = pool[begin : begin + at_once]
        for number in range(max(len(game.states) for game in group)):
            for place, game in enumerate(group):
                if number < len(game.states):
                    yield (begin + place) % SOURCES, request(game, number)
