"""Games that a baseline plays in the simulator, written to the log to be learned from.

They stand there as games of any other source do: what was seen, what was done, how it ended.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.evaluation.panel import RECORDED, Panel, Told, evaluate
from jimbot_stream.agents.evaluation.players import BASELINES
from jimbot_stream.agents.rollouts.lockstep import word_of
from jimbot_stream.balatro.producer import Game, tell
from jimbot_stream.contracts import Event
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.journal import Entry
from jimbot_stream.eventlog.naming import game_stream
from jimbot_stream.eventlog.whole import last_type, write_whole

BLOCK: Final = 32
"""Games that are played side by side, and written before the next ones begin."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which games are to be recorded; equal ones give equal games."""

    player: str
    """Name in ``players.BASELINES``."""
    run_seed: int
    """Their seeds derive from it, apart from those of training and of every panel."""
    games: int
    deck: str = "b_red"
    stake: int = 1

    @property
    def source(self) -> str:
        """Who tells the games."""
        return f"player-{self.player}"

    def game_id(self, number: int) -> str:
        """Name of a game, which no game of another deck or stake has."""
        setting = f"{self.deck.removeprefix('b_')}-{self.stake}"
        return f"{self.source}-{setting}-{self.run_seed}-{number:05d}"

    def panel(self, block: int) -> Panel:
        """The games of a block.

        Raises:
            ValueError: an unknown deck or stake.
        """
        return Panel(
            number=word_of(f"block {block} of games to learn from", self.run_seed),
            games=min(BLOCK, self.games - block * BLOCK),
            deck=self.deck,
            stake=self.stake,
            purpose=RECORDED,
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of it."""

    games: int
    known: int
    """Games among them that stood in the log already, and were left as they are."""
    played: NDArray[Any]
    """``chunk.EPISODE`` of the games that were played now."""


async def record(log: EventLog, wanted: Wanted, told: Told = lambda games: None) -> Recorded:
    """Play games and write each to its stream; those that stand there are not played again.

    A call that was broken off anywhere is made good by the same call.

    Raises:
        KeyError: there is no such player.
        RulesDisagreeError: the rules refused what they had listed.
        ValueError: an unknown deck or stake.
    """
    known, played = 0, [np.zeros(0)]
    for block, first in enumerate(range(0, wanted.games, BLOCK)):
        panel = wanted.panel(block)
        ids = [wanted.game_id(first + number) for number in range(panel.games)]
        missing = [name for name in ids if await last_type(log, game_stream(name)) != "GameEnded"]
        known += len(ids) - len(missing)
        told(len(ids) - len(missing))
        if missing:
            results, games = await asyncio.to_thread(_play, wanted, panel, ids)
            chosen = [place for place, name in enumerate(ids) if name in set(missing)]
            for place in chosen:
                game, actions = games[place]
                events = _entries(wanted.source, tell(game, actions))
                await write_whole(log, game_stream(game.game_id), events)
                told(1)
            played.append(results[chosen])
    return Recorded(wanted.games, known, np.concatenate(played[1:] or played))


def _play(
    wanted: Wanted, panel: Panel, ids: Sequence[str]
) -> tuple[NDArray[Any], list[tuple[Game, list[int]]]]:
    """What came of the games of a panel, and each of them with the actions done in it."""
    actions: list[list[int]] = [[] for _ in ids]

    def note(chosen: NDArray[np.int64], going_on: NDArray[np.bool_]) -> None:
        for place in np.flatnonzero(going_on).tolist():
            actions[place].append(int(chosen[place]))

    seeds = panel.begun().games.game_seeds().tolist()
    results = evaluate(BASELINES[wanted.player](), panel, noted=note)
    games = [
        Game(name, seed, wanted.deck, wanted.stake, panel.win_ante, wanted.run_seed)
        for name, seed in zip(ids, seeds, strict=True)
    ]
    return results, list(zip(games, actions, strict=True))


def _entries(source: str, events: Iterator[Event]) -> Iterator[Entry]:
    for event in events:
        payload = getattr(event, str(event.WhichOneof("payload")))
        kind = type(payload).__name__
        told = {
            "producer": source,
            "schema": str(SCHEMA_VERSIONS[kind]),
            "sequence": str(event.sequence),
        }
        yield Entry(kind, to_json(payload), event.game_id, event.event_id, told)
