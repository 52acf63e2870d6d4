"""The progress where no terminal is: a line per stage, and one now and then while it lasts."""

import asyncio
from io import StringIO

import pytest
from rich.console import Console

from jimbot_stream.play import progress
from jimbot_stream.play.tally import Tally


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "REFRESH_S", 0.01)
    monkeypatch.setattr(progress, "LOG_EVERY_S", 0.05)


async def test_a_stage_that_lasts_says_how_long_instead_of_the_same_numbers() -> None:
    text, tally = StringIO(), Tally(10, stage="playing")
    async with progress.shown(tally, Console(file=text)):
        await asyncio.sleep(0.05)
        tally.stage = "verifying"
        await asyncio.sleep(0.3)
    first, second, *others = text.getvalue().splitlines()
    assert first.startswith("playing: 0/10 games")
    assert second.startswith("verifying: 0/10 games")
    assert others
    assert all(line.endswith(" s so far") for line in others)
