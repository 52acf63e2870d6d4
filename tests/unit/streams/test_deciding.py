from typing import Any

from jimbot_stream.clock import SystemClock
from jimbot_stream.contracts import DecisionRequest
from jimbot_stream.streams.deciding import Deciding
from jimbot_stream.streams.game import Game
from jimbot_stream.streams.policies import Policies


async def test_policies_that_one_call_needs_do_not_push_each_other_out() -> None:
    loaded: list[str] = []

    def load(name: str) -> Any:
        loaded.append(name)
        return name

    def decide(*args: Any) -> Any:
        return args[-1]

    deciding = Deciding(Policies(load, capacity=1), decide)
    await deciding.load("a")
    await deciding.load("b")
    now = SystemClock().monotonic()
    for name in "aba":
        asked = DecisionRequest(checkpoint=name)
        assert str(deciding.decide(Game("g1"), asked, 0, "", now)) == name
    assert loaded == ["a", "b"]
