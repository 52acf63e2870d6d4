"""The worker's count of the games, from ``learning.episode``, beside the players' own."""

from collections.abc import Iterable

from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.clock import Clock
from jimbot_stream.contracts import EpisodeClosed
from jimbot_stream.play.tally import GameResult


class EpisodeWatch:
    """Collects EpisodeClosed: a game that is closed is in the log with all its events."""

    def __init__(self, consumer: EventConsumer, clock: Clock, patience_s: float = 120.0) -> None:
        """Read from a consumer that was opened before the first game."""
        self._consumer = consumer
        self._clock = clock
        self._patience_s = patience_s
        self._closed: dict[str, EpisodeClosed] = {}

    async def closed(self, game_ids: Iterable[str]) -> dict[str, EpisodeClosed]:
        """The rows of the games; those that did not come in time are missing."""
        wanted = set(game_ids)
        deadline = self._clock.monotonic() + self._patience_s
        while not wanted <= self._closed.keys() and self._clock.monotonic() < deadline:
            for received in await self._consumer.take(timeout_s=1.0):
                row = received.event.episode_closed
                self._closed[row.game_id] = row
        return {name: row for name, row in self._closed.items() if name in wanted}


def discrepancies(results: Iterable[GameResult], rows: dict[str, EpisodeClosed]) -> list[str]:
    """Sentences on the games whose row does not tell what their player saw."""
    found = []
    for result in sorted(results, key=lambda result: result.plan.game_id):
        name = result.plan.game_id
        row = rows.get(name)
        if row is None:
            found.append(f"game {name} was played, but its episode is not closed")
            continue
        played = (result.decisions, result.ante, result.round, result.best_score, result.won)
        counted = (row.decisions, row.ante, row.round, row.best_score, row.won)
        if played != counted:
            found.append(f"game {name} was played as {played}, but recorded as {counted}")
    return found
