from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jimbot_stream.contracts import (
    ActionVerb,
    Blind,
    Card,
    DecisionRequest,
    Event,
    EventType,
    GameState,
    Item,
    LegalAction,
    Phase,
    Suit,
)


@pytest.fixture
def recorded_runs() -> Path:
    return Path(__file__).parents[3] / "data" / "recorded_runs"


@pytest.fixture
def playing() -> GameState:
    """A state in which cards are to be played."""
    return GameState(
        phase=Phase.PHASE_SELECTING_HAND,
        seed="ABC",
        ante=1,
        round=1,
        money=4,
        blind=Blind(key="bl_small", chips_required=300),
        hands_left=4,
        discards_left=3,
        hand_size=8,
        hand=[Card(id=n, suit=Suit.SUIT_HEARTS, rank=n + 1) for n in range(1, 9)],
        draw_pile=[Card(id=n, suit=Suit.SUIT_SPADES, rank=n - 7) for n in range(9, 20)],
        jokers=[Item(key="j_joker", sell_value=1)],
    )


@pytest.fixture
def request_event(playing: GameState) -> Event:
    """A request that is valid in every part."""
    play = LegalAction(
        verb=ActionVerb.ACTION_VERB_PLAY, min_cards=1, max_cards=5, selectable_cards=range(8)
    )
    return Event(
        event_id="e",
        type=EventType.EVENT_TYPE_DECISION_REQUEST,
        source="player",
        schema_version=1,
        game_id="g-1",
        sequence=1,
        decision_request=DecisionRequest(request_id="r-1", state=playing, legal=[play]),
    )


@pytest.fixture
def snapshot() -> Callable[..., dict[str, Any]]:
    """Game states as BalatroBot tells them, quirks included; arguments replace fields."""

    def make(**changed: object) -> dict[str, Any]:
        card = {
            "id": 12,
            "key": "H_K",
            "set": "DEFAULT",
            "label": "Base Card",
            "value": {"suit": "H", "rank": "K", "effect": "+10 筹码"},
            "modifier": [],
            "state": [],
            "cost": {"sell": 1, "buy": 0},
        }
        return {
            "state": "SELECTING_HAND",
            "round_num": 1,
            "ante_num": 1,
            "money": 4,
            "deck": "RED",
            "stake": "WHITE",
            "seed": "ABC",
            "won": True,  # left over from another run
            "used_vouchers": [],
            "hands": {
                "Pair": {"order": 11, "level": 1, "chips": 10, "mult": 2, "played": 3},
                "Flush": {"order": 7, "level": 2, "chips": 50, "mult": 6, "played": 0},
            },
            "round": {"hands_left": 4, "hands_played": 0, "discards_left": 3, "chips": 0},
            "blinds": {
                "small": {"type": "SMALL", "status": "CURRENT", "name": "小盲注", "score": 300},
                "big": {"type": "BIG", "status": "UPCOMING", "name": "大盲注", "score": 450},
                "boss": {"type": "BOSS", "status": "UPCOMING", "name": "The Hook", "score": 600},
            },
            "jokers": {"count": 0, "limit": 5, "cards": []},
            "consumables": {"count": 0, "limit": 2, "cards": {}},
            "hand": {"count": 1, "limit": 8, "cards": [card]},
            "cards": {"count": 2, "limit": 52, "cards": []},
            "shop": {"count": 2, "limit": 2, "cards": [{"id": 3, "key": "j_joker"}]},
            **changed,
        }

    return make
