"""Cards, jokers and a run as plain objects, with what the game asks of a single card."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.streams import NUMBER as STREAM

SUITS = ("", "Clubs", "Diamonds", "Hearts", "Spades")
ENHANCEMENTS = ("", "Bonus", "Mult", "Wild", "Glass", "Steel", "Stone", "Gold", "Lucky")
EDITIONS = ("", "Foil", "Holo", "Polychrome", "Negative")
SEALS = ("", "Red", "Blue", "Gold", "Purple")
HANDS = (
    ("Flush Five", 160, 16, 50, 3),
    ("Flush House", 140, 14, 40, 4),
    ("Five of a Kind", 120, 12, 35, 3),
    ("Straight Flush", 100, 8, 40, 4),
    ("Four of a Kind", 60, 7, 30, 3),
    ("Full House", 40, 4, 25, 2),
    ("Flush", 35, 4, 15, 2),
    ("Straight", 30, 4, 30, 3),
    ("Three of a Kind", 30, 3, 20, 2),
    ("Two Pair", 20, 2, 20, 1),
    ("Pair", 10, 2, 15, 1),
    ("High Card", 5, 1, 10, 1),
)
HAND_NAMES = tuple(row[0] for row in HANDS)
PLANET_HANDS = (
    "Pair",
    "Three of a Kind",
    "Full House",
    "Four of a Kind",
    "Flush",
    "Straight",
    "Two Pair",
    "Straight Flush",
    "High Card",
    "Five of a Kind",
    "Flush House",
    "Flush Five",
)
BOSS_SUITS = {
    "bl_club": "Clubs",
    "bl_goad": "Spades",
    "bl_window": "Diamonds",
    "bl_head": "Hearts",
}
OBSERVATORY = 12
PLASMA = 14
PLANET = 3
RED = ("Hearts", "Diamonds")


@dataclass(eq=False, slots=True)
class Card:
    """A playing card."""

    rank: int
    suit: str
    enhancement: str = ""
    edition: str = ""
    seal: str = ""
    bonus: int = 0
    debuffed: bool = False
    paid: bool = False
    """It just paid as a Lucky Card."""

    @property
    def id(self) -> int:
        """The rank; a Stone Card has none."""
        return -1 if self.enhancement == "Stone" else self.rank

    @property
    def nominal(self) -> int:
        """Chips of the rank."""
        if self.rank == 14:
            return 11
        return min(self.rank, 10)

    def chips(self) -> float:
        """Chips when it scores."""
        if self.enhancement == "Stone":
            return 50.0 + self.bonus
        return float(self.nominal + self.bonus + (30 if self.enhancement == "Bonus" else 0))


@dataclass(eq=False, slots=True)
class Joker:
    """A joker."""

    key: str
    rarity: int
    edition: str = ""
    debuffed: bool = False
    value: float = 0.0
    counter: int = 0
    sells: int = 1


@dataclass(slots=True)
class Game:
    """A run at the moment when a hand is played."""

    played: list[Card]
    held: list[Card]
    jokers: list[Joker]
    deck: list[Card]
    roll: Callable[[str], float]
    money: int
    levels: list[int]
    times: list[int]
    times_now: list[int]
    boss: str
    fields: dict[str, int]
    planets: list[str] = field(default_factory=list)
    observatory: bool = False
    room: int = 0
    created: list[str] = field(default_factory=list)
    buffer: int = 0
    """Dollars earned by this hand."""
    triggered: bool = False
    destroyed: list[Card] = field(default_factory=list)
    shapes: dict[str, list[Card]] = field(default_factory=dict)
    """Poker hands that the played cards contain."""
    scoring: list[Card] = field(default_factory=list)
    hand: str = ""
    chips: float = 0.0
    mult: float = 0.0
    score: float = 0.0

    def has(self, key: str) -> bool:
        """Whether a joker is owned and not debuffed (find_joker)."""
        return any(joker.key == key and not joker.debuffed for joker in self.jokers)

    def count(self, key: str) -> int:
        """How many such jokers are owned and not debuffed."""
        return sum(joker.key == key and not joker.debuffed for joker in self.jokers)

    def chance(self, stream: str, one_in: int) -> bool:
        """Roll a listed probability."""
        normal = 2.0 ** self.count("j_oops")
        return self.roll(stream) < normal / one_in

    def create(self, kind: str) -> None:
        """Create a consumable, if there is room."""
        if self.room > 0:
            self.room -= 1
            self.created.append(kind)

    def is_face(self, card: Card, from_boss: bool = False) -> bool:
        """Card:is_face."""
        if card.debuffed and not from_boss:
            return False
        return card.id in (11, 12, 13) or self.has("j_pareidolia")

    def _same_suit(self, card: Card, suit: str) -> bool:
        smeared = self.has("j_smeared") and (card.suit in RED) == (suit in RED)
        return smeared or card.suit == suit

    def is_suit(self, card: Card, suit: str, bypass: bool = False) -> bool:
        """Card:is_suit outside of flushes."""
        if (card.debuffed and not bypass) or card.enhancement == "Stone":
            return False
        return card.enhancement == "Wild" or self._same_suit(card, suit)

    def is_suit_for_flush(self, card: Card, suit: str) -> bool:
        """Card:is_suit with flush_calc."""
        if card.enhancement == "Stone":
            return False
        if card.enhancement == "Wild" and not card.debuffed:
            return True
        return self._same_suit(card, suit)

    def boss_debuffs(self, card: Card) -> bool:
        """Blind:debuff_card, but for The Pillar."""
        if self.boss in BOSS_SUITS:
            return self.is_suit(card, BOSS_SUITS[self.boss], bypass=True)
        if self.boss == "bl_plant":
            return self.is_face(card, from_boss=True)
        return self.boss == "bl_final_leaf"


def _card(row: Any) -> Card:
    return Card(
        int(row["rank"]),
        SUITS[int(row["suit"])],
        ENHANCEMENTS[int(row["enhancement"])],
        EDITIONS[int(row["edition"])],
        SEALS[int(row["seal"])],
        int(row["bonus"]),
        bool(int(row["marks"]) & 1),
    )


def _joker(row: Any) -> Joker:
    table = JOKERS[int(row["id"]) - 1]
    edition = EDITIONS[int(row["edition"])]
    price = table.cost + {"": 0, "Foil": 2, "Holo": 3}.get(edition, 5)
    sells = max(1, (1 if int(row["marks"]) & 64 else price) // 2) + int(row["sell"])
    return Joker(
        table.key,
        int(table.rarity),
        edition,
        bool(int(row["marks"]) & 1),
        float(row["value"]),
        int(row["counter"]),
        sells,
    )


def read(s: Any, r: Any, mask: int) -> Game:
    """The run that a record tells of; draws push the streams r on, so give a copy."""
    deck = [_card(s["cards"][n]) for n in range(int(s["card_count"]))]
    hand = [deck[int(n)] for n in s["hand"][: int(s["hand_count"])]]
    boss = int(s["boss"]) if int(s["blind"]) == 2 and not int(s["boss_off"]) else 0
    items = [s["consumables"][n] for n in range(int(s["consumable_count"]))]
    negatives = sum(int(item["edition"]) == 4 for item in items)
    names = (
        "hands_left hands_played hands_total discards_left draw_count starting_cards skips "
        "tarots_used idol_rank idol_suit ancient_suit boss_hands boss_hand boss_most "
        "joker_slots deck steps ante"
    )
    return Game(
        played=[card for place, card in enumerate(hand) if mask >> place & 1],
        held=[card for place, card in enumerate(hand) if not mask >> place & 1],
        jokers=[_joker(s["jokers"][n]) for n in range(int(s["joker_count"]))],
        deck=deck,
        roll=lambda stream: rng.roll(r, STREAM[stream], int(s["ante"])),
        money=int(s["money"]),
        levels=[int(level) for level in s["level"]],
        times=[int(times) for times in s["played"]],
        times_now=[int(times) for times in s["played_now"]],
        boss=BLINDS[boss - 1].key if boss else "",
        fields={name: int(s[name]) for name in names.split()},
        planets=[PLANET_HANDS[int(i["id"]) - 1] for i in items if int(i["kind"]) == PLANET],
        observatory=bool(int(s["vouchers"]) >> OBSERVATORY & 1),
        room=int(s["consumable_slots"]) + negatives - len(items),
    )
