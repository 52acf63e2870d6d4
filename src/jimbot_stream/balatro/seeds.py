"""What a seed holds: bosses, tags, vouchers, the shop's cards and packs of every ante.

The cards of a shop come in one queue, and so do the packs; a real run sees them in this order
as long as nothing that is owned or on display makes a hole in a pool. Vouchers are taken as
redeemed for what they require, but without their effect on the shop.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import IntFlag
from typing import Any

import numpy as np

from jimbot_stream.balatro.engine import checked_seed, deck_number
from jimbot_stream.balatro.kernels import surveying
from jimbot_stream.balatro.state import ITEM, MAX_PACK, STATE, STREAMS, Kind, blank
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRALS, TAROTS
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.modifiers import EDITIONS, ENHANCEMENTS, SEALS, Mark
from jimbot_stream.balatro.tables.packs import PACKS
from jimbot_stream.balatro.tables.stakes import NUMBER as STAKE
from jimbot_stream.balatro.tables.tags import TAGS
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

FIRST_PACKS, PACKS_AN_ANTE = 4, 6
"""Ante 1 has two shops before its boss, every later one three."""
WARES = 15
MOST_ANTES = 39
"""Antes that a look at a seed goes through at most."""
_WIN_ANTE = 8
_TABLES: dict[int, Sequence[Any]] = {
    Kind.JOKER: JOKERS,
    Kind.TAROT: TAROTS,
    Kind.PLANET: PLANETS,
    Kind.SPECTRAL: SPECTRALS,
}
_STICKERS = (Mark.ETERNAL, Mark.PERISHABLE, Mark.RENTAL)
_RANKS = {11: "Jack", 12: "Queen", 13: "King", 14: "Ace"}
_EITHER = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A card of the shop or of a pack."""

    kind: str
    name: str
    edition: str = ""
    stickers: tuple[str, ...] = ()
    enhancement: str = ""
    seal: str = ""

    def __str__(self) -> str:
        """As a player says it."""
        seal = f"{self.seal} Seal" if self.seal else ""
        words = (*self.stickers, seal, self.edition, self.enhancement, self.name)
        return " ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class FoundPack:
    """A booster pack and what is in it."""

    name: str
    picks: int
    cards: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class FoundAnte:
    """What an ante holds."""

    ante: int
    boss: str
    voucher: str
    tags: tuple[str, str]
    orbital_hands: tuple[str, str]
    """The poker hand of each tag, if it is an Orbital Tag, else empty."""
    shop: tuple[Found, ...]
    packs: tuple[FoundPack, ...]


@dataclass(frozen=True, slots=True)
class FoundSeed:
    """What a seed holds for a deck and a stake."""

    seed: str
    deck: str
    stake: str
    antes: tuple[FoundAnte, ...]

    def plain(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self)


class Possible(IntFlag):
    """What a run may have made possible that it is not at the start."""

    NOTHING = 0
    ENHANCED = 1
    """The deck holds every enhancement, which some jokers require."""
    SECRETS = 2
    """The secret poker hands were played, and their planets come."""
    CAVENDISH = 4
    """Cavendish comes, and Gros Michel still does."""
    ALL = 7


class Survey:
    """A look at a seed, ante by ante; streams move on as they are used.

    Deck and stake are named by their game keys.
    """

    def __init__(
        self,
        seed: str,
        deck: str = "b_red",
        stake: str = "stake_white",
        possible: Possible = Possible.NOTHING,
    ) -> None:
        """Look at a seed before its first ante.

        Raises:
            ValueError: there is no such seed, deck or stake.
        """
        letters = np.frombuffer(checked_seed(seed).encode(), dtype=np.uint8)
        self.states, self.rngs = blank(STATE), blank(STREAMS)
        state = self.states[0]
        state.deck, state.stake = deck_number(deck), _stake_number(stake)
        self._vouchers = sum(1 << VOUCHER[key] for key in DECKS[state.deck - 1].vouchers)
        state.ante, state.win_ante, state.vouchers = 1, _WIN_ANTE, self._vouchers
        if Possible.ENHANCED in possible:
            state.card_count = len(ENHANCEMENTS)
            state.cards["enhancement"][: len(ENHANCEMENTS)] = range(1, len(ENHANCEMENTS) + 1)
        if Possible.SECRETS in possible:
            state.played[:] = 1
        if Possible.CAVENDISH in possible:
            state.extinct = _EITHER
        surveying.begin(self.states, self.rngs, letters)

    def offer(self, ante: int, redeemed: int) -> tuple[int, ...]:
        """Boss, voucher and tags of an ante; redeemed are bits of vouchers beyond the deck's.

        Raises:
            ValueError: there is no such ante.
        """
        out = np.zeros(6, dtype=np.int64)
        self.states[0].ante = _checked_ante(ante)
        self.states[0].vouchers = self._vouchers | redeemed
        surveying.offer(self.states, self.rngs, out)
        self.states[0].vouchers = self._vouchers
        return tuple(out.tolist())

    def shop(self, ante: int, count: int) -> tuple[Found, ...]:
        """The next cards of the shop.

        Raises:
            ValueError: there is no such ante, or the count is negative.
        """
        out = blank(ITEM, _counted("count", count))
        self.states[0].ante = _checked_ante(ante)
        surveying.wares(self.states, self.rngs, out)
        return tuple(found(item) for item in out)

    def packs(self, ante: int, count: int) -> tuple[FoundPack, ...]:
        """The next packs of the shop.

        Raises:
            ValueError: there is no such ante, or the count is negative.
        """
        numbers = np.zeros(_counted("count", count), dtype=np.int64)
        out = np.zeros((count, MAX_PACK), dtype=ITEM).view(np.recarray)
        self.states[0].ante = _checked_ante(ante)
        surveying.boosters(self.states, self.rngs, numbers, out)
        return tuple(
            FoundPack(pack.name, pack.picks, tuple(found(item) for item in cards[: pack.cards]))
            for pack, cards in zip((PACKS[number - 1] for number in numbers), out, strict=True)
        )


def _stake_number(stake: str) -> int:
    if stake not in STAKE:
        raise ValueError(f"stake {stake!r} is not one of {', '.join(STAKE)}")
    return STAKE[stake]


def _checked_ante(ante: int) -> int:
    if not 0 <= ante <= MOST_ANTES:
        raise ValueError(f"ante {ante} is not in 0..{MOST_ANTES}")
    return ante


def _counted(name: str, count: int) -> int:
    if count < 0:
        raise ValueError(f"{name} {count} is negative")
    return count


def _name(item: Any) -> str:
    if item.kind == Kind.CARD:
        rank = int(item.rank)
        return f"{_RANKS.get(rank, rank)} of {Suit(int(item.suit)).name.title()}"
    return str(_TABLES[int(item.kind)][int(item.id) - 1].name)


def found(item: Any) -> Found:
    """An item as text."""
    marks, enhancement = int(item.marks), int(item.enhancement)
    return Found(
        Kind(int(item.kind)).name.lower(),
        _name(item),
        EDITIONS[item.edition - 1].name if item.edition else "",
        tuple(mark.name.title() for mark in _STICKERS if mark.name and marks & mark),
        ENHANCEMENTS[enhancement - 1].name.removesuffix(" Card") if enhancement else "",
        SEALS[item.seal - 1] if item.seal else "",
    )


def _ante(survey: Survey, ante: int, redeemed: int, wares: int) -> tuple[FoundAnte, int]:
    boss, voucher, *rest = survey.offer(ante, redeemed)
    tags = [TAGS[tag - 1] for tag in rest[:2]]
    hands = [HANDS[hand].name for hand in rest[2:]]
    orbital = [
        hand if tag.key == "tag_orbital" else "" for tag, hand in zip(tags, hands, strict=True)
    ]
    seen = FoundAnte(
        ante,
        BLINDS[boss - 1].name,
        VOUCHERS[voucher - 1].name,
        (tags[0].name, tags[1].name),
        (orbital[0], orbital[1]),
        survey.shop(ante, wares),
        survey.packs(ante, FIRST_PACKS if ante <= 1 else PACKS_AN_ANTE),
    )
    return seen, 1 << voucher


def analyse(
    seed: str,
    antes: int = 8,
    deck: str = "b_red",
    stake: str = "stake_white",
    *,
    wares: int = WARES,
    redeem: bool = True,
    possible: Possible = Possible.NOTHING,
) -> FoundSeed:
    """What the first antes of a seed hold; redeem: every voucher is taken as it comes.

    Deck and stake are named by their game keys; wares is how many cards of every ante's shop.

    Raises:
        ValueError: there is no such seed, deck or stake, antes is out of range, or wares negative.
    """
    if not 0 <= antes <= MOST_ANTES:
        raise ValueError(f"antes {antes} is not in 0..{MOST_ANTES}")
    _counted("wares", wares)
    survey = Survey(seed, deck, stake, possible)
    redeemed, seen = 0, []
    for ante in range(1, antes + 1):
        one, voucher = _ante(survey, ante, redeemed, wares)
        seen.append(one)
        redeemed |= voucher if redeem else 0
    return FoundSeed(seed, deck, stake, tuple(seen))


def told(held: FoundSeed) -> str:
    """The same as text for people."""
    return "\n\n".join("\n".join(_lines(ante)) for ante in held.antes)


def _lines(ante: FoundAnte) -> Iterator[str]:
    tags = [
        f"{tag} ({hand})" if hand else tag
        for tag, hand in zip(ante.tags, ante.orbital_hands, strict=True)
    ]
    yield f"Ante {ante.ante}"
    yield f"  Boss     {ante.boss}"
    yield f"  Voucher  {ante.voucher}"
    yield f"  Tags     {', '.join(tags)}"
    if ante.shop:
        yield "  Shop"
        yield from (f"    {place:2} {card}" for place, card in enumerate(ante.shop, start=1))
    yield "  Packs"
    for pack in ante.packs:
        yield f"    {pack.name}: {', '.join(map(str, pack.cards))}"
