"""The scratch record of scoring, one per run, and the trace of how a score came about.

Nothing in it outlives a call but what a call hands back: ``destroyed``, the result and the
trace. ``prepare`` of ``scoring`` fills what is the same for all plays of a state.
"""

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import jit
from jimbot_stream.balatro.state import ITEM, MAX_HAND, MAX_JOKERS, blank
from jimbot_stream.balatro.tables.compiled_jokers import PHASES

PLACES = MAX_HAND + 8
"""Places of the hand, and of the copies that DNA may add to it in a preview."""
MAX_RULES = 2 * MAX_JOKERS
"""Most rules of one phase: no joker has more than two."""
MAX_TRACE = 256


class Source(IntEnum):
    """Where a step of a score comes from."""

    HAND = 1  # the poker hand itself
    BLIND = 2
    CARD = 3  # a scoring card
    CARD_EDITION = 4
    HELD = 5  # a card held in hand
    JOKER = 6
    JOKER_EDITION = 7
    CONSUMABLE = 8
    DECK = 9


BY_HAND, BY_BLIND, BY_CARD, BY_CARD_EDITION, BY_HELD, BY_JOKER, BY_JOKER_EDITION = range(1, 8)
BY_CONSUMABLE, BY_DECK = 8, 9

TRACE = np.dtype(
    [
        ("kind", "i1"),  # Source
        ("then", "i1"),  # what it does, of ``schema.Then``
        ("slot", "i2"),  # of the joker or consumable; -1 for none
        ("card", "i2"),  # place in hand of the card it is about; -1 for none
        ("amount", "f8"),
        ("chips", "f8"),  # after it
        ("mult", "f8"),
    ],
    align=True,
)
"""One step of a score."""

WORK = np.dtype(
    [
        # --- settings
        ("tracing", "i4"),  # 1: keep a trace of real plays
        ("preview", "i4"),  # 1: expectation of what is seen; nothing changes, nothing is rolled
        # --- of the state
        ("passives", "i8"),  # bit set of ``schema.Then``: what jokers change by being owned
        ("odds", "f8"),  # listed probabilities are multiplied by it
        ("boss", "i8"),  # id of the boss at work; 0 for none
        ("hands_left", "i8"),  # after this hand
        ("places", "i8"),  # cards in hand
        ("observatory", "i8"),  # 1: held planets multiply
        ("deck_stones", "i8"),
        ("deck_steels", "i8"),
        ("deck_enhanced", "i8"),
        # --- cards in hand, by place
        ("card", "i8", (PLACES,)),  # index into the run's cards
        ("rank", "i8", (PLACES,)),  # 0 for a Stone Card and for one that is not seen
        ("enhancement", "i8", (PLACES,)),
        ("suits", "i8", (PLACES,)),  # bit set by suit, to rules: none when debuffed
        ("suits_shown", "i8", (PLACES,)),  # the same, debuffed or not
        ("suits_flush", "i8", (PLACES,)),  # the same for flushes
        ("suit_units", "i8", (PLACES,)),  # that as counters of 8 bits
        ("chips_of", "f8", (PLACES,)),  # chips, mult and X mult when it scores
        ("mult_of", "f8", (PLACES,)),
        ("xmult_of", "f8", (PLACES,)),
        ("dollars_of", "f8", (PLACES,)),
        ("edition", "i8", (PLACES,)),
        ("gained", "f8", (PLACES,)),  # chips gained for good in this hand
        # --- bit sets of places
        ("live", "i8"),  # seen and not debuffed
        ("faces", "i8"),
        ("stones", "i8"),
        ("steels", "i8"),  # live Steel Cards
        ("reds", "i8"),  # live Red Seals
        ("extras", "i8"),  # cards that do more than score chips
        ("held_active", "i8"),  # cards that do something when held
        # --- rules at work, by phase
        ("rules", "i8", (len(PHASES),)),
        ("rule_slot", "i8", (len(PHASES), MAX_RULES)),  # the joker that acts
        ("rule_joker", "i8", (len(PHASES), MAX_RULES)),  # the joker whose rule it is
        ("rule_row", "i8", (len(PHASES), MAX_RULES)),
        ("rule_places", "i8", (len(PHASES), MAX_RULES)),  # bit set: cards it may act on
        ("rule_amount", "f8", (len(PHASES), MAX_RULES)),
        ("value", "f8", (MAX_JOKERS,)),  # what the jokers have grown to
        ("joker_seen", "i8", (MAX_JOKERS,)),  # 1: not debuffed, and seen in a preview
        ("changes", "i8"),  # 1: a special rule may change cards before they score
        ("fists", "i8"),  # rules that ask for the lowest card held
        # --- of one play
        ("cards", "i8"),  # bit set of places played
        ("played", "i8"),  # how many
        ("order", "i8", (PLACES,)),  # their places, left to right
        ("hand", "i8"),  # poker hand
        ("contains", "i8"),  # bit set of poker hands
        ("scoring", "i8"),  # bit set of places
        ("times", "i8"),  # times this poker hand was played in the run, this one included
        ("times_now", "i8"),  # the same in this round
        ("level_more", "f8"),  # levels gained, in a preview
        ("triggered", "i8"),  # 1: the boss's ability took effect
        ("lucky", "f8"),  # 1: the card that scores paid as a Lucky Card
        ("lowest", "i8"),  # place of the lowest card held; -1 for none
        ("money_before", "f8"),
        ("money", "f8"),
        ("chips", "f8"),
        ("mult", "f8"),
        ("score", "f8"),
        ("drained", "i8"),  # bit set of places that a Vampire has had
        ("dirty", "i8"),  # bit set of places to be read anew after a preview
        ("destroyed", "i8"),  # bit set of places: cards to be destroyed
        ("made", ITEM, (1,)),  # a card in the making
        # --- trace: the last MAX_TRACE steps; step n lies at n % MAX_TRACE
        ("traced_count", "i8"),
        ("traced", TRACE, (MAX_TRACE,)),
    ],
    align=True,
)
"""Scratch of one run."""


def works(count: int = 1) -> NDArray[Any]:
    """Blank scratch records."""
    return blank(WORK, count)


@jit
def note(w: Any, kind: int, then: int, slot: int, place: int, amount: float) -> None:
    """Add a step to the trace."""
    if w.preview != 0:
        return
    step = w.traced[int(w.traced_count) % MAX_TRACE]
    step.kind = kind
    step.then = then
    step.slot = slot
    step.card = place
    step.amount = amount
    step.chips = w.chips
    step.mult = w.mult
    w.traced_count += 1
