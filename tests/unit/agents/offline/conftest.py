"""A few games of the log."""

import pytest

from jimbot_stream.eventlog import EventLog
from tests.support.rule_games import record


@pytest.fixture
async def four(log: EventLog) -> list[str]:
    return [await record(log, number) for number in range(4)]
