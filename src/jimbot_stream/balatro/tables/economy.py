"""What things cost and pay that no other table says."""

DOLLARS_PER_HAND = 1
"""For every hand that was left."""

INTEREST_STEP = 5
"""One dollar of interest for each this many dollars held before the payout."""

INTEREST_CAP = 5
"""Most dollars of interest of one round, without vouchers and jokers."""

GOLD_CARD_DOLLARS = 3
"""For every Gold Card held in hand when a round ends."""

RENTAL_DOLLARS = 3
"""What a Rental joker costs every round."""

REROLL_DOLLARS = 5
"""The first reroll of a shop."""

BOSS_REROLL_DOLLARS = 10

ENDLESS_FROM = 8
"""The last ante whose base score stands in a table."""

BASE_BELOW_FIRST = 100.0
"""Base score of antes below 1."""
