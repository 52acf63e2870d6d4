"""Decisions recorded on another class of machine: compared, not condemned."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from jimbot_stream.balatro import wire
from jimbot_stream.contracts import StateObserved
from jimbot_stream.contracts.json_codec import from_json, to_dict
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay import tolerance
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence, Match, Tolerated, Verdict

House = Any  # of conftest.py
Events = list[RecordedEvent]
Forge = Callable[..., Events]

ELSEWHERE = {"compute_class": "another", "logits_digest": "0" * 64}


@pytest.fixture
def place(game: Events) -> int:
    """A decision among many actions."""
    return next(
        e.revision
        for e in game
        if e.type == "DecisionMade" and orjson.loads(e.data)["action"].get("cards")
    )


async def judged(house: House, events: Events, place: int) -> Verdict:
    verdicts = [v async for v in Replayer(Bundle(events), house.blobs).verify()]
    [verdict] = [v for v in verdicts if v.kind == "decision" and v.revision == place]
    return verdict


async def test_the_same_bits_from_another_class_are_identical(
    house: House, forge: Forge, place: int
) -> None:
    verdict = await judged(house, forge(place, compute_class="another"), place)

    assert isinstance(verdict, Match)


async def test_a_small_distance_is_tolerated_and_told(
    house: House, game: Events, forge: Forge, place: int
) -> None:
    recorded = orjson.loads(game[place].data)
    near = {"value": recorded["value"] + 1e-6, "log_prob": recorded["log_prob"] - 2e-6}

    verdict = await judged(house, forge(place, **ELSEWHERE, **near), place)

    assert isinstance(verdict, Tolerated)
    assert verdict.recorded_on == "another"
    assert verdict.distance == pytest.approx(2e-6, rel=0.01)
    assert verdict.tolerance == tolerance.DECISION


@pytest.mark.parametrize("field", ["value", "log_prob"])
async def test_a_large_distance_is_a_divergence_still(
    house: House, game: Events, forge: Forge, place: int, field: str
) -> None:
    far = orjson.loads(game[place].data)[field] - 0.01

    verdict = await judged(house, forge(place, **ELSEWHERE, **{field: far}), place)

    assert isinstance(verdict, Divergence)
    assert (verdict.field, verdict.cause) == ("logits_digest", "policy")
    assert "another class" in verdict.why


async def test_an_action_far_from_the_draw_is_a_divergence_still(
    house: House, game: Events, forge: Forge, place: int
) -> None:
    recorded = orjson.loads(game[place].data)
    state = from_json(StateObserved, game[recorded["state_revision"]].data).state
    _, _, mask, listed = wire.encode(state)
    legal = mask.nonzero()[0]
    index = int(legal[0] if recorded.get("action_index", 0) > legal[-1] // 2 else legal[-1])
    action = to_dict(wire.action_message(int(listed[index])))

    verdict = await judged(
        house, forge(place, **ELSEWHERE, action=action, action_index=index), place
    )

    assert isinstance(verdict, Divergence)


async def test_an_action_that_is_not_the_one_of_its_index_is_a_divergence_on_every_class(
    house: House, game: Events, forge: Forge, place: int
) -> None:
    other = {"verb": "ACTION_VERB_SELECT_BLIND"}

    verdict = await judged(house, forge(place, **ELSEWHERE, action=other), place)

    assert isinstance(verdict, Divergence)


async def test_an_illegal_action_is_a_divergence_on_every_class(
    house: House, forge: Forge, place: int
) -> None:
    verdict = await judged(house, forge(place, **ELSEWHERE, action_index=wire.CAPACITY - 1), place)

    assert isinstance(verdict, Divergence)


async def test_another_mask_is_named_before_the_class_of_machine(
    house: House, forge: Forge, place: int
) -> None:
    verdict = await judged(house, forge(place, **ELSEWHERE, mask_digest="0" * 64), place)

    assert isinstance(verdict, Divergence)
    assert verdict.cause == "mask"
