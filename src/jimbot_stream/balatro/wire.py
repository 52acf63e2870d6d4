"""Between runs and contract messages: states, legal actions, actions, observations.

Everything here but ``state_message`` and ``step_message`` works from the *visible*
state, a ``GameState``, whoever produced it: the simulator, the real game, a recording.
So worker, learner and replay see the same bits. Foreign states may hold what these
rules do not know yet (jokers, packs, larger hands); then ``legal_messages`` tells the
families that the flat codec can name, and previews leave jokers, enhancements,
editions, seals and boss effects out.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.actions import A, Verb
from jimbot_stream.balatro.engine import Run
from jimbot_stream.balatro.kernels import candidates
from jimbot_stream.balatro.state import MAX_HAND, VIEW, Phase
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.decks import DECKS, WHITE_STAKE
from jimbot_stream.balatro.tables.hands import HANDS, NUMBER
from jimbot_stream.contracts.v1 import game_pb2 as pb
from jimbot_stream.contracts.v1.game_pb2 import (
    Action,
    Blind,
    Card,
    GameState,
    HandLevel,
    LegalAction,
)

FEATURES = candidates.FEATURES
"""K: columns are named in ``tables.columns.GLOBAL``."""
CANDIDATE_FEATURES = candidates.CANDIDATE_FEATURES
"""F: columns are named in ``tables.columns.CANDIDATE``."""

Observation = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]

_BARE_VERB: dict[int, Verb] = {
    Phase.BLIND_SELECT: Verb.SELECT_BLIND,
    Phase.ROUND_EVAL: Verb.CASH_OUT,
    Phase.SHOP: Verb.NEXT_ROUND,
}
_BLIND_NUMBER = {blind.key: number for number, blind in enumerate(BLINDS)}
_BOSS = len(BLINDS) - 1
_FIRST_CHIPS = [hand.chips for hand in HANDS]
_FIRST_MULT = [hand.mult for hand in HANDS]
_ACE = 14
_SUITS = 4
_EXACT = 2**53
_SAME_NAME = (
    "money",
    "chips",
    "phase",
    "ante",
    "hand_size",
    "hands_left",
    "discards_left",
    "hands_played",
)


# --- from a run to messages ------------------------------------------------------------


@lru_cache(maxsize=1024)
def _card(number: int, rank: int, suit: int) -> Card:
    """The message of a card; shared, because a message that holds it copies it."""
    return Card(id=number + 1, suit=cast(pb.Suit, suit), rank=rank)


def _levels(level: Sequence[int], played: Sequence[int]) -> list[HandLevel]:
    """The poker hands that are not as at the start of the run."""
    rows = []
    for number, hand in enumerate(HANDS):
        if level[number] > 1 or played[number] > 0:
            chips, mult = hand.worth(level[number])
            rows.append(
                HandLevel(
                    hand=hand.name,
                    level=level[number],
                    chips=chips,
                    mult=mult,
                    played=played[number],
                )
            )
    return rows


def _exact(score: float) -> str:
    return str(int(score)) if score > _EXACT else ""


def _blind(number: int, required: float) -> Blind:
    row = BLINDS[number]
    return Blind(
        key=row.key,
        boss=row.boss,
        chips_required=required,
        chips_required_exact=_exact(required),
        reward=row.reward,
    )


def state_message(run: Run) -> GameState:
    """The run as its player sees it; the draw pile is sorted, its order withheld."""
    s = run.state
    deck = DECKS[0]
    cards = s["cards"][: s["card_count"]].tolist()
    drawn = sorted((cards[n][1], cards[n][0], n) for n in s["draw"][: s["draw_count"]].tolist())
    chips = float(s["chips"])
    return GameState(
        phase=cast(pb.Phase, int(s["phase"])),
        seed=run.seed,
        deck=deck.key,
        stake=WHITE_STAKE,
        ante=int(s["ante"]),
        round=int(s["rounds"]),
        money=int(s["money"]),
        blind=_blind(int(s["blind"]), float(s["required"])),
        chips=chips,
        chips_exact=_exact(chips),
        hands_left=int(s["hands_left"]),
        discards_left=int(s["discards_left"]),
        hand_size=int(s["hand_size"]),
        hand=[_card(n, *cards[n]) for n in s["hand"][: s["hand_count"]].tolist()],
        draw_pile=[_card(n, rank, suit) for suit, rank, n in drawn],
        joker_slots=deck.joker_slots,
        consumable_slots=deck.consumable_slots,
        hand_levels=_levels(s["level"].tolist(), s["played"].tolist()),
        won=run.won,
        hands_played=int(s["hands_played"]),
    )


# --- actions ---------------------------------------------------------------------------


def _verb(verb: Verb) -> pb.ActionVerb:
    return cast(pb.ActionVerb, int(verb))


def legal_messages(state: GameState) -> list[LegalAction]:
    """What may be done in a visible state, of what the flat codec can name.

    Empty where no such decision is possible: in the menu, between phases, in a pack,
    after the end.
    """
    phase = int(state.phase)
    if phase == Phase.SELECTING_HAND:
        count = len(state.hand)
        left = {Verb.PLAY: state.hands_left, Verb.DISCARD: state.discards_left}
        return [
            LegalAction(
                verb=_verb(verb),
                min_cards=1,
                max_cards=min(actions.MOST_CARDS, count),
                selectable_cards=range(count),
            )
            for verb in left
            if left[verb] > 0 and count > 0
        ]
    bare = _BARE_VERB.get(phase)
    return [] if bare is None else [LegalAction(verb=_verb(bare))]


def mask(legal: Sequence[LegalAction]) -> NDArray[np.bool_]:
    """Which actions of the flat codec the families allow; others are out of its reach."""
    allowed = np.zeros(A, dtype=np.bool_)
    for family in legal:
        verb = int(family.verb)
        if verb in (Verb.PLAY, Verb.DISCARD):
            start = actions.index_of(verb, (0,))
            allowed[start : start + actions.CHOICES] |= actions.subsets_within(
                family.min_cards, family.max_cards, family.selectable_cards, family.forced_cards
            )
        elif verb in actions.BARE_VERBS:
            allowed[actions.index_of(verb)] = True
    return allowed


def action_message(index: int) -> Action:
    """The action at an index of the flat codec."""
    verb, cards = actions.action_at(index)
    return Action(verb=_verb(verb), cards=cards)


def action_index(action: Action) -> int:
    """Index of an action in the flat codec.

    Raises:
        ValueError: the codec has no such action.
    """
    if action.slot or action.target:
        raise ValueError(f"codec {actions.CODEC_VERSION} has no action with a slot or target")
    return actions.index_of(action.verb, tuple(action.cards))


def step_message(run: Run, action: Action) -> None:
    """Carry out an action.

    Raises:
        ValueError: it has no canonical form (a position named twice, or out of range).
        IllegalActionError: the rules refuse it; the run is untouched.
    """
    run.step(actions.pack(action.verb, action.cards, action.slot, action.target))


# --- observations ----------------------------------------------------------------------


def _see_hand(view: Any, hand: Sequence[Card]) -> None:
    rank, suit, scores = [0] * MAX_HAND, [0] * MAX_HAND, [0] * MAX_HAND
    seen = hand[:MAX_HAND]
    for position, card in enumerate(seen):
        if not card.face_down:
            rank[position] = card.rank if 2 <= card.rank <= _ACE else 0
            suit[position] = card.suit if 1 <= card.suit <= _SUITS else 0
        scores[position] = int(not card.debuffed)
    view["hand_count"] = len(seen)
    view["rank"], view["suit"], view["scores"] = rank, suit, scores


def _see_pile(view: Any, pile: Sequence[Card]) -> None:
    ranks, suits = [0] * (_ACE + 1), [0] * (_SUITS + 1)
    for card in pile:
        rank, suit = card.rank, card.suit
        ranks[rank if 2 <= rank <= _ACE else 0] += 1
        suits[suit if 1 <= suit <= _SUITS else 0] += 1
    view["draw_count"] = len(pile)
    view["draw_ranks"], view["draw_suits"] = ranks, suits


def _see_levels(view: Any, rows: Sequence[HandLevel]) -> None:
    level, chips, mult = [1] * len(HANDS), [*_FIRST_CHIPS], [*_FIRST_MULT]
    for row in rows:
        number = NUMBER.get(row.hand)
        if number is None or row.level < 1:
            continue
        told = (row.chips, row.mult) if row.chips > 0 else HANDS[number].worth(row.level)
        level[number] = row.level
        chips[number], mult[number] = told
    view["level"], view["hand_chips"], view["hand_mult"] = level, chips, mult


def see(state: GameState) -> NDArray[Any]:
    """A visible state as one record (``state.VIEW``): all that an observation is made of."""
    views = np.zeros(1, dtype=VIEW)
    view = views[0]
    for name in _SAME_NAME:
        view[name] = getattr(state, name)
    view["blind"] = _BLIND_NUMBER.get(state.blind.key, _BOSS if state.blind.boss else -1)
    view["required"] = state.blind.chips_required
    view["rounds"] = state.round
    view["jokers"] = len(state.jokers)
    view["consumables"] = len(state.consumables)
    _see_hand(view, state.hand)
    _see_pile(view, state.draw_pile)
    _see_levels(view, state.hand_levels)
    return views.view(np.recarray)


def encode(state: GameState, legal: Sequence[LegalAction]) -> Observation:
    """What a policy may look at: features[K], candidates[A, F] and mask[A]."""
    allowed = mask(legal)
    features = np.empty(FEATURES, dtype=np.float32)
    rows = np.empty((A, CANDIDATE_FEATURES), dtype=np.float32)
    candidates.encode(see(state), allowed, features, rows)
    return features, rows, allowed
