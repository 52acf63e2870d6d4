"""Vouchers, in the game's order: odd ones are bases, each next one is their upgrade."""

from dataclasses import dataclass

VOUCHER_COST = 10


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher and its sentence; its effect is in ``kernels.vouchers``."""

    key: str
    name: str
    text: str
    amount: float = 0.0


VOUCHERS = (
    Voucher("v_overstock_norm", "Overstock", "+1 card slot in the shop", 1),
    Voucher("v_overstock_plus", "Overstock Plus", "+1 card slot in the shop", 1),
    Voucher("v_clearance_sale", "Clearance Sale", "everything in the shop is 25 % off", 25),
    Voucher("v_liquidation", "Liquidation", "everything in the shop is 50 % off", 50),
    Voucher("v_hone", "Hone", "editions appear 2 times as often", 2),
    Voucher("v_glow_up", "Glow Up", "editions appear 4 times as often", 4),
    Voucher("v_reroll_surplus", "Reroll Surplus", "rerolls cost $2 less", 2),
    Voucher("v_reroll_glut", "Reroll Glut", "rerolls cost $2 less", 2),
    Voucher("v_crystal_ball", "Crystal Ball", "+1 consumable slot", 1),
    Voucher("v_omen_globe", "Omen Globe", "Spectral cards may appear in Arcana Packs", 4),
    Voucher("v_telescope", "Telescope", "Celestial Packs hold the planet of the most played hand"),
    Voucher("v_observatory", "Observatory", "held planets give X1.5 Mult to their hand", 1.5),
    Voucher("v_grabber", "Grabber", "+1 hand per round", 1),
    Voucher("v_nacho_tong", "Nacho Tong", "+1 hand per round", 1),
    Voucher("v_wasteful", "Wasteful", "+1 discard per round", 1),
    Voucher("v_recyclomancy", "Recyclomancy", "+1 discard per round", 1),
    Voucher(
        "v_tarot_merchant", "Tarot Merchant", "Tarot cards appear 2 times as often in the shop", 9.6
    ),
    Voucher(
        "v_tarot_tycoon", "Tarot Tycoon", "Tarot cards appear 4 times as often in the shop", 32
    ),
    Voucher(
        "v_planet_merchant",
        "Planet Merchant",
        "Planet cards appear 2 times as often in the shop",
        9.6,
    ),
    Voucher(
        "v_planet_tycoon", "Planet Tycoon", "Planet cards appear 4 times as often in the shop", 32
    ),
    Voucher("v_seed_money", "Seed Money", "interest is capped at $10", 50),
    Voucher("v_money_tree", "Money Tree", "interest is capped at $20", 100),
    Voucher("v_blank", "Blank", "does nothing"),
    Voucher("v_antimatter", "Antimatter", "+1 joker slot", 1),
    Voucher("v_magic_trick", "Magic Trick", "playing cards can be bought in the shop", 4),
    Voucher(
        "v_illusion",
        "Illusion",
        'playing cards in the shop may be enhanced or have an edition (the card says "or a seal" as'
        " well, but the game gives none)",
    ),
    Voucher("v_hieroglyph", "Hieroglyph", "-1 ante, -1 hand per round", 1),
    Voucher("v_petroglyph", "Petroglyph", "-1 ante, -1 discard per round", 1),
    Voucher("v_directors_cut", "Director's Cut", "reroll the boss blind once per ante for $10", 10),
    Voucher("v_retcon", "Retcon", "reroll the boss blind without limit for $10", 10),
    Voucher("v_paint_brush", "Paint Brush", "+1 hand size", 1),
    Voucher("v_palette", "Palette", "+1 hand size", 1),
)
"""Voucher n is row n - 1; an even n requires n - 1."""

NUMBER = {voucher.key: number for number, voucher in enumerate(VOUCHERS, start=1)}
