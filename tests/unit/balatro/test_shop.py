"""The shop and its packs: holes in pools, tags, vouchers, what is dealt and put back."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import create, economy, items, packs, pools, shop
from jimbot_stream.balatro.kernels.vouchers import redeem
from jimbot_stream.balatro.state import ITEM, STATE, STREAMS, Kind, Phase, blank
from jimbot_stream.balatro.tables.consumables import PLANET, SPECTRAL, SPECTRALS, TAROT, TAROTS
from jimbot_stream.balatro.tables.decks import NUMBER as DECK
from jimbot_stream.balatro.tables.hands import NUMBER as HAND
from jimbot_stream.balatro.tables.jokers import JOKERS, Rarity
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.modifiers import Edition, Enhancement, Mark
from jimbot_stream.balatro.tables.packs import NUMBER as PACK
from jimbot_stream.balatro.tables.tags import NUMBER as TAG
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

Run = tuple[Any, Any]
Begin = Callable[..., Run]


@pytest.fixture
def begin() -> Begin:
    """Begin a run with a standard deck, tags, vouchers and jokers given by key."""

    def make(
        seed: str = "SHOPPING",
        *,
        deck: str = "b_red",
        tags: tuple[str, ...] = (),
        vouchers: tuple[str, ...] = (),
        jokers: tuple[str, ...] = (),
    ) -> Run:
        state, streams = blank(STATE)[0], blank(STREAMS)[0]
        rng.begin(streams, np.frombuffer(seed.encode(), dtype=np.uint8))
        state.deck, state.stake, state.ante, state.win_ante = DECK[deck], 1, 1, 8
        state.hand_size, state.reroll_base, state.money = 8, 5, 100
        state.phase = Phase.SHOP
        for number in range(52):
            state.cards[number].rank, state.cards[number].suit = 2 + number % 13, 1 + number // 13
            state.draw[number] = number
        state.card_count = state.draw_count = 52
        for key in tags:
            state.tags[state.tag_count].id = TAG[key]
            state.tag_count += 1
        state.vouchers = sum(1 << VOUCHER[key] for key in vouchers)
        for key in jokers:
            own(state, key)
        return state, streams

    return make


def own(state: Any, key: str) -> None:
    create.named(state, state.jokers[state.joker_count], int(Kind.JOKER), JOKER[key])
    state.joker_count += 1


def keys(row: Any, count: int) -> list[str]:
    return [JOKERS[item.id - 1].key for item in row[:count] if item.kind == Kind.JOKER]


def prices(state: Any) -> list[int]:
    return [items.price(state, item) for item in state.shop[: state.shop_count]]


# --- pools -----------------------------------------------------------------------------


def test_what_is_owned_or_on_display_is_not_drawn_again(begin: Begin) -> None:
    state, streams = begin()
    drawn = []
    for _ in range(20):  # all Rare jokers there are
        create.joker(state, streams, state.jokers[state.joker_count], 3, create.SRC_WRA)
        drawn.append(int(state.jokers[state.joker_count].id))
        state.joker_count += 1
    assert len(set(drawn)) == 20
    assert {JOKERS[number - 1].rarity for number in drawn} == {Rarity.RARE}


def test_where_nothing_is_left_the_game_falls_back(begin: Begin) -> None:
    state, streams = begin()
    state.consumable_count = len(TAROTS)
    for number in range(1, len(TAROTS) + 1):
        create.named(state, state.consumables[number - 1], int(Kind.TAROT), number)
    made = blank(ITEM)[0]
    create.consumable(state, streams, made, int(Kind.TAROT), create.SRC_EMP)
    assert (made.kind, made.id) == (Kind.TAROT, TAROT["c_strength"])
    assert streams.used == 1


def test_showman_lets_everything_come_again(begin: Begin) -> None:
    state, _ = begin(jokers=("j_baron", "j_ring_master"))
    assert pools.is_open(state, int(Kind.JOKER), 3, JOKER["j_baron"])
    state.jokers[1].marks = Mark.DEBUFFED
    assert not pools.is_open(state, int(Kind.JOKER), 3, JOKER["j_baron"])


@pytest.mark.parametrize(
    ("key", "enhancement"),
    [("j_steel_joker", Enhancement.STEEL), ("j_ticket", Enhancement.GOLD)],
)
def test_some_jokers_need_an_enhanced_card(
    begin: Begin, key: str, enhancement: Enhancement
) -> None:
    state, _ = begin()
    number = JOKER[key]
    assert not pools.is_open(state, int(Kind.JOKER), 1, number)
    state.cards[51].enhancement = enhancement
    assert pools.is_open(state, int(Kind.JOKER), 1, number)


def test_cavendish_takes_the_place_of_gros_michel(begin: Begin) -> None:
    state, _ = begin()
    banana, cavendish = JOKER["j_gros_michel"], JOKER["j_cavendish"]
    for extinct in (0, 1):
        state.extinct = extinct
        assert pools.is_open(state, int(Kind.JOKER), 1, banana) == (extinct == 0)
        assert pools.is_open(state, int(Kind.JOKER), 1, cavendish) == (extinct == 1)


def test_secret_planets_come_once_their_hand_was_played(begin: Begin) -> None:
    state, _ = begin()
    assert not pools.is_open(state, int(Kind.PLANET), 0, PLANET["c_ceres"])
    state.played[HAND["Flush House"]] = 1
    assert pools.is_open(state, int(Kind.PLANET), 0, PLANET["c_ceres"])


def test_locked_jokers_are_holes_legendary_ones_never(begin: Begin) -> None:
    state, _ = begin()
    state.locked_jokers[:] = -1
    assert not pools.is_open(state, int(Kind.JOKER), 1, JOKER["j_joker"])
    assert pools.is_open(state, int(Kind.JOKER), 4, JOKER["j_perkeo"])


# --- the shop --------------------------------------------------------------------------


def test_a_shop_shows_two_cards_two_packs_and_the_voucher(begin: Begin) -> None:
    state, streams = begin()
    state.voucher_next = VOUCHER["v_blank"]
    shop.enter(state, streams)
    assert (state.shop_count, state.packs_count, state.vouchers_count) == (2, 2, 1)
    assert state.packs[0].id == PACK["p_buffoon_normal_1"]
    shop.leave(state)
    assert not state.shop.tobytes().strip(b"\0")
    assert not state.packs.tobytes().strip(b"\0")
    state.voucher_next = 0
    shop.enter(state, streams)
    assert state.vouchers_count == 0


def test_a_reroll_costs_a_dollar_more_each_time_unless_it_is_free(begin: Begin) -> None:
    state, streams = begin(jokers=("j_chaos", "j_flash"))
    shop.enter(state, streams)
    costs = []
    for _ in range(3):
        costs.append(economy.reroll_cost(state))
        shop.reroll(state, streams)
    assert costs == [0, 5, 6]
    assert state.money == 100 - 11
    assert state.jokers[1].value == 2 * 3


def test_overstock_fills_every_empty_slot(begin: Begin) -> None:
    state, streams = begin()
    shop.enter(state, streams)
    first = int(state.shop[1].id), int(state.shop[1].kind)
    items.remove(state.shop, 2, 0)
    state.shop_count = 1
    state.vouchers = 1 << VOUCHER["v_overstock_norm"]
    shop.fill(state, streams)
    assert state.shop_count == 3
    assert (int(state.shop[0].id), int(state.shop[0].kind)) == first


def test_d6_and_coupon_tags_act_once_a_shop(begin: Begin) -> None:
    state, streams = begin(tags=("tag_d_six", "tag_coupon", "tag_coupon", "tag_d_six"))
    state.voucher_next = VOUCHER["v_hone"]
    shop.enter(state, streams)
    assert economy.reroll_cost(state) == 0
    assert prices(state) == [0, 0]
    assert [items.price(state, pack) for pack in state.packs] == [0, 0]
    assert items.price(state, state.shop_vouchers[0]) == 10
    assert [tag.id for tag in state.tags[:2]] == [TAG["tag_coupon"], TAG["tag_d_six"]]
    shop.reroll(state, streams)
    assert economy.reroll_cost(state) == 1
    assert min(prices(state)) > 0


def test_a_voucher_lowers_the_next_reroll_after_a_d6_tag_once(begin: Begin) -> None:
    state, streams = begin(tags=("tag_d_six",))
    state.reroll_base = 5
    shop.enter(state, streams)
    for _ in range(3):
        shop.reroll(state, streams)
    redeem(state, VOUCHER["v_reroll_surplus"])
    costs = [economy.reroll_cost(state)]
    shop.reroll(state, streams)
    costs.append(economy.reroll_cost(state))
    assert costs == [1, 4]


def test_uncommon_and_rare_tags_bring_a_free_joker_each(begin: Begin) -> None:
    state, streams = begin(tags=("tag_juggle", "tag_rare", "tag_uncommon"))
    shop.enter(state, streams)
    rarities = [JOKERS[item.id - 1].rarity for item in state.shop[:2]]
    assert rarities == [Rarity.RARE, Rarity.UNCOMMON]
    assert prices(state) == [0, 0]
    assert state.tag_count == 1


def test_a_rare_tag_is_lost_on_who_has_them_all(begin: Begin) -> None:
    rares = tuple(joker.key for joker in JOKERS if joker.rarity == Rarity.RARE)
    state, streams = begin(tags=("tag_rare",), jokers=rares)
    shop.enter(state, streams)
    assert state.tag_count == 0
    assert min(prices(state)) > 0


def test_edition_tags_wait_for_a_joker_without_edition(begin: Begin) -> None:
    state, streams = begin(tags=("tag_negative", "tag_foil"))
    shop.enter(state, streams)
    for _ in range(20):
        if state.tag_count == 0:
            break
        shop.reroll(state, streams)
    assert state.tag_count == 0
    state, streams = begin(tags=("tag_rare", "tag_negative"))
    shop.enter(state, streams)
    assert state.shop[0].edition == Edition.NEGATIVE


def test_every_voucher_tag_adds_a_voucher(begin: Begin) -> None:
    state, streams = begin(tags=("tag_voucher", "tag_voucher"))
    state.voucher_next = VOUCHER["v_blank"]
    shop.enter(state, streams)
    shown = [int(item.id) for item in state.shop_vouchers[: state.vouchers_count]]
    assert len(set(shown)) == 3
    assert all(number % 2 for number in shown)  # no upgrade without its base


def test_magic_trick_sells_playing_cards_and_illusion_enhances_some(begin: Begin) -> None:
    for vouchers in (("v_magic_trick",), ("v_magic_trick", "v_illusion")):
        state, streams = begin(vouchers=vouchers)
        out = blank(ITEM, 400)
        for item in out:
            shop.ware(state, streams, item)
        sold = [item for item in out if item.kind == Kind.CARD]
        assert len(sold) > 20
        changed = [item for item in sold if item.enhancement or item.edition]
        assert bool(changed) == ("v_illusion" in vouchers)
        assert not any(item.seal for item in sold)
        assert not any(item.edition == Edition.NEGATIVE for item in sold)


def test_only_the_ghost_deck_sells_spectral_cards(begin: Begin) -> None:
    for deck in ("b_red", "b_ghost"):
        state, streams = begin(deck=deck)
        out = blank(ITEM, 300)
        for item in out:
            shop.ware(state, streams, item)
        spectrals = [SPECTRALS[item.id - 1] for item in out if item.kind == Kind.SPECTRAL]
        assert bool(spectrals) == (deck == "b_ghost")
        assert not any(card.hidden for card in spectrals)


def test_merchants_bring_more_of_their_cards(begin: Begin) -> None:
    counts = []
    for vouchers in ((), ("v_tarot_merchant",), ("v_tarot_merchant", "v_tarot_tycoon")):
        state, streams = begin(vouchers=vouchers)
        out = blank(ITEM, 300)
        for item in out:
            shop.ware(state, streams, item)
        counts.append(sum(item.kind == Kind.TAROT for item in out))
    assert counts[0] < counts[1] < counts[2]
    assert VOUCHERS[VOUCHER["v_tarot_merchant"] - 1].amount == 4 * 2.4


# --- packs -----------------------------------------------------------------------------


@pytest.mark.parametrize(("pack", "hand"), [("p_arcana_mega_1", 8), ("p_celestial_normal_1", 0)])
def test_arcana_and_spectral_packs_deal_a_hand(begin: Begin, pack: str, hand: int) -> None:
    state, streams = begin()
    packs.open(state, streams, PACK[pack], int(Phase.SHOP))
    assert state.phase == Phase.PACK
    assert state.hand_count == hand
    assert state.draw_count == 52 - hand
    dealt = state.hand[:hand].tolist()
    packs.close(state, streams)
    assert state.phase == Phase.SHOP
    assert (state.pack_count, state.pack_kind, state.hand_count) == (0, 0, 0)
    assert state.draw[:52].tolist() == [*reversed(dealt), *range(52 - hand)]


def test_telescope_brings_the_planet_of_the_hand_played_most(begin: Begin) -> None:
    state, streams = begin(vouchers=("v_telescope",))
    state.played[HAND["Pair"]] = state.played[HAND["Flush"]] = 3
    packs.show(state, streams, PACK["p_celestial_normal_1"])
    assert state.pack[0].id == PLANET["c_jupiter"]
    assert len({int(item.id) for item in state.pack[:3]}) == 3


def test_omen_globe_puts_spectral_cards_into_arcana_packs(begin: Begin) -> None:
    kinds: set[int] = set()
    for vouchers in ((), ("v_omen_globe",)):
        state, streams = begin(vouchers=vouchers)
        for _ in range(10):
            packs.show(state, streams, PACK["p_arcana_mega_1"])
            shown = state.pack[: state.pack_count]
            kinds = {int(i.kind) for i in shown if i.id not in (0, SPECTRAL["c_soul"])} | kinds
        assert (Kind.SPECTRAL in kinds) == bool(vouchers)


def test_cards_of_standard_packs_bear_everything_but_negative(begin: Begin) -> None:
    state, streams = begin(vouchers=("v_hone", "v_glow_up"))
    seen: list[tuple[int, int, int]] = []
    for _ in range(100):
        packs.show(state, streams, PACK["p_standard_mega_1"])
        seen += [(int(i.enhancement), int(i.edition), int(i.seal)) for i in state.pack]
    assert {enhancement for enhancement, _, _ in seen} == set(range(9))
    assert {edition for _, edition, _ in seen} == set(range(4))
    assert {seal for _, _, seal in seen} == set(range(5))


def test_no_shop_holds_the_soul_and_only_one_lies_in_a_pack(begin: Begin) -> None:
    """Seed ALEEB is known for it."""
    state, streams = begin("ALEEB")
    souls = 0
    for _ in range(6):
        packs.show(state, streams, PACK["p_arcana_normal_1"])
        souls += sum(i.kind == Kind.SPECTRAL for i in state.pack[: state.pack_count])
    assert souls > 0
