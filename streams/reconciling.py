"""Rows of the episode table against the log, after partitions changed hands.

A row is written after its events are in the log and before its record is acknowledged,
so a crash leaves a row behind only where the record is read again, and that rewrites it.
One case remains: a worker that stood still while another took its partition over may,
on waking up, put an old row into the changelog after the newer one. Such a row is always
one of a game that goes on, since a worker that sees the end in the log writes the last
row there is. So it is enough to read those games again.
"""

import logging
from collections.abc import Iterable

from jimbot_stream.streams.episode import Episode
from jimbot_stream.streams.games import Games, Rows
from jimbot_stream.streams.metrics import Metrics

logger = logging.getLogger(__name__)


class Reconciler:
    """Corrects the rows of a partition with the first record that is read from it."""

    def __init__(self, games: Games, metrics: Metrics) -> None:
        self._games = games
        self._metrics = metrics
        self._visited: set[int] = set()
        self._unfinished: list[Episode] | None = None

    def begin(self) -> None:
        """Note that partitions were given out anew."""
        self._visited.clear()
        self._unfinished = None

    async def visit(self, partition: int, rows: Rows) -> None:
        """Correct the rows of a partition, once after every ``begin``.

        Must run in the context of a record of that partition: a table shows and writes
        the rows of that one alone.
        """
        if partition in self._visited:
            return
        self._visited.add(partition)
        if self._unfinished is None:
            self._unfinished = list(_unfinished(rows))
        for episode in self._unfinished:
            here = rows.episodes.get(episode.game_id.encode())
            if here and await self._games.reconcile(episode, rows):
                self._metrics.count("rows_reconciled")
                logger.info("%s: row corrected from the log", episode.game_id)


def _unfinished(rows: Rows) -> Iterable[Episode]:
    episodes = (Episode.from_row(row) for row in rows.episodes.values())
    return (episode for episode in episodes if not episode.ended)
