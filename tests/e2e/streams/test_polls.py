"""How the worker asks the bus for news."""

from typing import Any

import pytest

from jimbot_stream.bus.broker import connection
from jimbot_stream.transport import POLL_MS

FAUST_MS = 1500
"""What Faust would wait; no setting changes it."""


async def test_the_fetches_of_a_worker_do_not_wait_as_long_as_those_of_faust(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = set()
    fetch = connection.HANDLERS["fetch"]

    async def noted(core: Any, request: Any) -> Any:
        waits.add(request.body["max_wait_ms"])
        return await fetch(core, request)

    monkeypatch.setitem(connection.HANDLERS, "fetch", noted)
    async with world.worker():
        await world.until(lambda: POLL_MS in waits)
    assert FAUST_MS not in waits
