"""A genuine history comes out identical, all of it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer, Selection
from jimbot_stream.replay.verdict import Divergence, Match

House = Any  # of conftest.py
Events = list[RecordedEvent]
Audit = Callable[[Sequence[RecordedEvent]], Awaitable[list[Divergence]]]


async def test_every_event_state_and_decision_of_whole_games_is_found_identical(
    house: House,
) -> None:
    verdicts = [v async for v in Replayer(Bundle(house.events), house.blobs).verify()]

    assert [v for v in verdicts if not isinstance(v, Match)] == []
    kinds = Counter(v.kind for v in verdicts)
    types = Counter(event.type for event in house.events)
    assert kinds["event"] == len(house.events)
    assert kinds["decision"] == types["DecisionMade"] > 10
    assert kinds["state"] == types["StateObserved"]
    assert kinds["action"] == types["ActionApplied"]
    assert kinds["update"] == types["UpdateApplied"] == 2


async def test_there_are_as_many_verdicts_of_a_kind_as_things_of_it(house: House) -> None:
    verdicts = [v async for v in Replayer(Bundle(house.events), house.blobs).verify()]

    kinds = Counter(v.kind for v in verdicts)
    assert {kind: kinds[kind] for kind in ("game", "run", "checkpoint", "log")} == {
        "game": 3,
        "run": 1,
        "checkpoint": 3,  # the untrained one, and one of each update
        "log": 1,
    }
    assert "foreign game" not in kinds


async def test_a_selected_game_is_verified_alone(house: House) -> None:
    replayer = Replayer(Bundle(house.events), house.blobs)

    streams = {v.stream async for v in replayer.verify(Selection(games=["two"]))}

    assert streams == {"game-two"}


async def test_a_selected_game_that_the_log_lacks_is_a_divergence(house: House) -> None:
    replayer = Replayer(Bundle(house.events), house.blobs)

    [verdict] = [v async for v in replayer.verify(Selection(games=["four"]))]

    assert isinstance(verdict, Divergence)
    assert (verdict.stream, verdict.cause) == ("game-four", "missing")


async def test_an_unfinished_game_is_no_divergence(
    house: House, game: Events, audit: Audit
) -> None:
    assert await audit(game[:10]) == []
