"""From one state to the next: phase and verb decide what happens."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.kernels import deal, hands, jit, legality, scoring
from jimbot_stream.balatro.state import MAX_HAND, POKER_HANDS, Phase
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.compiled import BASE_SCORE, BLIND_FACTOR, BLIND_REWARD
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.economy import DOLLARS_PER_HAND, INTEREST_CAP, INTEREST_STEP
from jimbot_stream.balatro.tables.streams import NUMBER

_SHUFFLE = NUMBER["shuffle"]
_NEW_ROUND = NUMBER["nr"]
_CASHOUT = NUMBER["cashout"]
_BOSS = len(BLINDS) - 1
_PLAY = int(Verb.PLAY)
_DISCARD = int(Verb.DISCARD)
_SELECT_BLIND = int(Verb.SELECT_BLIND)
_CASH_OUT = int(Verb.CASH_OUT)
_BLIND_SELECT = int(Phase.BLIND_SELECT)
_SELECTING_HAND = int(Phase.SELECTING_HAND)
_ROUND_EVAL = int(Phase.ROUND_EVAL)
_SHOP = int(Phase.SHOP)
_GAME_OVER = int(Phase.GAME_OVER)
_MONEY = DECKS[0].money
_HANDS = DECKS[0].hands
_DISCARDS = DECKS[0].discards
_HAND_SIZE = DECKS[0].hand_size


@jit
def required(ante: int, blind: int) -> float:
    """Score that a blind asks."""
    return float(BASE_SCORE[ante - 1] * BLIND_FACTOR[blind])


@jit
def interest(money: int) -> int:
    """Dollars of interest on what is held before a payout."""
    return max(0, min(INTEREST_CAP, money // INTEREST_STEP))


@jit
def payout(s: Any) -> int:
    """Dollars that the beaten round pays."""
    hands_left = int(s.hands_left) * DOLLARS_PER_HAND
    return int(BLIND_REWARD[s.blind]) + hands_left + interest(int(s.money))


@jit
def _refresh_counters(s: Any) -> None:
    s.hands_left = s.hands
    s.discards_left = s.discards
    s.hands_played = 0
    s.chips = 0.0


@jit
def new_run(
    states: NDArray[Any], rngs: NDArray[Any], index: int, seed: NDArray[np.uint8], win_ante: int
) -> None:
    """Begin a run with the red deck on the white stake; the record must be all zero."""
    s = states[index]
    rng.begin(rngs[index], seed)
    s.money = _MONEY
    s.hands = _HANDS
    s.discards = _DISCARDS
    s.hand_size = _HAND_SIZE
    s.ante = 1
    s.win_ante = win_ante
    s.phase = _BLIND_SELECT
    s.required = required(1, 0)
    for hand in range(POKER_HANDS):
        s.level[hand] = 1
    _refresh_counters(s)
    deal.standard_deck(s)
    deal.shuffle(s, rngs[index], _SHUFFLE)


@jit
def _select_blind(s: Any, streams: Any) -> None:
    s.rounds += 1
    _refresh_counters(s)
    deal.shuffle(s, streams, _NEW_ROUND)
    deal.fill_hand(s)
    s.phase = _SELECTING_HAND


@jit
def _score(s: Any, cards: int) -> float:
    position = np.zeros(MAX_HAND, dtype=np.int64)
    rank = np.zeros(MAX_HAND, dtype=np.int64)
    suit = np.zeros(MAX_HAND, dtype=np.int64)
    scores = np.ones(MAX_HAND, dtype=np.int64)
    count = hands.gather(s.hand, cards, int(s.hand_count), position)
    for i in range(count):
        rank[i] = s.cards[position[i]].rank
        suit[i] = s.cards[position[i]].suit
    hand, scoring_cards = hands.classify(rank, suit, count)
    s.played[hand] += 1
    chips, mult = scoring.worth(hand, int(s.level[hand]))
    return scoring.total(chips + scoring.card_chips(rank, scores, count, scoring_cards), mult)


@jit
def _beaten(s: Any) -> None:
    deal.collect(s)
    if s.blind == _BOSS and s.ante == s.win_ante:
        s.won = 1
        s.phase = _GAME_OVER
        return
    if s.blind == _BOSS:
        s.ante += 1  # the game raises the ante before the reward is taken
    s.phase = _ROUND_EVAL


@jit
def _play(s: Any, cards: int) -> None:
    s.chips += _score(s, cards)
    s.best_score = max(s.best_score, s.chips)
    s.hands_left -= 1
    s.hands_played += 1
    deal.remove(s, cards)
    if s.chips >= s.required:
        _beaten(s)
        return
    if s.hands_left > 0:
        deal.fill_hand(s)
    if s.hands_left == 0 or s.hand_count == 0:
        s.phase = _GAME_OVER


@jit
def _discard(s: Any, cards: int) -> None:
    s.discards_left -= 1
    deal.remove(s, cards)
    deal.fill_hand(s)
    if s.hand_count == 0:
        s.phase = _GAME_OVER


@jit
def _cash_out(s: Any, streams: Any) -> None:
    s.money += payout(s)
    deal.shuffle(s, streams, _CASHOUT)
    _refresh_counters(s)
    s.blind = 0 if s.blind == _BOSS else s.blind + 1
    s.required = required(int(s.ante), int(s.blind))
    s.phase = _SHOP


@jit
def step(states: NDArray[Any], rngs: NDArray[Any], index: int, action: int) -> int:
    """Carry out a canonical action, or leave everything untouched and say why not."""
    s = states[index]
    refused = legality.refusal(s, action)
    if refused != legality.LEGAL:
        return refused
    verb = action >> 40
    cards = action & 0xFFFFFF
    if verb == _PLAY:
        _play(s, cards)
    elif verb == _DISCARD:
        _discard(s, cards)
    elif verb == _SELECT_BLIND:
        _select_blind(s, rngs[index])
    elif verb == _CASH_OUT:
        _cash_out(s, rngs[index])
    else:
        s.phase = _BLIND_SELECT
    s.steps += 1
    return legality.LEGAL
