"""A run set up by hand, for questions about a single play: these cards, these jokers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jimbot_stream.balatro import actions, engine
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run
from jimbot_stream.balatro.kernels import deal, items
from jimbot_stream.balatro.notation import MOST_LEVEL, CardSpec, JokerSpec
from jimbot_stream.balatro.state import ITEM, Kind, Phase, blank
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND
from jimbot_stream.balatro.tables.cards import STANDARD_DECK
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.jokers import JOKERS

_BOSS = 2
_BIG_ENOUGH = 1e308  # no play beats it, so the round never ends
_RANGES: Final = {
    "money": (-1_000_000_000, 1_000_000_000),
    "hands_left": (1, 1_000),
    "discards_left": (0, 1_000),
}
"""Least and most of each number of a table."""


@dataclass(frozen=True, slots=True)
class Table:
    """What lies on the table; the draw pile holds what the standard deck has besides."""

    hand: Sequence[CardSpec]
    held: Sequence[CardSpec] = ()
    jokers: Sequence[JokerSpec] = ()
    levels: Mapping[int, int] = field(default_factory=dict)
    """Level by poker hand."""
    deck: str = "b_red"
    boss: str = ""
    money: int = 4
    hands_left: int = 4
    discards_left: int = 3
    seed: str = "EXPLAIN"
    """Random effects roll on it."""


def run_of(table: Table) -> Run:
    """A run in which the table lies there, the cards to be played leftmost.

    Raises:
        ValueError: there are more cards or jokers than a run can hold, no such deck or boss, or
            a number is out of its range.
    """
    _check_numbers(table)
    run = engine.new_run(table.seed, deck=table.deck)
    run.step(actions.pack(Verb.SELECT_BLIND))
    s = run.states[0]
    _set_numbers(s, table)
    _set_cards(s, [*table.hand, *table.held])
    for spec in table.jokers:
        _add_joker(s, spec)
    if table.boss:
        _set_boss(s, table.boss)
    return run


def mask_of(table: Table) -> int:
    """Bit mask of the cards to be played."""
    return (1 << len(table.hand)) - 1


def _check_numbers(table: Table) -> None:
    for name, (least, most) in _RANGES.items():
        number = getattr(table, name)
        if not least <= number <= most:
            raise ValueError(f"{name} {number} is not in {least}..{most}")
    for hand, level in table.levels.items():
        if not 1 <= level <= MOST_LEVEL:
            raise ValueError(f"level {level} of {HANDS[hand].name} is not in 1..{MOST_LEVEL}")


def _set_numbers(s: Any, table: Table) -> None:
    s.phase = Phase.SELECTING_HAND
    s.required = _BIG_ENOUGH
    s.money = table.money
    s.hands_left = table.hands_left
    s.discards_left = table.discards_left
    for hand, level in table.levels.items():
        s.level[hand] = level


def _set_cards(s: Any, shown: Sequence[CardSpec]) -> None:
    """Lay the cards into the hand, in their order; the rest of the deck becomes the draw pile."""
    if len(shown) > len(s.hand):
        raise ValueError(f"a hand holds {len(s.hand)} cards, not {len(shown)}")
    s.card_count = s.hand_count = s.draw_count = s.gone_count = 0
    for spec in shown:
        c = deal.add_card_quiet(
            s, spec.rank, int(spec.suit), int(spec.enhancement), int(spec.edition), int(spec.seal)
        )
        s.cards[c].marks = int(spec.marks)
        deal.to_hand(s, c)
    rest = [(card.rank, int(card.suit)) for card in STANDARD_DECK]
    for spec in shown:
        if (spec.rank, int(spec.suit)) in rest:
            rest.remove((spec.rank, int(spec.suit)))
    for rank, suit in rest:
        deal.to_draw(s, deal.add_card_quiet(s, rank, suit, 0, 0, 0))


def _add_joker(s: Any, spec: JokerSpec) -> None:
    row = JOKERS[spec.id - 1]
    item = blank(ITEM)[0]
    item.kind, item.id = Kind.JOKER, spec.id
    item.edition, item.marks = int(spec.edition), int(spec.marks)
    item.value = row.value if spec.value is None else spec.value
    item.counter = row.counter
    if items.gain_joker(s, item) < 0:
        raise ValueError(f"a run holds {len(s.jokers)} jokers at most")


def _set_boss(s: Any, key: str) -> None:
    if key not in BLIND or BLIND[key] <= _BOSS:
        known = ", ".join(row.key for row in BLINDS[_BOSS:])
        raise ValueError(f"boss {key!r} is none of {known}")
    s.blind, s.boss = _BOSS, BLIND[key]
    deal.debuff_cards(s)
