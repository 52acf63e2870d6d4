"""A round from the choice of its blind to the cash-out."""

from typing import Any

from jimbot_stream.balatro.kernels import (
    bosses,
    cards,
    create,
    deal,
    discards,
    economy,
    items,
    jit,
    lifecycle,
    moving,
    offers,
    openings,
    owned,
    scoring,
    shop,
    tags,
    targets,
)
from jimbot_stream.balatro.state import MAX_CONSUMABLES, POKER_HANDS, Kind, Phase
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND
from jimbot_stream.balatro.tables.compiled import DECK_DOUBLE_TAG, PLANET_OF_HAND
from jimbot_stream.balatro.tables.economy import GOLD_CARD_DOLLARS
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.modifiers import Enhancement, Mark, Seal
from jimbot_stream.balatro.tables.schema import Then
from jimbot_stream.balatro.tables.streams import NUMBER as STREAM
from jimbot_stream.balatro.tables.tags import NUMBER as TAG

_BLIND_SELECT = int(Phase.BLIND_SELECT)
_SELECTING_HAND = int(Phase.SELECTING_HAND)
_ROUND_EVAL = int(Phase.ROUND_EVAL)
_SHOP = int(Phase.SHOP)
_GAME_OVER = int(Phase.GAME_OVER)
_FREE_REROLLS = int(Then.FREE_REROLLS)
_DEBUFFED = int(Mark.DEBUFFED)
_PLAYED = int(Mark.PLAYED_THIS_ANTE)
_GOLD = int(Enhancement.GOLD)
_RED_SEAL = int(Seal.RED)
_BLUE_SEAL = int(Seal.BLUE)
_PLANET = int(Kind.PLANET)
_MIME = JOKER["j_mime"]
_ACORN = BLIND["bl_final_acorn"]
_DOUBLE_TAG = TAG["tag_double"]
_NEW_ROUND = STREAM["nr"]
_CASHOUT = STREAM["cashout"]
_BOSS = 2


@jit
def refresh(s: Any) -> None:
    """Give hands and discards for the next round."""
    s.hands_left = max(1, int(s.hands))
    s.discards_left = max(0, int(s.discards))


@jit
def draw(s: Any, r: Any) -> None:
    """Fill the hand; a run without cards to hold is lost."""
    if s.hand_size <= 0 and s.hand_count == 0:
        s.phase = _GAME_OVER
        return
    deal.fill_hand(s, r)
    added = 0
    if s.hands_played == 0 and s.discards_used == 0:
        added = lifecycle.certificates(s)
    bosses.drawn(s, r)
    for _ in range(added):
        lifecycle.certify(s, r)
    settle(s, r)


@jit
def select(s: Any, r: Any) -> None:
    """Begin the round of the blind on offer (new_round)."""
    s.rounds += 1
    s.phase = _SELECTING_HAND
    refresh(s)
    s.hands_played = 0
    s.discards_used = 0
    s.chips = 0.0
    s.reroll_more = 0
    s.free_rerolls = owned.has(s, _FREE_REROLLS)
    for hand in range(POKER_HANDS):
        s.played_now[hand] = 0
    economy.ask(s)
    bosses.begin(s)
    shuffled = cards.live_boss(s) == _ACORN and s.joker_count > 1
    tags.round_begins(s)
    disabled = lifecycle.blind_selected(s, r)
    if shuffled:
        bosses.shuffle_jokers(s, r)
    deal.shuffle(s, r, _NEW_ROUND, int(s.ante))
    for _ in range(disabled):
        bosses.disable(s, r)
    draw(s, r)


@jit
def skip(s: Any, r: Any) -> None:
    """Skip the blind on offer for its tag."""
    s.skips += 1
    offer = s.offers[int(s.blind)]
    tags.gain(s, int(offer.id), int(offer.hand))
    s.blind += 1
    economy.ask(s)
    tags.act(s, r)
    openings.use_tags(s, r)


@jit
def play(s: Any, r: Any, w: Any, mask: int) -> None:
    """Play the cards at positions of the hand."""
    bosses.unforce(s)
    s.hands_left -= 1
    for position in range(int(s.hand_count)):
        if mask >> position & 1:
            card = s.cards[int(s.hand[position])]
            card.marks = int(card.marks) | _PLAYED
    hooked = bosses.hooked(s, r, mask)
    if hooked != 0:
        discards.carry_out(s, r, w, hooked, True)
        mask = moving.without(mask, hooked)
    bosses.press_play(s, moving.bits(mask))
    scoring.play(s, r, w, mask)
    s.hands_played += 1
    s.hands_total += 1
    s.best_score = max(float(s.best_score), float(s.chips))
    destroyed = int(w.destroyed)
    deal.destroy_mask(s, destroyed)
    deal.discard(s, moving.without(mask & ~destroyed, destroyed))
    if economy.beaten(s) or s.hands_left < 1:
        finish(s, r)
    else:
        draw(s, r)


@jit
def discard(s: Any, r: Any, w: Any, mask: int) -> None:
    """Discard the cards at positions of the hand and draw others."""
    discards.carry_out(s, r, w, mask, False)
    s.discards_left -= 1
    s.discards_used += 1
    draw(s, r)


@jit
def settle(s: Any, r: Any) -> None:
    """End a round that is won by disabling its boss, or that has no card left to play.

    The game ends a round without cards only when the deck is empty as well, and else stands
    still for ever; here such a round ends, lost unless its score is reached.
    """
    if s.phase != _SELECTING_HAND:
        return
    won = s.boss_off == 1 and s.blind == _BOSS and economy.beaten(s)
    if won or s.hand_count == 0:
        finish(s, r)


# --- the end of a round ----------------------------------------------------------------


@jit
def _blue_seal(s: Any) -> bool:
    """Create the planet of the hand played last; whether there was room."""
    slot = int(s.consumable_count)
    if items.consumable_room(s) <= 0 or slot >= MAX_CONSUMABLES:
        return False
    if s.last_hand > 0:
        planet = int(PLANET_OF_HAND[int(s.last_hand) - 1])
        create.named(s, s.consumables[slot], _PLANET, planet)
        items.gain_consumable(s, s.consumables[slot])
    return True


@jit
def _held_once(s: Any, c: int) -> bool:
    """What a card held at the end of a round does; whether it does anything."""
    acts = False
    if s.cards[c].enhancement == _GOLD:
        s.money += GOLD_CARD_DOLLARS
        acts = True
    if s.cards[c].seal == _BLUE_SEAL and _blue_seal(s):
        acts = True
    return acts


@jit
def _mimes(s: Any) -> int:
    count = 0
    for slot in range(int(s.joker_count)):
        acting = owned.source(s, slot)
        if acting >= 0 and s.jokers[acting].id == _MIME:
            count += 1
    return count


@jit
def _held(s: Any) -> None:
    """The turn of the cards held in hand when a round ends."""
    mimes = _mimes(s)
    for position in range(int(s.hand_count)):
        c = int(s.hand[position])
        if int(s.cards[c].marks) & _DEBUFFED or not _held_once(s, c):
            continue
        again = mimes + (1 if s.cards[c].seal == _RED_SEAL else 0)
        for _ in range(again):
            _held_once(s, c)


@jit
def _most_played(s: Any) -> int:
    """The poker hand played most, the best of equals."""
    most = 0
    for hand in range(1, POKER_HANDS):
        if s.played[hand] > s.played[most]:
            most = hand
    return most


@jit
def _raise_ante(s: Any, r: Any) -> None:
    """A boss fell: the next ante, its voucher, and The Pillar forgets."""
    s.ante += 1
    s.voucher_next = offers.voucher(s, r, False)
    for c in range(int(s.card_count)):
        s.cards[c].marks = int(s.cards[c].marks) & ~_PLAYED & 255


@jit
def _evaluate(s: Any, r: Any) -> None:
    """Count what the round pays; then the blind is done with (evaluate_round)."""
    s.phase = _ROUND_EVAL
    s.earned = economy.payout(s)
    tags.round_pays(s)
    if s.blind == _BOSS and DECK_DOUBLE_TAG[int(s.deck)] == 1:
        tags.gain(s, _DOUBLE_TAG, 0)
    bosses.defeat(s, r)


@jit
def finish(s: Any, r: Any) -> None:
    """End the round: it is won, or the run is lost (end_round)."""
    if lifecycle.round_ends(s, r, not economy.beaten(s)):
        s.phase = _GAME_OVER
        return
    boss = s.blind == _BOSS
    s.discards_unused += s.discards_left
    if boss:
        s.boss_most = _most_played(s)
        if s.ante == s.win_ante:
            s.won = 1
    _held(s)
    deal.collect(s)
    if s.won == 1 and s.endless == 0:
        s.phase = _GAME_OVER
        return
    if boss:
        _raise_ante(s, r)
    s.hand_size -= s.hand_bonus
    s.hand_bonus = 0
    s.reroll_free_base = 0
    targets.new_round(s, r)
    _evaluate(s, r)


@jit
def cash_out(s: Any, r: Any) -> None:
    """Take the round's reward and enter the shop."""
    deal.shuffle(s, r, _CASHOUT, int(s.ante))
    refresh(s)
    s.money += s.earned
    s.earned = 0
    s.chips = 0.0
    if s.blind == _BOSS:
        offers.tags(s, r)
        s.boss = offers.boss(s, r)
        s.rerolls = 0
        s.blind = 0
    else:
        s.blind += 1
    economy.ask(s)
    s.phase = _SHOP
    shop.enter(s, r)


@jit
def leave_shop(s: Any, r: Any) -> None:
    """Go on to the choice of the next blind."""
    lifecycle.shop_left(s, r)
    shop.leave(s)
    s.phase = _BLIND_SELECT
