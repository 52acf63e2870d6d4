"""Runs with given cards and jokers, at the point where a hand is played."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import scoring, working
from jimbot_stream.balatro.state import STATE, STREAMS, Phase, blank
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND
from jimbot_stream.balatro.tables.cards import RANKS, Suit
from jimbot_stream.balatro.tables.jokers import JOKERS, NUMBER
from jimbot_stream.balatro.tables.modifiers import Edition, Enhancement, Mark, Seal

_RANK = {rank.letter: rank.number for rank in RANKS}
_SUIT = {suit.name[0]: int(suit) for suit in Suit}
_FIELDS = (
    ("enhancement", Enhancement),
    ("edition", Edition),
)

_MARKS = {"debuffed": Mark.DEBUFFED, "hidden": Mark.FACE_DOWN, "eternal": Mark.ETERNAL}


def _mark(item: Any, word: str) -> None:
    for field, kinds in _FIELDS:
        if word.upper() in kinds.__members__:
            item[field] = kinds[word.upper()]
            return
    if word in _MARKS:
        item["marks"] |= _MARKS[word]
    else:
        item["seal"] = Seal[word.removesuffix("-seal").upper()]


def _lay(s: Any, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts):
        face, *words = text.replace(" seal", "-seal").split()
        card = s.cards[number]
        card["rank"], card["suit"], card["birth"] = _RANK[face[0]], _SUIT[face[1]], number + 1
        for word in words:
            _mark(card, word)
        s.hand[number] = number
    s.hand_count = s.card_count = s.births = len(texts)


def _own(s: Any, slot: int, told: str | tuple[str, float]) -> None:
    text, value = (told, None) if isinstance(told, str) else told
    key, *words = text.split()
    item = s.jokers[slot]
    item["kind"], item["id"] = 1, NUMBER[f"j_{key}"]
    row = JOKERS[NUMBER[f"j_{key}"] - 1]
    item["value"] = row.value if value is None else value
    item["counter"] = row.counter
    for word in words:
        _mark(item, word)
    s.joker_count = slot + 1


class Table:
    """A run with a hand of cards; cards read like ``"KH steel red seal"``."""

    def __init__(
        self,
        cards: Sequence[str],
        jokers: Sequence[str | tuple[str, float]] = (),
        boss: str = "",
        seed: str = "TESTSEED",
        **fields: int,
    ) -> None:
        """Cards left to right, jokers as ``key`` or ``(key, value)``, fields of the state."""
        self.states, self.rngs = blank(STATE), blank(STREAMS)
        self.works = working.works()
        rng.begin(self.rngs[0], np.frombuffer(seed.encode(), dtype=np.uint8))
        s = self.s
        s.phase, s.ante, s.deck, s.blind = Phase.SELECTING_HAND, 1, 1, 2 if boss else 0
        s.boss = BLIND[f"bl_{boss}"] if boss else 0
        s.hands_left, s.discards_left, s.joker_slots, s.consumable_slots = 3, 3, 5, 2
        s.starting_cards, s.hand_size = 52, 8
        s.level[:] = 1
        _lay(s, cards)
        for slot, told in enumerate(jokers):
            _own(s, slot, told)
        for name, value in fields.items():
            s[name] = value

    @property
    def s(self) -> Any:
        """The state."""
        return self.states[0]

    @property
    def w(self) -> Any:
        """The scratch record."""
        return self.works[0]

    def play(self, count: int) -> tuple[float, float, float]:
        """Play the first cards; chips, mult and score."""
        scoring.play(self.s, self.rngs[0], self.w, (1 << count) - 1)
        return float(self.w.chips), float(self.w.mult), float(self.w.score)

    def preview(self, count: int, odds: float | None = None) -> NDArray[np.float64]:
        """Preview the same play, from one hand earlier; odds overrides all probabilities."""
        out = np.zeros(6)
        self.s.hands_left += 1
        scoring.prepare(self.s, self.w)
        if odds is not None:
            self.w.odds = odds
        scoring.preview(self.s, self.w, (1 << count) - 1, out)
        self.s.hands_left -= 1
        return out

    def value(self, slot: int = 0) -> float:
        """What a joker has grown to."""
        return float(self.s.jokers[slot]["value"])
