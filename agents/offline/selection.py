"""Which recorded games a run learns from, or is measured with, and why not the others."""

import math
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from jimbot_stream.agents.offline.config import OfflineConfig
from jimbot_stream.agents.offline.episode import Episode
from jimbot_stream.agents.rollouts.lockstep import word_of

UNFINISHED: Final = "not finished"
HOLE: Final = "has a hole"
OTHER_RULES: Final = "of other rules"
UNREADABLE: Final = "cannot be read"
CUT_SHORT: Final = "cut short: what it would still have brought is unknown"
NOT_ASKED: Final = "not asked for"
NOTHING: Final = "holds nothing to learn from"


@dataclass(frozen=True, slots=True)
class Header:
    """A finished game, as far as one need not look at its states."""

    game_id: str
    last_revision: int
    source: str = ""
    """Who told it."""
    run_seed: int = 0
    over: bool = True
    """False where it was left before it was won or lost."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A game that is not learned from."""

    game_id: str
    reason: str
    """One of the reasons of this module."""
    detail: str = ""
    last_revision: int = -1
    """Of the last event that was looked at; -1 where none was."""


class Games(Protocol):
    """Where recorded games come from: the event log, or a file exported from it."""

    def headers(self, position: int) -> AsyncIterator[Header | Refusal]:
        """Every game that began at a position of the log or before, in order of id."""
        ...

    async def episode(self, header: Header) -> Episode:
        """A game in columns.

        Raises:
            FeedError: it cannot be learned from.
        """
        ...


@dataclass(slots=True)
class Selected:
    """The games of a run."""

    learned: list[Header] = field(default_factory=list)
    """In order of id."""
    held_out: list[Header] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def reasons(self) -> dict[str, int]:
        """How many games are refused for each reason, in order of the reasons."""
        found = [refusal.reason for refusal in self.refused]
        return {reason: found.count(reason) for reason in sorted(set(found))}


async def select(games: Games, config: OfflineConfig, run_seed: int) -> Selected:
    """Sort the games of a source; a function of what it holds, the configuration and the seed.

    Raises:
        ValueError: no game is left to learn from; the message tells what became of them.
    """
    selected = Selected()
    async for header in games.headers(config.data.position):
        refusal = header if isinstance(header, Refusal) else _refusal(header, config)
        if refusal is not None:
            selected.refused.append(refusal)
        elif isinstance(header, Header):
            held_out = config.data.is_held_out(header.game_id, run_seed)
            (selected.held_out if held_out else selected.learned).append(header)
    if not selected.learned:
        told = ", ".join(f"{count} {reason}" for reason, count in selected.reasons().items())
        raise ValueError(
            f"no game to learn from: {len(selected.held_out)} held out, refused: {told or 'none'};"
            " record games first (jimbot-stream up, ingest), or ask for others"
        )
    return selected


def games_of_update(
    learned: Sequence[Header], most: int, run_seed: int, update: int
) -> list[Header]:
    """The games of an update, in order of id: every pass goes once through all, in equal parts."""
    parts = math.ceil(len(learned) / most)
    passed, part = divmod(update - 1, parts)
    key = word_of(f"offline pass {passed}", run_seed)
    order = np.random.Generator(np.random.Philox(key=key)).permutation(len(learned))
    return [learned[place] for place in sorted(np.array_split(order, parts)[part].tolist())]


def updates_of(learned: Sequence[Header], most: int, passes: int) -> int:
    """How many updates so many passes take."""
    return passes * math.ceil(len(learned) / most)


def _refusal(header: Header, config: OfflineConfig) -> Refusal | None:
    data = config.data
    if data.sources and header.source not in data.sources:
        return Refusal(header.game_id, NOT_ASKED, f"told by {header.source}")
    if data.runs and header.run_seed not in data.runs:
        return Refusal(header.game_id, NOT_ASKED, f"of run seed {header.run_seed}")
    if config.learning.needs_ends and not header.over:
        return Refusal(header.game_id, CUT_SHORT)
    return None
