"""Between runs and contract messages: states, legal actions, actions, observations.

Everything here but ``state_message`` and ``step_message`` works from the *visible*
state, a ``GameState``, whoever produced it: the simulator, the real game, a recording.
So worker, learner and replay see the same bits. Foreign states may hold what these
rules do not know yet (jokers, packs, larger hands); then ``legal_messages`` tells the
families that the flat codec can name, and previews leave jokers, enhancements,
editions, seals and boss effects out.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.actions import A, Verb
from jimbot_stream.balatro.engine import Run
from jimbot_stream.balatro.kernels import candidates, observation
from jimbot_stream.balatro.state import MAX_HAND, VIEW, Phase, blank
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.decks import DECKS, WHITE_STAKE
from jimbot_stream.balatro.tables.hands import HANDS, NUMBER
from jimbot_stream.contracts.v1.game_pb2 import Action, Blind, Card, GameState, HandLevel
from jimbot_stream.contracts.v1.game_pb2 import LegalAction as LegalFamily

FEATURES = observation.FEATURES
"""K: columns are named in ``tables.columns.GLOBAL``."""
CANDIDATE_FEATURES = candidates.CANDIDATE_FEATURES
"""F: columns are named in ``tables.columns.CANDIDATE``."""

Observation = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]

_BARE_VERB = {
    Phase.BLIND_SELECT: Verb.SELECT_BLIND,
    Phase.ROUND_EVAL: Verb.CASH_OUT,
    Phase.SHOP: Verb.NEXT_ROUND,
}
_BLIND_NUMBER = {blind.key: number for number, blind in enumerate(BLINDS)}
_BOSS = len(BLINDS) - 1
_LEVEL_ONE = [hand.worth(1) for hand in HANDS]
_EXACT = 2**53


# --- from a run to messages ------------------------------------------------------------


def _cards(run: Run, numbers: Iterable[int]) -> list[Card]:
    cards = run.state.cards
    return [
        Card(id=number + 1, suit=int(cards[number].suit), rank=int(cards[number].rank))
        for number in numbers
    ]


def _levels(run: Run) -> list[HandLevel]:
    """The poker hands that are not as at the start of the run."""
    s = run.state
    levels = []
    for number, hand in enumerate(HANDS):
        level, played = int(s.level[number]), int(s.played[number])
        if level > 1 or played > 0:
            chips, mult = hand.worth(level)
            levels.append(
                HandLevel(hand=hand.name, level=level, chips=chips, mult=mult, played=played)
            )
    return levels


def _blind(run: Run) -> Blind:
    row = BLINDS[int(run.state.blind)]
    required = float(run.state.required)
    return Blind(
        key=row.key,
        boss=row.boss,
        chips_required=required,
        chips_required_exact=str(int(required)) if required > _EXACT else "",
        reward=row.reward,
    )


def state_message(run: Run) -> GameState:
    """The run as its player sees it; the draw pile is sorted, its order withheld."""
    s = run.state
    deck = DECKS[0]
    drawn = sorted(
        s.draw[: s.draw_count].tolist(),
        key=lambda number: (int(s.cards[number].suit), int(s.cards[number].rank), number),
    )
    chips = float(s.chips)
    return GameState(
        phase=int(s.phase),
        seed=run.seed,
        deck=deck.key,
        stake=WHITE_STAKE,
        ante=int(s.ante),
        round=int(s.rounds),
        money=int(s.money),
        blind=_blind(run),
        chips=chips,
        chips_exact=str(int(chips)) if chips > _EXACT else "",
        hands_left=int(s.hands_left),
        discards_left=int(s.discards_left),
        hand_size=int(s.hand_size),
        hand=_cards(run, s.hand[: s.hand_count].tolist()),
        draw_pile=_cards(run, drawn),
        joker_slots=deck.joker_slots,
        consumable_slots=deck.consumable_slots,
        hand_levels=_levels(run),
        won=run.won,
        hands_played=int(s.hands_played),
    )


# --- actions ---------------------------------------------------------------------------


def legal_messages(state: GameState) -> list[LegalFamily]:
    """What may be done in a visible state, of what the flat codec can name.

    Empty where no such decision is possible: in the menu, between phases, in a pack,
    after the end.
    """
    if state.phase == Phase.SELECTING_HAND:
        count = len(state.hand)
        left = {Verb.PLAY: state.hands_left, Verb.DISCARD: state.discards_left}
        return [
            LegalFamily(
                verb=int(verb),
                min_cards=1,
                max_cards=min(actions.MOST_CARDS, count),
                selectable_cards=range(count),
            )
            for verb in left
            if left[verb] > 0 and count > 0
        ]
    for phase, verb in _BARE_VERB.items():
        if state.phase == phase:
            return [LegalFamily(verb=int(verb))]
    return []


def mask(legal: Sequence[LegalFamily]) -> NDArray[np.bool_]:
    """Which actions of the flat codec the families allow; others are out of its reach."""
    allowed = np.zeros(A, dtype=np.bool_)
    for family in legal:
        if family.verb in (Verb.PLAY, Verb.DISCARD):
            start = actions.index_of(family.verb, (0,))
            allowed[start : start + actions.CHOICES] |= actions.subsets_within(
                family.min_cards, family.max_cards, family.selectable_cards, family.forced_cards
            )
        elif family.verb in actions.BARE_VERBS:
            allowed[actions.index_of(family.verb)] = True
    return allowed


def action_message(index: int) -> Action:
    """The action at an index of the flat codec."""
    verb, cards = actions.action_at(index)
    return Action(verb=int(verb), cards=cards)


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
    seen = hand[:MAX_HAND]
    view.hand_count = len(seen)
    for position, card in enumerate(seen):
        if not card.face_down:
            view.rank[position] = card.rank if 2 <= card.rank <= 14 else 0
            view.suit[position] = card.suit if 1 <= card.suit <= 4 else 0
        view.scores[position] = not card.debuffed


def _see_pile(view: Any, pile: Sequence[Card]) -> None:
    ranks, suits = [0] * 15, [0] * 5
    for card in pile:
        ranks[card.rank if 2 <= card.rank <= 14 else 0] += 1
        suits[card.suit if 1 <= card.suit <= 4 else 0] += 1
    view.draw_count = len(pile)
    view.draw_ranks[:] = ranks
    view.draw_suits[:] = suits


def _see_levels(view: Any, levels: Sequence[HandLevel]) -> None:
    view.level[:] = 1
    view.hand_chips[:] = [chips for chips, _ in _LEVEL_ONE]
    view.hand_mult[:] = [mult for _, mult in _LEVEL_ONE]
    for row in levels:
        number = NUMBER.get(row.hand)
        if number is not None and row.level > 0:
            worth = (row.chips, row.mult) if row.chips > 0 else HANDS[number].worth(row.level)
            view.level[number] = row.level
            view.hand_chips[number], view.hand_mult[number] = worth


def see(state: GameState) -> NDArray[Any]:
    """A visible state as one record (``state.VIEW``): all that an observation is made of."""
    views = blank(VIEW)
    view = views[0]
    boss = _BOSS if state.blind.boss else -1
    view.blind = _BLIND_NUMBER.get(state.blind.key, boss)
    view.required = state.blind.chips_required
    for name in ("money", "chips", "phase", "ante", "hand_size", "hands_left", "discards_left"):
        view[name] = getattr(state, name)
    view.hands_played = state.hands_played
    view.rounds = state.round
    view.jokers = len(state.jokers)
    view.consumables = len(state.consumables)
    _see_hand(view, state.hand)
    _see_pile(view, state.draw_pile)
    _see_levels(view, state.hand_levels)
    return views


def encode(state: GameState, legal: Sequence[LegalFamily]) -> Observation:
    """What a policy may look at: features[K], candidates[A, F] and mask[A]."""
    allowed = mask(legal)
    features = np.empty(FEATURES, dtype=np.float32)
    rows = np.empty((A, CANDIDATE_FEATURES), dtype=np.float32)
    candidates.encode(see(state), allowed, features, rows)
    return features, rows, allowed
