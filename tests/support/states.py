"""States of a run laid out by hand, for tests of single kernels."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import actions, rng
from jimbot_stream.balatro.kernels import consumables
from jimbot_stream.balatro.state import POKER_HANDS, STATE, STREAMS, Kind, Phase, blank
from jimbot_stream.balatro.tables.cards import RANKS, STANDARD_DECK, Suit
from jimbot_stream.balatro.tables.consumables import PLANET, SPECTRAL, TAROT
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.modifiers import Edition

EIGHT = ("S_A", "H_K", "D_Q", "C_J", "S_T", "H_9", "D_8", "C_2")
_LETTER = {rank.number: rank.letter for rank in RANKS}
_CREATED = {card.key: number for number, card in enumerate(STANDARD_DECK)}


class Layout:
    """One state with its streams; ``s`` and ``r`` are what kernels take."""

    def __init__(
        self,
        hand: Sequence[str] = EIGHT,
        phase: Phase = Phase.SELECTING_HAND,
        jokers: Sequence[str] = (),
        consumables: Sequence[str] = (),
        seed: str = "TESTSEED",
    ) -> None:
        self.states = blank(STATE)
        self.rngs = blank(STREAMS)
        rng.begin(self.rngs[0], np.frombuffer(seed.encode(), dtype=np.uint8).copy())
        s = self.states[0]
        s.phase, s.ante, s.win_ante, s.money = phase, 1, 8, 4
        s.hands = s.hands_left = 4
        s.discards = s.discards_left = 3
        s.hand_size, s.joker_slots, s.consumable_slots = 8, 5, 2
        s.reroll_base = 5
        s.level[:POKER_HANDS] = 1
        self._deal([_CREATED[key] for key in hand])
        for key in jokers:
            self.joker(key)
        for key in consumables:
            self.consumable(key)

    @property
    def s(self) -> Any:
        return self.states[0]

    @property
    def r(self) -> Any:
        return self.rngs[0]

    def _deal(self, hand: list[int]) -> None:
        s = self.s
        for number, card in enumerate(STANDARD_DECK):
            s.cards[number].rank, s.cards[number].suit = card.rank, int(card.suit)
            s.cards[number].birth = number + 1
        s.card_count = s.births = len(STANDARD_DECK)
        rest = [number for number in range(len(STANDARD_DECK)) if number not in hand]
        s.hand[: len(hand)], s.draw[: len(rest)] = hand, rest
        s.hand_count, s.draw_count = len(hand), len(rest)

    def _birth(self) -> int:
        self.s.births += 1
        return int(self.s.births)

    def joker(self, key: str, edition: Edition = Edition.NONE, marks: int = 0) -> Any:
        """Add a joker, without its passive effects."""
        s = self.s
        item = s.jokers[s.joker_count]
        item.kind, item.id, item.birth = Kind.JOKER, JOKER[key], self._birth()
        item.value = JOKERS[JOKER[key] - 1].value
        item.edition, item.marks = edition, marks
        s.joker_count += 1
        return item

    def consumable(self, key: str, edition: Edition = Edition.NONE) -> Any:
        """Add a consumable."""
        s = self.s
        item = s.consumables[s.consumable_count]
        item.kind, item.id = kind_and_id(key)
        item.birth, item.edition = self._birth(), edition
        s.consumable_count += 1
        return item

    def ware(self, key: str, edition: Edition = Edition.NONE) -> Any:
        """Put a joker or consumable on sale."""
        s = self.s
        item = s.shop[s.shop_count]
        item.kind, item.id = kind_and_id(key)
        item.edition = edition
        s.shop_count += 1
        return item

    def in_pack(self, key: str, edition: Edition = Edition.NONE) -> Any:
        """Put a joker or consumable into the opened pack."""
        s = self.s
        item = s.pack[s.pack_count]
        item.kind, item.id = kind_and_id(key)
        item.edition = edition
        s.pack_count += 1
        s.pack_picks = 1
        return item

    def card(self, position: int) -> Any:
        """The card at a position of the hand."""
        return self.s.cards[int(self.s.hand[position])]

    def hand(self) -> list[str]:
        """Game keys of the cards in hand, left to right."""
        shown = (self.card(position) for position in range(self.s.hand_count))
        return [f"{Suit(card.suit).name[0]}_{_LETTER[int(card.rank)]}" for card in shown]

    def owned(self) -> list[str]:
        """Keys of the jokers, left to right."""
        return [JOKERS[int(item.id) - 1].key for item in self.s.jokers[: self.s.joker_count]]

    def held(self) -> list[tuple[int, int]]:
        """Kind and id of the consumables."""
        return [
            (int(item.kind), int(item.id)) for item in self.s.consumables[: self.s.consumable_count]
        ]

    def bytes(self) -> bytes:
        """Everything, to compare."""
        return self.states.tobytes() + self.rngs.tobytes()


def use(layout: Layout, mask: int = 0) -> Layout:
    """Use the leftmost consumable."""
    consumables.use_owned(layout.s, layout.r, 0, mask)
    return layout


def kind_and_id(key: str) -> tuple[int, int]:
    """What a game key names."""
    for kind, table in (
        (Kind.JOKER, JOKER),
        (Kind.TAROT, TAROT),
        (Kind.PLANET, PLANET),
        (Kind.SPECTRAL, SPECTRAL),
    ):
        if key in table:
            return int(kind), table[key]
    raise KeyError(key)


def expanded(rows: NDArray[np.int64]) -> Iterator[int]:
    """Every canonical action of the families."""
    for verb, fewest, most, selectable, forced, slots, targets in rows.tolist():
        places = [n for n in range(24) if selectable >> n & 1]
        hands = [cards for n in range(fewest, most + 1) for cards in combinations(places, n)]
        sources = [n for n in range(24) if slots >> n & 1] or [0]
        for source in sources:
            aims = [n for n in range(24) if targets >> n & 1 and n != source] or [0]
            for target in aims:
                for cards in hands:
                    if all(n in cards for n in range(24) if forced >> n & 1):
                        yield actions.pack(verb, cards, source, target)
