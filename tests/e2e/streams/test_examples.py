"""The examples of the documentation that talk to a worker do what they say."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jimbot_stream.contracts import ActionVerb

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_a_plain_client_gets_a_decision_and_the_same_again(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIMBOT_BROKER", world.settings.broker)
    decide = example("decide").decide
    async with world.worker():
        first, second = await decide(), await decide()
    assert not first.error
    assert first.action.verb in (
        ActionVerb.ACTION_VERB_SELECT_BLIND,
        ActionVerb.ACTION_VERB_SKIP_BLIND,
    )
    assert second == first


async def test_the_clients_of_the_bus_play_a_game_to_its_end(
    world: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JIMBOT_BROKER", world.settings.broker)
    async with world.worker():
        await example("produce").main()
        await world.until(lambda: world.closed)
    assert 'reason: "' in capsys.readouterr().out
    assert world.rejected == []
    (closed,) = world.closed
    assert closed.game_id.startswith("example-")
