"""The 150 jokers, in the game's order: what each costs and what its rules are.

``value`` and ``counter`` are what a new joker starts with; what they count is said by its rules.
Keys keep the game's own spelling.
"""

from dataclasses import dataclass
from enum import IntEnum

from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.modifiers import Enhancement
from jimbot_stream.balatro.tables.schema import (
    ALWAYS,
    FACE,
    Effect,
    Given,
    Per,
    Rule,
    Then,
    When,
    again,
    before,
    chips,
    contains,
    dollars,
    given,
    grow,
    held,
    main,
    mult,
    on,
    owned,
    ranks,
    repeat,
    reset,
    scored,
    special,
    suit,
    xmult,
)


class Rarity(IntEnum):
    """How rare a joker is; Legendary ones come from The Soul alone."""

    COMMON = 1
    UNCOMMON = 2
    RARE = 3
    LEGENDARY = 4


COMMON, UNCOMMON, RARE, LEGENDARY = Rarity


@dataclass(frozen=True, slots=True)
class Joker:
    """A joker as its card says."""

    key: str
    name: str
    rarity: Rarity
    cost: int
    rules: tuple[Rule, ...]
    value: float = 0.0
    counter: int = 0
    copyable: bool = True
    """Blueprint and Brainstorm can copy it."""
    eternal: bool = True
    """It can come with the Eternal sticker."""
    perishable: bool = True
    """It can come with the Perishable sticker."""
    gate: Enhancement = Enhancement.NONE
    """It is only offered while the deck holds such a card."""


# fmt: off
JOKERS = (
    Joker("j_joker", "Joker", COMMON, 2, (main(mult(4)),)),
    Joker("j_greedy_joker", "Greedy Joker", COMMON, 5, (scored(mult(3), suit(Suit.DIAMONDS)),)),
    Joker("j_lusty_joker", "Lusty Joker", COMMON, 5, (scored(mult(3), suit(Suit.HEARTS)),)),
    Joker("j_wrathful_joker", "Wrathful Joker", COMMON, 5, (scored(mult(3), suit(Suit.SPADES)),)),
    Joker("j_gluttenous_joker", "Gluttonous Joker", COMMON, 5, (scored(mult(3), suit(Suit.CLUBS)),)),
    Joker("j_jolly", "Jolly Joker", COMMON, 3, (main(mult(8), contains("Pair")),)),
    Joker("j_zany", "Zany Joker", COMMON, 4, (main(mult(12), contains("Three of a Kind")),)),
    Joker("j_mad", "Mad Joker", COMMON, 4, (main(mult(10), contains("Two Pair")),)),
    Joker("j_crazy", "Crazy Joker", COMMON, 4, (main(mult(12), contains("Straight")),)),
    Joker("j_droll", "Droll Joker", COMMON, 4, (main(mult(10), contains("Flush")),)),
    Joker("j_sly", "Sly Joker", COMMON, 3, (main(chips(50), contains("Pair")),)),
    Joker("j_wily", "Wily Joker", COMMON, 4, (main(chips(100), contains("Three of a Kind")),)),
    Joker("j_clever", "Clever Joker", COMMON, 4, (main(chips(80), contains("Two Pair")),)),
    Joker("j_devious", "Devious Joker", COMMON, 4, (main(chips(100), contains("Straight")),)),
    Joker("j_crafty", "Crafty Joker", COMMON, 4, (main(chips(80), contains("Flush")),)),
    Joker("j_half", "Half Joker", COMMON, 5, (main(mult(20), given(Given.CARDS_AT_MOST, 3)),)),
    Joker("j_stencil", "Joker Stencil", UNCOMMON, 8, (main(xmult(1, Per.EMPTY_SLOTS)),)),
    Joker("j_four_fingers", "Four Fingers", UNCOMMON, 7, (owned(Then.FOUR_FINGERS),), copyable=False),
    Joker("j_mime", "Mime", UNCOMMON, 5, (on(When.REPEAT_HELD, repeat(1)),)),
    Joker("j_credit_card", "Credit Card", COMMON, 1, (owned(Then.DEBT, 20),), copyable=False),
    Joker("j_ceremonial", "Ceremonial Dagger", UNCOMMON, 6, (special(When.BLIND_SELECTED, "destroy the joker to the right, unless eternal, and gain twice its sell value as Mult"), main(mult(1, Per.VALUE))), perishable=False),
    Joker("j_banner", "Banner", COMMON, 5, (main(chips(30, Per.DISCARDS_LEFT)),)),
    Joker("j_mystic_summit", "Mystic Summit", COMMON, 5, (main(mult(15), given(Given.NO_DISCARDS_LEFT)),)),
    Joker("j_marble", "Marble Joker", UNCOMMON, 6, (special(When.BLIND_SELECTED, "add a Stone Card to the deck"),)),
    Joker("j_loyalty_card", "Loyalty Card", UNCOMMON, 5, (main(xmult(4), given(Given.EVERY_SIXTH)),)),
    Joker("j_8_ball", "8 Ball", COMMON, 5, (special(When.SCORED, "an 8 creates a Tarot card, if there is room", 4, "8ball"),)),
    Joker("j_misprint", "Misprint", COMMON, 4, (main(mult(1, Per.RANDOM_0_23)),)),
    Joker("j_dusk", "Dusk", UNCOMMON, 5, (again(1, given(Given.LAST_HAND)),)),
    Joker("j_raised_fist", "Raised Fist", COMMON, 5, (held(mult(2, Per.CARD_RANK), given(Given.LOWEST_HELD)),)),
    Joker("j_chaos", "Chaos the Clown", COMMON, 4, (owned(Then.FREE_REROLLS, 1),), copyable=False),
    Joker("j_fibonacci", "Fibonacci", UNCOMMON, 8, (scored(mult(8), ranks(14, 2, 3, 5, 8)),)),
    Joker("j_steel_joker", "Steel Joker", UNCOMMON, 7, (main(xmult(0.2, Per.DECK_STEELS, base=1)),), gate=Enhancement.STEEL),
    Joker("j_scary_face", "Scary Face", COMMON, 4, (scored(chips(30), FACE),)),
    Joker("j_abstract", "Abstract Joker", COMMON, 4, (main(mult(3, Per.JOKERS)),)),
    Joker("j_delayed_grat", "Delayed Gratification", COMMON, 4, (special(When.PAYOUT, "$2 for every discard left, if none was used in the round"),), copyable=False),
    Joker("j_hack", "Hack", UNCOMMON, 6, (again(1, ranks(2, 3, 4, 5)),)),
    Joker("j_pareidolia", "Pareidolia", UNCOMMON, 5, (owned(Then.PAREIDOLIA),), copyable=False),
    Joker("j_gros_michel", "Gros Michel", COMMON, 5, (main(mult(15)), special(When.ROUND_END, "is destroyed", 6, "gros_michel")), eternal=False),
    Joker("j_even_steven", "Even Steven", COMMON, 4, (scored(mult(4), ranks(2, 4, 6, 8, 10)),)),
    Joker("j_odd_todd", "Odd Todd", COMMON, 4, (scored(chips(31), ranks(3, 5, 7, 9, 14)),)),
    Joker("j_scholar", "Scholar", COMMON, 4, (scored(chips(20), ranks(14)), scored(mult(4), ranks(14)))),
    Joker("j_business", "Business Card", COMMON, 4, (scored(dollars(2), FACE, 2, "business"),)),
    Joker("j_supernova", "Supernova", COMMON, 5, (main(mult(1, Per.TIMES_PLAYED)),)),
    Joker("j_ride_the_bus", "Ride the Bus", COMMON, 6, (before(grow(1), given(Given.NO_FACE_SCORED)), before(reset(0), given(Given.FACE_SCORED)), main(mult(1, Per.VALUE))), perishable=False),
    Joker("j_space", "Space Joker", UNCOMMON, 5, (before(Effect(Then.LEVEL_UP, 1), ALWAYS, 4, "space"),)),
    Joker("j_egg", "Egg", COMMON, 4, (on(When.ROUND_END, Effect(Then.SELL_VALUE, 3)),), copyable=False),
    Joker("j_burglar", "Burglar", UNCOMMON, 6, (special(When.BLIND_SELECTED, "+3 Hands, and lose all discards"),)),
    Joker("j_blackboard", "Blackboard", UNCOMMON, 6, (main(xmult(3), given(Given.HELD_ALL_BLACK)),)),
    Joker("j_runner", "Runner", COMMON, 5, (before(grow(15), contains("Straight")), main(chips(1, Per.VALUE))), perishable=False),
    Joker("j_ice_cream", "Ice Cream", COMMON, 5, (main(chips(1, Per.VALUE)), special(When.AFTER, "loses 5 Chips; at none left it is eaten")), value=100, eternal=False),
    Joker("j_dna", "DNA", RARE, 8, (special(When.BEFORE, "if the first hand of the round is a single card, add a copy of it to the deck and draw it to hand"),)),
    Joker("j_splash", "Splash", COMMON, 3, (owned(Then.SPLASH),), copyable=False),
    Joker("j_blue_joker", "Blue Joker", COMMON, 5, (main(chips(2, Per.DRAW_PILE)),)),
    Joker("j_sixth_sense", "Sixth Sense", UNCOMMON, 6, (special(When.AFTER, "if the first hand of the round is a single 6, destroy it and create a Spectral card, if there is room"),), copyable=False),
    Joker("j_constellation", "Constellation", UNCOMMON, 6, (on(When.PLANET_USED, grow(0.1)), main(xmult(1, Per.VALUE))), value=1, perishable=False),
    Joker("j_hiker", "Hiker", UNCOMMON, 5, (scored(Effect(Then.CARD_BONUS, 5)),)),
    Joker("j_faceless", "Faceless Joker", COMMON, 4, (on(When.DISCARDING, dollars(5), given(Given.FACES_AT_LEAST, 3)),)),
    Joker("j_green_joker", "Green Joker", COMMON, 4, (before(grow(1)), special(When.DISCARDING, "loses 1 Mult, never below 0"), main(mult(1, Per.VALUE))), perishable=False),
    Joker("j_superposition", "Superposition", COMMON, 4, (special(When.MAIN, "create a Tarot card if the hand contains a Straight and an Ace scores, if there is room"),)),
    Joker("j_todo_list", "To Do List", COMMON, 4, (before(dollars(4), given(Given.LISTED_HAND)), special(When.ROUND_END, "lists another poker hand"))),
    Joker("j_cavendish", "Cavendish", COMMON, 4, (main(xmult(3)), special(When.ROUND_END, "is destroyed", 1000, "cavendish")), eternal=False),
    Joker("j_card_sharp", "Card Sharp", UNCOMMON, 6, (main(xmult(3), given(Given.PLAYED_THIS_ROUND)),)),
    Joker("j_red_card", "Red Card", COMMON, 5, (on(When.PACK_SKIPPED, grow(3)), main(mult(1, Per.VALUE))), perishable=False),
    Joker("j_madness", "Madness", UNCOMMON, 7, (special(When.BLIND_SELECTED, "at a Small or Big Blind, gain X0.5 Mult and destroy another joker at random, unless eternal"), main(xmult(1, Per.VALUE))), value=1, perishable=False),
    Joker("j_square", "Square Joker", COMMON, 4, (before(grow(4), given(Given.CARDS_EXACTLY, 4)), main(chips(1, Per.VALUE))), perishable=False),
    Joker("j_seance", "Séance", UNCOMMON, 6, (special(When.MAIN, "create a Spectral card if the hand contains a Straight Flush, if there is room"),)),
    Joker("j_riff_raff", "Riff-Raff", COMMON, 6, (special(When.BLIND_SELECTED, "create 2 Common jokers, if there is room"),)),
    Joker("j_vampire", "Vampire", UNCOMMON, 7, (special(When.BEFORE, "gain X0.1 Mult for every enhanced card that scores, and take its enhancement away"), main(xmult(1, Per.VALUE))), value=1, perishable=False),
    Joker("j_shortcut", "Shortcut", UNCOMMON, 7, (owned(Then.SHORTCUT),), copyable=False),
    Joker("j_hologram", "Hologram", UNCOMMON, 7, (on(When.CARD_ADDED, grow(0.25)), main(xmult(1, Per.VALUE))), value=1, perishable=False),
    Joker("j_vagabond", "Vagabond", RARE, 8, (special(When.MAIN, "create a Tarot card if the hand is played with $4 or less, if there is room"),)),
    Joker("j_baron", "Baron", RARE, 8, (held(xmult(1.5), ranks(13)),)),
    Joker("j_cloud_9", "Cloud 9", UNCOMMON, 7, (on(When.PAYOUT, dollars(1, Per.DECK_NINES)),), copyable=False),
    Joker("j_rocket", "Rocket", UNCOMMON, 6, (on(When.PAYOUT, dollars(1, Per.VALUE)), on(When.BOSS_BEATEN, grow(2))), value=1, copyable=False, perishable=False),
    Joker("j_obelisk", "Obelisk", RARE, 8, (special(When.BEFORE, "gain X0.2 Mult, or go back to X1 if this is the most played poker hand"), main(xmult(1, Per.VALUE))), value=1, perishable=False),
    Joker("j_midas_mask", "Midas Mask", UNCOMMON, 7, (special(When.BEFORE, "all face cards that score become Gold Cards"),), copyable=False),
    Joker("j_luchador", "Luchador", UNCOMMON, 5, (special(When.SOLD_SELF, "disables the present boss blind"),), eternal=False),
    Joker("j_photograph", "Photograph", COMMON, 5, (scored(xmult(2), given(Given.FIRST_FACE)),)),
    Joker("j_gift", "Gift Card", UNCOMMON, 6, (special(When.ROUND_END, "adds $1 of sell value to every joker and consumable"),), copyable=False),
    Joker("j_turtle_bean", "Turtle Bean", UNCOMMON, 6, (special(When.OWNED, "+5 hand size, which falls by 1 every round; at none left it is eaten"),), value=5, copyable=False, eternal=False),
    Joker("j_erosion", "Erosion", UNCOMMON, 6, (main(mult(4, Per.MISSING_CARDS)),)),
    Joker("j_reserved_parking", "Reserved Parking", COMMON, 6, (held(dollars(1), FACE, 2, "parking"),)),
    Joker("j_mail", "Mail-In Rebate", COMMON, 4, (on(When.DISCARDED, dollars(5), given(Given.MAIL_RANK)),)),
    Joker("j_to_the_moon", "To the Moon", UNCOMMON, 5, (owned(Then.INTEREST, 1),), copyable=False),
    Joker("j_hallucination", "Hallucination", COMMON, 4, (special(When.PACK_OPENED, "create a Tarot card, if there is room", 2, "halu"),)),
    Joker("j_fortune_teller", "Fortune Teller", COMMON, 6, (main(mult(1, Per.TAROTS_USED)),)),
    Joker("j_juggler", "Juggler", COMMON, 4, (owned(Then.HAND_SIZE, 1),), copyable=False),
    Joker("j_drunkard", "Drunkard", COMMON, 4, (owned(Then.DISCARDS, 1),), copyable=False),
    Joker("j_stone", "Stone Joker", UNCOMMON, 6, (main(chips(25, Per.DECK_STONES)),), gate=Enhancement.STONE),
    Joker("j_golden", "Golden Joker", COMMON, 6, (on(When.PAYOUT, dollars(4)),), copyable=False),
    Joker("j_lucky_cat", "Lucky Cat", UNCOMMON, 6, (scored(grow(0.25), given(Given.LUCKY)), main(xmult(1, Per.VALUE))), value=1, perishable=False, gate=Enhancement.LUCKY),
    Joker("j_baseball", "Baseball Card", RARE, 8, (on(When.OTHER_JOKER, xmult(1.5), given(Given.UNCOMMON)),)),
    Joker("j_bull", "Bull", UNCOMMON, 6, (main(chips(2, Per.MONEY)),)),
    Joker("j_diet_cola", "Diet Cola", UNCOMMON, 6, (special(When.SOLD_SELF, "creates a free Double Tag"),), eternal=False),
    Joker("j_trading", "Trading Card", UNCOMMON, 6, (special(When.DISCARDED, "if the first discard of the round is a single card, destroy it and earn $3"),), copyable=False),
    Joker("j_flash", "Flash Card", UNCOMMON, 5, (on(When.REROLLED, grow(2)), main(mult(1, Per.VALUE))), perishable=False),
    Joker("j_popcorn", "Popcorn", COMMON, 5, (main(mult(1, Per.VALUE)), special(When.ROUND_END, "loses 4 Mult; at none left it is eaten")), value=20, eternal=False),
    Joker("j_trousers", "Spare Trousers", UNCOMMON, 6, (before(grow(2), contains("Two Pair")), main(mult(1, Per.VALUE))), perishable=False),
    Joker("j_ancient", "Ancient Joker", RARE, 8, (scored(xmult(1.5), given(Given.ANCIENT_SUIT)),)),
    Joker("j_ramen", "Ramen", UNCOMMON, 6, (main(xmult(1, Per.VALUE)), special(When.DISCARDED, "loses X0.01 Mult; at X1 it is eaten")), value=2, eternal=False),
    Joker("j_walkie_talkie", "Walkie Talkie", COMMON, 4, (scored(chips(10), ranks(10, 4)), scored(mult(4), ranks(10, 4)))),
    Joker("j_selzer", "Seltzer", UNCOMMON, 6, (again(1), special(When.AFTER, "after 10 hands it is drunk up")), counter=10, eternal=False),
    Joker("j_castle", "Castle", UNCOMMON, 6, (on(When.DISCARDED, grow(3), given(Given.CASTLE_SUIT)), main(chips(1, Per.VALUE))), perishable=False),
    Joker("j_smiley", "Smiley Face", COMMON, 4, (scored(mult(5), FACE),)),
    Joker("j_campfire", "Campfire", RARE, 9, (on(When.SOLD_OTHER, grow(0.25)), on(When.BOSS_BEATEN, reset(1)), main(xmult(1, Per.VALUE))), value=1),
    Joker("j_ticket", "Golden Ticket", COMMON, 5, (scored(dollars(4), given(Given.GOLD_CARD)),), gate=Enhancement.GOLD),
    Joker("j_mr_bones", "Mr. Bones", UNCOMMON, 5, (special(When.ROUND_END, "saves a lost round if at least a quarter of the required chips was scored, and is destroyed"),), copyable=False, eternal=False),
    Joker("j_acrobat", "Acrobat", UNCOMMON, 6, (main(xmult(3), given(Given.LAST_HAND)),)),
    Joker("j_sock_and_buskin", "Sock and Buskin", UNCOMMON, 6, (again(1, FACE),)),
    Joker("j_swashbuckler", "Swashbuckler", COMMON, 4, (main(mult(1, Per.OTHER_SELLS)),)),
    Joker("j_troubadour", "Troubadour", UNCOMMON, 6, (owned(Then.HAND_SIZE, 2), owned(Then.HANDS, -1)), copyable=False),
    Joker("j_certificate", "Certificate", UNCOMMON, 6, (special(When.HAND_DRAWN, "adds a random playing card with a random seal to the hand"),)),
    Joker("j_smeared", "Smeared Joker", UNCOMMON, 7, (owned(Then.SMEARED),), copyable=False),
    Joker("j_throwback", "Throwback", UNCOMMON, 6, (main(xmult(0.25, Per.SKIPS, base=1)),)),
    Joker("j_hanging_chad", "Hanging Chad", COMMON, 4, (again(2, given(Given.FIRST_SCORED)),)),
    Joker("j_rough_gem", "Rough Gem", UNCOMMON, 7, (scored(dollars(1), suit(Suit.DIAMONDS)),)),
    Joker("j_bloodstone", "Bloodstone", UNCOMMON, 7, (scored(xmult(1.5), suit(Suit.HEARTS), 2, "bloodstone"),)),
    Joker("j_arrowhead", "Arrowhead", UNCOMMON, 7, (scored(chips(50), suit(Suit.SPADES)),)),
    Joker("j_onyx_agate", "Onyx Agate", UNCOMMON, 7, (scored(mult(7), suit(Suit.CLUBS)),)),
    Joker("j_glass", "Glass Joker", UNCOMMON, 6, (on(When.CARD_DESTROYED, grow(0.75), given(Given.GLASS)), main(xmult(1, Per.VALUE))), value=1, perishable=False, gate=Enhancement.GLASS),
    Joker("j_ring_master", "Showman", UNCOMMON, 5, (owned(Then.SHOWMAN),), copyable=False),
    Joker("j_flower_pot", "Flower Pot", UNCOMMON, 6, (main(xmult(3), given(Given.ALL_SUITS)),)),
    Joker("j_blueprint", "Blueprint", RARE, 10, (owned(Then.COPY_RIGHT),)),
    Joker("j_wee", "Wee Joker", RARE, 8, (scored(grow(8), ranks(2)), main(chips(1, Per.VALUE))), perishable=False),
    Joker("j_merry_andy", "Merry Andy", UNCOMMON, 7, (owned(Then.DISCARDS, 3), owned(Then.HAND_SIZE, -1)), copyable=False),
    Joker("j_oops", "Oops! All 6s", UNCOMMON, 4, (owned(Then.DOUBLE_ODDS),), copyable=False),
    Joker("j_idol", "The Idol", UNCOMMON, 6, (scored(xmult(2), given(Given.IDOL)),)),
    Joker("j_seeing_double", "Seeing Double", UNCOMMON, 6, (main(xmult(2), given(Given.CLUB_AND_OTHER)),)),
    Joker("j_matador", "Matador", UNCOMMON, 7, (main(dollars(8), given(Given.BOSS_TRIGGERED)), on(When.HAND_REFUSED, dollars(8), given(Given.BOSS_TRIGGERED)))),
    Joker("j_hit_the_road", "Hit the Road", RARE, 8, (on(When.DISCARDED, grow(0.5), ranks(11)), on(When.ROUND_END, reset(1)), main(xmult(1, Per.VALUE))), value=1),
    Joker("j_duo", "The Duo", RARE, 8, (main(xmult(2), contains("Pair")),)),
    Joker("j_trio", "The Trio", RARE, 8, (main(xmult(3), contains("Three of a Kind")),)),
    Joker("j_family", "The Family", RARE, 8, (main(xmult(4), contains("Four of a Kind")),)),
    Joker("j_order", "The Order", RARE, 8, (main(xmult(3), contains("Straight")),)),
    Joker("j_tribe", "The Tribe", RARE, 8, (main(xmult(2), contains("Flush")),)),
    Joker("j_stuntman", "Stuntman", RARE, 7, (main(chips(250)), owned(Then.HAND_SIZE, -2))),
    Joker("j_invisible", "Invisible Joker", RARE, 8, (special(When.SOLD_SELF, "after 2 rounds held, duplicates another joker at random, without Negative"),), copyable=False, eternal=False),
    Joker("j_brainstorm", "Brainstorm", RARE, 10, (owned(Then.COPY_LEFTMOST),)),
    Joker("j_satellite", "Satellite", UNCOMMON, 6, (on(When.PAYOUT, dollars(1, Per.PLANETS_USED)),), copyable=False),
    Joker("j_shoot_the_moon", "Shoot the Moon", COMMON, 5, (held(mult(13), ranks(12)),)),
    Joker('j_drivers_license', "Driver's License", RARE, 7, (main(xmult(3), given(Given.ENHANCED_DECK, 16)),)),
    Joker("j_cartomancer", "Cartomancer", UNCOMMON, 6, (special(When.BLIND_SELECTED, "create a Tarot card, if there is room"),)),
    Joker("j_astronomer", "Astronomer", UNCOMMON, 8, (owned(Then.ASTRONOMER),), copyable=False),
    Joker("j_burnt", "Burnt Joker", RARE, 8, (special(When.DISCARDING, "the first discard of the round levels up its poker hand"),)),
    Joker("j_bootstraps", "Bootstraps", UNCOMMON, 7, (main(mult(2, Per.FIVE_DOLLARS)),)),
    Joker("j_caino", "Canio", LEGENDARY, 20, (on(When.CARD_DESTROYED, grow(1), FACE), main(xmult(1, Per.VALUE))), value=1),
    Joker("j_triboulet", "Triboulet", LEGENDARY, 20, (scored(xmult(2), ranks(12, 13)),)),
    Joker("j_yorick", "Yorick", LEGENDARY, 20, (special(When.DISCARDED, "every 23 cards discarded it gains X1 Mult"), main(xmult(1, Per.VALUE))), value=1, counter=23),
    Joker("j_chicot", "Chicot", LEGENDARY, 20, (special(When.BLIND_SELECTED, "disables the boss blind"),), copyable=False),
    Joker("j_perkeo", "Perkeo", LEGENDARY, 20, (special(When.SHOP_LEFT, "creates a Negative copy of a consumable at random"),)),
)
# fmt: on
"""All jokers; the id of a joker in a run's record is its place here plus one."""

NUMBER = {joker.key: number for number, joker in enumerate(JOKERS, start=1)}
"""Id of a joker by key."""
