"""What a card does, as one English sentence made from its row in ``tables``.

The rows are what the kernels act by; so these sentences are what the engine does, not what
somebody remembers of the card. Special rules bear their own words.
"""

from functools import singledispatch

from jimbot_stream.balatro.prose_jokers import joker_sentence
from jimbot_stream.balatro.tables.blinds import BlindRow
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.consumables import Planet, Spectral, Tarot
from jimbot_stream.balatro.tables.decks import Deck
from jimbot_stream.balatro.tables.hands import HANDS, NUMBER, PokerHand
from jimbot_stream.balatro.tables.jokers import Joker
from jimbot_stream.balatro.tables.modifiers import (
    ENHANCEMENTS,
    GOLD_SEAL_DOLLARS,
    LUCKY_DOLLARS,
    LUCKY_DOLLARS_ODDS,
    SEALS,
    EditionRow,
    Enhancement,
    EnhancementRow,
    Seal,
)
from jimbot_stream.balatro.tables.packs import Pack, PackKind
from jimbot_stream.balatro.tables.stakes import Stake
from jimbot_stream.balatro.tables.tags import Tag
from jimbot_stream.balatro.tables.vouchers import Voucher
from jimbot_stream.balatro.wording import article, number_text, plural, whole

_BESIDES = {
    "m_wild": "counts as every suit",
    "m_glass": "is destroyed after scoring",
    "m_stone": "has no rank and no suit and always scores",
}

_SEALS = {
    Seal.RED: "the card has its turn once more",
    Seal.BLUE: "creates the Planet card of the round's last poker hand, if the card is held at the"
    " end of the round and there is room",
    Seal.GOLD: f"${GOLD_SEAL_DOLLARS} when the card scores",
    Seal.PURPLE: "creates a Tarot card when the card is discarded, if there is room",
}

_IN_PACK = {
    PackKind.ARCANA: "Tarot cards",
    PackKind.CELESTIAL: "Planet cards",
    PackKind.STANDARD: "playing cards",
    PackKind.BUFFOON: "jokers",
    PackKind.SPECTRAL: "Spectral cards",
}


@singledispatch
def sentence(row: object) -> str:
    """What a card, blind, tag, deck or stake does, as one sentence.

    Raises:
        TypeError: there is no such row.
    """
    raise TypeError(f"{type(row).__name__} is no row of the tables")


sentence.register(Joker, joker_sentence)


@sentence.register
def _tarot(card: Tarot) -> str:
    if card.text:
        return whole(card.text)
    many = card.targets[1] > 1
    if card.enhance:
        name = ENHANCEMENTS[card.enhance - 1].name
        return whole(f"turns {_chosen(card.targets)} into {name + 's' if many else article(name)}")
    return whole(f"turns {_chosen(card.targets)} into {Suit(card.to_suit).name.title()}")


def _chosen(targets: tuple[int, int]) -> str:
    fewest, most = targets
    if fewest == most:
        return f"{most} chosen card{plural(most)}"
    return f"up to {most} chosen cards"


@sentence.register
def _planet(card: Planet) -> str:
    hand = HANDS[NUMBER[card.hand]]
    gain = f"+{hand.chips_per_level} Chips and +{hand.mult_per_level} Mult"
    return whole(f"raises {card.hand} by 1 level: {gain}")


@sentence.register
def _spectral(card: Spectral) -> str:
    if card.seal:
        return whole(f"gives {_chosen(card.targets)} a {SEALS[card.seal - 1]} Seal")
    return whole(card.text)


@sentence.register
def _voucher(row: Voucher) -> str:
    return whole(row.text)


@sentence.register
def _tag(row: Tag) -> str:
    return whole(row.text)


@sentence.register
def _deck(row: Deck) -> str:
    return whole(row.text)


@sentence.register
def _stake(row: Stake) -> str:
    return whole(row.text if row.text != "nothing" else "the game as it is")


@sentence.register
def _blind(row: BlindRow) -> str:
    if row.debuffs:
        return whole(f"debuffs all {Suit(row.debuffs).name.title()}")
    return whole(row.text or "has no ability")


@sentence.register
def _pack(row: Pack) -> str:
    return whole(f"choose {row.picks} of {row.cards} {_IN_PACK[row.kind]}")


@sentence.register
def _enhancement(row: EnhancementRow) -> str:
    chance = f" with a chance of 1 in {row.odds}" if row.odds else ""
    parts = [
        f"+{row.chips} Chips" if row.chips else "",
        f"+{row.mult} Mult{chance}" if row.mult else "",
        f"X{number_text(row.xmult)} Mult" if row.xmult != 1 else "",
        f"X{number_text(row.held_xmult)} Mult while held in hand" if row.held_xmult != 1 else "",
        f"${row.held_dollars} if held in hand at the end of the round" if row.held_dollars else "",
        _besides(row, chance),
    ]
    return whole("; ".join(filter(None, parts)))


def _besides(row: EnhancementRow, chance: str) -> str:
    if row.key == ENHANCEMENTS[Enhancement.LUCKY - 1].key:
        return f"${LUCKY_DOLLARS} with a chance of 1 in {LUCKY_DOLLARS_ODDS}"
    told = _BESIDES.get(row.key, "")
    return told + chance if row.xmult != 1 else told


@sentence.register
def _edition(row: EditionRow) -> str:
    parts = [
        f"+{row.chips} Chips" if row.chips else "",
        f"+{row.mult} Mult" if row.mult else "",
        f"X{number_text(row.xmult)} Mult" if row.xmult != 1 else "",
    ]
    return whole("".join(parts) or "brings a slot of its own")


@sentence.register
def _seal(seal: Seal) -> str:
    return whole(_SEALS[seal])


@sentence.register
def _poker_hand(hand: PokerHand) -> str:
    worth = f"{hand.chips} Chips X {hand.mult} Mult at level 1"
    return whole(f"{worth}, +{hand.chips_per_level} and +{hand.mult_per_level} for every more")
