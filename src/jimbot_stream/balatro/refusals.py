"""Why an action may not be done: one code for every reason, and its sentence."""

from enum import IntEnum
from typing import Final

from jimbot_stream.balatro.actions import MOST_CARDS


class Refusal(IntEnum):
    """What ``kernels.legality.refusal`` answers; 0 for an action that may be done."""

    LEGAL = 0
    UNKNOWN_VERB = 1
    WRONG_PHASE = 2
    STRAY_ARGUMENT = 3
    NO_CARDS = 4
    TOO_MANY_CARDS = 5
    CARD_NOT_IN_HAND = 6
    NO_HANDS_LEFT = 7
    NO_DISCARDS_LEFT = 8
    FORCED_CARD_MISSING = 9
    NO_SUCH_SLOT = 10
    NOT_ENOUGH_MONEY = 11
    NO_JOKER_ROOM = 12
    NO_CONSUMABLE_ROOM = 13
    NOT_A_CONSUMABLE = 14
    NO_JOKER = 15
    NO_PLAIN_JOKER = 16
    NOTHING_TO_REPEAT = 17
    NO_HAND = 18
    TOO_FEW_CARDS = 19
    TOO_MANY_TARGETS = 20
    CARD_HAS_EDITION = 21
    ETERNAL = 22
    BOSS_CANNOT_BE_SKIPPED = 23
    NO_BOSS_REROLL = 24
    BOSS_REROLLED = 25
    SAME_PLACE = 26


REASONS: Final[dict[int, str]] = {
    Refusal.UNKNOWN_VERB: "these rules do not know the verb",
    Refusal.WRONG_PHASE: "not in this phase",
    Refusal.STRAY_ARGUMENT: "it names cards, a slot or a target that the verb does not take",
    Refusal.NO_CARDS: "it names no card",
    Refusal.TOO_MANY_CARDS: f"it names more than {MOST_CARDS} cards",
    Refusal.CARD_NOT_IN_HAND: "it names a card that is not in the hand",
    Refusal.NO_HANDS_LEFT: "no hands are left",
    Refusal.NO_DISCARDS_LEFT: "no discards are left",
    Refusal.FORCED_CARD_MISSING: "a card that the boss forces is not among the cards",
    Refusal.NO_SUCH_SLOT: "nothing lies in the slot",
    Refusal.NOT_ENOUGH_MONEY: "there is not enough money",
    Refusal.NO_JOKER_ROOM: "there is no room for a joker",
    Refusal.NO_CONSUMABLE_ROOM: "there is no room for a consumable",
    Refusal.NOT_A_CONSUMABLE: "what lies in the slot cannot be used",
    Refusal.NO_JOKER: "there is no joker to copy, or just one slot for jokers",
    Refusal.NO_PLAIN_JOKER: "there is no joker without an edition",
    Refusal.NOTHING_TO_REPEAT: "no Tarot or Planet card but The Fool was used before",
    Refusal.NO_HAND: "it acts on the hand, and too few cards lie there",
    Refusal.TOO_FEW_CARDS: "it names fewer cards than the consumable acts on",
    Refusal.TOO_MANY_TARGETS: "it names more cards than the consumable acts on",
    Refusal.CARD_HAS_EDITION: "the card has an edition already",
    Refusal.ETERNAL: "an eternal joker cannot be sold",
    Refusal.BOSS_CANNOT_BE_SKIPPED: "a boss blind cannot be skipped",
    Refusal.NO_BOSS_REROLL: "no voucher allows rerolling the boss",
    Refusal.BOSS_REROLLED: "the boss of this ante was rerolled already",
    Refusal.SAME_PLACE: "it moves something to where it is",
}
"""The sentence of each code but ``LEGAL``."""
