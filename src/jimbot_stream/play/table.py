"""A table: players of one source, several games at once."""

import asyncio
from collections.abc import Sequence

from jimbot_stream.play.desk import Desk
from jimbot_stream.play.plan import GamePlan
from jimbot_stream.play.player import House, Player
from jimbot_stream.play.tally import GameResult, Tally


class Table:
    """Seats for a few players; whoever finishes makes room for the next game.

    The games of a table share a source, so what its players ask within one tick of the event
    loop travels in one record.
    """

    def __init__(self, desk: Desk, tally: Tally, house: House, seats: int = 8) -> None:
        """Put up seats chairs around a desk."""
        self._desk = desk
        self._tally = tally
        self._house = house
        self._seats = asyncio.Semaphore(seats)

    async def play(self, plans: Sequence[GamePlan], checkpoint: str) -> list[GameResult]:
        """Play all games, decided by checkpoint; the first failure stops the others.

        Raises:
            DeskError: a decision did not come about, or was not legal.
        """
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._seat(plan, checkpoint)) for plan in plans]
        except* Exception as failures:  # noqa: BLE001 - one failure is enough to tell
            raise _first(failures) from None
        return [task.result() for task in tasks]

    async def _seat(self, plan: GamePlan, checkpoint: str) -> GameResult:
        async with self._seats:
            player = Player(plan, checkpoint, self._desk, self._tally, self._house)
            result = await player.play()
        self._desk.forget(lambda request_id: request_id.startswith(f"{plan.game_id}:"))
        return result


def _first(group: BaseExceptionGroup[Exception]) -> Exception:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
