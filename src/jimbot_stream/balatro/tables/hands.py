"""The twelve poker hands, best first: the first one that the cards form is the one played."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PokerHand:
    """A poker hand and what it is worth."""

    name: str
    chips: int
    mult: int
    chips_per_level: int
    mult_per_level: int

    def worth(self, level: int) -> tuple[int, int]:
        """Chips and mult at a level, from 1."""
        grown = level - 1
        return self.chips + grown * self.chips_per_level, self.mult + grown * self.mult_per_level


HANDS = (
    PokerHand("Flush Five", 160, 16, 50, 3),
    PokerHand("Flush House", 140, 14, 40, 4),
    PokerHand("Five of a Kind", 120, 12, 35, 3),
    PokerHand("Straight Flush", 100, 8, 40, 4),
    PokerHand("Four of a Kind", 60, 7, 30, 3),
    PokerHand("Full House", 40, 4, 25, 2),
    PokerHand("Flush", 35, 4, 15, 2),
    PokerHand("Straight", 30, 4, 30, 3),
    PokerHand("Three of a Kind", 30, 3, 20, 2),
    PokerHand("Two Pair", 20, 2, 20, 1),
    PokerHand("Pair", 10, 2, 15, 1),
    PokerHand("High Card", 5, 1, 10, 1),
)

NUMBER = {hand.name: number for number, hand in enumerate(HANDS)}
"""Index into HANDS by name."""
