"""The joker rules that act while a hand is scored, as read-only arrays.

The rules of joker ``id`` are the rows ``FIRST[id] … FIRST[id + 1]``, in the order of its card.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.tables.jokers import JOKERS, NUMBER
from jimbot_stream.balatro.tables.schema import Per, Rule, Then, When
from jimbot_stream.balatro.tables.streams import NUMBER as STREAM

PHASES = (
    When.BEFORE,
    When.REPEAT_SCORED,
    When.SCORED,
    When.REPEAT_HELD,
    When.HELD,
    When.MAIN,
    When.OTHER_JOKER,
    When.AFTER,
    When.HAND_REFUSED,
)
"""The moments of a hand that is scored, in order; a phase is an index into them."""

BEFORE, REPEAT_SCORED, SCORED, REPEAT_HELD, HELD, MAIN, OTHER_JOKER, AFTER, HAND_REFUSED = range(
    len(PHASES)
)

FIXED = (
    Per.ONE,
    Per.DISCARDS_LEFT,
    Per.DECK_STONES,
    Per.DECK_STEELS,
    Per.DECK_NINES,
    Per.TAROTS_USED,
    Per.DRAW_PILE,
    Per.JOKERS,
    Per.SKIPS,
    Per.OTHER_SELLS,
    Per.EMPTY_SLOTS,
    Per.PLANETS_USED,
)
"""Multipliers that no play changes until it is over; the others are read when a rule acts."""

_UNCOPIED = ("j_vampire", "j_midas_mask", "j_obelisk", "j_sixth_sense", "j_ice_cream", "j_selzer")
"""Their special rules are carried out by the joker itself alone, never by a copy of it."""


def _frozen(values: Sequence[Any], kind: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype=kind)
    array.setflags(write=False)
    return array


def _own(key: str, rule: Rule) -> bool:
    return rule.effect.then in (Then.GROW, Then.SET) or (
        rule.effect.then == Then.SPECIAL and key in _UNCOPIED
    )


def _passives(rules: tuple[Rule, ...]) -> int:
    bits = 0
    for rule in rules:
        if rule.when == When.OWNED and rule.effect.then != Then.SPECIAL:
            bits |= 1 << rule.effect.then
    return bits


_ROWS = [(joker.key, rule) for joker in JOKERS for rule in joker.rules if rule.when in PHASES]
_COUNTS = [0, *(sum(rule.when in PHASES for rule in joker.rules) for joker in JOKERS)]

FIRST = _frozen([*np.cumsum([0, *_COUNTS])], np.int64)
RULE_JOKER = _frozen([NUMBER[key] for key, _ in _ROWS], np.int64)
RULE_PHASE = _frozen([PHASES.index(rule.when) for _, rule in _ROWS], np.int64)
RULE_GIVEN = _frozen([rule.condition.given for _, rule in _ROWS], np.int64)
RULE_ARG = _frozen([rule.condition.arg for _, rule in _ROWS], np.int64)
RULE_THEN = _frozen([rule.effect.then for _, rule in _ROWS], np.int64)
RULE_AMOUNT = _frozen([rule.effect.amount for _, rule in _ROWS], np.float64)
RULE_PER = _frozen([rule.effect.per for _, rule in _ROWS], np.int64)
RULE_FIXED = _frozen([int(rule.effect.per in FIXED) for _, rule in _ROWS], np.int64)
RULE_BASE = _frozen([rule.effect.base for _, rule in _ROWS], np.float64)
RULE_ODDS = _frozen([rule.odds for _, rule in _ROWS], np.int64)
RULE_STREAM = _frozen([STREAM[rule.stream] if rule.stream else 0 for _, rule in _ROWS], np.int64)
RULE_OWN = _frozen([int(_own(key, rule)) for key, rule in _ROWS], np.int64)
"""1: a copy of the joker does not do it."""

PASSIVES = _frozen([0, *(_passives(joker.rules) for joker in JOKERS)], np.int64)
"""[joker id]: bit set of what it changes merely by being owned (``schema.Then``)."""
