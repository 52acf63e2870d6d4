"""Tags, in the game's order: what skipping a blind earns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and its sentence; its effect is in ``kernels.tags``."""

    key: str
    name: str
    text: str
    min_ante: int = 1
    requires: str = ""
    """Only offered once this joker or edition was discovered."""
    odds: int = 0
    amount: int = 0


TAGS = (
    Tag("tag_uncommon", "Uncommon Tag", "the next shop has a free Uncommon joker"),
    Tag("tag_rare", "Rare Tag", "the next shop has a free Rare joker", requires="j_blueprint"),
    Tag(
        "tag_negative",
        "Negative Tag",
        "the next base joker in a shop is free and Negative",
        2,
        "e_negative",
    ),
    Tag(
        "tag_foil", "Foil Tag", "the next base joker in a shop is free and Foil", requires="e_foil"
    ),
    Tag(
        "tag_holo",
        "Holographic Tag",
        "the next base joker in a shop is free and Holographic",
        requires="e_holo",
    ),
    Tag(
        "tag_polychrome",
        "Polychrome Tag",
        "the next base joker in a shop is free and Polychrome",
        requires="e_polychrome",
    ),
    Tag("tag_investment", "Investment Tag", "$25 after the next boss is beaten", amount=25),
    Tag("tag_voucher", "Voucher Tag", "adds a voucher to the next shop"),
    Tag("tag_boss", "Boss Tag", "rerolls the boss blind"),
    Tag("tag_standard", "Standard Tag", "opens a free Mega Standard Pack", 2),
    Tag("tag_charm", "Charm Tag", "opens a free Mega Arcana Pack"),
    Tag("tag_meteor", "Meteor Tag", "opens a free Mega Celestial Pack", 2),
    Tag("tag_buffoon", "Buffoon Tag", "opens a free Mega Buffoon Pack", 2),
    Tag("tag_handy", "Handy Tag", "$1 for every hand played in the run", 2, amount=1),
    Tag("tag_garbage", "Garbage Tag", "$1 for every discard left unused in the run", 2, amount=1),
    Tag("tag_ethereal", "Ethereal Tag", "opens a free Spectral Pack", 2),
    Tag("tag_coupon", "Coupon Tag", "cards and packs of the next shop are free"),
    Tag("tag_double", "Double Tag", "doubles the next tag, other than a Double Tag"),
    Tag("tag_juggle", "Juggle Tag", "+3 hand size in the next round", amount=3),
    Tag("tag_d_six", "D6 Tag", "rerolls of the next shop start at $0"),
    Tag("tag_top_up", "Top-up Tag", "creates up to 2 Common jokers", 2, amount=2),
    Tag("tag_skip", "Speed Tag", "$5 for every blind skipped in the run", amount=5),
    Tag("tag_orbital", "Orbital Tag", "3 levels for the poker hand that it names", 2, amount=3),
    Tag("tag_economy", "Economy Tag", "doubles money, by $40 at most", amount=40),
)
"""Tag n is row n - 1."""

NUMBER = {tag.key: number for number, tag in enumerate(TAGS, start=1)}
