from collections.abc import Callable
from typing import Any

import pytest

from jimbot_stream.contracts import Card, GameState, Item, Phase, Suit
from jimbot_stream.streams.intake.balatrobot import state_message
from jimbot_stream.streams.intake.loose import Given
from jimbot_stream.streams.intake.rejection import Rejected

Snapshot = Callable[..., dict[str, Any]]


def _state(raw: dict[str, Any]) -> GameState:
    return state_message(Given(raw))


def test_what_a_player_sees_is_read(snapshot: Snapshot) -> None:
    state = _state(snapshot())
    assert state.phase == Phase.PHASE_SELECTING_HAND
    assert (state.deck, state.stake, state.seed, state.money) == ("b_red", 1, "ABC", 4)
    assert (state.hands_left, state.discards_left, state.hand_size) == (4, 3, 8)
    assert (state.blind.key, state.blind.chips_required) == ("bl_small", 300)
    assert list(state.hand) == [Card(id=12, suit=Suit.SUIT_HEARTS, rank=13)]
    assert [(level.hand, level.level) for level in state.hand_levels] == [("Flush", 2), ("Pair", 1)]


def test_empty_lists_stand_for_objects_and_the_other_way_round(snapshot: Snapshot) -> None:
    state = _state(snapshot(used_vouchers=[], hands=[], round=[], blinds=[], jokers=[], hand={}))
    assert not state.hand
    assert not state.HasField("blind")
    full = _state(snapshot(used_vouchers={"v_hone": "text", "v_blank": ""}, tags={}))
    assert list(full.vouchers) == ["v_blank", "v_hone"]


def test_the_won_flag_is_not_believed_but_the_boss_is(snapshot: Snapshot) -> None:
    beaten = {"boss": {"type": "BOSS", "status": "DEFEATED", "score": 100}}
    assert not _state(snapshot(won=True)).won
    assert not _state(snapshot(ante_num=7, blinds=beaten)).won
    assert _state(snapshot(ante_num=8, blinds=beaten, won=False)).won
    assert _state(snapshot(ante_num=9, won=False)).won


@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("HAND_PLAYED", Phase.PHASE_TRANSITION),
        ("DRAW_TO_HAND", Phase.PHASE_TRANSITION),
        ("NEW_ROUND", Phase.PHASE_TRANSITION),
        ("PLAY_TAROT", Phase.PHASE_TRANSITION),
        ("SMODS_REDEEM_VOUCHER", Phase.PHASE_TRANSITION),
        ("SOMETHING_NEW", Phase.PHASE_TRANSITION),
        ("SMODS_BOOSTER_OPENED", Phase.PHASE_PACK),
        ("ROUND_EVAL", Phase.PHASE_ROUND_EVAL),
        ("GAME_OVER", Phase.PHASE_GAME_OVER),
    ],
)
def test_states_that_nobody_documented_are_transitions(
    snapshot: Snapshot, name: str, phase: Phase
) -> None:
    assert _state(snapshot(state=name)).phase == phase


def test_the_order_of_drawing_is_not_told(snapshot: Snapshot) -> None:
    def pile(*ids: int) -> dict[str, Any]:
        cards = [
            {
                "id": n,
                "set": "DEFAULT",
                "value": {"suit": "S", "rank": "T"},
                "state": {"hidden": True},
            }
            for n in ids
        ]
        return {"count": len(ids), "cards": cards}

    assert _state(snapshot(cards=pile(4, 2, 3))) == _state(snapshot(cards=pile(3, 4, 2)))
    shown = _state(snapshot(cards=pile(4, 2))).draw_pile
    assert [(card.id, card.rank) for card in shown] == [(2, 10), (4, 10)]


def test_face_down_cards_and_jokers_lose_their_identity(snapshot: Snapshot) -> None:
    joker = {
        "id": 1,
        "key": "j_egg",
        "set": "JOKER",
        "state": {"hidden": True},
        "cost": {"sell": 3},
    }
    state = _state(snapshot(jokers={"count": 1, "limit": 5, "cards": [joker]}))
    assert list(state.jokers) == [Item(face_down=True)]
    raw = snapshot()
    raw["hand"]["cards"][0]["state"] = {"hidden": True}
    assert list(_state(raw).hand) == [Card(face_down=True)]


def test_the_text_of_a_jokers_ability_is_no_enhancement(snapshot: Snapshot) -> None:
    raw = snapshot()
    card = raw["hand"]["cards"][0]
    card["modifier"] = {"enhancement": "GLASS", "edition": "FOIL", "seal": "RED"}
    read = _state(raw).hand[0]
    assert (read.enhancement, read.edition, read.seal) == ("m_glass", "e_foil", "Red")
    card["set"] = "JOKER"
    card["modifier"] = {"enhancement": "X3 MULT"}
    assert _state(raw).hand[0].enhancement == ""


def test_keys_of_version_2_are_read_as_well(snapshot: Snapshot) -> None:
    raw = snapshot(deck="b_blue", stake="stake_gold", tags=[{"key": "tag_skip"}])
    raw["blinds"]["small"]["key"] = "bl_small"
    raw["hand"]["cards"][0]["modifier"] = {"enhancement": "m_steel", "edition": "e_holo"}
    state = _state(raw)
    assert (state.deck, state.stake, list(state.tags)) == ("b_blue", 8, ["tag_skip"])
    assert (state.hand[0].enhancement, state.hand[0].edition) == ("m_steel", "e_holo")


def test_a_stone_card_has_neither_suit_nor_rank(snapshot: Snapshot) -> None:
    raw = snapshot()
    raw["hand"]["cards"][0]["modifier"] = {"enhancement": "STONE"}
    assert _state(raw).hand[0] == Card(id=12, enhancement="m_stone")


def test_the_shop_is_read_in_the_shop_only(snapshot: Snapshot) -> None:
    assert not _state(snapshot()).shop_cards
    assert [item.key for item in _state(snapshot(state="SHOP")).shop_cards] == ["j_joker"]


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        ({"money": "much"}, "wrong_type", "money"),
        ({"money": 1.5}, "wrong_type", "money"),
        ({"hand": {"cards": [7]}}, "wrong_type", "hand.cards[0]"),
        ({"hand": {"cards": [{"id": "x"}]}}, "wrong_type", "hand.cards[0].id"),
        ({"round": {"chips": "nan"}}, "bad_score", "round.chips"),
        ({"round": {"chips": 10**400}}, "bad_score", "round.chips"),
        ({"round": {"chips": "1e400"}}, "bad_score", "round.chips"),
        ({"round_num": 2**40}, "out_of_range", "round_num"),
        ({"seed": 5}, "wrong_type", "seed"),
    ],
    ids=range(9),
)
def test_wrong_values_are_refused_with_their_path(
    snapshot: Snapshot, change: dict[str, Any], reason: str, field: str
) -> None:
    with pytest.raises(Rejected) as caught:
        _state(snapshot(**change))
    assert (caught.value.reason, caught.value.field) == (reason, field)
