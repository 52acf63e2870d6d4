"""Recorded games of the event log, as columns."""

from collections import OrderedDict
from collections.abc import AsyncIterator

import orjson

from jimbot_stream.agents.feed import read_game, sequence_of
from jimbot_stream.agents.offline.episode import Episode, episode_of
from jimbot_stream.agents.offline.selection import (
    HOLE,
    OTHER_RULES,
    UNFINISHED,
    UNREADABLE,
    Games,
    Header,
    Refusal,
)
from jimbot_stream.agents.rewards import reward_named
from jimbot_stream.agents.trajectory import ENDS
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.contracts import EpisodeReference, GameEnded, GameStarted
from jimbot_stream.contracts.json_codec import ShapeError
from jimbot_stream.contracts.upcast import UnknownSchemaError, read_event
from jimbot_stream.eventlog import (
    LogReader,
    RecordedEvent,
    StreamNotFoundError,
    StreamTombstonedError,
)
from jimbot_stream.eventlog.naming import game_stream, identifier


async def last_position(log: LogReader) -> int:
    """The last place of the log's total order; 0 of an empty log."""
    async for event in log.read_all(backwards=True, limit=1):
        return event.position
    return 0


class LogGames:
    """The games that an event log holds."""

    def __init__(self, log: LogReader, reward: str) -> None:
        """Count rewards by the function of that name.

        Raises:
            ValueError: there is none.
        """
        self._log = log
        self._reward = reward_named(reward)

    async def headers(self, position: int) -> AsyncIterator[Header | Refusal]:
        """Every game that began at the position or before, in order of id."""
        ends: dict[str, RecordedEvent | None] = {}
        async for event in self._log.read_all(types=["GameStarted", "GameEnded"]):
            if event.position > position:
                break
            ends[event.stream] = event if event.type == "GameEnded" else None
        for stream, ended in sorted(ends.items()):
            game_id = identifier(stream)
            if ended is None:
                yield Refusal(game_id, UNFINISHED)
                continue
            try:
                yield await self._header(game_id, ended)
            except (StreamNotFoundError, StreamTombstonedError) as error:
                yield Refusal(game_id, HOLE, str(error))
            except (ShapeError, UnknownSchemaError, orjson.JSONDecodeError) as error:
                yield Refusal(game_id, UNREADABLE, str(error))

    async def episode(self, header: Header) -> Episode:
        """A game in columns.

        Raises:
            FeedError: it cannot be learned from.
        """
        reference = EpisodeReference(game_id=header.game_id, last_revision=header.last_revision)
        return episode_of(await read_game(self._log, reference), self._reward)

    async def _header(self, game_id: str, ended: RecordedEvent) -> Header | Refusal:
        """What the game's events tell without their states."""
        revision, number = -1, -1
        first: RecordedEvent | None = None
        async for event in self._log.read_stream(game_stream(game_id), from_revision=0):
            counted = sequence_of(event)
            if event.revision != revision + 1:
                return Refusal(game_id, HOLE, f"event {revision + 1} is missing")
            if counted is not None and counted not in (number, number + 1):
                return Refusal(game_id, HOLE, f"its event number {number + 1} never came")
            revision, number = event.revision, number if counted is None else counted
            first = first or event
            if revision == ended.revision:
                break
        if first is None or first.type != "GameStarted":
            return Refusal(game_id, HOLE, "it does not begin with GameStarted")
        return _header(game_id, first, ended)


class Remembering:
    """Games that are asked for again and again, the latest ones kept in memory."""

    def __init__(self, games: Games, most_bytes: int) -> None:
        """Keep so many bytes of columns at most, but for the game asked for last."""
        self._games = games
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, Episode] = OrderedDict()
        self.nbytes = 0
        """Memory of what is kept."""

    def headers(self, position: int) -> AsyncIterator[Header | Refusal]:
        """As the games behind tell."""
        return self._games.headers(position)

    async def episode(self, header: Header) -> Episode:
        """A game in columns.

        Raises:
            FeedError: it cannot be learned from.
        """
        kept = self._kept.pop(header.game_id, None)
        if kept is None:
            kept = await self._games.episode(header)
            self.nbytes += kept.nbytes
        self._kept[header.game_id] = kept
        while len(self._kept) > 1 and self.nbytes > self._most_bytes:
            self.nbytes -= self._kept.popitem(last=False)[1].nbytes
        return kept


def _header(game_id: str, first: RecordedEvent, last: RecordedEvent) -> Header | Refusal:
    started, ended = read_event(GameStarted, first), read_event(GameEnded, last)
    if started.rules_version not in ("", RULES_VERSION):  # foreign games name none
        detail = f"played under {started.rules_version}, these are {RULES_VERSION}"
        return Refusal(game_id, OTHER_RULES, detail)
    return Header(
        game_id=game_id,
        last_revision=last.revision,
        source=orjson.loads(first.metadata or b"{}").get("producer", ""),
        run_seed=started.run_seed,
        over=ended.won or ended.reason in ENDS,
    )
