from typing import Any

import orjson
import pytest

from jimbot_stream.contracts import Card, Phase, Suit
from jimbot_stream.streams.intake.balatromcp import LEFT_OUT
from jimbot_stream.streams.intake.decode import decode, decode_record
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.validate import validate


def _payload(**changed: object) -> dict[str, Any]:
    return {
        "in_game": True,
        "game_id": "ABC",
        "ante": 1,
        "round": "2",  # quoted, as Lua arrays do
        "money": 4,
        "chips": 12.0,
        "mult": 0,
        "hand_size": 8,
        "hands_remaining": 3,
        "discards_remaining": 2,
        "jokers": [{"id": "1", "name": "Egg", "position": 1, "properties": {"sell_value": "3"}}],
        "hand": [
            {"id": "a", "rank": "10", "suit": "Spades", "position": 2, "seal": "none"},
            {"id": "b", "rank": "Ace", "suit": "Hearts", "position": 1, "enhancement": "m_glass"},
        ],
        "deck": {"remaining_count": 44, "cards_remaining": {}},
        "consumables": {},
        "shop_items": {},
        "game_state": "UNKNOWN_STATE_1",
        "blind": {"name": "Small Blind", "chips": 300, "boss": False},
        **changed,
    }


def _event(kind: str = "GAME_STATE", **fields: object) -> dict[str, Any]:
    return {"type": kind, "source": "BalatroMCP", "timestamp": 1234.56, "version": 1, **fields}


def _decode(value: object) -> Any:
    return decode(orjson.dumps(value), b"mcp")


def test_a_game_state_is_read_with_all_its_oddities() -> None:
    started, seen = _decode(_event(payload=_payload())).events
    state = seen.state_observed.state
    assert state.phase == Phase.PHASE_SELECTING_HAND  # the mod has no name for it
    assert (state.round, state.chips, state.hands_left) == (2, 12.0, 3)
    assert list(state.hand) == [
        Card(suit=Suit.SUIT_HEARTS, rank=14, enhancement="m_glass"),
        Card(suit=Suit.SUIT_SPADES, rank=10),
    ]
    assert (state.jokers[0].key, state.jokers[0].sell_value) == ("j_egg", 3)
    assert (state.blind.key, state.blind.chips_required) == ("bl_small", 300)
    assert started.game_started.origin == "balatromcp"
    validate(seen)


def test_a_batch_is_read_in_order_and_the_rest_is_counted() -> None:
    batch = {
        "batch_id": "b",
        "source": "BalatroMCP",
        "timestamp": 99.5,
        "events": [
            _event("HEARTBEAT", payload={"uptime": 5.5}),
            _event(payload=_payload()),
            _event("connection_test", data={"message": "hi"}),
            _event("JOKER_TRIGGER", payload={}),
            _event(payload=_payload(game_state="SHOP")),
        ],
    }
    record = decode_record(orjson.dumps(batch), b"mcp")
    phases = [e.state_observed.state.phase for e in record.batch.events if e.type == 2]
    assert phases == [Phase.PHASE_SELECTING_HAND, Phase.PHASE_SHOP]
    assert record.left_out == (
        "balatromcp:heartbeat",
        "balatromcp:connection_test",
        "balatromcp:joker_trigger",
    )


@pytest.mark.parametrize("kind", sorted(LEFT_OUT))
def test_every_other_documented_type_is_accepted(kind: str) -> None:
    record = decode_record(orjson.dumps(_event(kind, payload={})), b"mcp")
    assert record.left_out == (f"balatromcp:{kind.lower()}",)


def test_a_type_that_nobody_documented_is_refused() -> None:
    with pytest.raises(Rejected, match="unknown_type"):
        _decode(_event("RAIN", payload={}))


def test_a_request_keeps_its_id_and_limit() -> None:
    asked = {"request_id": "REQ-1-2", "game_state": _payload(), "time_limit_ms": 1000}
    event = _decode(_event("LEARNING_DECISION", subtype="REQUEST", payload=asked)).events[1]
    assert event.decision_request.request_id == "REQ-1-2"
    assert event.decision_request.time_limit_ms == 1000
    validate(event)


def test_outside_of_a_game_nothing_is_told() -> None:
    for payload in (_payload(in_game=False), _payload(game_state="MENU")):
        assert not _decode(_event(payload=payload)).events


def test_a_wrong_value_in_a_batch_names_its_path() -> None:
    events = [_event(payload=_payload()), _event(payload=_payload(hand=[{"rank": True}]))]
    with pytest.raises(Rejected) as caught:
        _decode({"batch_id": "b", "events": events})
    assert caught.value.field == "events[1].payload.hand[0].rank"
