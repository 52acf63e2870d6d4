"""From one state to the next: phase and verb decide what happens."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.kernels import (
    bosses,
    consumables,
    create,
    deal,
    economy,
    growth,
    items,
    jit,
    legality,
    lifecycle,
    moving,
    offers,
    openings,
    rounds,
    shop,
    targets,
    vouchers,
)
from jimbot_stream.balatro.state import POKER_HANDS, Kind, Phase
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.compiled import (
    DECK_CONSUMABLE_SLOTS,
    DECK_CONSUMABLES,
    DECK_DISCARDS,
    DECK_ERRATIC,
    DECK_FACES,
    DECK_HAND_SIZE,
    DECK_HANDS,
    DECK_JOKER_SLOTS,
    DECK_MONEY,
    DECK_RANKS,
    DECK_SUITS,
    DECK_TWO_SUITS,
    DECK_VOUCHERS,
    MOST_CONSUMABLES_OF_DECK,
    STAKE_DISCARDS,
)
from jimbot_stream.balatro.tables.economy import BOSS_REROLL_DOLLARS, REROLL_DOLLARS
from jimbot_stream.balatro.tables.hands import NUMBER as HAND
from jimbot_stream.balatro.tables.schema import When
from jimbot_stream.balatro.tables.streams import NUMBER
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

_SHUFFLE = NUMBER["shuffle"]
_ERRATIC = NUMBER["erratic"]
_BLIND_SELECT = int(Phase.BLIND_SELECT)
_SHOP = int(Phase.SHOP)
_JOKER = int(Kind.JOKER)
_CARD = int(Kind.CARD)
_SOLD_OTHER = int(When.SOLD_OTHER)
_CLUBS, _DIAMONDS = int(Suit.CLUBS), int(Suit.DIAMONDS)
_HEARTS, _SPADES = int(Suit.HEARTS), int(Suit.SPADES)
_HIGH_CARD = HAND["High Card"]
_CARDS = len(DECK_RANKS)
_VOUCHERS = len(VOUCHERS)
_OVERSTOCK = VOUCHER["v_overstock_norm"]
_OVERSTOCK_PLUS = VOUCHER["v_overstock_plus"]
_PLAY = int(Verb.PLAY)
_DISCARD = int(Verb.DISCARD)
_SELECT_BLIND = int(Verb.SELECT_BLIND)
_SKIP_BLIND = int(Verb.SKIP_BLIND)
_CASH_OUT = int(Verb.CASH_OUT)
_NEXT_ROUND = int(Verb.NEXT_ROUND)
_BUY_CARD = int(Verb.BUY_CARD)
_BUY_VOUCHER = int(Verb.BUY_VOUCHER)
_BUY_PACK = int(Verb.BUY_PACK)
_BUY_AND_USE = int(Verb.BUY_AND_USE)
_PICK_PACK = int(Verb.PICK_PACK)
_SKIP_PACK = int(Verb.SKIP_PACK)
_SELL_JOKER = int(Verb.SELL_JOKER)
_SELL_CONSUMABLE = int(Verb.SELL_CONSUMABLE)
_USE = int(Verb.USE)
_REROLL = int(Verb.REROLL)
_REROLL_BOSS = int(Verb.REROLL_BOSS)
_REARRANGE_HAND = int(Verb.REARRANGE_HAND)
_REARRANGE_JOKERS = int(Verb.REARRANGE_JOKERS)


# --- a run begins ----------------------------------------------------------------------


@jit
def _make_deck(s: Any, r: Any, deck: int) -> None:
    """Create the cards of the run in the order of their keys."""
    count = np.zeros(_CARDS, dtype=np.int64)
    for card in range(_CARDS):
        chosen = card
        if DECK_ERRATIC[deck] == 1:
            chosen = rng.pick(r, _ERRATIC, 0, _CARDS)
        count[chosen] += 1
    for card in range(_CARDS):
        rank = int(DECK_RANKS[card])
        if DECK_FACES[deck] == 0 and 11 <= rank <= 13:
            continue
        for _ in range(count[card]):
            deal.add_card_quiet(s, rank, int(DECK_SUITS[card]), 0, 0, 0)
    s.starting_cards = s.card_count


@jit
def _two_suits(s: Any) -> None:
    """Checkered Deck: after the first targets were drawn, as in the game."""
    for c in range(int(s.card_count)):
        if s.cards[c].suit == _CLUBS:
            s.cards[c].suit = _SPADES
        elif s.cards[c].suit == _DIAMONDS:
            s.cards[c].suit = _HEARTS


@jit
def _starting_numbers(s: Any, deck: int, stake: int) -> None:
    s.money = DECK_MONEY[deck]
    s.hands = DECK_HANDS[deck]
    s.discards = DECK_DISCARDS[deck] + STAKE_DISCARDS[stake]
    s.hand_size = DECK_HAND_SIZE[deck]
    s.joker_slots = DECK_JOKER_SLOTS[deck]
    s.consumable_slots = DECK_CONSUMABLE_SLOTS[deck]
    s.reroll_base = REROLL_DOLLARS
    s.boss_most = _HIGH_CARD
    for hand in range(POKER_HANDS):
        s.level[hand] = 1
    rounds.refresh(s)


@jit
def _starting_items(s: Any, deck: int) -> None:
    for voucher in range(1, _VOUCHERS + 1):
        if int(DECK_VOUCHERS[deck]) >> voucher & 1:
            vouchers.redeem(s, voucher)
    for place in range(MOST_CONSUMABLES_OF_DECK):
        kind = int(DECK_CONSUMABLES[deck, place, 0])
        if kind != 0:
            slot = int(s.consumable_count)
            create.named(s, s.consumables[slot], kind, int(DECK_CONSUMABLES[deck, place, 1]))
            items.gain_consumable(s, s.consumables[slot])


@jit
def new_run(
    states: NDArray[Any],
    rngs: NDArray[Any],
    index: int,
    seed: NDArray[Any],
    deck: int,
    stake: int,
    win_ante: int,
    endless: bool,
) -> None:
    """Begin a run; but for what the profile locks, the record must be all zero."""
    s = states[index]
    r = rngs[index]
    rng.begin(r, seed)
    s.deck = deck
    s.stake = stake
    s.win_ante = win_ante
    s.endless = 1 if endless else 0
    s.ante = 1
    s.phase = _BLIND_SELECT
    _starting_numbers(s, deck, stake)
    _make_deck(s, r, deck)
    deal.shuffle(s, r, _SHUFFLE, 1)
    targets.new_round(s, r)
    if DECK_TWO_SUITS[deck] == 1:
        _two_suits(s)
    _starting_items(s, deck)
    s.boss = offers.boss(s, r)
    s.voucher_next = offers.voucher(s, r, False)
    offers.tags(s, r)
    economy.ask(s)


# --- buying, selling -------------------------------------------------------------------


@jit
def _unshelve(s: Any, slot: int) -> None:
    items.remove(s.shop, int(s.shop_count), slot)
    s.shop_count -= 1


@jit
def _buy_card(s: Any, slot: int) -> None:
    ware = s.shop[slot]
    cost = items.price(s, ware)
    if ware.kind == _JOKER:
        items.gain_joker(s, ware)
    elif ware.kind == _CARD:
        openings.take_card(s, ware)
    else:
        items.gain_consumable(s, ware)
    s.money -= cost
    _unshelve(s, slot)


@jit
def _buy_and_use(s: Any, r: Any, slot: int, mask: int) -> None:
    ware = s.shop[slot]
    s.money -= items.price(s, ware)
    kind, number = int(ware.kind), int(ware.id)
    _unshelve(s, slot)
    consumables.carry_out(s, r, kind, number, False, mask)


@jit
def _buy_voucher(s: Any, r: Any, slot: int) -> None:
    ware = s.shop_vouchers[slot]
    s.money -= items.price(s, ware)
    voucher = int(ware.id)
    if voucher == s.voucher_next:
        s.voucher_next = 0
    items.remove(s.shop_vouchers, int(s.vouchers_count), slot)
    s.vouchers_count -= 1
    vouchers.redeem(s, voucher)
    if voucher in (_OVERSTOCK, _OVERSTOCK_PLUS):
        shop.fill(s, r)


@jit
def _buy_pack(s: Any, r: Any, slot: int) -> None:
    ware = s.packs[slot]
    s.money -= items.price(s, ware)
    pack = int(ware.id)
    items.remove(s.packs, int(s.packs_count), slot)
    s.packs_count -= 1
    openings.open_pack(s, r, pack, _SHOP)


@jit
def _sell_joker(s: Any, r: Any, slot: int) -> None:
    value = items.sell_value(s, s.jokers[slot])
    size = int(s.hand_size)
    disables = lifecycle.sold_self(s, r, slot)
    deal.follow_hand_size(s, r, size)
    if disables:
        bosses.luchador(s, r)
    s.money += value
    size = int(s.hand_size)
    items.lose_joker(s, slot)
    deal.follow_hand_size(s, r, size)
    growth.notify(s, _SOLD_OTHER, -1)
    bosses.joker_sold(s, r)
    deal.debuff_cards(s)


@jit
def _sell_consumable(s: Any, slot: int) -> None:
    s.money += items.sell_value(s, s.consumables[slot])
    items.lose_consumable(s, slot)
    growth.notify(s, _SOLD_OTHER, -1)


# --- actions ---------------------------------------------------------------------------


@jit
def _go(s: Any, r: Any, w: Any, verb: int, mask: int) -> None:
    """Actions that lead through the run."""
    if verb == _PLAY:
        rounds.play(s, r, w, mask)
    elif verb == _DISCARD:
        rounds.discard(s, r, w, mask)
    elif verb == _SELECT_BLIND:
        rounds.select(s, r)
    elif verb == _SKIP_BLIND:
        rounds.skip(s, r)
    elif verb == _CASH_OUT:
        rounds.cash_out(s, r)
    elif verb == _NEXT_ROUND:
        rounds.leave_shop(s, r)


@jit
def _trade(s: Any, r: Any, verb: int, slot: int, mask: int) -> None:
    """Actions in the shop, with packs, and of the boss's choice."""
    if verb == _BUY_CARD:
        _buy_card(s, slot)
    elif verb == _BUY_VOUCHER:
        _buy_voucher(s, r, slot)
    elif verb == _BUY_PACK:
        _buy_pack(s, r, slot)
    elif verb == _BUY_AND_USE:
        _buy_and_use(s, r, slot, mask)
    elif verb == _PICK_PACK:
        openings.take(s, r, slot, mask)
    elif verb == _SKIP_PACK:
        openings.skip(s, r)
    elif verb == _REROLL:
        shop.reroll(s, r)
    elif verb == _REROLL_BOSS:
        s.money -= BOSS_REROLL_DOLLARS
        openings.reroll_boss(s, r)
        openings.use_tags(s, r)


@jit
def _handle(s: Any, r: Any, verb: int, slot: int, target: int, mask: int) -> None:
    """Actions on what the player owns."""
    if verb == _SELL_JOKER:
        _sell_joker(s, r, slot)
    elif verb == _SELL_CONSUMABLE:
        _sell_consumable(s, slot)
    elif verb == _USE:
        consumables.use_owned(s, r, slot, mask)
    elif verb == _REARRANGE_HAND:
        moving.move_card(s, slot, target)
    elif verb == _REARRANGE_JOKERS:
        moving.move(s.jokers, slot, target)
    else:
        moving.move(s.consumables, slot, target)
    rounds.settle(s, r)


@jit
def step(
    states: NDArray[Any], rngs: NDArray[Any], works: NDArray[Any], index: int, action: int
) -> int:
    """Carry out a canonical action, or leave everything untouched and say why not."""
    s = states[index]
    refused = legality.refusal(s, action)
    if refused != 0:
        return refused
    verb = action >> 40
    slot = action >> 32 & 255
    mask = action & 0xFFFFFF
    if verb <= _NEXT_ROUND:
        _go(s, rngs[index], works[index], verb, mask)
    elif verb <= _SKIP_PACK or verb in (_REROLL, _REROLL_BOSS):
        _trade(s, rngs[index], verb, slot, mask)
    else:
        _handle(s, rngs[index], verb, slot, action >> 24 & 255, mask)
    s.steps += 1
    return 0
