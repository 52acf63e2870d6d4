"""Every table of the worker: its name and content, and nowhere else.

Tables are partitioned like the topics that fill them, by source: a row lives with the
worker that owns its source. All of them can be computed from the event log and the bus
again; the log alone is the truth.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass

from jimbot_stream.worker import App, changes_sent

EPISODES = "episodes"
"""Game id to its ``Episode``, in JSON."""
WAITING = "waiting"
"""Game id to the events that came before their predecessors."""
SOURCES = "sources"
"""Topic and source to the numbers seen from it."""

Row = MutableMapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Tables:
    """The worker's tables."""

    episodes: Row
    waiting: Row
    sources: Row

    async def settled(self) -> None:
        """Return once every change of this record is acknowledged by the bus."""
        await changes_sent()


def declare(app: App) -> Tables:
    """Declare the tables to Faust."""
    return Tables(app.byte_table(EPISODES), app.byte_table(WAITING), app.byte_table(SOURCES))
