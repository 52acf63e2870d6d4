"""The vocabulary of the joker rows: when a rule acts, given what, and then does what.

A rule reads like the card: ``scored(mult(3), suit(DIAMONDS))`` is "when a card scores, given
that it is a Diamond, +3 Mult". Rules that no row can say are ``special``: they are one small
function each in ``kernels``, and carry their sentence for the reference page.
"""

from dataclasses import dataclass
from enum import IntEnum

from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.hands import NUMBER


class When(IntEnum):
    """The moment at which a rule acts; the game calls these contexts."""

    OWNED = 1  # as long as the joker is held and not debuffed
    BLIND_SELECTED = 2
    HAND_DRAWN = 3  # the first hand of a round lies there
    BEFORE = 4  # a hand is played: before any card scores
    REPEAT_SCORED = 5  # asks whether a scoring card scores again
    SCORED = 6  # a card scores, every time it does
    REPEAT_HELD = 7
    HELD = 8  # a card held in hand has its turn
    MAIN = 9  # the joker's own turn, after all cards
    OTHER_JOKER = 10  # the turn of a joker, this one included
    AFTER = 11  # the hand has scored
    HAND_REFUSED = 12  # the boss does not let the hand score
    DISCARDING = 13  # cards are discarded: once
    DISCARDED = 14  # once for every card
    ROUND_END = 15
    BOSS_BEATEN = 16
    PAYOUT = 17  # a line of the cash-out
    REROLLED = 18
    SHOP_LEFT = 19
    SOLD_SELF = 20
    SOLD_OTHER = 21  # any other joker or consumable is sold
    PACK_OPENED = 22
    PACK_SKIPPED = 23
    PLANET_USED = 24
    CARD_ADDED = 25  # a playing card joins the deck: once for each
    CARD_DESTROYED = 26  # a playing card leaves it: once for each


class Given(IntEnum):
    """What must hold for a rule to act."""

    ALWAYS = 0
    SUIT = 1  # the card is of the suit
    RANKS = 2  # the card's rank is in the set (bit n is rank n)
    FACE = 3  # the card is a face card
    CONTAINS = 4  # the played cards contain the poker hand
    CARDS_AT_MOST = 5  # so many cards were played
    CARDS_EXACTLY = 6
    NO_DISCARDS_LEFT = 7
    LAST_HAND = 8  # no hand is left after this one
    FIRST_FACE = 9  # the first face card that scores
    FIRST_SCORED = 10  # the first card that scores
    PLAYED_THIS_ROUND = 11  # this poker hand was played in this round before
    HELD_ALL_BLACK = 12  # every card in hand is a Spade or a Club
    ALL_SUITS = 13  # the scoring cards show all four suits
    CLUB_AND_OTHER = 14  # the scoring cards show a Club and another suit
    ENHANCED_DECK = 15  # at least so many cards of the deck are enhanced
    IDOL = 16  # the card has rank and suit of the round's idol
    ANCIENT_SUIT = 17  # the card is of the round's ancient suit
    CASTLE_SUIT = 18  # the card is of the round's castle suit
    MAIL_RANK = 19  # the card has the round's mail-in rank
    LISTED_HAND = 20  # the poker hand is the one on this joker's list
    GOLD_CARD = 21  # the card is a Gold Card
    LUCKY = 22  # the card is a Lucky Card that just paid
    NO_FACE_SCORED = 23
    FACE_SCORED = 24
    EVERY_SIXTH = 25  # this joker's counter says that it is the sixth hand
    UNCOMMON = 26  # the other joker is Uncommon
    BOSS_TRIGGERED = 27  # the boss blind's ability took effect on this hand
    LOWEST_HELD = 28  # the card is the lowest held (rightmost of equals)
    GLASS = 29  # the card is a Glass Card
    FACES_AT_LEAST = 30  # so many face cards are discarded


class Then(IntEnum):
    """What a rule does."""

    SPECIAL = 0
    CHIPS = 1
    MULT = 2
    XMULT = 3
    DOLLARS = 4
    GROW = 5  # add to the joker's value; never done by a copy
    SET = 6  # set the joker's value; never done by a copy
    REPEAT = 7  # the card has its turn again, so many times more
    CARD_BONUS = 8  # the card itself gains chips for good
    LEVEL_UP = 9  # the poker hand gains a level
    HAND_SIZE = 10
    DISCARDS = 11
    HANDS = 12
    DEBT = 13  # dollars that may be owed
    FREE_REROLLS = 14
    INTEREST = 15  # dollars more for every $5
    FOUR_FINGERS = 16
    SHORTCUT = 17
    SPLASH = 18
    PAREIDOLIA = 19
    SMEARED = 20
    SHOWMAN = 21
    ASTRONOMER = 22
    DOUBLE_ODDS = 23
    COPY_RIGHT = 24
    COPY_LEFTMOST = 25
    SELL_VALUE = 26  # the joker itself sells for so much more


class Per(IntEnum):
    """What an amount is multiplied by."""

    ONE = 0
    VALUE = 1  # the joker's own value
    DISCARDS_LEFT = 2
    TIMES_PLAYED = 3  # times this poker hand was played in the run
    DECK_STONES = 4  # Stone Cards in the full deck
    DECK_STEELS = 5
    DECK_NINES = 6
    TAROTS_USED = 7
    MONEY = 8
    FIVE_DOLLARS = 9  # every full $5
    DRAW_PILE = 10
    JOKERS = 11
    MISSING_CARDS = 12  # below the deck's starting size
    SKIPS = 13
    OTHER_SELLS = 14  # sell value of all other jokers
    EMPTY_SLOTS = 15  # empty joker slots, Joker Stencils counted as empty
    PLANETS_USED = 16  # different planets used in the run
    CARD_RANK = 17  # nominal chips of the card
    RANDOM_0_23 = 18


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens: ``base + amount x per``."""

    then: Then
    amount: float = 0.0
    per: Per = Per.ONE
    base: float = 0.0


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold, with its argument."""

    given: Given = Given.ALWAYS
    arg: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a joker; ``odds`` n means 1 in n, rolled on ``stream``."""

    when: When
    effect: Effect
    condition: Condition = Condition()
    odds: int = 0
    stream: str = ""
    text: str = ""
    """The sentence of a special rule; empty where the row says it all."""


ALWAYS = Condition()


def suit(which: Suit) -> Condition:
    """The card is of the suit (Wild Cards are of every suit)."""
    return Condition(Given.SUIT, int(which))


def ranks(*numbers: int) -> Condition:
    """The card's rank is one of the numbers (11 jack … 14 ace)."""
    return Condition(Given.RANKS, sum(1 << number for number in numbers))


def contains(hand: str) -> Condition:
    """The played cards contain the poker hand."""
    return Condition(Given.CONTAINS, NUMBER[hand])


def given(what: Given, arg: int = 0) -> Condition:
    """Any other condition."""
    return Condition(what, arg)


FACE = Condition(Given.FACE)


def chips(amount: float, per: Per = Per.ONE) -> Effect:
    """+ chips."""
    return Effect(Then.CHIPS, amount, per)


def mult(amount: float, per: Per = Per.ONE) -> Effect:
    """+ mult."""
    return Effect(Then.MULT, amount, per)


def xmult(amount: float, per: Per = Per.ONE, base: float = 0.0) -> Effect:
    """Times mult."""
    return Effect(Then.XMULT, amount, per, base)


def dollars(amount: float, per: Per = Per.ONE) -> Effect:
    """Money."""
    return Effect(Then.DOLLARS, amount, per)


def grow(amount: float) -> Effect:
    """The joker's value grows (or shrinks)."""
    return Effect(Then.GROW, amount)


def reset(to: float) -> Effect:
    """The joker's value is set back."""
    return Effect(Then.SET, to)


def repeat(times: int) -> Effect:
    """The card has its turn again."""
    return Effect(Then.REPEAT, times)


def owned(then: Then, amount: float = 1.0) -> Rule:
    """A rule that holds while the joker is owned."""
    return Rule(When.OWNED, Effect(then, amount))


def before(effect: Effect, condition: Condition = ALWAYS, odds: int = 0, stream: str = "") -> Rule:
    """When a hand is played."""
    return Rule(When.BEFORE, effect, condition, odds, stream)


def scored(effect: Effect, condition: Condition = ALWAYS, odds: int = 0, stream: str = "") -> Rule:
    """When a card scores."""
    return Rule(When.SCORED, effect, condition, odds, stream)


def held(effect: Effect, condition: Condition = ALWAYS, odds: int = 0, stream: str = "") -> Rule:
    """When a card held in hand has its turn."""
    return Rule(When.HELD, effect, condition, odds, stream)


def main(effect: Effect, condition: Condition = ALWAYS) -> Rule:
    """When the joker itself has its turn."""
    return Rule(When.MAIN, effect, condition)


def again(times: int, condition: Condition = ALWAYS) -> Rule:
    """Retrigger scoring cards."""
    return Rule(When.REPEAT_SCORED, repeat(times), condition)


def on(when: When, effect: Effect, condition: Condition = ALWAYS) -> Rule:
    """At any other moment."""
    return Rule(when, effect, condition)


def special(when: When, text: str, odds: int = 0, stream: str = "") -> Rule:
    """A rule that a function in ``kernels`` carries out; text is its sentence."""
    return Rule(when, Effect(Then.SPECIAL), ALWAYS, odds, stream, text)
