"""Columns of the observation, by name, in order.

``GLOBAL`` are the features of a state, ``CANDIDATE`` those of each action of the flat
codec. All are float32, most within 0 … 1; logarithms are ``log2(1 + x) / 16``. Nothing
is in them that the player does not see.
"""

from jimbot_stream.balatro.tables.cards import RANKS, Suit
from jimbot_stream.balatro.tables.hands import HANDS

_RANKS = tuple(rank.letter for rank in RANKS)
_SUITS = tuple(suit.name.lower() for suit in Suit)
_HANDS = tuple(hand.name.lower().replace(" ", "_") for hand in HANDS)
_PHASES = (
    "unspecified",
    "menu",
    "blind_select",
    "selecting_hand",
    "round_eval",
    "shop",
    "pack",
    "game_over",
    "transition",
)
REACHED = 8

GLOBAL = (
    *(f"phase_{phase}" for phase in _PHASES),
    "ante",  # / 8
    "rounds",  # / 24
    "blind_small",
    "blind_big",
    "blind_boss",
    "money_log",  # of what is held; 0 for debt
    "money",  # / 25, within -1 … 4
    "required_log",
    "chips_log",
    "remaining_log",  # what is still required
    "remaining_per_hand_log",
    "progress",  # chips / required, at most 1
    "hands_left",  # / 4
    "discards_left",  # / 4
    "hands_played",  # / 4
    "hand_size",  # / 8
    "hand_cards",  # / 8
    "draw_cards",  # / 52
    "jokers",  # / 5
    "consumables",  # / 2
    *(f"hand_{suit}" for suit in _SUITS),  # / 8
    *(f"hand_{rank}" for rank in _RANKS),  # / 4
    *(f"draw_{suit}" for suit in _SUITS),  # / 13
    *(f"draw_{rank}" for rank in _RANKS),  # / 4
    *(
        f"card{position}_{what}"
        for position in range(REACHED)
        for what in ("there", "rank", *_SUITS, "scores")  # rank / 14
    ),
    *(f"level_{hand}" for hand in _HANDS),  # / 10
    "best_score_log",  # of the best play at hand
    "best_share",  # of it in what is still required, at most 2
    "best_clears",
    *(f"best_{hand}" for hand in _HANDS),
)

CANDIDATE = (
    "legal",
    "play",
    "discard",
    "select_blind",
    "cash_out",
    "next_round",
    "skip_blind",
    "cards",  # / 5
    *(f"uses_card{position}" for position in range(REACHED)),
    *(f"makes_{hand}" for hand in _HANDS),  # plays: the poker hand
    "chips_log",  # plays
    "mult_log",  # plays
    "score_log",  # plays
    "share",  # plays: score / what is still required, at most 2
    "clears",  # plays: the blind is beaten
    "pace",  # plays: score * hands left / what is still required, at most 2
    "of_best",  # plays: score / score of the best play at hand
    "scoring_cards",  # plays, / 5
    "fillers",  # plays: cards that do not score, / 5
    "kept_cards",  # what stays in hand, / 8, and so below
    "kept_suited",  # most of one suit, / 5
    "kept_equal",  # most of one rank, / 4
    "kept_run",  # most within the span of a straight, / 5
    "kept_score_log",  # of the best play among them
    "kept_share",  # of it in what is still required, at most 2
    *(f"keeps_{hand}" for hand in _HANDS),  # discards: poker hand of that play
    "kept_suit_in_draw",  # share of the draw pile in the most frequent suit that is kept
    "kept_ranks_in_draw",  # share of the draw pile that pairs with a card that is kept
)
