"""States of games that are not ours: partial, modded, out of all bounds, but never a crash."""

from typing import Any

import numpy as np
import pytest

from jimbot_stream.balatro import wire
from jimbot_stream.balatro.state import MAX_HAND, Phase
from jimbot_stream.balatro.wire import keys
from jimbot_stream.contracts.v1 import game_pb2 as pb
from jimbot_stream.contracts.v1.game_pb2 import Card, GameState, Item, LegalAction

ITEM_KEYS = sorted(keys.ITEM)
EXTREMES = (0, 0, 1, 2, 3, 5, 8, 60, -1, -(2**31), 2**31 - 1)
PHASES = [phase for phase in Phase if phase not in (Phase.MENU, Phase.TRANSITION)]


class Maker:
    """Makes states of a seed, as strange as protobuf lets them be."""

    def __init__(self, seed: int) -> None:
        self._drawn = np.random.Generator(np.random.Philox(key=seed))

    def pick(self, choices: Any) -> Any:
        return choices[int(self._drawn.integers(len(choices)))]

    def card(self) -> Card:
        return Card(
            id=self.pick((0, 0, *range(1, 60), 2**31 - 1)),
            suit=self.pick((0, 1, 2, 3, 4, 4)),
            rank=self.pick(range(15)),
            enhancement=self.pick((*keys.ENHANCEMENT_KEYS, "m_unheard_of")),
            edition=self.pick((*keys.EDITION_KEYS, "e_unheard_of")),
            seal=self.pick((*keys.SEAL_NAMES, "Green")),
            debuffed=self.pick((True, False)),
            face_down=self.pick((True, False, False, False)),
            forced=self.pick((True, False, False, False, False, False)),
            bonus=self.pick(EXTREMES),
        )

    def item(self) -> Item:
        return Item(
            key=self.pick((*ITEM_KEYS, "j_unheard_of", "c_unheard_of", "")),
            cost=self.pick((0, 1, 5, 2**40)),
            sell_value=self.pick((0, 1, 5, 2**40)),
            edition=self.pick((*keys.EDITION_KEYS, "e_unheard_of")),
            eternal=self.pick((True, False)),
            perishable=self.pick((True, False)),
            rental=self.pick((True, False)),
            debuffed=self.pick((True, False, False)),
            face_down=self.pick((True, False, False, False)),
            card=self.card() if self.pick((True, False, False, False)) else None,
            value=self.pick((0.0, 1.5, -3.0, 1e300)),
            counter=self.pick(EXTREMES),
            perish_left=self.pick(EXTREMES),
        )

    def state(self) -> GameState:
        state = GameState(
            phase=self.pick(PHASES),
            deck=self.pick((*keys.DECK_KEYS, "b_unheard_of")),
            money=self.pick((-30, 0, 4, 500, 2**62)),
            chips=self.pick((0.0, 250.0, 1e308)),
            joker_slots=self.pick((0, 5, 50)),
            consumable_slots=self.pick((0, 2, 50)),
            vouchers=[self.pick((*keys.VOUCHER_KEYS, "v_unheard_of")) for _ in range(4)],
            tags=[self.pick((*keys.TAG_KEYS, "tag_unheard_of")) for _ in range(self.pick((0, 50)))],
            boss=self.pick((*keys.BLIND_KEYS, "bl_unheard_of")),
            last_consumable=self.pick((*ITEM_KEYS, "")),
            pack_kind=self.pick((0, 3, 99)),
            pack_return=self.pick((0, 5, 99)),
        )
        blind = self.pick((*keys.BLIND_KEYS, "bl_unheard_of"))
        state.blind.key, state.blind.boss = blind, self.pick((True, False))
        state.blind.chips_required = self.pick((0.0, 300.0, 1e308))
        for name in ("stake", "ante", "round", "hands_left", "discards_left", "hand_size"):
            setattr(state, name, self.pick(EXTREMES))
        for name in ("hands_per_round", "free_rerolls", "reroll_base", "tarots_used", "win_ante"):
            setattr(state, name, self.pick(EXTREMES))
        for row, most in (("hand", 40), ("draw_pile", 300), ("discard_pile", 30)):
            getattr(state, row).extend(self.card() for _ in range(self.pick((0, 1, 8, most))))
        rows = ("jokers", "consumables", "shop_cards", "shop_vouchers", "shop_packs", "pack")
        for row in rows:
            getattr(state, row).extend(self.item() for _ in range(self.pick((0, 1, 3, 30))))
        for name in (*keys.HAND_NAMES, "Royal Flush"):
            level = self.pick((0, 1, 7, 2**31 - 1, -5))
            state.hand_levels.add(hand=name, level=level, played=self.pick(EXTREMES))
        return state


@pytest.mark.filterwarnings(
    "ignore:overflow"
)  # a score past all doubles is infinite, as in the game
@pytest.mark.parametrize("seed", range(150))
def test_no_state_is_too_strange(seed: int) -> None:
    state = Maker(seed).state()
    features, rows, mask, listed = wire.encode(state)
    assert np.isfinite(features).all()
    assert np.isfinite(rows).all()
    legal = wire.legal_messages(state)
    assert wire.allowed(listed[mask], legal).all()
    again = wire.encode(state, legal)
    assert all(map(np.array_equal, again, (features, rows, mask, listed)))


def test_what_nobody_told_is_as_a_run_has_it() -> None:
    state = GameState(phase=pb.PHASE_SHOP, money=20, reroll_cost=5, deck="b_blue")
    state.jokers.extend([Item(key="j_ice_cream"), Item(key="j_selzer", sell_value=9)])
    s = wire.record(state)[0]
    assert (s.stake, s.win_ante, s.hands, s.joker_slots, s.reroll_base) == (1, 8, 5, 5, 5)
    assert (s.jokers[0].value, s.jokers[1].counter) == (100.0, 10)
    assert s.jokers[1].sell == 6  # a Seltzer costs 6 dollars
    verbs = {family.verb for family in wire.legal_messages(state)}
    assert {pb.ACTION_VERB_NEXT_ROUND, pb.ACTION_VERB_REROLL, pb.ACTION_VERB_SELL_JOKER} <= verbs


def test_a_free_ware_is_free_whatever_its_price() -> None:
    state = GameState(phase=pb.PHASE_SHOP, shop_cards=[Item(key="j_joker")])
    verbs = {family.verb: family for family in wire.legal_messages(state)}
    assert list(verbs[pb.ACTION_VERB_BUY_CARD].slots) == [0]


def test_a_joker_of_a_mod_takes_its_place_and_does_nothing() -> None:
    state = GameState(phase=pb.PHASE_SHOP, joker_slots=5)
    state.jokers.extend([Item(key="j_joker"), Item(key="j_unheard_of")])
    s = wire.record(state)[0]
    assert (s.joker_count, s.jokers[1].id) == (2, 0)
    slots = [slot for f in wire.legal_messages(state) for slot in f.slots if f.verb == 13]
    assert slots == [0, 1]


def test_an_opened_pack_says_by_its_content_what_it_is() -> None:
    state = GameState(phase=pb.PHASE_PACK, pack=[Item(key="c_pluto"), Item(key="c_mars")])
    families = wire.legal_messages(state)
    assert families[0] == LegalAction(verb=pb.ACTION_VERB_PICK_PACK, slots=[0, 1])


def test_a_hand_beyond_reach_keeps_its_leftmost_cards() -> None:
    hand = [Card(id=n + 1, rank=2 + n % 13, suit=1 + n % 4) for n in range(40)]  # type: ignore[arg-type]  # enum
    s = wire.record(GameState(phase=pb.PHASE_SELECTING_HAND, hands_left=1, hand=hand))[0]
    assert s.hand_count == MAX_HAND
